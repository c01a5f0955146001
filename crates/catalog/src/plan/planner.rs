//! Plans one API of the center at a time.

use serde_json::{Value, json};

use super::definition::{VersionContext, plan_definition};
use super::grouping::{ApiGroup, ApiGroupVersion};
use super::limits::{LimitChecker, TITLE, truncate};
use super::metadata::ResolvedMapping;
use super::portal_links::portal_links;
use super::prerequisites::Prerequisites;
use super::properties::{set_api_fields, set_custom_metadata};
use super::prune::{Pruner, StaleSources};
use super::resource_step::ResourceStep;
use super::runtime_uri::{agent_card_urls, center_relative_id, deployment_name, runtime_uris};
use super::types::{AfterImport, DeploymentStep, OnInvalid, PlanOptions, PlannedApi, PlannedVersion};
use crate::api_type::ApimApiType;
use crate::desired::{DesiredResource, FieldOwner};
use crate::provenance::{self, ApiProvenance, DeploymentProvenance};
use crate::service::{ApimApi, ServiceSnapshot};
use crate::snapshot::{ApiChildren, CenterApi, CenterSnapshot, CenterVersion};
use crate::source_details::SourceDetails;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEPLOYMENT, CENTER_VERSION};

/// The lifecycle stage of new versions; the same as in the service's own import.
const DEFAULT_STAGE: &str = "design";

/// The name under which the provenance of a deployment records the title of its version.
pub(super) const VERSION_FIELD: &str = "version";

/// Plans APIs of the center one at a time.
pub struct Planner<'a> {
    /// The API Management service.
    pub service: &'a ServiceSnapshot,
    /// The center.
    pub center: &'a CenterSnapshot,
    /// The user's choices.
    pub options: &'a PlanOptions,
    /// Finds what to delete; None without `--prune`.
    pub pruner: Option<Pruner<'a>>,
    /// The environment of the service, in the form in which a deployment refers to it.
    environment: String,
    /// How metadata is set from what API Management knows.
    mappings: Vec<ResolvedMapping>,
}

impl<'a> Planner<'a> {
    /// Creates a planner for a service and a center.
    #[must_use]
    pub fn new(
        service: &'a ServiceSnapshot,
        center: &'a CenterSnapshot,
        options: &'a PlanOptions,
        prerequisites: &Prerequisites,
        pruner: Option<Pruner<'a>>,
    ) -> Self {
        let environment = center_relative_id(prerequisites.environment.id()).to_owned();
        Self { service, center, options, pruner, environment, mappings: prerequisites.mappings.clone() }
    }

    /// The id of an API of the center.
    #[must_use]
    pub fn api_id(&self, name: &str) -> ResourceId {
        self.center.workspace.child("apis", name)
    }

    /// The API of the center with this name, as it was when the center was read.
    #[must_use]
    pub fn api_in_snapshot(&self, name: &str) -> Option<&'a CenterApi> {
        self.center.apis.get(&name.to_ascii_lowercase())
    }

    /// Whether an API of the center was imported from the service.
    #[must_use]
    pub fn is_from_service(&self, api: &CenterApi) -> bool {
        api.provenance.as_ref().is_some_and(|provenance| provenance.is_from(&self.service.source))
    }

    /// Whether the API that a provenance describes comes from the APIs of a group, rather than from other services or
    /// from the same API in another environment.
    fn is_main_source(&self, provenance: &ApiProvenance, group: &ApiGroup<'_>) -> bool {
        if provenance.is_only_from(&self.service.source)
            && (group.environment_name.is_none() || provenance.sources.is_empty())
        {
            return true;
        }
        let is_in_group =
            |source: &str| group.versions.iter().any(|v| v.api.name.eq_ignore_ascii_case(source));
        !provenance.sources.is_empty()
            && provenance.sources_of(&self.service.source).filter(|(_, source)| is_in_group(source)).count()
                == provenance.sources.len()
    }

    /// Plans an API with everything below it; `existing` and `children` are what the center has of it.
    #[must_use]
    pub fn plan_api(
        &self,
        group: &ApiGroup<'_>,
        existing: Option<&CenterApi>,
        children: &ApiChildren,
        stale: &StaleSources,
    ) -> PlannedApi {
        self.plan_api_with(group, existing, children, stale, &SourceDetails::default())
    }

    /// Plans an API with the details of its source.
    #[must_use]
    pub fn plan_api_with(
        &self,
        group: &ApiGroup<'_>,
        existing: Option<&CenterApi>,
        children: &ApiChildren,
        stale: &StaleSources,
        details: &SourceDetails,
    ) -> PlannedApi {
        let provenance = existing.and_then(|api| api.provenance.clone());
        // Fields are recorded of an API that azr writes, also if its provenance was lost, so that nobody knows who
        // created it.
        let is_own = provenance
            .as_ref()
            .is_some_and(|p| (p.created_api || !p.fields.is_empty()) && self.is_main_source(p, group));
        let mut builder = ApiPlanBuilder {
            planner: self,
            stale,
            details,
            group,
            api: self.api_id(&group.name),
            children,
            is_shared: existing.is_some() && !is_own,
            provenance: provenance.unwrap_or_default(),
            deployments_left: self.center.limits.deployments.saturating_sub(children.deployments.len()),
            checker: LimitChecker::new(self.options.on_invalid),
        };
        builder.build(existing)
    }
}

