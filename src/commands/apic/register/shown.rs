//! What is shown of a registration of several APIs: the plan, what came of it, and both as a table.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::execute::result_of;
use super::plan::Api;
use crate::commands::apic::api_rows;
use crate::commands::tree::Outcome;
use azr_catalog::report::ApiResult;
use azr_core::error::Error;
use azr_output::message;

/// The plan to print: counts, and every API with what would happen to it.
///
/// `failed` are the definitions that cannot be registered, which make the exit code that of a run that fails in part.
pub fn planned(
    apis: &[Api],
    failed: Vec<(usize, ApiResult)>,
    others: usize,
    held: &HashSet<String>,
) -> Outcome {
    let mut rows: Vec<(usize, &str, ApiResult)> =
        apis.iter().map(|api| (api.place(), action(api, held), result_of(api))).collect();
    let (refused, total) = (failed.len(), failed.len() + apis.len());
    rows.extend(failed.into_iter().map(|(place, result)| (place, "refused", result)));
    rows.sort_by_key(|(place, ..)| *place);
    let mut shown = json!({"create": 0, "update": 0, "refused": 0, "ignored": others, "apis": []});
    let mut list = Vec::with_capacity(rows.len());
    for (_, action, result) in rows {
        shown[action] = json!(shown[action].as_u64().unwrap_or_default() + 1);
        let mut entry = json!({
            "action": action,
            "name": result.name,
            "title": result.title,
            "kind": result.kind,
            "sources": result.sources,
            "versions": result.versions,
        });
        if let Some(reason) = result.reason {
            entry["reason"] = json!(reason);
        }
        if !result.notes.is_empty() {
            entry["notes"] = json!(result.notes);
        }
        list.push(entry);
    }
    shown["apis"] = Value::Array(list);
    let mut code = 0;
    if refused > 0 {
        message::warn(&format!("{refused} of {total} would fail"));
        code = Error::partial(refused, total).exit_code();
    }
    Outcome { exit_code: code, prefers_table: true, ..Outcome::value(shown) }
}

fn action(api: &Api, held: &HashSet<String>) -> &'static str {
    if held.contains(&api.key()) { "update" } else { "create" }
}

/// A plan, or what came of it, as a table for people.
pub fn table(value: &Value) -> Value {
    api_rows::table(value, Some("Files"))
}
