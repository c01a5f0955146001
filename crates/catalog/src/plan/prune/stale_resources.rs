//! Decides what is deleted of one API, and what stays because people have added to it.

use serde_json::Value;

use super::super::deletion::{DeletedResource, Deletion};
use super::super::grouping::ApiGroup;
use super::super::stale::{Addition, StaleSources, deployed_version, deploys_version, find_addition};
use super::super::unfinished;
use super::{Pruner, UnfinishedVersion};
use crate::desired::members_without_metadata;
use crate::provenance::{ApiProvenance, DeploymentProvenance, FieldDigests};
use crate::snapshot::{ApiChildren, CenterVersion};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_DEPLOYMENT, CENTER_VERSION, ResourceType};

/// What to delete of one API, and what remains.
pub(super) struct StaleResources {
    pub(super) deletions: Vec<Deletion>,
    /// What stays because people have added to it, one sentence each.
    pub(super) kept: Vec<String>,
    /// The provenance before anything is deleted, if it differs from the present one.
    ///
    /// A deployment has the only record by which edits of its version can be recognized, so before it is deleted, the
    /// API records the version's documents, and forgets versions that people have taken over by editing them.
    pub(super) provenance_before: Option<ApiProvenance>,
    /// The provenance afterwards; None if nothing of azr's remains.
    pub(super) remaining_provenance: Option<ApiProvenance>,
    /// Whether neither versions nor deployments remain.
    pub(super) is_empty_afterwards: bool,
}

/// A deployment of the center with its name, in lower case.
type NamedDeployment<'c> = (&'c str, &'c Value);

impl Pruner<'_> {
    /// Decides what to delete of an API.
    ///
    /// `group` is what the API should be imported from; None for an orphan. With `keep_versions`, only deployments are
    /// deleted.
    pub(super) fn find_stale(
        &self,
        api: &ResourceId,
        provenance: &ApiProvenance,
        children: &ApiChildren,
        group: Option<&ApiGroup<'_>>,
        confirmed: &StaleSources,
        keep_versions: bool,
    ) -> StaleResources {
        let source = &self.service.source;
        let mut found = StaleResourceFinder {
            api,
            confirmed,
            keep_versions,
            before: provenance.clone(),
            remaining: provenance.clone(),
            deletions: Vec::new(),
            kept: self.hidden_deployments(api, children),
        };
        let mut deployments: Vec<NamedDeployment<'_>> =
            children.deployments.iter().map(|(name, deployment)| (name.as_str(), deployment)).collect();
        deployments.sort_unstable_by_key(|(name, _)| *name);
        let (stale, remaining): (Vec<_>, Vec<_>) = deployments.into_iter().partition(|(name, deployment)| {
            let provenance = provenance_of(api, name, deployment);
            let is_stale = provenance.as_ref().is_some_and(|provenance| {
                let staleness = self.deployment_staleness(name, provenance, group);
                staleness.is_some_and(|staleness| confirmed.confirms(staleness, &provenance.source_api))
            });
            is_stale && !found.keep_edited_deployment(name, deployment)
        });
        for (name, deployment) in &stale {
            let version = deployed_version(source, name, deployment, children)
                .filter(|(key, _)| group.is_none_or(|group| group.version(key).is_none()));
            found.delete_deployment(name, deployment, version, &remaining);
        }
        let mut unfinished = self.unfinished(provenance, group, children);
        unfinished.retain(|version| confirmed.confirms(version.staleness, version.source_api.as_str()));
        for UnfinishedVersion { version: key, .. } in unfinished.iter().filter(|_| !keep_versions) {
            if let Some(version) = children.versions.get(key) {
                found.delete_unfinished_version(key, version);
            }
        }
        let is_from_service = |(name, deployment): &NamedDeployment<'_>| {
            provenance_of(api, name, deployment).is_some_and(|provenance| provenance.is_from(source))
        };
        if group.is_none() && !remaining.iter().any(is_from_service) {
            found.remaining.remove_import_source(source);
        }
        let is_empty_afterwards = found.deleted_count(&CENTER_DEPLOYMENT) == children.deployments.len()
            && found.deleted_count(&CENTER_VERSION) == children.versions.len()
            && !(found.deletions.is_empty() && unfinished.is_empty());
        StaleResources {
            provenance_before: Some(found.before).filter(|before| before != provenance),
            remaining_provenance: Some(found.remaining).filter(|p| !p.services.is_empty()),
            deletions: found.deletions,
            kept: found.kept,
            is_empty_afterwards,
        }
    }
}

/// Collects what is deleted of one API.
struct StaleResourceFinder<'a> {
    api: &'a ResourceId,
    confirmed: &'a StaleSources,
    keep_versions: bool,
    /// The provenance before anything is deleted.
    before: ApiProvenance,
    /// The provenance afterwards.
    remaining: ApiProvenance,
    deletions: Vec<Deletion>,
    kept: Vec<String>,
}

