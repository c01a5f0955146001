//! The report as Markdown for the summary of a GitHub Actions step: counts, failures with their reasons, the rest.

use std::fmt::Write as _;
use std::io;

use super::exporter::{ReportExporter, SeekableWrite};
use super::heading::ReportHeading;
use super::types::{ApiResult, Status};
use azr_core::text::is_unsafe_to_show;

/// The largest report in bytes. GitHub drops a step's summary of more than 1 MiB; other output of the step needs some
/// room, too.
const MAX_BYTES: usize = (1 << 20) - (64 << 10);

/// The bytes reserved for everything that is not a row.
const RESERVED_BYTES: usize = 4 << 10;

/// With more rows than this, the APIs that did not fail are collapsed.
const MAX_EXPANDED_ROWS: usize = 50;

/// The maximum length of a cell in characters.
const MAX_CELL_CHARS: usize = 2000;

const TABLE_HEAD: &str = "| Status | API | Title | Kind | Versions | Reason |\n|---|---|---|---|---|---|\n";

/// Collects rows; nothing is written before the counts are known.
#[derive(Default)]
pub(super) struct MarkdownExporter {
    heading: Option<ReportHeading>,
    counts: [usize; Status::ALL.len()],
    failed: Rows,
    others: Rows,
}

/// The rows of a table, as many as fit into the report.
#[derive(Default)]
struct Rows {
    text: String,
    count: usize,
    omitted: usize,
}

impl Rows {
    fn add(&mut self, row: &str) {
        if self.omitted > 0 || self.text.len() + row.len() > MAX_BYTES - RESERVED_BYTES {
            self.omitted += 1;
        } else {
            self.text.push_str(row);
            self.count += 1;
        }
    }

    /// Removes the last rows until the others have at most `max_bytes`.
    fn truncate(&mut self, max_bytes: usize) {
        while self.text.len() > max_bytes {
            let line_end = self.text.len() - 1;
            let line_start = self.text[..line_end].rfind('\n').map_or(0, |end| end + 1);
            self.text.truncate(line_start);
            self.count -= 1;
            self.omitted += 1;
        }
    }
}

impl ReportExporter for MarkdownExporter {
    fn begin(&mut self, _: &mut dyn SeekableWrite) -> io::Result<()> {
        Ok(())
    }

    fn set_heading(&mut self, heading: ReportHeading) {
        self.heading = Some(heading);
    }

    fn add(&mut self, result: &ApiResult, _: &mut dyn SeekableWrite) -> io::Result<()> {
        for (status, count) in Status::ALL.iter().zip(&mut self.counts) {
            *count += usize::from(*status == result.status);
        }
        let rows = if result.status == Status::Failed { &mut self.failed } else { &mut self.others };
        rows.add(&row(result));
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn SeekableWrite) -> io::Result<()> {
        let room = (MAX_BYTES - RESERVED_BYTES).saturating_sub(self.failed.text.len());
        self.others.truncate(room);
        let Self { failed, others, .. } = self;
        let mut text = format!("### {}\n\n", headline(&self.counts));
        if let Some(heading) = &self.heading {
            text.push_str(&heading_line(heading));
        }
        let is_collapsed = others.count > MAX_EXPANDED_ROWS;
        if !failed.text.is_empty() || !is_collapsed {
            text.push_str(TABLE_HEAD);
            text.push_str(&failed.text);
        }
        if is_collapsed {
            let _ = write!(
                text,
                "\n<details><summary>{} that did not fail</summary>\n\n{TABLE_HEAD}",
                others.count
            );
            text.push_str(&others.text);
            text.push_str("\n</details>\n");
        } else {
            text.push_str(&others.text);
        }
        for (omitted, description) in [(failed.omitted, "that failed"), (others.omitted, "that did not fail")]
        {
            if omitted > 0 {
                // Writing to a string cannot fail.
                let _ = write!(
                    text,
                    "\n{omitted} more {description} are omitted: the summary of a step is limited to 1 MiB. A .json report has all.\n"
                );
            }
        }
        out.write_all(text.as_bytes())
    }
}

/// The line below the headline: what was done, when, and by which run.
fn heading_line(heading: &ReportHeading) -> String {
    let run = match &heading.run_url {
        // A URL with other characters could end the link.
        Some(url) if url.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?=&%".contains(c)) => {
            format!(" · [run]({url})")
        }
        _ => String::new(),
    };
    format!("{} · {}{run}\n\n", cell(&heading.subject), cell(&heading.time))
}

/// The counts that are not 0, failures first.
fn headline(counts: &[usize]) -> String {
    let mut counts: Vec<(Status, usize)> =
        Status::ALL.into_iter().zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(status, _)| *status != Status::Failed);
    let texts: Vec<String> =
        counts.iter().map(|(status, count)| format!("{count} {}", status.as_str())).collect();
    if texts.is_empty() { "No APIs".to_owned() } else { format!("APIs: {}", texts.join(", ")) }
}

fn row(result: &ApiResult) -> String {
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        result.status.as_str(),
        cell(&result.name),
        cell(&result.title),
        cell(&result.kind),
        cell(&result.versions.join(", ")),
        cell(&without_request_ids(&result.remark()))
    )
}

/// A reason without the ids of requests, which support needs and readers do not; the other formats have them.
#[must_use]
pub fn without_request_ids(text: &str) -> String {
    const LABEL: &str = ", request id ";
    let mut output = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(LABEL) {
        output.push_str(before);
        rest = after.trim_start_matches(|c: char| c.is_ascii_hexdigit() || c == '-');
    }
    output.push_str(rest);
    output
}

/// Escapes a text for a table cell, and shortens a very long one.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (index, char) in text.chars().enumerate() {
        if index == MAX_CELL_CHARS {
            escaped.push('…');
            break;
        }
        match char {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            // `$` starts a formula, `~` strikes out.
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => escaped.extend(['\\', char]),
            c if is_unsafe_to_show(c) => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_no_request_ids() {
        let id = "2b1d0b1c-6a3e-4a55-8e0a-3a4f6f0c6a11";
        let reason = format!("Bad title. (ValidationError, request id {id}); again (500, request id {id})");
        assert_eq!(without_request_ids(&reason), "Bad title. (ValidationError); again (500)");
        assert_eq!(without_request_ids("no definition"), "no definition");
    }
}
