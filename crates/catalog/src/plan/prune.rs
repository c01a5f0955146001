//! Finds what earlier imports created and API Management no longer has, or has moved elsewhere.
//!
//! Only resources with provenance from this source are deleted, and only if people have not added to them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::deletion::{DeletedResource, Deletion};
use super::grouping::ApiGroup;
use super::resource_step::ResourceStep;
use super::stale::{
    Addition, StaleCandidate, StaleSources, Staleness, deployed_version, deploys_version, find_addition,
};
use super::types::{PlanOptions, PlannedApi};
use super::unfinished::{delete_unfinished, unfinished_versions};
use crate::api_version;
use crate::desired::{Change, DesiredResource, FieldOwner, members_without_metadata};
use crate::filter::ApiFilter;
use crate::provenance::{self, ApiProvenance, DeploymentProvenance, FieldDigests};
use crate::service::ServiceSnapshot;
use crate::snapshot::{ApiChildren, CenterApi};
use crate::source_inventory::Revisions;
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_MCP, CENTER_API, CENTER_DEPLOYMENT, CENTER_VERSION, ResourceType};

/// Finds what to delete.
pub struct Pruner<'a> {
    service: &'a ServiceSnapshot,
    filter: &'a ApiFilter,
    revisions: Revisions,
    /// The names, in lower case, of all APIs of the service.
    source_names: HashSet<String>,
    /// Whether several APIs of the service may be one API of the center, so that what is not imported from one of them
    /// may be imported from another.
    is_shared: bool,
}

/// What to delete of one API, and what remains.
struct StaleResources {
    deletions: Vec<Deletion>,
    /// What stays because people have added to it, one sentence each.
    kept: Vec<String>,
    /// The provenance before anything is deleted, if people have taken versions over by editing them: without these
    /// versions.
    ///
    /// The deployment of such a version is deleted, and with it the only record by which the edit can be recognized.
    provenance_before: Option<ApiProvenance>,
    /// The provenance afterwards; None if nothing of azr's remains.
    remaining_provenance: Option<ApiProvenance>,
    /// Whether neither versions nor deployments remain.
    is_empty_afterwards: bool,
}

impl<'a> Pruner<'a> {
    /// Creates a pruner that considers the APIs that the filter selects.
    #[must_use]
    pub fn new(
        service: &'a ServiceSnapshot,
        filter: &'a ApiFilter,
        revisions: Revisions,
        options: &PlanOptions,
    ) -> Self {
        let source_names = service.apis.iter().map(|api| api.name.to_lowercase()).collect();
        Self { service, filter, revisions, source_names, is_shared: options.has_shared_apis() }
    }

    /// Whether an API of the center was imported from this service.
    #[must_use]
    pub fn is_from_service(&self, api: &CenterApi) -> bool {
        api.provenance.as_ref().is_some_and(|provenance| provenance.is_from(&self.service.source))
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
        let id = planned.api.id().clone();
        // What is not imported at its new place, because the center has no room for it, stays at the old one.
        let is_planned =
            |name: &str| planned.versions.iter().any(|planned| planned.version.id().name() == name);
        let left_out = group.selected().filter(|version| !is_planned(&version.name));
        let left_out: Vec<String> =
            left_out.map(|version| self.service.api_id(version.api).as_str().to_ascii_lowercase()).collect();
        let mut stale = stale.clone();
        stale.moved.retain(|source| !left_out.contains(source));
        let stale = self.find_stale(&id, provenance, children, Some(group), &stale, false);
        if let Some(provenance) = &stale.provenance_before {
            planned.api = planned.api.clone().with_provenance(&provenance.to_string());
        }
        if let Some(remaining) = stale.remaining_provenance.filter(|_| !stale.deletions.is_empty()) {
            planned.provenance_update = Some(planned.api.clone().with_provenance(&remaining.to_string()));
        }
        planned.deletions = stale.deletions;
        planned.notes.extend(stale.kept);
    }

