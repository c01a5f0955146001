//! The resources of the center that come of an API Management service and its APIs.

use serde_json::{Map, Value, json};

use super::addresses::{deployment_name, urls, within_center};
use super::compare::put;
use super::design::{Group, GroupVersion};
use super::documents::{self, Place};
use super::limits::{Checker, TITLE, truncate};
use super::properties::{api_properties, custom, missing};
use super::prune::Pruning;
use super::{Deployment, Options, PlannedApi, PlannedVersion, Put};
use crate::held::{Below, Held, HeldApi, HeldVersion};
use crate::mark::{self, ApiMark, DeploymentMark};
use crate::source::{Source, SourceApi};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEPLOYMENT, CENTER_ENVIRONMENT, CENTER_VERSION};
use azr_definitions::names;

/// The stage of new versions, as the service's own import has it.
const DEFAULT_STAGE: &str = "design";

/// The members of an API that can be written.
pub(super) const API_MEMBERS: &[&str] = &[
    "title",
    "summary",
    "description",
    "kind",
    "termsOfService",
    "license",
    "externalDocumentation",
    "contacts",
    "customProperties",
];
const VERSION_MEMBERS: &[&str] = &["title", "lifecycleStage"];
const DEPLOYMENT_MEMBERS: &[&str] =
    &["title", "description", "environmentId", "definitionId", "state", "server", "customProperties"];

/// The environment that stands for the service; one that is there is left to those who made it.
pub fn environment(source: &Source, held: &Held, options: &Options) -> Put {
    let service = source.id.name();
    let name = names::id_for_name(service, "apim-");
    let id = held.workspace.child("environments", &name);
    let there = held.environments.get(&name.to_ascii_lowercase());
    let mut wanted = Map::new();
    if there.is_none() {
        let portal = format!("https://portal.azure.com/#resource{}", source.id);
        wanted.insert("title".to_owned(), json!(truncate(service, TITLE)));
        wanted.insert("kind".to_owned(), json!("production"));
        wanted.insert(
            "server".to_owned(),
            json!({"type": "Azure API Management", "managementPortalUri": [portal]}),
        );
        let custom = custom("environment", held, options);
        if !custom.is_empty() {
            wanted.insert("customProperties".to_owned(), Value::Object(custom));
        }
    }
    let there = there.map(|environment| &environment["properties"]);
    put(format!("environment {name}"), id, &CENTER_ENVIRONMENT, wanted, there, &[])
}

/// Plans one API after the other.
pub struct Planner<'a> {
    /// The service.
    pub source: &'a Source,
    /// The center.
    pub held: &'a Held,
    /// What the user decides.
    pub options: &'a Options,
    /// What is removed, if anything is to be.
    pub pruning: Option<Pruning<'a>>,
    /// The environment that stands for the service, as a deployment names it.
    environment: String,
}

/// What one API is planned with.
struct Making<'a> {
    planner: &'a Planner<'a>,
    group: &'a Group<'a>,
    api: ResourceId,
    below: &'a Below,
    /// The mark that is there; an empty one where there is none.
    before: ApiMark,
    /// Whether somebody else made the API, or brought to it: what is there is left as it is.
    is_shared: bool,
    /// How many more deployments the API has room for.
    room: usize,
    check: Checker,
}

impl<'a> Planner<'a> {
    /// A planner for a service and a center.
    #[must_use]
    pub fn new(source: &'a Source, held: &'a Held, options: &'a Options, environment: &Put) -> Self {
        let environment = within_center(&environment.id).to_owned();
        Self { source, held, options, pruning: None, environment }
    }

    /// The API of the center that a group becomes.
    #[must_use]
    pub fn id(&self, name: &str) -> ResourceId {
        self.held.workspace.child("apis", name)
    }

    /// Plans an API with all that belongs to it; `below` is what the center has below it.
    #[must_use]
    pub fn api(&self, group: &'a Group<'a>, below: &Below) -> PlannedApi {
        let there = self.held.apis.get(&group.name.to_ascii_lowercase());
        let before = there.and_then(|api| api.mark.clone());
        let mut making = Making {
            planner: self,
            group,
            api: self.id(&group.name),
            below,
            is_shared: there.is_some()
                && !before.as_ref().is_some_and(|m| m.made && m.is_only_from(&self.source.id)),
            before: before.unwrap_or_default(),
            room: self.held.limits.deployments.saturating_sub(below.deployments.len()),
            check: Checker::new(self.options.on_invalid),
        };
        making.all(there)
    }
}

