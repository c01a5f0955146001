//! What the API center already holds.

use std::collections::HashMap;

use serde_json::Value;

use crate::arm::id::ResourceId;

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
}

impl Limits {
    /// Those of the Free plan.
    pub const FREE: Self = Self { plan: "Free", apis: 200, versions: 5, deployments: 10 };
    /// Those of the Standard plan.
    pub const STANDARD: Self = Self { plan: "Standard", apis: 10_000, versions: 100, deployments: 10 };

    /// Those of the plan that the center says it has; Free where it says nothing.
    #[must_use]
    pub fn of(center: &Value) -> Self {
        let plan = center["sku"]["name"].as_str().unwrap_or("Free");
        if plan.eq_ignore_ascii_case("Free") { Self::FREE } else { Self::STANDARD }
    }
}

/// An API of the center; what is below it is read only for those that an import is about.
#[derive(Debug, Clone, Default)]
pub struct HeldApi {
    /// The resource.
    pub body: Value,
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

/// Resources by their names in lower case.
#[must_use]
pub fn by_name(items: Vec<Value>) -> HashMap<String, Value> {
    items.into_iter().filter_map(|item| Some((item["name"].as_str()?.to_ascii_lowercase(), item))).collect()
}