    /// Plans an API of which the service has nothing any more; None if nothing of it is stale.
    #[must_use]
    pub fn plan_orphan(
        &self,
        id: &ResourceId,
        api: &CenterApi,
        children: &ApiChildren,
        confirmed: &StaleSources,
    ) -> Option<PlannedApi> {
        let provenance = api.provenance.clone()?;
        let properties = api.properties();
        let edited = edited_field(&provenance, &properties);
        let mut stale = self.find_stale(id, &provenance, children, None, confirmed, edited.is_some());
        let kind = properties["kind"].as_str().unwrap_or_default();
        let mut desired = DesiredResource::new(format!("API {}", api.name), id.clone(), &CENTER_API);
        let mut update = desired.clone();
        if let Some(provenance) = &stale.provenance_before {
            desired.set_metadata(
                provenance::METADATA_NAME,
                json!(provenance.to_string()),
                FieldOwner::Source,
            );
        }
        let text = stale.remaining_provenance.as_ref().map(ToString::to_string);
        update.set_metadata(provenance::METADATA_NAME, json!(text), FieldOwner::Source);
        let mut planned = PlannedApi {
            name: api.name.to_string(),
            title: properties["title"].as_str().unwrap_or_default().to_owned(),
            kind: kind.to_ascii_lowercase(),
            sources: Vec::new(),
            version_titles: Vec::new(),
            api: ResourceStep::new(desired, Some(properties.clone())),
            versions: Vec::new(),
            deployments: Vec::new(),
            deletions: stale.deletions,
            provenance_update: None,
            origin: None,
            notes: Vec::new(),
            skip_reason: None,
        };
        if provenance.created_api && stale.is_empty_afterwards {
            let documents = confirmed.documents.values().flatten().cloned().collect();
            let resource = DeletedResource::api(id.clone(), &properties, children).with_documents(documents);
            let resources = vec![resource];
            let definitions = children.versions.values().map(|version| version.definitions.len());
            let resource_count =
                1 + children.versions.len() + children.deployments.len() + definitions.sum::<usize>();
            let label = format!("API {}", api.name);
            planned.deletions = vec![Deletion { label, resources, resource_count }];
        } else if planned.deletions.is_empty() && stale.kept.is_empty() {
            return None;
        } else {
            if let Some(field) = edited.filter(|_| provenance.created_api) {
                stale.kept.push(format!("the API stays, because people edited its {field}"));
            }
            if !planned.deletions.is_empty() {
                planned.provenance_update = Some(ResourceStep::new(update, Some(properties)));
            }
            planned.notes = stale.kept;
        }
        Some(planned)
    }

    /// The deployments, and the versions without one, that are stale if their source APIs do not exist or have moved.
    ///
    /// `group` is what the API should be imported from; None for an orphan.
    #[must_use]
    pub fn candidates(
        &self,
        api: &ResourceId,
        provenance: Option<&ApiProvenance>,
        group: Option<&ApiGroup<'_>>,
        children: &ApiChildren,
    ) -> Vec<StaleCandidate> {
        let unfinished =
            provenance.into_iter().flat_map(|provenance| self.unfinished(provenance, group, children));
        let unfinished = unfinished.map(|version| StaleCandidate {
            source_api: version.source_api.to_string(),
            is_moved: version.staleness == Staleness::Moved,
            document: None,
            version: None,
        });
        let mut all: Vec<StaleCandidate> = unfinished.collect();
        let candidate = |(name, deployment): (&String, &Value)| {
            let properties = &deployment["properties"];
            let provenance = DeploymentProvenance::of_deployment(api.name(), name, properties)?;
            let staleness = self.deployment_staleness(name, &provenance, group)?;
            let definition = properties["definitionId"].as_str().and_then(|id| {
                let relative = id.to_ascii_lowercase().find("/versions/").map(|start| &id[start..])?;
                format!("{api}{relative}").parse::<ResourceId>().ok()
            });
            let version = definition.as_ref().and_then(ResourceId::parent);
            Some(StaleCandidate {
                source_api: provenance.source_api,
                is_moved: staleness == Staleness::Moved,
                document: definition.zip(provenance.digest),
                version: version.map(|version| version.name().to_ascii_lowercase()),
            })
        };
        all.extend(children.deployments.iter().filter_map(candidate));
        all
    }

