//! What a terminal shows of a dry run: the APIs that would change, and the totals.

use serde_json::Value;

use crate::commands::tree::{Closing, TerminalView};
use azr_output::message::{Verbosity, verbosity};
use azr_output::{Cell, Fit, TerminalTable, Tone};

/// The actions of a plan, in the order of the totals, with what the totals say of each.
const ACTIONS: [(&str, &str); 5] = [
    ("create", "to create"),
    ("update", "to update"),
    ("delete", "to delete"),
    ("unchanged", "unchanged"),
    ("refused", "refused"),
];

/// The table of a dry run; APIs that stay as they are only with `--verbose`.
///
/// `sources_title` adds a column with that title for the sources of each API.
pub(crate) fn view(plan: &Value, sources_title: Option<&str>) -> TerminalView {
    view_of(plan["apis"].as_array().into_iter().flatten(), sources_title)
}

/// The table of these APIs or other resources of a dry run.
pub(crate) fn view_of<'v>(
    resources: impl Iterator<Item = &'v Value>,
    sources_title: Option<&str>,
) -> TerminalView {
    TerminalView::Table(table(resources, sources_title, verbosity() >= Verbosity::Verbose))
}

fn table<'v>(
    resources: impl Iterator<Item = &'v Value>,
    sources_title: Option<&str>,
    has_unchanged: bool,
) -> TerminalTable {
    let mut columns = vec![
        ("Action", Fit::Keep),
        ("API", Fit::Keep),
        ("Title", Fit::Shorten),
        ("Kind", Fit::Keep),
        ("Versions", Fit::Shorten),
    ];
    columns.extend(sources_title.map(|title| (title, Fit::Shorten)));
    columns.push(("Note", Fit::Fold));
    let mut table = TerminalTable::new(&columns);
    for api in resources {
        let text = |member: &str| api[member].as_str().unwrap_or_default();
        let action = text("action");
        if action == "unchanged" && !has_unchanged {
            continue;
        }
        let note = api["reason"].as_str().map_or_else(|| join(&api["notes"]), str::to_owned);
        let mut cells = vec![
            Cell::with_tone(action, tone(action)),
            text("name").into(),
            text("title").into(),
            text("kind").into(),
            join(&api["versions"]).into(),
        ];
        cells.extend(sources_title.map(|_| Cell::from(join(&api["sources"]))));
        cells.push(note.into());
        table.push(cells);
    }
    table
}

/// How a plan is carried out.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NextCommand {
    /// By the same command without `--dry-run`.
    WithoutDryRun,
    /// By the same command with `--mode client`: without any mode, the service would import, with other results.
    WithModeClient,
}

impl NextCommand {
    fn description(self) -> &'static str {
        match self {
            Self::WithoutDryRun => "run the same command without --dry-run",
            Self::WithModeClient => "run the same command with --mode client in place of --dry-run",
        }
    }
}

/// The totals of a dry run, and how to carry it out.
pub(crate) fn closing(plan: &Value, next_command: NextCommand) -> Closing {
    let has_changes = ["create", "update", "delete"].iter().any(|action| count(plan, action) > 0);
    let mut next = Vec::new();
    if count(plan, "unchanged") > 0 && verbosity() < Verbosity::Verbose {
        next.push("To list the unchanged APIs, too: --verbose.".to_owned());
    }
    if has_changes {
        next.push(format!("To do this, {}.", next_command.description()));
    }
    Closing { summary: Some(totals(plan)), next }
}

/// The totals: `Plan: 3 to create, 1 to update, 1 to delete, 303 unchanged.`
fn totals(plan: &Value) -> String {
    let counts: Vec<String> = ACTIONS
        .into_iter()
        .map(|(action, words)| (count(plan, action), words))
        .filter(|(count, _)| *count > 0)
        .map(|(count, words)| format!("{count} {words}"))
        .collect();
    if counts.is_empty() { "Plan: no APIs.".to_owned() } else { format!("Plan: {}.", counts.join(", ")) }
}

fn count(plan: &Value, action: &str) -> u64 {
    plan[action].as_u64().unwrap_or_default()
}

fn tone(action: &str) -> Tone {
    match action {
        "create" => Tone::Good,
        "update" => Tone::Change,
        "unchanged" => Tone::Quiet,
        _ => Tone::Bad,
    }
}

fn join(list: &Value) -> String {
    let items = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    items.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_totals_have_the_counts_that_are_not_zero() {
        let plan = json!({"create": 3, "update": 1, "unchanged": 303, "delete": 1, "refused": 0});
        assert_eq!(totals(&plan), "Plan: 3 to create, 1 to update, 1 to delete, 303 unchanged.");
        assert_eq!(totals(&json!({"create": 1, "refused": 2})), "Plan: 1 to create, 2 refused.");
        assert_eq!(totals(&json!({})), "Plan: no APIs.");
    }

    #[test]
    fn unchanged_apis_are_listed_on_request() {
        let plan = json!({"apis": [
            {"action": "create", "name": "museum", "versions": ["v1"], "sources": ["a.json"]},
            {"action": "unchanged", "name": "weather", "notes": ["n"]},
        ]});
        let apis = || plan["apis"].as_array().into_iter().flatten();
        let text = |all| table(apis(), Some("Files"), all).render(None, false);
        assert_eq!(
            text(false),
            "Action  API     Versions  Files\n------  ------  --------  ------\ncreate  museum  v1        a.json\n"
        );
        assert!(text(true).contains("weather"));
    }
}
