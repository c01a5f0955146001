//! What an API center contained when it was read.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::plan::ImportedSources;
use super::provenance::{self, ApiProvenance};
use azr_core::id::ResourceId;

/// The center that an import writes to, as it was read.
#[derive(Debug, Clone)]
pub struct CenterSnapshot {
    /// The workspace that contains the APIs.
    pub workspace: ResourceId,
    /// The limits of the center's plan.
    pub limits: PlanLimits,
    /// The APIs by name in lower case.
    pub apis: HashMap<String, CenterApi>,
    /// The environments by name in lower case.
    pub environments: HashMap<String, Value>,
    /// The metadata schemas.
    pub metadata_schemas: Vec<MetadataSchema>,
    /// The paths of the runtime URIs of APIs by name in lower case, if they were read.
    pub deployment_paths: HashMap<String, Vec<String>>,
    /// What the deployments of APIs were imported from that their names or provenance do not tell.
    pub imported_sources: ImportedSources,
}

/// How many resources a center may have in its pricing plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanLimits {
    /// The name of the plan.
    pub plan: &'static str,
    /// APIs of the center.
    pub apis: usize,
    /// Versions per API.
    pub versions: usize,
    /// Deployments per API.
    pub deployments: usize,
    /// Metadata schemas of the center.
    pub metadata_schemas: usize,
}

impl PlanLimits {
    /// The limits of the Free plan.
    pub const FREE: Self =
        Self { plan: "Free", apis: 200, versions: 5, deployments: 10, metadata_schemas: 10 };
    /// The limits of the Standard plan.
    pub const STANDARD: Self =
        Self { plan: "Standard", apis: 10_000, versions: 100, deployments: 10, metadata_schemas: 20 };

    /// The limits of a center's plan; those of Free if the center does not name its plan.
    #[must_use]
    pub fn for_center(center: &Value) -> Self {
        let plan = center["sku"]["name"].as_str().unwrap_or("Free");
        if plan.eq_ignore_ascii_case("Free") { Self::FREE } else { Self::STANDARD }
    }
}

/// An API of the center.
#[derive(Debug, Clone)]
pub struct CenterApi {
    /// The name as the center spells it.
    pub name: Box<str>,
    /// The properties as JSON text, which needs a fraction of the memory of a parsed value.
    properties: Box<str>,
    /// The provenance that an earlier import recorded.
    pub provenance: Option<ApiProvenance>,
}

impl CenterApi {
    /// Creates an API from its properties.
    #[must_use]
    pub fn new(name: &str, properties: &Value) -> Self {
        Self {
            name: name.into(),
            provenance: ApiProvenance::from_properties(properties)
                .filter(|provenance| provenance.is_stored_on(name)),
            properties: properties.to_string().into(),
        }
    }

    /// Parses the properties.
    #[must_use]
    pub fn properties(&self) -> Value {
        // The text was written from a value, so it always parses.
        serde_json::from_str(&self.properties).unwrap_or_default()
    }
}

/// The resources below an API of the center; read just before the API is planned.
#[derive(Debug, Clone, Default)]
pub struct ApiChildren {
    /// The versions by name in lower case.
    pub versions: HashMap<String, CenterVersion>,
    /// The deployments by name in lower case.
    pub deployments: HashMap<String, Value>,
}

/// A version of an API of the center.
#[derive(Debug, Clone, Default)]
pub struct CenterVersion {
    /// The resource.
    pub body: Value,
    /// Its definitions by name in lower case.
    pub definitions: HashMap<String, Value>,
}

impl ApiChildren {
    /// The paths of all resources below the API, in lower case: `versions/v1/definitions/openapi`.
    pub(crate) fn paths(&self) -> BTreeSet<String> {
        let of_version = |(name, version): (&String, &CenterVersion)| {
            let below = version.paths().into_iter().map(|path| format!("versions/{name}/{path}"));
            below.chain([format!("versions/{name}")]).collect::<Vec<_>>()
        };
        let deployments = self.deployments.keys().map(|name| format!("deployments/{name}"));
        self.versions.iter().flat_map(of_version).chain(deployments).collect()
    }
}

impl CenterVersion {
    /// The paths of all definitions, in lower case: `definitions/openapi`.
    pub(crate) fn paths(&self) -> BTreeSet<String> {
        self.definitions.keys().map(|name| format!("definitions/{name}")).collect()
    }
}

/// A metadata schema of the center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataSchema {
    /// The name of the metadata.
    pub name: String,
    /// The entities (`api`, `deployment`, `environment`) it is assigned to, and whether they require it.
    pub assignments: Vec<(String, bool)>,
    /// The JSON schema of a value; null if it is not valid JSON.
    pub schema: Value,
}

impl MetadataSchema {
    /// Reads a metadata schema; None if it has no name.
    #[must_use]
    pub fn read(entry: &Value) -> Option<Self> {
        let assigned_to = entry["properties"]["assignedTo"].as_array().into_iter().flatten();
        let assignments = assigned_to.filter_map(|assignment| {
            let entity = assignment["entity"].as_str()?.to_ascii_lowercase();
            Some((entity, assignment["required"].as_bool().unwrap_or(false)))
        });
        let schema = entry["properties"]["schema"].as_str().and_then(|text| serde_json::from_str(text).ok());
        let schema = schema.unwrap_or(Value::Null);
        Some(Self { assignments: assignments.collect(), schema, name: entry["name"].as_str()?.to_owned() })
    }
}

impl CenterSnapshot {
    /// The metadata assigned to an entity, and whether the entity requires it.
    pub fn metadata_for<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = (&'a str, bool)> {
        metadata_for(&self.metadata_schemas, entity)
    }

    /// Whether the center has a metadata schema with this name.
    #[must_use]
    pub fn has_metadata(&self, name: &str) -> bool {
        self.metadata_schemas.iter().any(|schema| schema.name.eq_ignore_ascii_case(name))
    }

    /// Whether the center has the metadata schema for provenance.
    #[must_use]
    pub fn has_provenance_schema(&self) -> bool {
        self.has_metadata(provenance::METADATA_NAME)
    }

    /// Whether the metadata schema for provenance is assigned to every entity that azr records it on.
    #[must_use]
    pub fn assigns_provenance(&self) -> bool {
        let is_provenance = |(name, _): (&str, bool)| name.eq_ignore_ascii_case(provenance::METADATA_NAME);
        provenance::ENTITIES.iter().all(|entity| self.metadata_for(entity).any(is_provenance))
    }
}

/// The metadata assigned to an entity, and whether the entity requires it.
pub(crate) fn metadata_for<'a>(
    schemas: &'a [MetadataSchema],
    entity: &'a str,
) -> impl Iterator<Item = (&'a str, bool)> {
    schemas.iter().filter_map(move |schema| {
        let (_, required) = schema.assignments.iter().find(|(to, _)| to == entity)?;
        Some((schema.name.as_str(), *required))
    })
}

/// Indexes resources by their names in lower case.
#[must_use]
pub fn index_by_name(items: Vec<Value>) -> HashMap<String, Value> {
    items.into_iter().filter_map(|item| Some((item["name"].as_str()?.to_ascii_lowercase(), item))).collect()
}
