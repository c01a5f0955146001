//! Plans the versions of an API of the center, with their definitions and deployments.

use serde_json::{Value, json};

use super::super::definition::{VersionContext, plan_definition};
use super::super::grouping::ApiGroupVersion;
use super::super::limits::{TITLE, truncate};
use super::super::moved::{copy_people_fields, previous_deployment, previous_version};
use super::super::properties::set_custom_metadata;
use super::super::resource_step::ResourceStep;
use super::super::runtime_uri::{agent_card_urls, runtime_uris};
use super::super::types::{AfterImport, DeploymentStep, PlannedVersion};
use super::{ApiPlanBuilder, VERSION_FIELD, required_metadata};
use crate::api_type::ApimApiType;
use crate::desired::{DesiredResource, FieldOwner};
use crate::provenance::{self, DeploymentProvenance};
use crate::snapshot::CenterVersion;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_DEPLOYMENT, CENTER_VERSION};

/// The lifecycle stage of new versions; the same as in the service's own import.
const DEFAULT_STAGE: &str = "design";

impl ApiPlanBuilder<'_> {
    pub(super) fn plan_version(&mut self, version: &ApiGroupVersion<'_>) -> PlannedVersion {
        let key = version.name.to_ascii_lowercase();
        let existing = self.children.versions.get(&key);
        let is_created_by_azr = existing.is_none() || self.provenance.created_versions.contains(&key);
        let is_created_here =
            self.provenance.is_source_of(&self.planner.service.source, &key, &version.api.name);
        let id = self.api.child("versions", &version.name);
        let label = format!("version {}", version.name);
        let mut desired = DesiredResource::new(label, id, &CENTER_VERSION);
        if is_created_by_azr && !(self.is_shared && existing.is_some()) {
            let title = self.checker.text("version's title", &version.title, TITLE);
            desired.set("title", json!(title));
        }
        // The lifecycle stage of an existing version is the center's, unless the command line sets it.
        let stage = self.planner.options.lifecycle_stage.as_deref();
        match stage {
            Some(stage)
                if is_created_by_azr && !(self.is_shared && existing.is_some() && !is_created_here) =>
            {
                desired.set("lifecycleStage", json!(stage));
            }
            Some(stage) => desired.set_initially("lifecycleStage", json!(stage)),
            None => {
                let previous = previous_version(self.planner.service, self.group, version, self.children);
                let stage = previous.map(|version| &version.body["properties"]["lifecycleStage"]);
                let stage = stage.filter(|stage| stage.is_string());
                desired
                    .set_initially("lifecycleStage", stage.cloned().unwrap_or_else(|| json!(DEFAULT_STAGE)));
            }
        }
        let current = existing.map(|version| version.body["properties"].clone());
        let step = ResourceStep::new(desired, current);
        self.plan_version_children(version, existing, is_created_by_azr, step)
    }

    fn plan_version_children(
        &mut self,
        version: &ApiGroupVersion<'_>,
        existing: Option<&CenterVersion>,
        is_created_by_azr: bool,
        step: ResourceStep,
    ) -> PlannedVersion {
        let source = &self.planner.service.source;
        let name = self.group.deployment_name(source, version);
        let deployment = self.children.deployments.get(&name.to_ascii_lowercase()).map(|d| &d["properties"]);
        let provenance = deployment
            .and_then(|properties| DeploymentProvenance::of_deployment(&self.group.name, &name, properties))
            .filter(|provenance| provenance.is_from(source));
        let scheme = self.group.version_set.map(|set| &set.scheme);
        let urls = match version.api.api_type {
            ApimApiType::Mcp => runtime_uris(self.planner.service, version.api, scheme),
            ApimApiType::A2a => agent_card_urls(self.planner.service, version.api, scheme),
            _ => Vec::new(),
        };
        let context = VersionContext {
            source,
            api_version: self.planner.service.api_version,
            urls,
            version,
            api: &self.group.name,
            id: step.id(),
            existing,
            is_created_by_azr,
            deployments: &self.children.deployments,
            provenance: provenance.as_ref(),
            has_siblings: self.group.has_siblings(),
            unavailable: self.details.unavailable.get(&*version.api.name).map(String::as_str),
        };
        let definition = plan_definition(&context, &mut self.checker);
        if deployment.is_some() && provenance.is_none() {
            self.checker
                .notes
                .push(format!("the deployment {name} was not created by azr and stays unchanged"));
            return PlannedVersion {
                origin: None,
                version: step,
                documents: definition.document.into_iter().collect(),
                definitions: Vec::new(),
                deployments: Vec::new(),
            };
        }
        let source_api = source.api(&version.api.name).to_string();
        let mut desired_provenance = DeploymentProvenance::new(source_api, &self.group.name, &name);
        desired_provenance.api_version = version.api.api_type.first_api_version().map(str::to_owned);
        if let Some(existing) = provenance {
            desired_provenance.digest =
                existing.digest.filter(|_| definition.document.is_some() || definition.is_kept);
            desired_provenance.fields = existing.fields;
        }
        let title = step.desired.fields.iter().find(|field| field.member == "title");
        if let Some(title) = title {
            desired_provenance.fields.insert(VERSION_FIELD, &title.value);
        }
        let definition_id = definition.id.as_ref();
        let deployment = self.plan_deployment(version, &name, definition_id, deployment, desired_provenance);
        PlannedVersion {
            origin: None,
            version: step,
            documents: definition.document.into_iter().collect(),
            definitions: Vec::new(),
            deployments: deployment.into_iter().collect(),
        }
    }

    fn plan_deployment(
        &mut self,
        version: &ApiGroupVersion<'_>,
        name: &str,
        definition: Option<&ResourceId>,
        existing: Option<&Value>,
        mut provenance: DeploymentProvenance,
    ) -> Option<DeploymentStep> {
        let planner = self.planner;
        if existing.is_none() && self.deployments_left == 0 {
            self.checker.violation(
                "API Center does not allow more deployments for this API",
                "further deployments were left out",
            );
            return None;
        }
        let scheme = self.group.version_set.map(|set| &set.scheme);
        let checker = &mut self.checker;
        let uris: Vec<String> = runtime_uris(planner.service, version.api, scheme)
            .into_iter()
            .filter(|uri| checker.url("runtime URI of a deployment", uri).is_some())
            .collect();
        if uris.is_empty() {
            return None;
        }
        let id = self.api.child("deployments", name);
        let mut desired = DesiredResource::new(format!("deployment {name}"), id, &CENTER_DEPLOYMENT);
        let title = format!("{} {}", planner.service.source.name_in_center(), version.title);
        desired.set("title", json!(truncate(&title, TITLE).trim_end()));
        desired.set("environmentId", json!(planner.environment));
        if let Some(definition) = definition {
            desired.set("definitionId", json!(definition.relative_to_center()));
        }
        desired.set("state", json!("active"));
        desired.set("server", json!({"runtimeUri": uris}));
        let values = &planner.options.custom_properties;
        let previous = previous_deployment(planner.service, self.group, version, self.children);
        let previous = previous.filter(|_| existing.is_none()).map(|deployment| &deployment["properties"]);
        let current = existing.or(previous);
        let missing = set_custom_metadata(&mut desired, current, "deployment", planner.center, values);
        if let Some(name) = missing {
            checker.skip(&required_metadata("deployment", name));
        }
        if let Some(previous) = previous {
            copy_people_fields(&mut desired, previous);
        }
        if existing.is_none() {
            self.deployments_left -= 1;
        }
        provenance.fields.insert_all(&desired);
        let text = json!(provenance.to_string());
        desired.set_metadata(provenance::METADATA_NAME, text, FieldOwner::Source);
        let resource = ResourceStep::new(desired, existing.cloned());
        Some(DeploymentStep { resource, provenance: Some(provenance), after_import: AfterImport::Record })
    }
}
