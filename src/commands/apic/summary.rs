//! Summarizes the result of an import on stderr.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::report_option::ReportFile;
use azr_catalog::report::Status;
use azr_catalog::results::{ImportResults, Problem};
use azr_core::error::Error;
use azr_output::message;

/// How many names are listed of APIs that failed for the same reason.
const MAX_LISTED_NAMES: usize = 5;

/// Prints the first notes about what was shortened, left out or deleted.
pub(super) fn print_notes(results: &ImportResults) {
    let (notes, more) = results.notes();
    for note in notes {
        message::status(note);
    }
    if more > 0 {
        message::status(&format!("and {more} more notes; --report FILE has all of them"));
    }
}

/// Prints why APIs failed or were skipped; APIs with the same reason are listed together.
pub(super) fn print_problems(results: &ImportResults) {
    for (status, text) in [(Status::Failed, "failed"), (Status::Skipped, "skipped")] {
        for (names, reason) in group_by_reason(results.problems(), status) {
            // The reason of a file may already start with its name.
            match names[..] {
                [name] if reason.starts_with(name) => message::warn(reason),
                _ => message::warn(&format!("{} {text}: {reason}", list_names(&names))),
            }
        }
    }
}

/// Prints how many APIs have each status.
pub(super) fn print_counts(results: &ImportResults) {
    let mut headings = String::new();
    let mut counts = String::new();
    for status in Status::ALL {
        // Writing to a string cannot fail.
        let _ = write!(headings, "{:<11}", status.as_str());
        let _ = write!(counts, "{:<11}", results.count(status));
    }
    message::status(headings.trim_end());
    message::status(counts.trim_end());
}

/// Prints the path of the report, if there is one.
pub(super) fn print_report_path(report: Option<&ReportFile>) {
    if let Some(report) = report {
        message::status(&format!("Report written to {}", report.path.display()));
    }
}

/// Prints an error if APIs failed, and returns the exit code.
pub(super) fn print_failures(results: &ImportResults) -> u8 {
    let failed = results.count(Status::Failed);
    if failed == 0 {
        return 0;
    }
    let error = Error::partial(failed, results.total());
    message::error(&error);
    error.exit_code()
}

/// Prints an error if APIs were skipped that the user did not ask to skip, and returns the exit code.
pub(super) fn print_skipped(results: &ImportResults) -> u8 {
    let skipped = results.count(Status::Skipped);
    if skipped == 0 {
        return 0;
    }
    let total = results.total();
    let error = Error::invalid(format!("{skipped} of {total} were skipped"))
        .with_hint("Fix the reasons above, or accept them with --on-invalid skip.")
        .with_exit_code(Error::partial(skipped, total).exit_code());
    message::error(&error);
    error.exit_code()
}

/// Groups the names of the APIs with a status by reason, in the order in which the reasons first appear.
fn group_by_reason(problems: &[Problem], status: Status) -> Vec<(Vec<&str>, &str)> {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    let mut indexes: HashMap<&str, usize> = HashMap::new();
    for problem in problems.iter().filter(|problem| problem.status == status) {
        let index = *indexes.entry(&problem.reason).or_insert(groups.len());
        if index == groups.len() {
            groups.push((Vec::new(), &problem.reason));
        }
        groups[index].0.push(&problem.name);
    }
    groups
}

fn list_names(names: &[&str]) -> String {
    let listed = names[..names.len().min(MAX_LISTED_NAMES)].join(", ");
    match names.len().saturating_sub(MAX_LISTED_NAMES) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_with_the_same_reason_are_listed_together() {
        let problem = |name: &str, status, reason: &str| Problem {
            name: name.to_owned(),
            status,
            reason: reason.to_owned(),
        };
        let problems = [
            problem("a", Status::Failed, "x"),
            problem("b", Status::Failed, "y"),
            problem("c", Status::Failed, "x"),
            problem("d", Status::Skipped, "x"),
        ];
        assert_eq!(group_by_reason(&problems, Status::Failed), [(vec!["a", "c"], "x"), (vec!["b"], "y")]);
        assert_eq!(list_names(&["a", "b"]), "a, b");
        assert_eq!(list_names(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
    }
}
