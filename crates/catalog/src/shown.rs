//! A plan to print: what would happen to every API.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::plan::{Change, PlannedApi};
use azr_core::error::Error;

/// What can happen to an API, in the order of the counts.
const ACTIONS: [&str; 5] = ["create", "update", "unchanged", "delete", "refused"];

/// A plan as it is printed: counts, and the APIs in their order whichever way they come.
#[derive(Debug, Default)]
pub struct Shown {
    apis: BTreeMap<usize, Value>,
}

impl Shown {
    /// Adds what would happen to an API.
    pub fn add(&mut self, at: usize, api: &PlannedApi) {
        let is_whole =
            api.removals.iter().any(|r| r.deletes.first().is_some_and(|(id, _)| *id == api.api.id));
        let action = match api.change() {
            _ if api.refused.is_some() => "refused",
            _ if is_whole => "delete",
            change => change.word(),
        };
        let mut value = json!({
            "action": action,
            "name": api.name,
            "title": api.title,
            "kind": api.kind,
            "sources": api.sources,
            "versions": api.versions,
        });
        if let Some(reason) = &api.refused {
            value["reason"] = json!(reason);
        }
        let removed = api.removals.iter().filter(|_| !is_whole).map(|r| format!("{} is removed", r.what));
        let notes: Vec<String> = api.notes.iter().cloned().chain(removed).collect();
        if !notes.is_empty() {
            value["notes"] = json!(notes);
        }
        self.apis.insert(at, value);
    }

    /// Adds an API that could not be planned.
    pub fn add_failed(&mut self, at: usize, name: &str, error: &Error) {
        self.apis.insert(at, json!({"action": "refused", "name": name, "reason": error.described()}));
    }

    /// How many APIs this would happen to.
    #[must_use]
    pub fn count(&self, action: &str) -> usize {
        self.apis.values().filter(|api| api["action"] == action).count()
    }

    /// Whether anything would change.
    #[must_use]
    pub fn changes(&self) -> bool {
        [Change::Create.word(), Change::Update.word(), "delete"].iter().any(|action| self.count(action) > 0)
    }

    /// The plan to print.
    #[must_use]
    pub fn value(self) -> Value {
        let mut shown = json!({});
        for action in ACTIONS {
            shown[action] = json!(self.count(action));
        }
        shown["apis"] = self.apis.into_values().collect();
        shown
    }
}