impl StaleResourceFinder<'_> {
    /// Whether people have edited a deployment, which therefore stays.
    fn keep_edited_deployment(&mut self, name: &str, deployment: &Value) -> bool {
        let fields = self.recorded_fields(name, deployment).filter(|fields| !fields.is_empty());
        let edited = fields.and_then(|fields| {
            fields.edited_field(&deployment["properties"], members_without_metadata(&CENTER_DEPLOYMENT))
        });
        let Some(field) = edited else { return false };
        let spelling = spelling(deployment, name);
        self.kept.push(format!("the deployment {spelling} stays, because people edited its {field}"));
        true
    }

    /// Deletes a deployment, and with it its version unless that stays; `version` is one that the source does not have.
    fn delete_deployment(
        &mut self,
        name: &str,
        deployment: &Value,
        version: Option<(&str, &CenterVersion)>,
        remaining: &[NamedDeployment<'_>],
    ) {
        let spelling = spelling(deployment, name);
        let id = self.api.child("deployments", spelling);
        let mut deletion = Deletion {
            label: format!("deployment {spelling}"),
            resources: vec![DeletedResource::deployment(id, deployment)],
            resource_count: 1,
        };
        if let Some((key, version)) = version
            && self.remaining.created_versions.contains(key)
        {
            let fields = self.recorded_fields(name, deployment);
            let addition = find_addition(key, version, deployment, fields.as_ref(), self.confirmed);
            if self.is_version_stale(key, version, addition, remaining) {
                deletion.label = format!("version {}", version_name(version, key));
                deletion.resource_count += 1 + version.definitions.len();
                deletion.resources.push(self.delete_version(key, version));
            }
        }
        self.deletions.push(deletion);
    }

    /// Whether a version can be deleted with its last deployment of azr.
    fn is_version_stale(
        &mut self,
        key: &str,
        version: &CenterVersion,
        addition: Option<Addition>,
        remaining: &[NamedDeployment<'_>],
    ) -> bool {
        if let Some(addition) = addition.filter(|addition| addition.is_edit()) {
            self.give_to_people(key, version, addition);
            return false;
        }
        self.record_documents(key);
        let deployment = remaining.iter().find(|(name, deployment)| deploys_version(name, deployment, key));
        if self.keep_versions {
            return false;
        } else if let Some((name, deployment)) = deployment {
            if provenance_of(self.api, name, deployment).is_none() {
                self.keep_version(key, version, "deploy it");
            }
        } else if let Some(addition) = addition {
            self.keep_version(key, version, addition.describe());
        } else {
            return true;
        }
        false
    }

    /// Records the documents of a version in the provenance of the API, before the deployment with that record is deleted.
    fn record_documents(&mut self, key: &str) {
        let documents = self.confirmed.documents.get(key).into_iter().flatten();
        let documents = documents.map(|(definition, digest)| (definition.name(), digest.as_str()));
        self.before.set_documents(key, documents.clone());
        self.remaining.set_documents(key, documents);
    }

    /// Deletes a version whose import was interrupted, or whose deployment was deleted earlier.
    fn delete_unfinished_version(&mut self, key: &str, version: &CenterVersion) {
        match unfinished::find_addition(key, version, self.confirmed) {
            Some(addition) if addition.is_edit() => self.give_to_people(key, version, addition),
            Some(addition) => self.keep_version(key, version, addition.describe()),
            None => {
                let deletion = Deletion {
                    label: format!("version {}", version_name(version, key)),
                    resource_count: 1 + version.definitions.len(),
                    resources: vec![self.delete_version(key, version)],
                };
                self.deletions.push(deletion);
            }
        }
    }

    /// Keeps a version that people have edited, which therefore is not azr's any more.
    fn give_to_people(&mut self, key: &str, version: &CenterVersion, edit: Addition) {
        self.keep_version(key, version, edit.describe());
        self.before.remove_version(key);
        self.remaining.remove_version(key);
    }

    fn delete_version(&mut self, key: &str, version: &CenterVersion) -> DeletedResource {
        self.remaining.remove_version(key);
        let id = self.api.child("versions", version_name(version, key));
        let documents = self.confirmed.documents.get(key).cloned().unwrap_or_default();
        DeletedResource::version(id, version).with_documents(documents)
    }

    fn keep_version(&mut self, key: &str, version: &CenterVersion, addition: &str) {
        let name = version_name(version, key);
        self.kept.push(format!("the version {name} stays, because people {addition}"));
    }

    /// The fields that azr recorded of a deployment; None if it has no provenance.
    fn recorded_fields(&self, name: &str, deployment: &Value) -> Option<FieldDigests> {
        provenance_of(self.api, name, deployment).map(|provenance| provenance.fields)
    }

    fn deleted_count(&self, resource_type: &ResourceType) -> usize {
        let resources = self.deletions.iter().flat_map(|deletion| &deletion.resources);
        resources.filter(|resource| resource.resource_type == resource_type).count()
    }
}

fn provenance_of(api: &ResourceId, name: &str, deployment: &Value) -> Option<DeploymentProvenance> {
    DeploymentProvenance::of_deployment(api.name(), name, &deployment["properties"])
}

/// The name of a resource as it is spelled in the center; `name` is in lower case.
fn spelling<'n>(resource: &'n Value, name: &'n str) -> &'n str {
    resource["name"].as_str().unwrap_or(name)
}

fn version_name<'n>(version: &'n CenterVersion, key: &'n str) -> &'n str {
    spelling(&version.body, key)
}
