//! What a former run of azr brought and API Management no longer has.
//!
//! Only what bears azr's mark of this service is ever removed, and of that only what people have added nothing to.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::addresses::deployment_name;
use super::bodies::API_MEMBERS;
use super::compare::put;
use super::design::Group;
use super::{Change, PlannedApi, Put};
use crate::choice::Choice;
use crate::document::Format;
use crate::held::{Below, HeldApi, HeldVersion};
use crate::inventory::Revisions;
use crate::mark::{self, ApiMark, DeploymentMark};
use crate::nature::KINDS;
use crate::source::Source;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEPLOYMENT, CENTER_VERSION};

/// Something to remove.
#[derive(Debug, Clone)]
pub struct Removal {
    /// What it is, for people: `version v1`.
    pub what: String,
    /// What to delete, in this order, each with its API version.
    pub deletes: Vec<(ResourceId, &'static str)>,
}

/// Decides what is removed.
pub struct Pruning<'a> {
    source: &'a Source,
    choice: &'a Choice,
    revisions: Revisions,
    /// The names, in lower case, of all that the service has.
    names: HashSet<String>,
}

/// What is to go of one API.
struct Verdict {
    removals: Vec<Removal>,
    /// The mark that remains; None where nothing of azr's remains.
    mark: Option<ApiMark>,
    /// Whether nothing at all remains.
    is_empty: bool,
}

impl<'a> Pruning<'a> {
    /// Looks for what the service no longer has, among what is meant.
    #[must_use]
    pub fn new(source: &'a Source, choice: &'a Choice, revisions: Revisions) -> Self {
        let names = source.apis.iter().map(|api| api.name.to_lowercase()).collect();
        Self { source, choice, revisions, names }
    }

    /// Whether an API of the center was brought from this service.
    #[must_use]
    pub fn is_about(&self, api: &HeldApi) -> bool {
        api.mark.as_ref().is_some_and(|mark| mark.is_from(&self.source.id))
    }

    /// Adds to the plan of an API what is to go of it.
    pub fn within(&self, planned: &mut PlannedApi, mark: &ApiMark, group: &Group<'_>, below: &Below) {
        if planned.api.change == Change::Create {
            return;
        }
        let verdict = self.judge(&planned.api.id, mark, below, Some(group));
        if let Some(mark) = verdict.mark.filter(|_| !verdict.removals.is_empty()) {
            let mut settled = planned.api.clone();
            settled.body["properties"]["customProperties"][mark::NAME] = json!(mark.to_string());
            settled.change = Change::Update;
            planned.settled = Some(settled);
        }
        planned.removals = verdict.removals;
    }

    /// The plan of an API of which the service has nothing any more; None where nothing is to go.
    #[must_use]
    pub fn gone(&self, id: &ResourceId, api: &HeldApi, below: &Below) -> Option<PlannedApi> {
        let mark = api.mark.clone()?;
        let verdict = self.judge(id, &mark, below, None);
        let properties = api.properties();
        let kind = properties["kind"].as_str().unwrap_or_default();
        let mut wanted = serde_json::Map::new();
        let mut custom = properties["customProperties"].as_object().cloned().unwrap_or_default();
        match &verdict.mark {
            Some(mark) => custom = mark::with(custom, mark),
            None => drop(custom.shift_remove(mark::NAME)),
        }
        wanted.insert("customProperties".to_owned(), Value::Object(custom));
        let what = format!("API {}", api.name);
        let mut settled = put(what.clone(), id.clone(), &CENTER_API, wanted, Some(&properties), API_MEMBERS);
        let mut planned = PlannedApi {
            name: api.name.to_string(),
            title: properties["title"].as_str().unwrap_or_default().to_owned(),
            kind: KINDS.iter().copied().find(|k| k.eq_ignore_ascii_case(kind)).unwrap_or("rest"),
            sources: Vec::new(),
            versions: Vec::new(),
            api: Put { change: Change::Unchanged, ..settled.clone() },
            parts: Vec::new(),
            removals: verdict.removals,
            settled: None,
            notes: Vec::new(),
            refused: None,
        };
        if mark.made && verdict.is_empty {
            let deletes = vec![(id.clone(), CENTER_API.api_version)];
            planned.removals = vec![Removal { what, deletes }];
        } else if planned.removals.is_empty() {
            return None;
        } else {
            settled.change = Change::Update;
            planned.settled = Some(settled);
        }
        Some(planned)
    }

