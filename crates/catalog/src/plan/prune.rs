//! Finds what earlier imports created and API Management no longer has, or has moved elsewhere.
//!
//! Only resources with provenance from this source are deleted, and only if people have not added to them.

mod stale_resources;

use std::collections::HashSet;

use serde_json::{Value, json};

use super::deletion::{DeletedResource, Deletion};
use super::grouping::ApiGroup;
use super::resource_step::ResourceStep;
use super::stale::{StaleCandidate, StaleSources, Staleness};
use super::types::{PlanOptions, PlannedApi};
use super::unfinished::unfinished_versions;
use crate::api_version;
use crate::desired::{Change, DesiredResource, FieldOwner, members_without_metadata};
use crate::filter::ApiFilter;
use crate::provenance::{self, ApiProvenance, DeploymentProvenance, FieldDigests};
use crate::service::ServiceSnapshot;
use crate::snapshot::{ApiChildren, CenterApi};
use crate::source_inventory::Revisions;
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_MCP, CENTER_API};
use azr_core::revision::split_revision;

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
        let is_deleted = provenance.created_api && stale.is_empty_afterwards;
        if let Some(provenance) = stale.provenance_before.as_ref().filter(|_| !is_deleted) {
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
        if is_deleted {
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
        let recorded_documents = |version: &str| -> Vec<(ResourceId, String)> {
            let documents = provenance.into_iter().flat_map(|provenance| provenance.documents_of(version));
            let id = |definition: &str| api.child("versions", version).child("definitions", definition);
            documents.map(|(definition, digest)| (id(definition), digest.to_owned())).collect()
        };
        let unfinished = unfinished.map(|version| StaleCandidate {
            source_api: version.source_api.to_string(),
            is_moved: version.staleness == Staleness::Moved,
            documents: recorded_documents(&version.version),
            version: Some(version.version),
        });
        let mut all: Vec<StaleCandidate> = unfinished.collect();
        let candidate = |(name, deployment): (&String, &Value)| {
            let properties = &deployment["properties"];
            let deployed = DeploymentProvenance::of_deployment(api.name(), name, properties)?;
            let staleness = self.deployment_staleness(name, &deployed, group)?;
            let definition = properties["definitionId"].as_str().and_then(|id| {
                let relative = id.to_ascii_lowercase().find("/versions/").map(|start| &id[start..])?;
                format!("{api}{relative}").parse::<ResourceId>().ok()
            });
            let version = definition.as_ref().and_then(ResourceId::parent);
            let version = version.map(|version| version.name().to_ascii_lowercase());
            let documents = match (definition, deployed.digest, &version) {
                (Some(definition), Some(digest), _) => vec![(definition, digest)],
                // Another service has imported the document, and its deployment is deleted.
                (Some(_), None, Some(version)) if !deployed.is_pending => recorded_documents(version),
                _ => Vec::new(),
            };
            Some(StaleCandidate {
                source_api: deployed.source_api,
                is_moved: staleness == Staleness::Moved,
                version,
                documents,
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
        let (root_name, revision) = split_revision(name);
        if !provenance.is_from(&self.service.source) || !self.filter.matches_name(root_name) {
            None
        } else if self.source_names.contains(&name.to_lowercase()) {
            (!self.is_shared).then_some(Staleness::Moved)
        } else {
            // A run that reads current revisions only cannot know whether others exist.
            (revision.is_none() || self.revisions == Revisions::All).then_some(Staleness::Missing)
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

/// A field of an API that people have edited, if there is one.
fn edited_field(provenance: &ApiProvenance, properties: &Value) -> Option<&'static str> {
    if provenance.fields.is_empty() {
        // An older version of azr did not record what it wrote, but it never wrote these.
        return FieldDigests::default().edited_field(properties, ["summary", "externalDocumentation"]);
    }
    provenance.fields.edited_field(properties, members_without_metadata(&CENTER_API))
}
