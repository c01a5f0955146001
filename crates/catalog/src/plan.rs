//! What an import will do, decided before anything is written, and without any network.
//!
//! In two steps, as what the center holds is read only for the names that are wanted: [`design`] says what becomes
//! what and settles the names; [`Planner::api`] checks one API of it against the center's limits and compares it with
//! what is there.

mod addresses;
mod bodies;
mod compare;
mod design;
mod documents;
mod limits;
mod properties;
mod prune;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::document::Format;
use super::held::Held;
use super::mark::{self, DeploymentMark};
use super::nature::Nature;
use super::source::{Source, SourceApi};
use azr_core::error::{Error, Result};
use azr_core::glob;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_METADATA;

pub use bodies::Planner;
pub use design::{Group, GroupVersion, design};
pub use prune::{Pruning, Removal};

/// What to do where two APIs would have the same name in the center.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnCollision {
    /// Put a hash of its own name behind that of each.
    #[default]
    Suffix,
    /// Add to the API that the center has, wherever that came from; APIs of one service are told apart as ever.
    Merge,
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
    /// `--kind`: patterns for names of APIs, and the kinds of those that fit.
    pub kinds: Vec<(String, &'static str)>,
    /// `--custom-properties`: metadata for what is new.
    pub custom: Map<String, Value>,
}

impl Options {
    /// The kind of an API in the center: what the user says, else what API Management says.
    pub fn kind_of(&self, api: &SourceApi) -> Result<&'static str, String> {
        let told = self.kinds.iter().find(|(pattern, _)| glob::matches_glob(pattern, api.root()));
        match (told, &api.nature) {
            (Some((_, kind)), _) => Ok(kind),
            (None, Nature::Other(word)) => Err(format!(
                "API Management calls it '{word}', a type that azr does not know (--kind tells its kind)"
            )),
            (None, nature) => Ok(nature.kind().unwrap_or("rest")),
        }
    }
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
    /// The whole body; what people added in the center is in it.
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
    /// That API's version, where it has one.
    pub version: Option<String>,
    /// Whether the service could take another API's document for it.
    pub has_siblings: bool,
    /// What the center is known to hold.
    pub known: Known,
}

/// What is known of the document that a definition has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// It has none: the definition is new.
    Nothing,
    /// It has one of this SHA-256, as the deployment's mark tells.
    Digest(String),
    /// Whatever it has, azr can only ask.
    Unknown,
}

/// A deployment, whose mark tells which document was imported with it.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// The deployment, with the mark as it is in the center.
    pub put: Put,
    /// The mark.
    pub mark: DeploymentMark,
}

impl Deployment {
    /// The deployment once the document is known that was imported with it.
    #[must_use]
    pub fn with(mut self, digest: Option<String>) -> Put {
        if digest.is_none() || self.mark.digest == digest {
            return self.put;
        }
        let mark = DeploymentMark { digest, ..self.mark };
        self.put.body["properties"]["customProperties"][mark::NAME] = json!(mark.to_string());
        if self.put.change == Change::Unchanged {
            self.put.change = Change::Update;
        }
        self.put
    }
}

/// A version of an API of the center, and what it takes to have it as wanted.
#[derive(Debug, Clone)]
pub struct PlannedVersion {
    /// The version.
    pub version: Put,
    /// Its definition; None for a kind that has none, and where it is another's.
    pub document: Option<Document>,
    /// Its deployment; None where there is no room or no address for one.
    pub deployment: Option<Deployment>,
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
    /// The API itself, which comes first.
    pub api: Put,
    /// Its versions, one after the other.
    pub parts: Vec<PlannedVersion>,
    /// What a former run brought and API Management no longer has, which goes after all else.
    pub removals: Vec<Removal>,
    /// The API without what was removed in its mark, which comes last.
    pub settled: Option<Put>,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// Why nothing is done, if nothing is.
    pub refused: Option<String>,
}

impl PlannedApi {
    /// What happens to it by what is planned; documents that have not been compared do not count.
    #[must_use]
    pub fn change(&self) -> Change {
        if self.api.change == Change::Create {
            return Change::Create;
        }
        let changes = |put: &Put| put.change != Change::Unchanged;
        let part = |part: &PlannedVersion| {
            changes(&part.version)
                || part.document.as_ref().is_some_and(|d| changes(&d.definition))
                || part.deployment.as_ref().is_some_and(|d| changes(&d.put))
        };
        if changes(&self.api) || self.parts.iter().any(part) || !self.removals.is_empty() {
            Change::Update
        } else {
            Change::Unchanged
        }
    }
}

/// What all APIs need: the environment that stands for the service, and the metadata for marks.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The metadata that azr marks with what it brings.
    pub metadata: Put,
    /// The environment.
    pub environment: Put,
}

/// Plans what all APIs need; refuses a center that has no room for it, or requires more of it than is given.
pub fn ground(source: &Source, held: &Held, options: &Options) -> Result<Ground> {
    let center = held.workspace.parent().unwrap_or_else(|| held.workspace.clone());
    if !held.has_marks() && held.metadata.len() >= held.limits.metadata {
        return Err(Error::limit_exceeded(format!(
            "{} has {} kinds of custom metadata, the most its plan takes, and azr needs one more, '{}', to know again what it imported",
            center.name(),
            held.metadata.len(),
            mark::NAME
        ))
        .with_hint("azr apic metadata delete removes one that is not needed; --mode service needs none."));
    }
    if let Some(unknown) = options.custom.keys().find(|name| !held.knows(name)) {
        return Err(Error::no_match(format!(
            "--custom-properties: {} has no metadata '{unknown}'",
            center.name()
        ))
        .with_hint("azr apic metadata list shows what there is."));
    }
    let environment = bodies::environment(source, held, options);
    let custom = environment.body["properties"]["customProperties"].as_object().cloned().unwrap_or_default();
    if let Some(name) =
        properties::missing("environment", held, &custom).filter(|_| environment.change == Change::Create)
    {
        return Err(Error::invalid(format!(
            "{} requires the metadata '{name}' of every environment, and the import makes one for {}",
            center.name(),
            source.id.name()
        ))
        .with_hint(format!("Give it: --custom-properties {name}=…")));
    }
    let change = match (held.has_marks(), held.takes_marks()) {
        (false, _) => Change::Create,
        // Somebody took it away from what azr marks.
        (true, false) => Change::Update,
        (true, true) => Change::Unchanged,
    };
    let id = center.child("metadataSchemas", mark::NAME);
    let metadata = Put {
        what: format!("metadata {}", mark::NAME),
        id,
        api_version: CENTER_METADATA.api_version,
        body: json!({"properties": mark::schema()}),
        change,
    };
    Ok(Ground { metadata, environment })
}

#[cfg(test)]
mod tests;
