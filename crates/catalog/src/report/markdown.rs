//! The report as Markdown, fit for the summary of a GitHub step: counts, what failed and why, and then the rest.

use std::fmt::Write as _;
use std::io;

use super::writer::{Layout, Out};
use super::{ApiResult, Status};

/// The longest report in bytes: a step's summary takes 1 MiB, and drops all of it where that is exceeded; whatever
/// else the step has to say needs some room, too.
const MOST: usize = (1 << 20) - (64 << 10);

/// The room kept for all that is not a row.
const AROUND: usize = 4 << 10;

/// How many rows of what did not fail are shown at once; more are folded away.
const SHOWN: usize = 50;

/// The longest cell in characters.
const CELL: usize = 2000;

const HEAD: &str = "| Status | API | Title | Kind | Versions | Reason |\n|---|---|---|---|---|---|\n";

/// What has come together so far: nothing is written before the counts are known.
#[derive(Default)]
pub struct Markdown {
    counts: [usize; Status::ALL.len()],
    failed: Rows,
    others: Rows,
}

/// Rows, as many as fit.
#[derive(Default)]
struct Rows {
    text: String,
    count: usize,
    left_out: usize,
}

impl Rows {
    fn add(&mut self, row: &str) {
        if self.left_out > 0 || self.text.len() + row.len() > MOST - AROUND {
            self.left_out += 1;
        } else {
            self.text.push_str(row);
            self.count += 1;
        }
    }

    /// Leaves out the last rows, until the others have no more than so many bytes.
    fn cut(&mut self, most: usize) {
        while self.text.len() > most {
            let whole = self.text.len() - 1;
            let last = self.text[..whole].rfind('\n').map_or(0, |end| end + 1);
            self.text.truncate(last);
            self.count -= 1;
            self.left_out += 1;
        }
    }
}

impl Layout for Markdown {
    fn begin(&mut self, _: &mut dyn Out) -> io::Result<()> {
        Ok(())
    }

    fn add(&mut self, result: &ApiResult, _: &mut dyn Out) -> io::Result<()> {
        for (status, count) in Status::ALL.iter().zip(&mut self.counts) {
            *count += usize::from(*status == result.status);
        }
        let rows = if result.status == Status::Failed { &mut self.failed } else { &mut self.others };
        rows.add(&row(result));
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Out) -> io::Result<()> {
        let room = (MOST - AROUND).saturating_sub(self.failed.text.len());
        self.others.cut(room);
        let Self { failed, others, .. } = self;
        let mut text = format!("### {}\n\n", headline(&self.counts));
        let folded = others.count > SHOWN;
        if !failed.text.is_empty() || !folded {
            text.push_str(HEAD);
            text.push_str(&failed.text);
        }
        if folded {
            let _ =
                write!(text, "\n<details><summary>{} that did not fail</summary>\n\n{HEAD}", others.count);
            text.push_str(&others.text);
            text.push_str("\n</details>\n");
        } else {
            text.push_str(&others.text);
        }
        for (left_out, what) in [(failed.left_out, "that failed"), (others.left_out, "that did not fail")] {
            if left_out > 0 {
                // Writing to a string cannot fail.
                let _ = write!(
                    text,
                    "\n{left_out} more {what} are left out: the summary of a step takes 1 MiB. A .json report has them all.\n"
                );
            }
        }
        out.write_all(text.as_bytes())
    }
}

/// The counts that are not 0, what failed first.
fn headline(counts: &[usize]) -> String {
    let mut counts: Vec<(Status, usize)> =
        Status::ALL.into_iter().zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect();
    counts.sort_by_key(|(status, _)| *status != Status::Failed);
    let told: Vec<String> =
        counts.iter().map(|(status, count)| format!("{count} {}", status.word())).collect();
    if told.is_empty() { "No APIs".to_owned() } else { format!("APIs: {}", told.join(", ")) }
}

fn row(result: &ApiResult) -> String {
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        result.status.word(),
        cell(&result.name),
        cell(&result.title),
        cell(&result.kind),
        cell(&result.versions.join(", ")),
        cell(&result.remark())
    )
}

/// A text that stays within its cell and is no markup, cut where it is very long.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for (at, char) in text.chars().enumerate() {
        if at == CELL {
            safe.push('…');
            break;
        }
        match char {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            // `$` begins a formula, `~` strikes out.
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => safe.extend(['\\', char]),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