/// Builds the plan of one API.
struct ApiPlanBuilder<'a> {
    planner: &'a Planner<'a>,
    stale: &'a StaleSources,
    details: &'a SourceDetails,
    group: &'a ApiGroup<'a>,
    api: ResourceId,
    children: &'a ApiChildren,
    /// The provenance in the center; empty if there is none.
    provenance: ApiProvenance,
    /// Whether people created the API or another service was imported into it; then its properties stay unchanged.
    is_shared: bool,
    /// How many more deployments the API may have.
    deployments_left: usize,
    checker: LimitChecker,
}

impl<'a> ApiPlanBuilder<'a> {
    fn build(&mut self, existing: Option<&CenterApi>) -> PlannedApi {
        let group = self.group;
        let versions = self.versions_within_limit(existing.is_some());
        let newest = versions.last().map_or(&group.versions[0], |version| version).api;
        let mut described = newest.clone();
        if let Some(terms) = &self.details.terms {
            described.terms = Some(Box::new(terms.clone()));
        }
        let newest = &described;
        // A version set has a title of its own; what it does not have comes from its newest version.
        let source_title = group.version_set.map_or(&*newest.title, |set| set.title.as_str());
        let source_title = self.planner.options.match_rules.logical_title(source_title);
        let title = self.checker.text("title", source_title, TITLE);
        let kind = self.kind(&versions);
        let (api, provenance) = self.plan_api_itself(existing, newest, &title, &kind, &versions);
        let planned_versions = versions.iter().map(|version| self.plan_version(version)).collect();
        self.checker.notes.extend(self.details.notes.iter().cloned());
        if existing.is_none() && !group.name.eq_ignore_ascii_case(&group.source_name) {
            self.checker.notes.push(format!(
                "the center has an API '{}' that was not imported from {}, so this one is named '{}'",
                group.source_name, self.planner.service.source, group.name
            ));
        }
        let mut planned = PlannedApi {
            name: group.name.clone(),
            title,
            kind,
            sources: versions.iter().map(|version| version.api.name.to_string()).collect(),
            version_titles: versions.iter().map(|version| version.title.clone()).collect(),
            api,
            versions: planned_versions,
            deployments: Vec::new(),
            deletions: Vec::new(),
            provenance_update: None,
            origin: None,
            notes: std::mem::take(&mut self.checker.notes),
            skip_reason: self.checker.skip_reason.take(),
        };
        if let Some(pruner) = &self.planner.pruner {
            pruner.add_deletions(&mut planned, &provenance, group, self.children, self.stale);
        }
        planned
    }

