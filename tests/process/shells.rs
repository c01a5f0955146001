//! The table of `docs/powershell.md`: what azr makes of the arguments that the shells of Windows pass to it.

use std::path::Path;

use serde_json::Value;

use crate::support::{CENTER, InProcessAzure};

/// A row of the table.
struct Row {
    /// The arguments that azr receives.
    received: Vec<String>,
    /// The members of the API that they set, as JSON, or `error: ` and a part of the error.
    result: String,
}

/// The texts between backticks.
fn code_spans(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn parse_row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [_, _, received, result] = cells[..] else { panic!("a row has four cells: {line}") };
    let received = code_spans(received);
    if received.is_empty() {
        return None;
    }
    let result = if result.starts_with("error: ") { result.to_owned() } else { code_spans(result).concat() };
    Some(Row { received, result })
}

#[test]
fn arguments_are_read_as_the_table_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/powershell.md");
    // The packaged crate does not contain docs.
    let Ok(text) = std::fs::read_to_string(page) else { return };
    let rows: Vec<Row> = text.lines().filter_map(parse_row).collect();
    assert!(rows.len() > 10, "the table has {} rows", rows.len());
    let azure = InProcessAzure::new();
    for Row { received, result } in rows {
        let create = format!("apic api create {CENTER} --api-id shells --title Shells --type rest");
        let args: Vec<String> = create.split(' ').map(str::to_owned).chain(received).collect();
        let run = azure.run_args(&args);
        if let Some(expected) = result.strip_prefix("error: ") {
            run.error(1);
            assert!(run.stderr.contains(expected), "{run}");
            continue;
        }
        let api = run.expect_success().json();
        let expected: Value = serde_json::from_str(&result).unwrap_or_else(|e| panic!("{result}: {e}"));
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(&api[name], value, "{args:?}");
        }
    }
}
