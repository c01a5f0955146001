//! What the sources of a run that come first would have written when the next one is planned.
//!
//! A dry run of several sources writes nothing, but the API that one source creates is the one to which the next adds a
//! deployment. The plan of a source is therefore made for the center as the plans before it would leave it.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::plan::{DocumentStep, PlannedApi, Prerequisites, ResourceStep};
use super::snapshot::{ApiChildren, CenterApi, CenterSnapshot, MetadataSchema};
use crate::import_source::ImportSource;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_DEPLOYMENT, CENTER_VERSION};

/// The digest of a document that has not been imported yet.
const PLANNED_DIGEST: &str = "planned";

/// The changes that were planned so far.
#[derive(Debug, Default)]
pub struct PlannedCenter {
    /// The planned APIs by name in lower case.
    apis: HashMap<String, PlannedChanges>,
    /// The names, in lower case, of APIs that would be deleted.
    deleted: HashSet<String>,
    environments: HashMap<String, Value>,
    metadata_schemas: Vec<MetadataSchema>,
}

/// What the sources would have made of an API, as JSON text, which needs a fraction of the memory of a plan.
#[derive(Debug)]
struct PlannedChanges {
    /// Whether the API does not exist before the run.
    is_new: bool,
    name: Box<str>,
    properties: Box<str>,
    /// What happens below the API, in the order of the sources.
    children: Vec<ChildChange>,
}

/// A change below an API; the names are in lower case.
#[derive(Debug)]
enum ChildChange {
    Version { name: Box<str>, body: Box<str> },
    Definition { version: Box<str>, name: Box<str>, body: Box<str> },
    Deployment { name: Box<str>, body: Box<str> },
    DeletedVersion(Box<str>),
    DeletedDeployment(Box<str>),
}

fn resource(step: &ResourceStep) -> Value {
    json!({"name": step.id().name(), "properties": step.body["properties"]})
}

fn key(id: &ResourceId) -> Box<str> {
    id.name().to_ascii_lowercase().into()
}

fn text_of(step: &ResourceStep) -> Box<str> {
    resource(step).to_string().into()
}

/// The resource; the text was written from a value, so it always parses.
fn parse(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_default()
}

impl ChildChange {
    /// The changes that a plan makes below its API.
    fn of_plan(planned: &PlannedApi) -> Vec<Self> {
        let mut changes = Vec::new();
        for version in &planned.versions {
            let version_name = key(version.version.id());
            changes.push(Self::Version { name: version_name.clone(), body: text_of(&version.version) });
            for DocumentStep { definition, .. } in &version.documents {
                let (version, name) = (version_name.clone(), key(definition.id()));
                changes.push(Self::Definition { version, name, body: text_of(definition) });
            }
            let digest = (!version.documents.is_empty()).then(|| PLANNED_DIGEST.to_owned());
            for deployment in &version.deployments {
                let has_digest = deployment.provenance.as_ref().is_some_and(|p| p.digest.is_some());
                let step = deployment.clone().with_digest(digest.clone().filter(|_| !has_digest));
                changes.push(Self::Deployment { name: key(step.id()), body: text_of(&step) });
            }
        }
        for resource in planned.deletions.iter().flat_map(|deletion| &deletion.resources) {
            if resource.resource_type == &CENTER_DEPLOYMENT {
                changes.push(Self::DeletedDeployment(key(&resource.id)));
            } else if resource.resource_type == &CENTER_VERSION {
                changes.push(Self::DeletedVersion(key(&resource.id)));
            }
        }
        changes
    }

    /// Makes the change in what is below an API.
    fn apply(&self, children: &mut ApiChildren) {
        match self {
            Self::Version { name, body } => {
                children.versions.entry(name.to_string()).or_default().body = parse(body);
            }
            Self::Definition { version, name, body } => {
                let version = children.versions.entry(version.to_string()).or_default();
                version.definitions.insert(name.to_string(), parse(body));
            }
            Self::Deployment { name, body } => {
                children.deployments.insert(name.to_string(), parse(body));
            }
            Self::DeletedVersion(name) => drop(children.versions.remove(&**name)),
            Self::DeletedDeployment(name) => drop(children.deployments.remove(&**name)),
        }
    }
}