    fn plan_api_itself(
        &mut self,
        existing: Option<&CenterApi>,
        newest: &ApimApi,
        title: &str,
        kind: &str,
        versions: &[&ApiGroupVersion<'_>],
    ) -> (ResourceStep, ApiProvenance) {
        let current = existing.map(CenterApi::properties);
        let mut provenance = self.provenance.clone();
        provenance.resource = Some(self.group.name.to_ascii_lowercase());
        provenance.add_import_source(&self.planner.service.source);
        provenance.created_api |= existing.is_none();
        for version in versions {
            let name = version.name.to_ascii_lowercase();
            if !self.children.versions.contains_key(&name) {
                provenance.add_source(&self.planner.service.source, &name, &version.api.name);
                provenance.created_versions.insert(name);
            }
        }

        let label = format!("API {}", self.group.name);
        let mut desired = DesiredResource::new(label, self.api.clone(), &CENTER_API);
        let center = self.planner.center;
        let values = &self.planner.options.custom_properties;
        if self.group.has_lost_provenance {
            self.checker.notes.push(format!(
                "the API had lost its provenance and was recognized by its deployments of {}",
                self.planner.service.source
            ));
            // If its fields are those of the source, nobody has taken it over.
            let mut fields = desired.clone();
            let mut checker = LimitChecker::new(OnInvalid::Truncate);
            set_api_fields(&mut fields, self.group, newest, title, kind, &mut checker);
            self.is_shared &= fields.decide(current.as_ref()).change.is_write();
        }
        if self.is_shared {
            let current_kind = current.as_ref().and_then(|c| c["kind"].as_str()).unwrap_or(kind);
            if !current_kind.eq_ignore_ascii_case(kind) {
                self.checker.skip(&format!(
                    "the center's API with this name has the kind {current_kind}, and this one {kind}"
                ));
            }
        } else {
            set_api_fields(&mut desired, self.group, newest, title, kind, &mut self.checker);
            if self.planner.options.portal_links
                && let Some(links) = portal_links(self.planner.service, newest, current.as_ref())
            {
                desired.set("externalDocumentation", links);
            }
            provenance.fields.insert_all(&desired);
        }
        self.map_metadata(&mut desired, current.as_ref(), versions, &mut provenance);
        let missing = set_custom_metadata(&mut desired, current.as_ref(), "api", center, values);
        if let Some(name) = missing {
            self.checker.skip(&required_metadata("API", name));
        }
        let text = json!(provenance.to_string());
        desired.set_metadata(provenance::METADATA_NAME, text, FieldOwner::Source);
        (ResourceStep::new(desired, current), provenance)
    }

    /// Sets metadata from what API Management knows.
    ///
    /// Of an API that is shared, only metadata without a value is set.
    fn map_metadata(
        &mut self,
        desired: &mut DesiredResource,
        current: Option<&Value>,
        versions: &[&ApiGroupVersion<'_>],
        provenance: &mut ApiProvenance,
    ) {
        let apis: Vec<&ApimApi> = versions.iter().map(|version| version.api).collect();
        for mapping in &self.planner.mappings {
            let existing = current.map(|current| &current["customProperties"][&mapping.name]);
            let existing = existing.filter(|value| !value.is_null());
            if self.is_shared && existing.is_some() {
                continue;
            }
            let field = format!("metadata.{}", mapping.name);
            match mapping.value(self.planner.service, &apis) {
                Ok(Some(value)) => {
                    if !self.is_shared {
                        provenance.fields.insert(&field, &value);
                    }
                    desired.set_metadata(&mapping.name, value, FieldOwner::Source);
                }
                // What azr wrote before is removed, but not what people entered.
                Ok(None) => {
                    if existing.is_some_and(|value| provenance.fields.is_recorded(&field, value)) {
                        desired.set_metadata(&mapping.name, Value::Null, FieldOwner::Source);
                    }
                }
                Err(problem) => self.checker.violation(&problem, "it was left out"),
            }
        }
    }

    /// The versions that the center has room for: the existing ones, and the newest of the others.
    fn versions_within_limit(&mut self, api_exists: bool) -> Vec<&'a ApiGroupVersion<'a>> {
        let group = self.group;
        let limit = self.planner.center.limits.versions;
        let exists = |version: &ApiGroupVersion<'_>| {
            api_exists && self.children.versions.contains_key(&version.name.to_ascii_lowercase())
        };
        let new_count = group.selected().filter(|version| !exists(version)).count();
        let mut excess = new_count.saturating_sub(limit.saturating_sub(self.children.versions.len()));
        let excess_before = excess;
        let mut versions = Vec::new();
        for version in group.selected() {
            if excess > 0 && !exists(version) {
                excess -= 1;
            } else {
                versions.push(version);
            }
        }
        if excess_before > 0 {
            let problem =
                format!("API Center allows {limit} versions per API, {excess_before} fewer than needed");
            self.checker.violation(&problem, "the oldest versions were left out");
        }
        if versions.is_empty() {
            self.checker.skip("API Center has no room for any of its versions");
            return group.selected().collect();
        }
        versions
    }

    fn kind(&mut self, versions: &[&ApiGroupVersion<'_>]) -> String {
        let mut kinds = Vec::new();
        for version in versions {
            self.checker.notes.extend(self.planner.options.kind_note(version.api));
            match self.planner.options.kind_of(version.api) {
                Ok(kind) if !kinds.contains(&kind) => kinds.push(kind),
                Ok(_) => {}
                Err(reason) => self.checker.skip(&reason),
            }
        }
        if kinds.len() > 1 {
            let kinds = kinds.join(", ");
            self.checker
                .notes
                .push(format!("its versions have different kinds ({kinds}): the newest version's is used"));
        }
        kinds.pop().unwrap_or_else(|| "rest".to_owned())
    }

    fn plan_version(&mut self, version: &ApiGroupVersion<'_>) -> PlannedVersion {
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
            _ => desired.set_initially("lifecycleStage", json!(stage.unwrap_or(DEFAULT_STAGE))),
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
        let name = deployment_name(source, self.group.environment_name.as_deref(), &version.name);
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
            desired.set("definitionId", json!(center_relative_id(definition)));
        }
        desired.set("state", json!("active"));
        desired.set("server", json!({"runtimeUri": uris}));
        let values = &planner.options.custom_properties;
        let missing = set_custom_metadata(&mut desired, existing, "deployment", planner.center, values);
        if let Some(name) = missing {
            checker.skip(&required_metadata("deployment", name));
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

/// The reason for skipping an API without metadata that the center requires.
fn required_metadata(entity: &str, name: &str) -> String {
    format!(
        "the center requires the metadata '{name}' of every {entity} (set it with --custom-properties {name}=…)"
    )
}
