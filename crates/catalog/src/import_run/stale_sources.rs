//! Confirms which resources of the center are stale, by asking API Management for their source APIs.

use serde_json::Value;

use super::{ImportRun, ImportTask, Purpose};
use crate::document;
use crate::inventory;
use crate::plan::{ApiGroup, StaleSources};
use crate::provenance::DeploymentProvenance;
use crate::service::ApimApi;
use crate::snapshot::{ApiChildren, CenterApi};
use crate::writer;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEPLOYMENT;

impl ImportRun<'_> {
    /// Asks the source APIs of deployments that might be stale whether they exist, and where they belong.
    pub(super) async fn confirm_stale(
        &self,
        api: &ResourceId,
        existing: Option<&CenterApi>,
        group: Option<&ApiGroup<'_>>,
        children: &ApiChildren,
        purpose: Purpose,
    ) -> Result<StaleSources> {
        let mut stale = StaleSources::default();
        let Some(pruner) = &self.planner.pruner else { return Ok(stale) };
        let provenance = existing.and_then(|api| api.provenance.as_ref());
        for candidate in pruner.candidates(api, provenance, group, children) {
            let source_api = candidate.source_api.to_ascii_lowercase();
            if candidate.is_moved {
                if !self.has_moved(&candidate.source_api, group, purpose).await? {
                    continue;
                }
                stale.moved.insert(source_api);
            } else {
                if self.read_source_api(&candidate.source_api).await?.is_some() {
                    continue;
                }
                stale.missing.insert(source_api);
            }
            let Some(version) = candidate.version else { continue };
            for (definition, digest) in candidate.documents {
                if document::is_replaced(self.clients.center, &definition, &digest).await? {
                    stale.edited_versions.insert(version.clone());
                } else {
                    stale.documents.entry(version.clone()).or_default().push((definition, digest));
                }
            }
        }
        Ok(stale)
    }

    async fn read_source_api(&self, id: &str) -> Result<Option<Value>> {
        inventory::read_source_api(self.clients.source, id, self.planner.service.api_version).await
    }

    /// Whether a source API is still what it was when the service was read, and is imported elsewhere.
    ///
    /// Before anything is written, the latter is not checked. In the API of its own group, it is imported before
    /// anything is deleted.
    async fn has_moved(
        &self,
        source_api: &str,
        group: Option<&ApiGroup<'_>>,
        purpose: Purpose,
    ) -> Result<bool> {
        let service = self.planner.service;
        let name = source_api.rsplit('/').next().unwrap_or_default();
        let Some(listed) = service.api(name) else { return Ok(false) };
        let Some(current) = self.read_source_api(source_api).await? else {
            return Ok(false);
        };
        let current = ApimApi::read(&current, &service.version_sets);
        let is_same = |current: &ApimApi| {
            current.version == listed.version && current.version_set == listed.version_set
        };
        if !current.as_ref().is_some_and(is_same) {
            return Ok(false);
        }
        let is_in_group =
            group.is_some_and(|group| group.versions.iter().any(|version| version.api.name == listed.name));
        if is_in_group || purpose == Purpose::Review {
            return Ok(true);
        }
        let Some(deployment) = self.find_deployment(listed) else { return Ok(false) };
        let Some(resource) =
            writer::read_resource(self.clients.center, &CENTER_DEPLOYMENT, &deployment).await?
        else {
            return Ok(false);
        };
        let api = deployment.parent().unwrap_or_else(|| deployment.clone());
        let provenance =
            DeploymentProvenance::of_deployment(api.name(), deployment.name(), &resource.properties);
        let is_source =
            |provenance: &DeploymentProvenance| provenance.source_api.eq_ignore_ascii_case(source_api);
        Ok(provenance.as_ref().is_some_and(is_source))
    }

    /// The id of the deployment that a source API has in the center after the import.
    fn find_deployment(&self, source: &ApimApi) -> Option<ResourceId> {
        self.tasks.iter().chain(&self.other_tasks).find_map(|task| {
            let ImportTask::Group { group, .. } = task else { return None };
            let version = group.selected().find(|version| version.api.name == source.name)?;
            Some(self.planner.deployment_id(group, version))
        })
    }
}
