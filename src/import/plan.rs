//! What an import will do, decided before anything is written, and without any network.
//!
//! In two steps, as what the center holds is read only for the names that are wanted: [`design`] says what becomes
//! what and settles the names; [`plan`] checks that against the center's limits and compares it with what is there.

mod bodies;
mod compare;
mod design;
mod limits;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::document::Format;
use super::held::Held;
use super::source::Source;
use crate::arm::id::ResourceId;
use crate::error::{Error, Result};

pub use design::{Design, Group, GroupVersion, design};

/// What to do where two APIs would have the same name in the center.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnCollision {
    /// Put a hash of its own name behind that of each.
    #[default]
    Suffix,
    /// Do nothing at all.
    Fail,
}

/// What to do with what the center does not take as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnInvalid {
    /// Shorten it.
    #[default]
    Truncate,
    /// Leave the API out.
    Skip,
    /// Do nothing at all.
    Fail,
}

/// What the user decides.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `--on-collision`.
    pub on_collision: OnCollision,
    /// `--on-invalid`.
    pub on_invalid: OnInvalid,
    /// `--lifecycle-stage`; without, new versions are in design and others stay in the stage they are in.
    pub stage: Option<String>,
}

/// What happens to a resource, or to an API with all that is below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is not there.
    Create,
    /// It is there and differs.
    Update,
    /// It is there as wanted.
    Unchanged,
}

impl Change {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A resource to create or replace.
#[derive(Debug, Clone)]
pub struct Put {
    /// What it is, for people: `version v1`.
    pub what: String,
    /// The resource.
    pub id: ResourceId,
    /// The value of `api-version`.
    pub api_version: &'static str,
    /// The body; for an update, what people added in the center is in it.
    pub body: Value,
    /// What happens to it.
    pub change: Change,
}

/// A definition with its document.
#[derive(Debug, Clone)]
pub struct Document {
    /// The definition.
    pub definition: Put,
    /// What the document is.
    pub format: Format,
    /// The API of API Management that it is exported from.
    pub api: ResourceId,
    /// That API's display name, which the document must bear where its format has a title.
    pub title: String,
    /// What happens to the document; None until it has been compared.
    pub change: Option<Change>,
}

/// One thing to do.
#[derive(Debug, Clone)]
pub enum Step {
    /// Create or replace a resource.
    Put(Put),
    /// Create or replace a definition and give it its document.
    Document(Box<Document>),
}

impl Step {
    /// What happens; None until documents have been compared.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        match self {
            Self::Put(put) => Some(put.change),
            Self::Document(document) => match (document.definition.change, document.change) {
                (Change::Unchanged, change) => change,
                (change, _) => Some(change),
            },
        }
    }
}

/// An API of the center, and what it takes to have it as wanted.
#[derive(Debug, Clone)]
pub struct PlannedApi {
    /// Its name in the center.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: &'static str,
    /// The APIs of API Management that it comes from.
    pub sources: Vec<String>,
    /// The titles of its versions.
    pub versions: Vec<String>,
    /// What to do, in this order; the first step is the API itself.
    pub steps: Vec<Step>,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// Why nothing is done, if nothing is.
    pub refused: Option<String>,
}

impl PlannedApi {
    /// What happens to it; an API whose documents have not been compared counts as unchanged by them.
    #[must_use]
    pub fn change(&self) -> Change {
        match self.steps.first().and_then(Step::change) {
            Some(Change::Create) => Change::Create,
            _ if self.steps.iter().any(|s| s.change().is_some_and(|c| c != Change::Unchanged)) => {
                Change::Update
            }
            _ => Change::Unchanged,
        }
    }
}

/// What an import will do.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The environment that stands for the API Management service.
    pub environment: Put,
    /// The APIs, by name.
    pub apis: Vec<PlannedApi>,
}

/// Plans the import of a design into a center.
pub fn plan(design: &Design<'_>, source: &Source, held: &Held, options: &Options) -> Result<Plan> {
    let environment = bodies::environment(source, held);
    let mut room = held.limits.apis.saturating_sub(held.apis.len());
    let mut apis = Vec::with_capacity(design.groups.len());
    for group in &design.groups {
        let mut api = bodies::api(group, source, held, &environment, options);
        if api.refused.is_none() && api.change() == Change::Create {
            if room == 0 {
                let limits = held.limits;
                api.refused =
                    Some(format!("a center takes {} APIs in the {} plan", limits.apis, limits.plan));
            }
            room = room.saturating_sub(1);
        }
        apis.push(api);
    }
    if options.on_invalid == OnInvalid::Fail {
        fail_for_refused(&apis)?;
    }
    Ok(Plan { environment, apis })
}

fn fail_for_refused(apis: &[PlannedApi]) -> Result<()> {
    let refused: Vec<String> = apis
        .iter()
        .filter_map(|api| Some(format!("{}: {}", api.sources.join(", "), api.refused.as_ref()?)))
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "the center does not take {} of the APIs: {}",
        refused.len(),
        refused.join("; ")
    ))
    .with_hint("--on-invalid truncate shortens what is too long; --on-invalid skip leaves such APIs out."))
}

#[cfg(test)]
mod tests;
