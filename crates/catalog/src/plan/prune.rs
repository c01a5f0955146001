//! Finds what earlier imports created and API Management no longer has.
//!
//! Only resources with provenance from this service are deleted, and only if people have not added to them.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::grouping::ApiGroup;
use super::put_step::{API_MEMBERS, plan_put};
use super::runtime_uri::deployment_name;
use super::types::{Change, Deletion, PlannedApi, PutStep};
use crate::api_type::API_KINDS;
use crate::filter::ApiFilter;
use crate::inventory::Revisions;
use crate::provenance::{self, ApiProvenance, DeploymentProvenance};
use crate::service::ServiceSnapshot;
use crate::snapshot::{ApiChildren, CenterApi, CenterVersion};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEPLOYMENT, CENTER_VERSION};

/// What was confirmed about the deployments that might be stale, by asking their sources.
///
/// That a list does not contain an API proves nothing, so nothing is deleted without this confirmation.
#[derive(Debug, Default)]
pub struct StaleSources {
    /// The resource ids, in lower case, of source APIs that do not exist.
    pub missing: HashSet<String>,
    /// The names, in lower case, of versions whose documents people have replaced.
    pub edited_versions: HashSet<String>,
}

/// A deployment that is stale if its source API does not exist.
#[derive(Debug)]
pub struct StaleCandidate {
    /// The resource id of the source API.
    pub source_api: String,
    /// The definition that the deployment refers to, with the digest of the document that azr imported.
    pub document: Option<(ResourceId, String)>,
    /// The name of the version of that definition, in lower case.
    pub version: Option<String>,
}

/// Finds what to delete.
pub struct Pruner<'a> {
    service: &'a ServiceSnapshot,
    filter: &'a ApiFilter,
    revisions: Revisions,
    /// The names, in lower case, of all APIs of the service.
    source_names: HashSet<String>,
}

/// What to delete of one API, and what remains.
struct StaleResources {
    deletions: Vec<Deletion>,
    /// The provenance afterwards; None if nothing of azr's remains.
    remaining_provenance: Option<ApiProvenance>,
    /// Whether neither versions nor deployments remain.
    is_empty_afterwards: bool,
}

impl<'a> Pruner<'a> {
    /// Creates a pruner that considers the APIs that the filter selects.
    #[must_use]
    pub fn new(service: &'a ServiceSnapshot, filter: &'a ApiFilter, revisions: Revisions) -> Self {
        let source_names = service.apis.iter().map(|api| api.name.to_lowercase()).collect();
        Self { service, filter, revisions, source_names }
    }

    /// Whether an API of the center was imported from this service.
    #[must_use]
    pub fn is_from_service(&self, api: &CenterApi) -> bool {
        api.provenance.as_ref().is_some_and(|provenance| provenance.is_from(&self.service.id))
    }

    /// Adds to the plan of an API what has to be deleted of it.
    pub(super) fn add_deletions(
        &self,
        planned: &mut PlannedApi,
        provenance: &ApiProvenance,
        group: &ApiGroup<'_>,
        children: &ApiChildren,
        stale: &StaleSources,
    ) {
        if planned.api.change == Change::Create {
            return;
        }
        let stale = self.find_stale(&planned.api.id, provenance, children, Some(group), stale, false);
        if let Some(remaining) = stale.remaining_provenance.filter(|_| !stale.deletions.is_empty()) {
            let mut update = planned.api.clone();
            update.body["properties"]["customProperties"][provenance::METADATA_NAME] =
                json!(remaining.to_string());
            update.change = Change::Update;
            planned.provenance_update = Some(update);
        }
        planned.deletions = stale.deletions;
    }