impl<'a> Making<'a> {
    fn all(&mut self, there: Option<&HeldApi>) -> PlannedApi {
        let group = self.group;
        let versions = self.fitting(there.is_some());
        let newest = versions.last().map_or(&group.versions[0], |version| version).api;
        // A version set is described by itself, and where it says nothing by its newest version.
        let own_title = group.set.map_or(&*newest.title, |set| set.title.as_str());
        let title = self.check.text("title", own_title, TITLE);
        let kind = self.kind(&versions);
        let (api, mark) = self.put_api(there, newest, &title, kind, &versions);
        let parts = versions.iter().map(|version| self.version(version)).collect();
        let mut planned = PlannedApi {
            name: group.name.clone(),
            title,
            kind,
            sources: versions.iter().map(|version| version.api.name.to_string()).collect(),
            versions: versions.iter().map(|version| version.title.clone()).collect(),
            api,
            parts,
            removals: Vec::new(),
            settled: None,
            notes: std::mem::take(&mut self.check.notes),
            refused: self.check.refused.take(),
        };
        if let Some(pruning) = &self.planner.pruning {
            pruning.within(&mut planned, &mark, group, self.below);
        }
        planned
    }

    fn put_api(
        &mut self,
        there: Option<&HeldApi>,
        newest: &SourceApi,
        title: &str,
        kind: &str,
        versions: &[&GroupVersion<'a>],
    ) -> (Put, ApiMark) {
        let current = there.map(HeldApi::properties);
        let mut mark = self.before.clone();
        mark.add(&self.planner.source.id);
        mark.made |= there.is_none();
        let names = versions.iter().map(|version| version.name.to_ascii_lowercase());
        mark.versions.extend(names.filter(|name| !self.below.versions.contains_key(name)));

        let mut wanted = Map::new();
        let mut custom = match &current {
            Some(current) => current["customProperties"].as_object().cloned().unwrap_or_default(),
            None => custom("api", self.planner.held, self.planner.options),
        };
        if self.is_shared {
            let other = current.as_ref().and_then(|c| c["kind"].as_str()).unwrap_or(kind);
            if !other.eq_ignore_ascii_case(kind) {
                self.check
                    .refuse(&format!("the center's API of this name is of kind {other}, this one is {kind}"));
            }
        } else {
            wanted = api_properties(self.group, newest, title, kind, &mut self.check);
            if let Some(name) = missing("api", self.planner.held, &custom) {
                self.check.refuse(&format!(
                    "the center requires the metadata '{name}' of every API (--custom-properties {name}=… gives it)"
                ));
            }
        }
        custom = mark::with(custom, &mark);
        wanted.insert("customProperties".to_owned(), Value::Object(custom));
        let what = format!("API {}", self.group.name);
        (put(what, self.api.clone(), &CENTER_API, wanted, current.as_ref(), API_MEMBERS), mark)
    }

    /// The versions that the center has room for: those it holds, and the newest of the others.
    fn fitting(&mut self, is_there: bool) -> Vec<&'a GroupVersion<'a>> {
        let most = self.planner.held.limits.versions;
        let held = |version: &GroupVersion<'_>| {
            is_there && self.below.versions.contains_key(&version.name.to_ascii_lowercase())
        };
        let new = self.group.selected().filter(|version| !held(version)).count();
        let room = most.saturating_sub(self.below.versions.len());
        let mut too_many = new.saturating_sub(room);
        if too_many > 0 {
            let what = format!("an API of the center takes {most} versions, {too_many} too few");
            self.check.amiss(&what, "the oldest are left out");
        }
        let mut versions = Vec::new();
        for version in self.group.selected() {
            if too_many > 0 && !held(version) {
                too_many -= 1;
            } else {
                versions.push(version);
            }
        }
        if versions.is_empty() {
            self.check.refuse("the center has no room for any of its versions");
            return self.group.selected().collect();
        }
        versions
    }