    /// The versions that azr created that have no deployment and may be stale.
    fn unfinished(
        &self,
        provenance: &ApiProvenance,
        group: Option<&ApiGroup<'_>>,
        children: &ApiChildren,
    ) -> Vec<UnfinishedVersion> {
        let unfinished = |(version, source): (&str, &str)| {
            let source_api = self.service.source.api(source);
            // Nothing records the type of the API that such a version was created from.
            let staleness = self.staleness(source_api.as_str()).filter(|_| self.shows(APIM_MCP))?;
            Some(UnfinishedVersion { version: version.to_owned(), source_api, staleness })
        };
        let versions = unfinished_versions(&self.service.source, provenance, group, children);
        versions.into_iter().filter_map(unfinished).collect()
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
        let source = &self.service.source;
        let is_stale = |name: &str, deployment: &Value| {
            let provenance = DeploymentProvenance::of_deployment(api.name(), name, &deployment["properties"]);
            provenance.is_some_and(|provenance| {
                let staleness = self.deployment_staleness(name, &provenance, group);
                staleness.is_some_and(|staleness| confirmed.confirms(staleness, &provenance.source_api))
            })
        };
        let (stale, remaining): (Vec<_>, Vec<_>) =
            children.deployments.iter().partition(|(name, deployment)| is_stale(name, deployment));
        let mut stale_names: Vec<&String> = stale.iter().map(|(name, _)| *name).collect();
        stale_names.sort_unstable();
        let mut remaining_provenance = provenance.clone();
        let mut provenance_before = None;
        let mut deletions = Vec::new();
        let mut kept = self.hidden_deployments(api, children);
        for name in stale_names {
            let deployment = &children.deployments[name];
            let spelling = deployment["name"].as_str().unwrap_or(name);
            let fields = deployment_fields(api, name, deployment);
            let edited = fields.as_ref().filter(|fields| !fields.is_empty()).and_then(|fields| {
                fields.edited_field(&deployment["properties"], members_without_metadata(&CENTER_DEPLOYMENT))
            });
            if let Some(field) = edited {
                kept.push(format!("the deployment {spelling} stays, because people edited its {field}"));
                continue;
            }
            let id = api.child("deployments", spelling);
            let mut resources = vec![DeletedResource::deployment(id, deployment)];
            let mut label = format!("deployment {spelling}");
            let mut resource_count = 1;
            if let Some((key, version)) = deployed_version(source, name, deployment, children) {
                let is_in_source = group.is_some_and(|group| group.version(key).is_some());
                let is_deployed = remaining.iter().any(|(name, other)| deploys_version(name, other, key));
                let spelling = version.body["name"].as_str().unwrap_or(key);
                let is_created = remaining_provenance.created_versions.contains(key);
                if keep_versions || !is_created || is_in_source || is_deployed {
                    // It belongs to people, or still has a source.
                } else if let Some(addition) =
                    find_addition(key, version, deployment, fields.as_ref(), confirmed)
                {
                    kept.push(format!(
                        "the version {spelling} stays, because people {}",
                        addition.describe()
                    ));
                    if addition != Addition::Definition {
                        provenance_before.get_or_insert_with(|| provenance.clone()).remove_version(key);
                        remaining_provenance.remove_version(key);
                    }
                } else {
                    label = format!("version {spelling}");
                    let id = api.child("versions", spelling);
                    let documents = confirmed.documents.get(key).cloned().unwrap_or_default();
                    resources.push(DeletedResource::version(id, version).with_documents(documents));
                    remaining_provenance.remove_version(key);
                    resource_count += 1 + version.definitions.len();
                }
            }
            deletions.push(Deletion { label, resources, resource_count });
        }
        let mut abandoned = self.unfinished(provenance, group, children);
        abandoned.retain(|version| confirmed.confirms(version.staleness, version.source_api.as_str()));
        for UnfinishedVersion { version: key, .. } in abandoned.iter().filter(|_| !keep_versions) {
            let Some(version) = children.versions.get(key) else { continue };
            match delete_unfinished(api, key, version) {
                Ok(deletion) => {
                    remaining_provenance.remove_version(key);
                    deletions.push(deletion);
                }
                Err(reason) => kept.push(reason),
            }
        }
        let has_remaining_from_service = remaining.iter().any(|(name, deployment)| {
            DeploymentProvenance::of_deployment(api.name(), name, &deployment["properties"])
                .is_some_and(|provenance| provenance.is_from(source))
        });
        let deleted = |resource_type: &ResourceType| {
            let resources = deletions.iter().flat_map(|deletion| &deletion.resources);
            resources.filter(|resource| resource.resource_type == resource_type).count()
        };
        let (deployments, versions) = (deleted(&CENTER_DEPLOYMENT), deleted(&CENTER_VERSION));
        let is_empty_afterwards = deployments == children.deployments.len()
            && versions == children.versions.len()
            && !(deletions.is_empty() && abandoned.is_empty());
        let is_everything_deleted = deployments == stale.len();
        if group.is_none() && !has_remaining_from_service && is_everything_deleted {
            remaining_provenance.remove_import_source(source);
        }
        let remaining_provenance = Some(remaining_provenance).filter(|p| !p.services.is_empty());
        StaleResources { deletions, kept, provenance_before, remaining_provenance, is_empty_afterwards }
    }