    /// Plans an API of which the service has nothing any more; None if nothing has to be deleted.
    #[must_use]
    pub fn plan_orphan(
        &self,
        id: &ResourceId,
        api: &CenterApi,
        children: &ApiChildren,
        stale: &StaleSources,
    ) -> Option<PlannedApi> {
        let provenance = api.provenance.clone()?;
        let properties = api.properties();
        let stale = self.find_stale(id, &provenance, children, None, stale, has_additions(&properties));
        let kind = properties["kind"].as_str().unwrap_or_default();
        let mut desired = Map::new();
        let mut custom_properties = properties["customProperties"].as_object().cloned().unwrap_or_default();
        match &stale.remaining_provenance {
            Some(remaining) => custom_properties = provenance::add_to(custom_properties, remaining),
            None => drop(custom_properties.shift_remove(provenance::METADATA_NAME)),
        }
        desired.insert("customProperties".to_owned(), Value::Object(custom_properties));
        let label = format!("API {}", api.name);
        let mut update =
            plan_put(label.clone(), id.clone(), &CENTER_API, desired, Some(&properties), API_MEMBERS);
        let mut planned = PlannedApi {
            name: api.name.to_string(),
            title: properties["title"].as_str().unwrap_or_default().to_owned(),
            kind: API_KINDS.iter().copied().find(|k| k.eq_ignore_ascii_case(kind)).unwrap_or("rest"),
            sources: Vec::new(),
            version_titles: Vec::new(),
            api: PutStep { change: Change::Unchanged, ..update.clone() },
            versions: Vec::new(),
            deletions: stale.deletions,
            provenance_update: None,
            notes: Vec::new(),
            skip_reason: None,
        };
        if provenance.created_api && stale.is_empty_afterwards {
            let resources = vec![(id.clone(), CENTER_API.api_version)];
            let definitions = children.versions.values().map(|version| version.definitions.len());
            let resource_count =
                1 + children.versions.len() + children.deployments.len() + definitions.sum::<usize>();
            planned.deletions = vec![Deletion { label, resources, resource_count }];
        } else if planned.deletions.is_empty() {
            return None;
        } else {
            update.change = Change::Update;
            planned.provenance_update = Some(update);
        }
        Some(planned)
    }

    /// The deployments that are stale if their source APIs do not exist.
    #[must_use]
    pub fn candidates(&self, api: &ResourceId, children: &ApiChildren) -> Vec<StaleCandidate> {
        let candidate = |(name, deployment): (&String, &Value)| {
            let properties = &deployment["properties"];
            let provenance = DeploymentProvenance::of_deployment(api.name(), name, properties)
                .filter(|provenance| self.may_be_stale(provenance))?;
            let definition = properties["definitionId"].as_str().and_then(|id| {
                let relative = id.to_ascii_lowercase().find("/versions/").map(|start| &id[start..])?;
                format!("{api}{relative}").parse::<ResourceId>().ok()
            });
            let version = definition.as_ref().and_then(ResourceId::parent);
            Some(StaleCandidate {
                source_api: provenance.source_api,
                document: definition.zip(provenance.digest),
                version: version.map(|version| version.name().to_ascii_lowercase()),
            })
        };
        children.deployments.iter().filter_map(candidate).collect()
    }