    fn kind(&mut self, versions: &[&GroupVersion<'_>]) -> &'static str {
        let mut kinds = Vec::new();
        for version in versions {
            match self.planner.options.kind_of(version.api) {
                Ok(kind) if !kinds.contains(&kind) => kinds.push(kind),
                Ok(_) => {}
                Err(why) => self.check.refuse(&why),
            }
        }
        if kinds.len() > 1 {
            let kinds = kinds.join(", ");
            self.check.notes.push(format!("its versions are of several kinds ({kinds}): the newest counts"));
        }
        kinds.last().copied().unwrap_or("rest")
    }

    fn version(&mut self, version: &'a GroupVersion<'a>) -> PlannedVersion {
        let key = version.name.to_ascii_lowercase();
        let held = self.below.versions.get(&key);
        let is_ours = held.is_none() || self.before.versions.contains(&key);
        let id = self.api.child("versions", &version.name);
        let mut wanted = Map::new();
        if is_ours && !(self.is_shared && held.is_some()) {
            wanted
                .insert("title".to_owned(), json!(self.check.text("version's title", &version.title, TITLE)));
        }
        // Where a version is in its life is decided in the center, unless the command line says so.
        let stage = self.planner.options.stage.as_deref();
        if held.is_none() || (stage.is_some() && is_ours) {
            wanted.insert("lifecycleStage".to_owned(), json!(stage.unwrap_or(DEFAULT_STAGE)));
        }
        let what = format!("version {}", version.name);
        let current = held.map(|version| &version.body["properties"]);
        let put = put(what, id.clone(), &CENTER_VERSION, wanted, current, VERSION_MEMBERS);
        self.parts(version, held, is_ours, put)
    }

    fn parts(
        &mut self,
        version: &'a GroupVersion<'a>,
        held: Option<&HeldVersion>,
        is_ours: bool,
        put: Put,
    ) -> PlannedVersion {
        let service = &self.planner.source.id;
        let name = deployment_name(service, &version.name);
        let there = self.below.deployments.get(&name.to_ascii_lowercase()).map(|d| &d["properties"]);
        let mark = there.and_then(DeploymentMark::of).filter(|mark| mark.is_from(service));
        let place = Place {
            service,
            version,
            id: &put.id,
            held,
            is_ours,
            deployments: &self.below.deployments,
            mark: mark.as_ref(),
            has_siblings: self.group.has_siblings(),
        };
        let found = documents::of(&place, &mut self.check);
        let definition = found.definition;
        if there.is_some() && mark.is_none() {
            self.check.notes.push(format!("the deployment {name} is not azr's and is left as it is"));
            return PlannedVersion { version: put, document: found.document, deployment: None };
        }
        let digest = mark.and_then(|mark| mark.digest).filter(|_| found.document.is_some());
        let mark = DeploymentMark { api: service.child("apis", &version.api.name).to_string(), digest };
        let deployment = self.deployment(version, &name, definition.as_ref(), there, mark);
        PlannedVersion { version: put, document: found.document, deployment }
    }

    fn deployment(
        &mut self,
        version: &GroupVersion<'_>,
        name: &str,
        definition: Option<&ResourceId>,
        there: Option<&Value>,
        mark: DeploymentMark,
    ) -> Option<Deployment> {
        let planner = self.planner;
        if there.is_none() && self.room == 0 {
            self.check
                .amiss("an API of the center has no room for more deployments", "further ones are left out");
            return None;
        }
        let scheme = self.group.set.map(|set| &set.scheme);
        let check = &mut self.check;
        let urls: Vec<String> = urls(planner.source, version.api, scheme)
            .into_iter()
            .filter(|url| check.url("URL of a deployment", url).is_some())
            .collect();
        if urls.is_empty() {
            return None;
        }
        let custom = match there {
            Some(there) => there["customProperties"].as_object().cloned().unwrap_or_default(),
            None => custom("deployment", planner.held, planner.options),
        };
        if there.is_none() {
            self.room -= 1;
            if let Some(name) = missing("deployment", planner.held, &custom) {
                check.refuse(&format!(
                    "the center requires the metadata '{name}' of every deployment (--custom-properties {name}=… gives it)"
                ));
            }
        }
        let title = format!("{} {}", planner.source.id.name(), version.title);
        let mut wanted = Map::new();
        wanted.insert("title".to_owned(), json!(truncate(&title, TITLE).trim_end()));
        wanted.insert("environmentId".to_owned(), json!(planner.environment));
        if let Some(definition) = definition {
            wanted.insert("definitionId".to_owned(), json!(within_center(definition)));
        }
        wanted.insert("state".to_owned(), json!("active"));
        wanted.insert("server".to_owned(), json!({"runtimeUri": urls}));
        wanted.insert("customProperties".to_owned(), Value::Object(mark::with(custom, &mark)));
        let id = self.api.child("deployments", name);
        let what = format!("deployment {name}");
        let put = put(what, id, &CENTER_DEPLOYMENT, wanted, there, DEPLOYMENT_MEMBERS);
        Some(Deployment { put, mark })
    }
}
