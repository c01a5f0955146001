//! Finds what earlier imports created and API Management no longer has.
//!
//! Only resources with provenance from this source are deleted, and only if people have not added to them.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::grouping::ApiGroup;
use super::planner::VERSION_FIELD;
use super::resource_step::ResourceStep;
use super::runtime_uri::deployment_name;
use super::types::{Deletion, PlannedApi};
use crate::api_version;
use crate::desired::{Change, DesiredResource, FieldOwner, members_without_metadata};
use crate::filter::ApiFilter;
use crate::format::DefinitionFormat;
use crate::import_source::ImportSource;
use crate::provenance::{self, ApiProvenance, DeploymentProvenance, FieldDigests};
use crate::service::ServiceSnapshot;
use crate::snapshot::{ApiChildren, CenterApi, CenterVersion};
use crate::source_inventory::Revisions;
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_MCP, CENTER_API, CENTER_DEPLOYMENT, CENTER_VERSION, ResourceType};

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
    /// What stays because people have added to it, one sentence each.
    kept: Vec<String>,
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
        let stale = self.find_stale(&id, provenance, children, Some(group), stale, false);
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
        stale: &StaleSources,
    ) -> Option<PlannedApi> {
        let provenance = api.provenance.clone()?;
        let properties = api.properties();
        let edited = edited_field(&provenance, &properties);
        let mut stale = self.find_stale(id, &provenance, children, None, stale, edited.is_some());
        let kind = properties["kind"].as_str().unwrap_or_default();
        let desired = DesiredResource::new(format!("API {}", api.name), id.clone(), &CENTER_API);
        let mut update = desired.clone();
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
            let resources = vec![(id.clone(), CENTER_API.api_version)];
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

    /// The deployments, and the versions without one, that are stale if their source APIs do not exist.
    #[must_use]
    pub fn candidates(
        &self,
        api: &ResourceId,
        provenance: Option<&ApiProvenance>,
        children: &ApiChildren,
    ) -> Vec<StaleCandidate> {
        let unfinished = provenance.into_iter().flat_map(|provenance| self.unfinished(provenance, children));
        let unfinished = unfinished.map(|(_, source)| StaleCandidate {
            source_api: source.to_string(),
            document: None,
            version: None,
        });
        let mut all: Vec<StaleCandidate> = unfinished.collect();
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
        all.extend(children.deployments.iter().filter_map(candidate));
        all
    }

    /// The versions that azr created, in lower case, that have no deployment, each with its source API.
    ///
    /// An import was interrupted before it created the deployment, or after it deleted it.
    fn unfinished(&self, provenance: &ApiProvenance, children: &ApiChildren) -> Vec<(String, ResourceId)> {
        let is_deployed = |version: &str| {
            children.deployments.iter().any(|(name, deployment)| deploys_version(name, deployment, version))
        };
        // Nothing records the type of the API that such a version was created from.
        let shows_every_type = self.shows(APIM_MCP);
        let sources =
            provenance.sources_of(&self.service.source).filter(|(version, _)| !is_deployed(version));
        let sources = sources.map(|(version, api)| (version.to_owned(), self.service.source.api(api)));
        let may_be_stale =
            |source: &ResourceId| self.may_be_stale(&DeploymentProvenance::new(source.to_string(), "", ""));
        sources.filter(|(_, source)| shows_every_type && may_be_stale(source)).collect()
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
            let mut resources = vec![(api.child("deployments", spelling), CENTER_DEPLOYMENT.api_version)];
            let mut label = format!("deployment {spelling}");
            let mut resource_count = 1;
            if let Some((key, version)) = deployed_version(source, name, deployment, children) {
                let is_in_source =
                    group.is_some_and(|g| g.versions.iter().any(|v| v.name.eq_ignore_ascii_case(key)));
                let is_deployed = remaining.iter().any(|(name, other)| deploys_version(name, other, key));
                let spelling = version.body["name"].as_str().unwrap_or(key);
                let is_created = provenance.created_versions.contains(key);
                if keep_versions || !is_created || is_in_source || is_deployed {
                    // It belongs to people, or still has a source.
                } else if let Some(addition) =
                    find_addition(key, version, deployment, fields.as_ref(), confirmed)
                {
                    kept.push(format!("the version {spelling} stays, because people {addition}"));
                } else {
                    label = format!("version {spelling}");
                    resources.push((api.child("versions", spelling), CENTER_VERSION.api_version));
                    remaining_provenance.remove_version(key);
                    resource_count += 1 + version.definitions.len();
                }
            }
            deletions.push(Deletion { label, resources, resource_count });
        }
        let abandoned = self.abandoned_versions(provenance, children, confirmed);
        for key in abandoned.iter().filter(|_| !keep_versions) {
            let is_in_source =
                group.is_some_and(|g| g.versions.iter().any(|v| v.name.eq_ignore_ascii_case(key)));
            let Some(version) = children.versions.get(key).filter(|_| !is_in_source) else { continue };
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
            resources.filter(|(id, _)| resource_type.matches(id)).count()
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
        StaleResources { deletions, kept, remaining_provenance, is_empty_afterwards }
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

    /// The unfinished versions whose source does not exist.
    fn abandoned_versions(
        &self,
        provenance: &ApiProvenance,
        children: &ApiChildren,
        confirmed: &StaleSources,
    ) -> Vec<String> {
        let unfinished = self.unfinished(provenance, children).into_iter();
        let is_missing =
            |source: &ResourceId| confirmed.missing.contains(&source.as_str().to_ascii_lowercase());
        unfinished.filter(|(_, source)| is_missing(source)).map(|(version, _)| version).collect()
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

    /// Whether a source API belongs to this source, is selected, and is not in the list of its APIs.
    fn may_be_stale(&self, provenance: &DeploymentProvenance) -> bool {
        let name = provenance.source_name();
        let (root_name, is_revision) = match name.split_once(";rev=") {
            Some((root_name, _)) => (root_name, true),
            None => (name, false),
        };
        // A run that reads current revisions only cannot know whether others exist.
        let is_unread = is_revision && self.revisions == Revisions::Current;
        let is_listed = self.source_names.contains(&name.to_lowercase());
        provenance.is_from(&self.service.source)
            && !(is_unread || is_listed || self.is_hidden(provenance))
            && self.filter.matches_name(root_name)
    }
}

/// What people have done to a version that azr created; None if nothing.
fn find_addition(
    key: &str,
    version: &CenterVersion,
    deployment: &Value,
    fields: Option<&FieldDigests>,
    confirmed: &StaleSources,
) -> Option<&'static str> {
    let title = &version.body["properties"]["title"];
    if !has_only_deployed_definition(version, deployment) {
        Some("added a definition to it")
    } else if confirmed.edited_versions.contains(key) {
        Some("replaced its document")
    } else if fields.is_some_and(|fields| fields.is_edited(VERSION_FIELD, title)) {
        Some("edited its title")
    } else {
        None
    }
}

/// Deletes a version whose import was interrupted; the error says why it stays.
fn delete_unfinished(api: &ResourceId, key: &str, version: &CenterVersion) -> Result<Deletion, String> {
    let name = version.body["name"].as_str().unwrap_or(key);
    if !version.definitions.keys().all(|name| DefinitionFormat::is_name(name)) {
        return Err(format!("the version {name} stays, because people added a definition to it"));
    }
    Ok(Deletion {
        label: format!("version {name}"),
        resources: vec![(api.child("versions", name), CENTER_VERSION.api_version)],
        resource_count: 1 + version.definitions.len(),
    })
}

/// The version that a deployment belongs to, with its name in lower case.
fn deployed_version<'c>(
    source: &ImportSource,
    name: &str,
    deployment: &Value,
    children: &'c ApiChildren,
) -> Option<(&'c str, &'c CenterVersion)> {
    let is_deployed = |key: &str| {
        deploys_version(name, deployment, key)
            || deployment_name(source, None, key).eq_ignore_ascii_case(name)
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
