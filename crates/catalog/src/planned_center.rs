//! What the sources of a run that come first would have written when the next one is planned.
//!
//! A dry run of several sources writes nothing, but the API that one source creates is the one to which the next adds a
//! deployment. The plan of a source is therefore made for the center as the plans before it would leave it.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::plan::{PlannedApi, Prerequisites, ResourceStep};
use super::snapshot::{ApiChildren, CenterApi, CenterSnapshot, MetadataSchema};
use crate::import_source::ImportSource;

/// The digest of a document that has not been imported yet.
const PLANNED_DIGEST: &str = "planned";

/// The changes that were planned so far.
#[derive(Debug, Default)]
pub struct PlannedCenter {
    /// The plans of each API, by its name in lower case, in the order of the sources.
    plans: HashMap<String, Vec<PlannedApi>>,
    /// The names, in lower case, of APIs that would be deleted.
    deleted: HashSet<String>,
    environments: HashMap<String, Value>,
    metadata_schemas: Vec<MetadataSchema>,
}

fn resource(step: &ResourceStep) -> Value {
    json!({"name": step.id().name(), "properties": step.body["properties"]})
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
        } else {
            self.plans.entry(key).or_default().push(planned.clone());
        }
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
        self.plans.contains_key(&api.to_ascii_lowercase())
    }

    /// Whether an API does not exist before the run.
    pub(crate) fn is_new(&self, api: &str) -> bool {
        let plans = self.plans.get(&api.to_ascii_lowercase());
        plans.and_then(|plans| plans.first()).is_some_and(|plan| plan.api.existing.is_none())
    }

    /// Changes a snapshot of the center into what it would be.
    pub(crate) fn apply(&self, center: &mut CenterSnapshot, source: &ImportSource) {
        for name in &self.deleted {
            center.apis.remove(name);
        }
        for (name, plans) in &self.plans {
            let Some(last) = plans.last() else { continue };
            let api = CenterApi::new(&last.name, &last.api.body["properties"]);
            if self.is_new(name) {
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
        for plan in self.plans.get(&api.to_ascii_lowercase()).into_iter().flatten() {
            for planned in &plan.versions {
                let key = planned.version.id().name().to_ascii_lowercase();
                let version = children.versions.entry(key).or_default();
                version.body = resource(&planned.version);
                let mut digest = None;
                for document in &planned.documents {
                    let definition = &document.definition;
                    let key = definition.id().name().to_ascii_lowercase();
                    version.definitions.insert(key, resource(definition));
                    digest = Some(PLANNED_DIGEST.to_owned());
                }
                for deployment in &planned.deployments {
                    let has_digest = deployment.provenance.as_ref().is_some_and(|p| p.digest.is_some());
                    let step = deployment.clone().with_digest(digest.clone().filter(|_| !has_digest));
                    children.deployments.insert(step.id().name().to_ascii_lowercase(), resource(&step));
                }
            }
            for resource in plan.deletions.iter().flat_map(|deletion| &deletion.resources) {
                let id = &resource.id;
                let name = id.name().to_ascii_lowercase();
                let parent = id.as_str().rsplit('/').nth(1).unwrap_or_default();
                match parent {
                    "deployments" => drop(children.deployments.remove(&name)),
                    "versions" => drop(children.versions.remove(&name)),
                    _ => {}
                }
            }
        }
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
