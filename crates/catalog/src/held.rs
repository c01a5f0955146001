//! What the API center already holds.

use std::collections::HashMap;

use serde_json::Value;

use super::mark::{self, ApiMark};
use azr_core::id::ResourceId;

/// The center an import writes to.
#[derive(Debug, Clone)]
pub struct Held {
    /// The workspace that the APIs are in.
    pub workspace: ResourceId,
    /// What its plan allows.
    pub limits: Limits,
    /// Its APIs by name in lower case.
    pub apis: HashMap<String, HeldApi>,
    /// Its environments by name in lower case.
    pub environments: HashMap<String, Value>,
    /// Its custom metadata.
    pub metadata: Vec<Metadata>,
}

/// How much a center takes in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// What the plan is called.
    pub plan: &'static str,
    /// APIs in all.
    pub apis: usize,
    /// Versions of one API.
    pub versions: usize,
    /// Deployments of one API.
    pub deployments: usize,
    /// Kinds of custom metadata.
    pub metadata: usize,
}

impl Limits {
    /// Those of the Free plan.
    pub const FREE: Self = Self { plan: "Free", apis: 200, versions: 5, deployments: 10, metadata: 10 };
    /// Those of the Standard plan.
    pub const STANDARD: Self =
        Self { plan: "Standard", apis: 10_000, versions: 100, deployments: 10, metadata: 20 };

    /// Those of the plan that the center says it has; Free where it says nothing.
    #[must_use]
    pub fn of(center: &Value) -> Self {
        let plan = center["sku"]["name"].as_str().unwrap_or("Free");
        if plan.eq_ignore_ascii_case("Free") { Self::FREE } else { Self::STANDARD }
    }
}

/// An API of the center.
#[derive(Debug, Clone)]
pub struct HeldApi {
    /// Its name as it is spelt.
    pub name: Box<str>,
    /// Its properties as JSON text, which takes a fraction of the room of the value.
    properties: Box<str>,
    /// The mark that azr left.
    pub mark: Option<ApiMark>,
}

impl HeldApi {
    /// One with these properties.
    #[must_use]
    pub fn new(name: &str, properties: &Value) -> Self {
        Self { name: name.into(), mark: ApiMark::of(properties), properties: properties.to_string().into() }
    }

    /// Its properties.
    #[must_use]
    pub fn properties(&self) -> Value {
        // It is the text of a value, which always reads.
        serde_json::from_str(&self.properties).unwrap_or_default()
    }
}

/// What is below an API of the center; read when it is that API's turn.
#[derive(Debug, Clone, Default)]
pub struct Below {
    /// Its versions by name in lower case.
    pub versions: HashMap<String, HeldVersion>,
    /// Its deployments by name in lower case.
    pub deployments: HashMap<String, Value>,
}

/// A version of an API of the center.
#[derive(Debug, Clone, Default)]
pub struct HeldVersion {
    /// The resource.
    pub body: Value,
    /// Its definitions by name in lower case.
    pub definitions: HashMap<String, Value>,
}

/// A kind of custom metadata of the center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// What it is assigned to (`api`, `deployment`, `environment`), and whether it is required there.
    pub assigned: Vec<(String, bool)>,
}

impl Metadata {
    /// Reads one; None for something without a name.
    #[must_use]
    pub fn read(entry: &Value) -> Option<Self> {
        let of = entry["properties"]["assignedTo"].as_array().into_iter().flatten();
        let assigned = of.filter_map(|a| {
            Some((a["entity"].as_str()?.to_ascii_lowercase(), a["required"].as_bool().unwrap_or(false)))
        });
        Some(Self { assigned: assigned.collect(), name: entry["name"].as_str()?.to_owned() })
    }
}

impl Held {
    /// The metadata that is assigned to this kind of thing, and whether it is required there.
    pub fn assigned<'a>(&'a self, entity: &'a str) -> impl Iterator<Item = (&'a str, bool)> {
        self.metadata.iter().filter_map(move |metadata| {
            let (_, required) = metadata.assigned.iter().find(|(to, _)| to == entity)?;
            Some((metadata.name.as_str(), *required))
        })
    }

    /// Whether the center has metadata of this name.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.metadata.iter().any(|metadata| metadata.name.eq_ignore_ascii_case(name))
    }

    /// Whether that metadata can be given to all that azr marks.
    #[must_use]
    pub fn takes_marks(&self) -> bool {
        let is_mark = |(name, _): (&str, bool)| name.eq_ignore_ascii_case(mark::NAME);
        mark::ENTITIES.iter().all(|entity| self.assigned(entity).any(is_mark))
    }

    /// Whether the center has the metadata that azr marks things with.
    #[must_use]
    pub fn has_marks(&self) -> bool {
        self.knows(mark::NAME)
    }
}

/// Resources by their names in lower case.
#[must_use]
pub fn by_name(items: Vec<Value>) -> HashMap<String, Value> {
    items.into_iter().filter_map(|item| Some((item["name"].as_str()?.to_ascii_lowercase(), item))).collect()
}
