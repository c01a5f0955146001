//! Plans a registration: compares an API as definitions describe it with the one in the center.

use serde_json::{Map, Value};

use super::deployments::plan_deployments;
use super::types::{DesiredApi, DesiredVersion};
use crate::desired::{Change, DesiredResource, FieldOwner};
use crate::plan::{
    AfterImport, DeploymentStep, DocumentSource, DocumentStep, ExistingDocument, PlannedApi, PlannedVersion,
    ResourceStep,
};
use crate::provenance::ApiProvenance;
use crate::snapshot::{ApiChildren, MetadataSchema, metadata_for};
use azr_core::resource::{CENTER_API, CENTER_DEPLOYMENT};

/// Custom metadata that the center requires of a resource and that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MissingMetadata {
    /// The name of the metadata.
    pub(super) name: String,
    /// The resource for messages: `API`.
    pub(super) entity: &'static str,
}

/// Plans an API; `existing` are its properties in the center, if it exists, and `children` what is below it.
pub(super) fn plan_api(
    desired: &DesiredApi,
    existing: Option<&Value>,
    children: &ApiChildren,
    schemas: &[MetadataSchema],
    custom_properties: &Map<String, Value>,
) -> Result<PlannedApi, MissingMetadata> {
    let metadata = Metadata { schemas, values: custom_properties };
    let highest = &desired.highest;
    let all: Vec<&DesiredVersion> = desired.versions().collect();
    let mut api = highest.api.clone();
    metadata.add_to(&mut api, existing)?;
    let mut deployments = plan_deployments(&all, &children.deployments).into_iter();
    let mut versions = Vec::with_capacity(all.len());
    for (index, version) in all.iter().copied().enumerate() {
        let mut planned = plan_version(index, version, children);
        for desired in deployments.next().unwrap_or_default() {
            planned.deployments.push(plan_deployment(desired, children, &metadata)?);
        }
        versions.push(planned);
    }
    Ok(PlannedApi {
        name: highest.api_id().name().to_owned(),
        title: highest.title.clone(),
        kind: highest.kind.clone(),
        sources: all.iter().map(|version| version.name.clone()).collect(),
        version_titles: all.iter().map(|version| version.version_title.clone()).collect(),
        api: ResourceStep::new(api, existing.cloned()),
        versions,
        deployments: Vec::new(),
        deletions: Vec::new(),
        provenance_update: None,
        origin: Some(highest.name.clone()),
        notes: all
            .iter()
            .flat_map(|version| version.notes.iter().cloned())
            .chain(note_import(existing))
            .collect(),
        skip_reason: None,
    })
}

/// The note about an API that azr has imported from API Management.
fn note_import(existing: Option<&Value>) -> Option<String> {
    let provenance = ApiProvenance::from_properties(existing?)?;
    let services: Vec<&str> = provenance.services.iter().map(String::as_str).collect();
    Some(format!(
        "the API was imported from {}, and the next import sets back what it then finds changed",
        services.join(" and ")
    ))
}

fn plan_version(index: usize, desired: &DesiredVersion, children: &ApiChildren) -> PlannedVersion {
    let existing = children.versions.get(&desired.version_name().to_ascii_lowercase());
    let name = desired.definition.id.name().to_ascii_lowercase();
    let definition = existing.and_then(|version| version.definitions.get(&name));
    let properties = |resource: &Value| resource["properties"].clone();
    let document = DocumentStep {
        definition: ResourceStep::new(desired.definition.clone(), definition.map(properties)),
        source: DocumentSource::Definition(index),
        existing: if definition.is_some() { ExistingDocument::Unknown } else { ExistingDocument::Missing },
        document_change: Change::Unchanged,
        new_digest: Some(desired.digest.clone()),
    };
    PlannedVersion {
        origin: Some(desired.name.clone()),
        version: ResourceStep::new(
            desired.version.clone(),
            existing.map(|version| properties(&version.body)),
        ),
        documents: vec![document],
        definitions: Vec::new(),
        deployments: Vec::new(),
    }
}

fn plan_deployment(
    mut desired: DesiredResource,
    children: &ApiChildren,
    metadata: &Metadata<'_>,
) -> Result<DeploymentStep, MissingMetadata> {
    let existing = children.deployments.get(&desired.id.name().to_ascii_lowercase());
    let existing = existing.map(|deployment| deployment["properties"].clone());
    metadata.add_to(&mut desired, existing.as_ref())?;
    Ok(DeploymentStep {
        resource: ResourceStep::new(desired, existing),
        provenance: None,
        after_import: AfterImport::Record,
    })
}

/// The metadata of the center, and the values that the user sets.
struct Metadata<'a> {
    schemas: &'a [MetadataSchema],
    values: &'a Map<String, Value>,
}

impl Metadata<'_> {
    /// Sets the user's values on a resource; fails if required metadata would be missing.
    fn add_to(&self, desired: &mut DesiredResource, existing: Option<&Value>) -> Result<(), MissingMetadata> {
        let (entity, description) = match desired.resource_type {
            resource_type if *resource_type == CENTER_API => ("api", "API"),
            resource_type if *resource_type == CENTER_DEPLOYMENT => ("deployment", "deployment"),
            _ => return Ok(()),
        };
        for (name, is_required) in metadata_for(self.schemas, entity) {
            let mut values = self.values.iter();
            if let Some((_, value)) = values.find(|(key, _)| key.eq_ignore_ascii_case(name)) {
                desired.set_metadata(name, value.clone(), FieldOwner::Source);
                continue;
            }
            let current = existing.and_then(|existing| existing.get("customProperties")?.get(name));
            if is_required && current.is_none_or(Value::is_null) {
                return Err(MissingMetadata { name: name.to_owned(), entity: description });
            }
        }
        Ok(())
    }
}