    fn judge(&self, api: &ResourceId, mark: &ApiMark, below: &Below, group: Option<&Group<'_>>) -> Verdict {
        let service = &self.source.id;
        let (stale, kept): (Vec<_>, Vec<_>) = below.deployments.iter().partition(|(_, deployment)| {
            DeploymentMark::of(&deployment["properties"]).is_some_and(|mark| self.is_stale(&mark))
        });
        let mut names: Vec<&String> = stale.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let mut after = mark.clone();
        let mut removals = Vec::new();
        for name in names {
            let deployment = &below.deployments[name];
            let spelt = deployment["name"].as_str().unwrap_or(name);
            let mut deletes = vec![(api.child("deployments", spelt), CENTER_DEPLOYMENT.api_version)];
            let mut what = format!("deployment {spelt}");
            if let Some((key, version)) = version_of(service, name, deployment, below) {
                let wanted =
                    group.is_some_and(|g| g.versions.iter().any(|v| v.name.eq_ignore_ascii_case(key)));
                let used = kept.iter().any(|(name, other)| stands_for(name, other, key));
                if mark.versions.contains(key) && !wanted && !used && is_untouched(version) {
                    let spelt = version.body["name"].as_str().unwrap_or(key);
                    what = format!("version {spelt}");
                    deletes.push((api.child("versions", spelt), CENTER_VERSION.api_version));
                    after.versions.remove(key);
                }
            }
            removals.push(Removal { what, deletes });
        }
        let ours_left = kept
            .iter()
            .any(|(_, d)| DeploymentMark::of(&d["properties"]).is_some_and(|mark| mark.is_from(service)));
        let removed = removals.iter().map(|r| r.deletes.len() - 1).sum::<usize>();
        let is_empty = kept.is_empty() && removed == below.versions.len() && !removals.is_empty();
        if group.is_none() && !ours_left {
            after.services.remove(&service.name().to_ascii_lowercase());
        }
        Verdict { removals, mark: (!after.services.is_empty()).then_some(after), is_empty }
    }

    /// Whether a deployment stands for an API that was brought from this service, is meant, and is no longer there.
    fn is_stale(&self, mark: &DeploymentMark) -> bool {
        let name = mark.name();
        let (root, is_revision) = match name.split_once(";rev=") {
            Some((root, _)) => (root, true),
            None => (name, false),
        };
        // A run that does not read other revisions than the current ones cannot miss them.
        mark.is_from(&self.source.id)
            && !(is_revision && self.revisions == Revisions::Current)
            && !self.names.contains(&name.to_lowercase())
            && self.choice.holds_name(root)
    }
}

/// The version that a deployment stands for, with its name in lower case.
fn version_of<'b>(
    service: &ResourceId,
    name: &str,
    deployment: &Value,
    below: &'b Below,
) -> Option<(&'b str, &'b HeldVersion)> {
    let stands = |key: &str| {
        stands_for(name, deployment, key) || deployment_name(service, key).eq_ignore_ascii_case(name)
    };
    below.versions.iter().find(|(key, _)| stands(key)).map(|(key, version)| (key.as_str(), version))
}

/// Whether a deployment is of a version: by the definition it names, or where it names none by its own name.
fn stands_for(name: &str, deployment: &Value, version: &str) -> bool {
    match deployment["properties"]["definitionId"].as_str() {
        Some(id) => id.to_ascii_lowercase().contains(&format!("/versions/{version}/")),
        None => name.ends_with(&format!("-{version}")),
    }
}

/// Whether a version has no more than what azr gives one.
fn is_untouched(version: &HeldVersion) -> bool {
    version.definitions.keys().all(|name| Format::ALL.iter().any(|format| format.name() == name))
}
