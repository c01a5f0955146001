//! Plans one API of the center at a time.

mod versions;

use std::collections::HashMap;

use serde_json::{Value, json};

use super::grouping::{ApiGroup, ApiGroupVersion};
use super::limits::{LimitChecker, TITLE};
use super::metadata::ResolvedMapping;
use super::moved::note_left_over;
use super::portal_links::portal_links;
use super::prerequisites::Prerequisites;
use super::properties::{set_api_fields, set_custom_metadata};
use super::prune::Pruner;
use super::resource_step::ResourceStep;
use super::stale::StaleSources;
use super::types::{OnInvalid, PlanOptions, PlannedApi};
use crate::desired::{DesiredResource, FieldOwner};
use crate::provenance::{self, ApiProvenance};
use crate::service::{ApimApi, ServiceSnapshot};
use crate::snapshot::{ApiChildren, CenterApi, CenterSnapshot};
use crate::source_details::SourceDetails;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_API;

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
    /// The APIs of the center that no group becomes, by the names, in lower case, of the source APIs that they were
    /// imported from and that have moved; only without `--prune`, which deletes them.
    pub(crate) left_over: HashMap<String, String>,
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
        let environment = prerequisites.environment.id().relative_to_center().to_owned();
        Self {
            service,
            center,
            options,
            pruner,
            left_over: HashMap::new(),
            environment,
            mappings: prerequisites.mappings.clone(),
        }
    }

    /// The id of an API of the center.
    #[must_use]
    pub fn api_id(&self, name: &str) -> ResourceId {
        self.center.workspace.child("apis", name)
    }

    /// The id of the deployment of a version of an API of the center.
    #[must_use]
    pub(crate) fn deployment_id(&self, group: &ApiGroup<'_>, version: &ApiGroupVersion<'_>) -> ResourceId {
        let name = group.deployment_name(&self.service.source, version);
        self.api_id(&group.name).child("deployments", &name)
    }

    /// Whether the API of the center has a version whose source API now belongs to another group.
    #[must_use]
    pub(crate) fn has_given_up_sources(&self, group: &ApiGroup<'_>) -> bool {
        let provenance = self.api_in_snapshot(&group.name).and_then(|api| api.provenance.as_ref());
        let mut sources = provenance.into_iter().flat_map(|p| p.sources_of(&self.service.source));
        sources.any(|(_, source)| {
            let is_in_group = group.versions.iter().any(|v| v.api.name.to_lowercase() == source);
            !is_in_group && self.service.api(source).is_some()
        })
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
            let hint = if self.is_like_other_api(&title) {
                "; both have the same title: --on-collision merge adds to that API instead"
            } else {
                ""
            };
            self.checker.notes.push(format!(
                "the center has an API '{}' that was not imported from {}, so this one is named '{}'{hint}",
                group.source_name, self.planner.service.source, group.name
            ));
        }
        let mut planned = PlannedApi {
            name: group.name.to_string(),
            title,
            kind,
            sources: versions.iter().map(|version| version.api.name.to_string()).collect(),
            version_titles: versions.iter().map(|version| version.title.to_string()).collect(),
            api,
            versions: planned_versions,
            deployments: Vec::new(),
            deletions: Vec::new(),
            provenance_update: None,
            origin: None,
            notes: std::mem::take(&mut self.checker.notes),
            skip_reason: self.checker.skip_reason.take(),
        };
        if self.planner.pruner.is_none() && !self.planner.options.has_shared_apis() {
            note_left_over(&mut planned.notes, self.planner, &provenance, group, self.children);
        }
        if let Some(pruner) = &self.planner.pruner {
            pruner.add_deletions(&mut planned, &provenance, group, self.children, self.stale);
        }
        planned
    }

    /// Whether the API of the center that has the name of the group also has its title, as after `apic api register`.
    fn is_like_other_api(&self, title: &str) -> bool {
        let other = self.planner.api_in_snapshot(&self.group.source_name).map(CenterApi::properties);
        other.is_some_and(|properties| {
            properties["title"].as_str().is_some_and(|other| other.trim().eq_ignore_ascii_case(title.trim()))
        })
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
            let service = &self.planner.service.source;
            let is_from_service = provenance.sources_of(service).any(|(recorded, _)| recorded == name);
            if is_from_service {
                // Its deployment records the document from now on.
                provenance.remove_documents(&name);
            }
            if !self.children.versions.contains_key(&name) {
                provenance.add_source(service, &name, &version.api.name);
                provenance.created_versions.insert(name);
            } else if !self.planner.options.has_shared_apis() && is_from_service {
                // The version may have another source API than the one that it was created from.
                provenance.add_source(service, &name, &version.api.name);
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
}

/// The reason for skipping an API without metadata that the center requires.
fn required_metadata(entity: &str, name: &str) -> String {
    format!(
        "the center requires the metadata '{name}' of every {entity} (set it with --custom-properties {name}=…)"
    )
}