    /// Why a deployment may be stale; None if it belongs to a version of the group.
    fn deployment_staleness(
        &self,
        name: &str,
        provenance: &DeploymentProvenance,
        group: Option<&ApiGroup<'_>>,
    ) -> Option<Staleness> {
        let is_current = group.is_some_and(|group| group.has_deployment(&self.service.source, name));
        if is_current || self.is_hidden(provenance) {
            return None;
        }
        self.staleness(&provenance.source_api)
    }

    /// Whether the service was read with an API version that shows what this one does.
    fn shows(&self, api_version: &str) -> bool {
        api_version::is_at_least(self.service.api_version, api_version)
    }

    /// Whether the API version that the service was read with does not show the source of a deployment.
    fn is_hidden(&self, provenance: &DeploymentProvenance) -> bool {
        provenance.is_from(&self.service.source)
            && provenance.api_version.as_ref().is_some_and(|version| !self.shows(version))
    }

    /// A sentence about each deployment whose source this run cannot see.
    fn hidden_deployments(&self, api: &ResourceId, children: &ApiChildren) -> Vec<String> {
        let hidden = children.deployments.iter().filter_map(|(name, deployment)| {
            let provenance = DeploymentProvenance::of_deployment(api.name(), name, &deployment["properties"])
                .filter(|provenance| self.is_hidden(provenance))?;
            Some(format!(
                "the deployment {name} stays, because only API version {} of API Management shows its source",
                provenance.api_version.unwrap_or_default()
            ))
        });
        let mut hidden: Vec<String> = hidden.collect();
        hidden.sort_unstable();
        hidden
    }

    /// Why something may be stale that no group imports from this source API any more; None if the source does not
    /// belong to this service, or is not selected.
    fn staleness(&self, source_api: &str) -> Option<Staleness> {
        let provenance = DeploymentProvenance::new(source_api.to_owned(), "", "");
        let name = provenance.source_name();
        let (root_name, is_revision) = match name.split_once(";rev=") {
            Some((root_name, _)) => (root_name, true),
            None => (name, false),
        };
        if !provenance.is_from(&self.service.source) || !self.filter.matches_name(root_name) {
            None
        } else if self.source_names.contains(&name.to_lowercase()) {
            (!self.is_shared).then_some(Staleness::Moved)
        } else {
            // A run that reads current revisions only cannot know whether others exist.
            (!is_revision || self.revisions == Revisions::All).then_some(Staleness::Missing)
        }
    }
}

/// A version that azr created and that has no deployment.
struct UnfinishedVersion {
    /// Its name in lower case.
    version: String,
    source_api: ResourceId,
    staleness: Staleness,
}

/// The fields that azr recorded of a deployment; None if it has no provenance.
fn deployment_fields(api: &ResourceId, name: &str, deployment: &Value) -> Option<FieldDigests> {
    let provenance = DeploymentProvenance::of_deployment(api.name(), name, &deployment["properties"]);
    provenance.map(|provenance| provenance.fields)
}

/// A field of an API that people have edited, if there is one.
fn edited_field(provenance: &ApiProvenance, properties: &Value) -> Option<&'static str> {
    if provenance.fields.is_empty() {
        // An older version of azr did not record what it wrote, but it never wrote these.
        return FieldDigests::default().edited_field(properties, ["summary", "externalDocumentation"]);
    }
    provenance.fields.edited_field(properties, members_without_metadata(&CENTER_API))
}
