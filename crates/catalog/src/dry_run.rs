//! The result of a dry run: what would happen to every API.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desired::Change;
use super::plan::PlannedApi;
use azr_core::error::Error;

/// What can happen to an API, in the order of the counts.
const ACTIONS: [&str; 5] = ["create", "update", "unchanged", "delete", "refused"];

/// The plans of all APIs in the order of the tasks, whatever the order in which they are added.
#[derive(Debug, Default)]
pub struct DryRunReport {
    apis: BTreeMap<usize, Value>,
}

impl DryRunReport {
    /// Adds the plan of an API.
    pub fn add(&mut self, index: usize, api: &PlannedApi) {
        let is_deleted = api.deletions.iter().any(|deletion| api.is_deleted_by(deletion));
        let action = match api.change() {
            _ if api.skip_reason.is_some() => "refused",
            _ if is_deleted => "delete",
            change => change.as_str(),
        };
        let mut value = json!({
            "action": action,
            "name": api.name,
            "title": api.title,
            "kind": api.kind,
            "sources": api.sources,
            "versions": api.version_titles,
        });
        if let Some(reason) = &api.skip_reason {
            value["reason"] = json!(reason);
        }
        let deletions = api.deletions.iter().filter(|_| !is_deleted);
        let deletions = deletions.map(|deletion| format!("{} would be deleted", deletion.label));
        let notes: Vec<String> = api.notes.iter().cloned().chain(deletions).collect();
        if !notes.is_empty() {
            value["notes"] = json!(notes);
        }
        self.apis.insert(index, value);
    }

    /// Adds an API that could not be planned.
    pub fn add_failed(&mut self, index: usize, name: &str, error: &Error) {
        self.apis.insert(index, json!({"action": "refused", "name": name, "reason": error.described()}));
    }

    /// Appends the plans of another source, whose name each of its APIs gets as `origin`.
    pub fn append(&mut self, origin: &str, other: Self) {
        let start = self.apis.last_key_value().map_or(0, |(index, _)| index + 1);
        for (index, mut api) in other.apis {
            api["origin"] = json!(origin);
            self.apis.insert(start + index, api);
        }
    }

    /// The plans of all APIs in their order.
    pub fn apis(&self) -> impl Iterator<Item = &Value> {
        self.apis.values()
    }

    fn count(&self, action: &str) -> usize {
        self.apis.values().filter(|api| api["action"] == action).count()
    }

    /// Whether anything would change.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        let actions = [Change::Create.as_str(), Change::Update.as_str(), "delete"];
        actions.iter().any(|action| self.count(action) > 0)
    }

    /// The report to print.
    #[must_use]
    pub fn into_value(self) -> Value {
        let mut value = json!({});
        for action in ACTIONS {
            value[action] = json!(self.count(action));
        }
        value["apis"] = self.apis.into_values().collect();
        value
    }
}