impl PlannedCenter {
    /// Adds the plan of an API.
    pub fn add(&mut self, planned: &PlannedApi) {
        let key = planned.name.to_ascii_lowercase();
        if planned.skip_reason.is_some() {
            return;
        }
        if planned.deletions.iter().any(|deletion| planned.is_deleted_by(deletion)) {
            self.deleted.insert(key);
            return;
        }
        let changes = PlannedChanges {
            is_new: planned.api.existing.is_none(),
            name: planned.name.as_str().into(),
            properties: planned.api.body["properties"].to_string().into(),
            children: ChildChange::of_plan(planned),
        };
        self.add_changes(key, changes);
    }

    fn add_changes(&mut self, key: String, changes: PlannedChanges) {
        match self.apis.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(changes);
            }
            Entry::Occupied(mut entry) => {
                let earlier = entry.get_mut();
                (earlier.name, earlier.properties) = (changes.name, changes.properties);
                earlier.children.extend(changes.children);
            }
        }
    }

    /// Adds the plans of a source that comes after the others.
    pub fn append(&mut self, next: Self) {
        self.deleted.extend(next.deleted);
        for (key, changes) in next.apis {
            self.add_changes(key, changes);
        }
        self.environments.extend(next.environments);
        self.metadata_schemas.extend(next.metadata_schemas);
    }

    /// Adds what the APIs of a source need.
    pub fn add_prerequisites(&mut self, prerequisites: &Prerequisites) {
        let environment = &prerequisites.environment;
        if environment.change.is_write() {
            self.environments.insert(environment.id().name().to_ascii_lowercase(), resource(environment));
        }
        let schemas = std::iter::once(&prerequisites.metadata).chain(&prerequisites.metadata_schemas);
        for schema in schemas.filter(|schema| schema.change.is_write()) {
            self.metadata_schemas.extend(MetadataSchema::read(&resource(schema)));
        }
    }

    /// Whether an earlier source has a plan for an API.
    #[must_use]
    pub fn has_plan(&self, api: &str) -> bool {
        self.apis.contains_key(&api.to_ascii_lowercase())
    }

    /// Whether an API does not exist before the run.
    pub(crate) fn is_new(&self, api: &str) -> bool {
        self.apis.get(&api.to_ascii_lowercase()).is_some_and(|changes| changes.is_new)
    }

    /// Changes a snapshot of the center into what it would be.
    pub(crate) fn apply(&self, center: &mut CenterSnapshot, source: &ImportSource) {
        for name in &self.deleted {
            center.apis.remove(name);
        }
        for (name, changes) in &self.apis {
            let api = CenterApi::new(&changes.name, &parse(&changes.properties));
            if changes.is_new {
                let mut children = ApiChildren::default();
                self.apply_to_children(name, &mut children);
                let deployments: Vec<Value> = children.deployments.into_values().collect();
                center.imported_sources.add(source, &api, &deployments);
                let uris =
                    deployments.iter().filter_map(|d| d["properties"]["server"]["runtimeUri"].as_array());
                let path = |uri: &Value| Some(url::Url::parse(uri.as_str()?).ok()?.path().to_owned());
                center.deployment_paths.insert(name.clone(), uris.flatten().filter_map(path).collect());
            }
            center.apis.insert(name.clone(), api);
        }
        center.environments.extend(self.environments.clone());
        for schema in &self.metadata_schemas {
            if !center.has_metadata(&schema.name) {
                center.metadata_schemas.push(schema.clone());
            }
        }
    }

    /// Changes what is below an API into what it would be.
    pub(crate) fn apply_to_children(&self, api: &str, children: &mut ApiChildren) {
        let changes = self.apis.get(&api.to_ascii_lowercase());
        changes.into_iter().flat_map(|changes| &changes.children).for_each(|change| change.apply(children));
    }

    /// The APIs of which deployments can be read: those that exist before the run.
    pub(crate) fn without_new<'c>(
        planned: Option<&Self>,
        mut apis: Vec<&'c CenterApi>,
    ) -> Vec<&'c CenterApi> {
        if let Some(planned) = planned {
            apis.retain(|api| !planned.is_new(&api.name));
        }
        apis
    }
}