    fn find_stale(
        &self,
        api: &ResourceId,
        provenance: &ApiProvenance,
        children: &ApiChildren,
        group: Option<&ApiGroup<'_>>,
        confirmed: &StaleSources,
        keep_versions: bool,
    ) -> StaleResources {
        let service = &self.service.id;
        let is_stale = |name: &str, deployment: &Value| {
            let provenance = DeploymentProvenance::of_deployment(api.name(), name, &deployment["properties"]);
            provenance.is_some_and(|provenance| {
                self.may_be_stale(&provenance)
                    && confirmed.missing.contains(&provenance.source_api.to_ascii_lowercase())
            })
        };
        let (stale, remaining): (Vec<_>, Vec<_>) =
            children.deployments.iter().partition(|(name, deployment)| is_stale(name, deployment));
        let mut stale_names: Vec<&String> = stale.iter().map(|(name, _)| *name).collect();
        stale_names.sort_unstable();
        let mut remaining_provenance = provenance.clone();
        let mut deletions = Vec::new();
        for name in stale_names {
            let deployment = &children.deployments[name];
            let spelling = deployment["name"].as_str().unwrap_or(name);
            let mut resources = vec![(api.child("deployments", spelling), CENTER_DEPLOYMENT.api_version)];
            let mut label = format!("deployment {spelling}");
            let mut resource_count = 1;
            if let Some((key, version)) = deployed_version(service, name, deployment, children) {
                let is_in_source =
                    group.is_some_and(|g| g.versions.iter().any(|v| v.name.eq_ignore_ascii_case(key)));
                let is_deployed = remaining.iter().any(|(name, other)| deploys_version(name, other, key));
                if !keep_versions
                    && provenance.created_versions.contains(key)
                    && !is_in_source
                    && !is_deployed
                    && has_only_deployed_definition(version, deployment)
                    && !confirmed.edited_versions.contains(key)
                {
                    let spelling = version.body["name"].as_str().unwrap_or(key);
                    label = format!("version {spelling}");
                    resources.push((api.child("versions", spelling), CENTER_VERSION.api_version));
                    remaining_provenance.created_versions.remove(key);
                    resource_count += 1 + version.definitions.len();
                }
            }
            deletions.push(Deletion { label, resources, resource_count });
        }
        let has_remaining_from_service = remaining.iter().any(|(name, deployment)| {
            DeploymentProvenance::of_deployment(api.name(), name, &deployment["properties"])
                .is_some_and(|provenance| provenance.is_from(service))
        });
        let deleted_versions = deletions.iter().map(|deletion| deletion.resources.len() - 1).sum::<usize>();
        let is_empty_afterwards =
            remaining.is_empty() && deleted_versions == children.versions.len() && !deletions.is_empty();
        if group.is_none() && !has_remaining_from_service {
            remaining_provenance.remove_service(service);
        }
        let remaining_provenance = Some(remaining_provenance).filter(|p| !p.services.is_empty());
        StaleResources { deletions, remaining_provenance, is_empty_afterwards }
    }

    /// Whether a deployment's source API belongs to this service, is selected, and is not in the list of its APIs.
    fn may_be_stale(&self, provenance: &DeploymentProvenance) -> bool {
        let name = provenance.source_name();
        let (root_name, is_revision) = match name.split_once(";rev=") {
            Some((root_name, _)) => (root_name, true),
            None => (name, false),
        };
        // A run that reads current revisions only cannot know whether others exist.
        provenance.is_from(&self.service.id)
            && !(is_revision && self.revisions == Revisions::Current)
            && !self.source_names.contains(&name.to_lowercase())
            && self.filter.matches_name(root_name)
    }
}

/// The version that a deployment belongs to, with its name in lower case.
fn deployed_version<'c>(
    service: &ResourceId,
    name: &str,
    deployment: &Value,
    children: &'c ApiChildren,
) -> Option<(&'c str, &'c CenterVersion)> {
    let is_deployed = |key: &str| {
        deploys_version(name, deployment, key) || deployment_name(service, key).eq_ignore_ascii_case(name)
    };
    children.versions.iter().find(|(key, _)| is_deployed(key)).map(|(key, version)| (key.as_str(), version))
}

/// Whether a deployment belongs to a version: by its definition, or without one by its name.
fn deploys_version(name: &str, deployment: &Value, version: &str) -> bool {
    match deployment["properties"]["definitionId"].as_str() {
        Some(id) => id.to_ascii_lowercase().contains(&format!("/versions/{version}/")),
        None => name.ends_with(&format!("-{version}")),
    }
}

/// Whether a version has no definition besides the one that a deployment refers to.
fn has_only_deployed_definition(version: &CenterVersion, deployment: &Value) -> bool {
    let deployed = deployment["properties"]["definitionId"].as_str().and_then(|id| id.rsplit('/').next());
    let is_deployed = |name: &String| deployed.is_some_and(|deployed| deployed.eq_ignore_ascii_case(name));
    version.definitions.keys().all(is_deployed)
}

/// Whether an API has values in members that azr never writes, so that people must have entered them.
fn has_additions(properties: &Value) -> bool {
    let has_summary = properties["summary"].as_str().is_some_and(|text| !text.trim().is_empty());
    let has_links = properties["externalDocumentation"].as_array().is_some_and(|links| !links.is_empty());
    has_summary || has_links
}
