//! The result of a dry run, and the tables of the command.

use serde_json::{Value, json};

use crate::commands::apic::api_rows;
use crate::commands::apic::summary::plan_view::{self, NextCommand};
use crate::commands::tree::Outcome;
use azr_catalog::registration::PlannedRegistration;
use azr_catalog::report::ApiResult;
use azr_core::error::Error;
use azr_output::message;

/// The result of a dry run: counts, and what would happen to every API.
///
/// `failed` are the definitions that cannot be registered; with any, the exit code is the one of a partial failure.
pub(super) fn outcome(
    planned: &PlannedRegistration<'_>,
    failed: Vec<(usize, ApiResult)>,
    ignored: usize,
) -> Outcome {
    let plans = planned.apis().iter().zip(&planned.plans);
    let mut rows: Vec<(usize, &str, ApiResult)> = plans
        .map(|(api, plan)| {
            let mut result = ApiResult::from(plan);
            result.notes.extend(plan.change_summary());
            (api.index(), plan.change().as_str(), result)
        })
        .collect();
    let (refused_count, total) = (failed.len(), failed.len() + planned.plans.len());
    rows.extend(failed.into_iter().map(|(index, result)| (index, "refused", result)));
    rows.sort_by_key(|(index, ..)| *index);
    let mut report =
        json!({"create": 0, "update": 0, "unchanged": 0, "refused": 0, "ignored": ignored, "apis": []});
    let mut list = Vec::with_capacity(rows.len());
    for (_, action, result) in rows {
        report[action] = json!(report[action].as_u64().unwrap_or_default() + 1);
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
    report["apis"] = Value::Array(list);
    let mut exit_code = 0;
    if refused_count > 0 {
        message::warn(&format!("{refused_count} of {total} would fail"));
        exit_code = Error::partial(refused_count, total).exit_code();
    }
    let (view, closing) = (
        Some(plan_view::view(&report, Some("Files"))),
        plan_view::closing(&report, NextCommand::WithoutDryRun),
    );
    Outcome { exit_code, view, closing, ..Outcome::value(report) }
}

/// The rows of a dry run or a result.
pub(super) fn table(value: &Value) -> Value {
    api_rows::table(value, Some("Files"))
}
