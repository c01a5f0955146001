//! The report as a Markdown table, fit for the summary of a GitHub step.

use std::fmt::Write as _;

use crate::import::report::{ApiResult, Status, count};

/// The document.
pub fn render(results: &[ApiResult]) -> String {
    let counts: Vec<String> =
        Status::ALL.iter().map(|status| format!("{} {}", count(results, *status), status.word())).collect();
    let mut text = format!("### API import: {}\n\n", counts.join(", "));
    text.push_str("| Status | API | Title | Kind | Versions | Reason |\n|---|---|---|---|---|---|\n");
    for result in results {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            result.status.word(),
            cell(&result.name),
            cell(&result.title),
            result.kind,
            cell(&result.versions.join(", ")),
            cell(result.reason.as_deref().unwrap_or_default())
        );
    }
    text
}

/// A text that stays within its cell and is no markup.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' => safe.extend(['\\', char]),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
