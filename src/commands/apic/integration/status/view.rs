//! What a terminal and `-o table` show of the status of integrations.

use serde_json::{Value, json};

use super::comparison::{Problem, Status};
use crate::commands::tree::Closing;
use azr_catalog::link_status::{ApiComparison, ApiState};
use azr_core::id::ResourceId;
use azr_output::{Cell, Fit, TerminalTable, Tone};

/// How many APIs that differ are listed below an integration.
const MAX_LISTED_APIS: usize = 50;

/// One row for each integration, and below it the APIs that differ.
pub(super) fn table(statuses: &[Status<'_>]) -> TerminalTable {
    let mut table = TerminalTable::new(&[
        ("Integration", Fit::Keep),
        ("State", Fit::Keep),
        ("APIs", Fit::Fold),
        ("Last updated", Fit::Omit),
    ]);
    for status in statuses {
        let link_state = &status.source.link_state;
        let state = link_state.state.as_deref().unwrap_or("unknown");
        let tone = match state.to_ascii_lowercase().as_str() {
            "syncing" => Tone::Good,
            "error" => Tone::Bad,
            _ => Tone::Change,
        };
        let cells = vec![
            status.source.name.as_str().into(),
            Cell::with_tone(state, tone),
            counts(status).into(),
            time(status).into(),
        ];
        let mut lines: Vec<String> = link_state.message.iter().cloned().collect();
        let different: Vec<&ApiComparison> =
            status.apis().iter().filter(|api| api.state.is_difference()).collect();
        lines.extend(different.iter().take(MAX_LISTED_APIS).map(|api| describe(api)));
        let more = different.len().saturating_sub(MAX_LISTED_APIS);
        if more > 0 {
            lines.push(format!("and {more} more (-o json lists all of them)"));
        }
        table.push_with_lines(cells, lines);
    }
    table
}

/// When the state was last updated, in seconds.
fn time(status: &Status<'_>) -> String {
    let time = status.source.link_state.last_updated_on.as_deref().unwrap_or_default();
    match time.split_once('.') {
        Some((seconds, fraction)) if fraction.ends_with('Z') => format!("{seconds}Z"),
        _ => time.to_owned(),
    }
}

/// The counts that are not zero: `7 up to date, 1 late, 2 missing`.
fn counts(status: &Status<'_>) -> String {
    if let Err(problem) = &status.comparison {
        return match problem {
            Problem::OtherOrigin => "not compared (not API Management)".to_owned(),
            Problem::Failed(_) => "not compared".to_owned(),
        };
    }
    let counts: Vec<String> = ApiState::ALL
        .into_iter()
        .map(|state| (status.count(state), state.words()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
}

/// A line for an API that differs: `late     orders-v1 (Orders): title, version`.
fn describe(api: &ApiComparison) -> String {
    let name = api.name.as_deref().or(api.center_api.as_deref()).unwrap_or_default();
    let differences: Vec<&str> = api.differences.iter().map(|difference| difference.as_str()).collect();
    let differences =
        if differences.is_empty() { String::new() } else { format!(": {}", differences.join(", ")) };
    format!("{:<7}  {name} ({}){differences}", api.state.words(), api.title)
}

/// What to do about integrations that differ.
pub(super) fn closing(statuses: &[Status<'_>], center: &ResourceId) -> Closing {
    let (group, name) = (center.group().unwrap_or_default(), center.name());
    let next = if statuses.is_empty() {
        format!(
            "{name} has no integrations. To create one: azr apic integration create apim -g {group} -n {name} --help"
        )
    } else if statuses.iter().any(Status::differs) {
        "A synchronization may take up to 24 hours. docs/integrations.md says what to do if one does not end."
            .to_owned()
    } else {
        return Closing::default();
    };
    Closing { summary: None, next: vec![next] }
}

/// The rows of the table without a terminal.
pub(super) fn rows(statuses: &Value) -> Value {
    let row = |status: &Value| {
        let counts = &status["counts"];
        json!({
            "Integration": status["name"],
            "State": status["state"].as_str().unwrap_or_default(),
            "UpToDate": counts["upToDate"],
            "Late": counts["late"],
            "Missing": counts["missing"],
            "Stale": counts["stale"],
            "LastUpdated": status["lastUpdatedOn"].as_str().unwrap_or_default(),
        })
    };
    statuses.as_array().into_iter().flatten().map(row).collect()
}
