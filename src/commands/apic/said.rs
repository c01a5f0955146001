//! What is said on stderr of what came of an import.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use azr_catalog::report::Status;
use azr_catalog::results::{Problem, Results};
use azr_core::error::Error;
use azr_output::message;

/// How many names are said of APIs that failed alike.
const SHOWN_NAMES: usize = 5;

/// Says what was shortened or left out, as far as it is not too much to read.
pub fn notes(results: &Results) {
    let (notes, more) = results.notes();
    for note in notes {
        message::status(note);
    }
    if more > 0 {
        message::status(&format!("and {more} more notes, which are in the report (--report)"));
    }
}

/// Says of each API that failed or was left out why; those with the same cause together.
pub fn problems(results: &Results) {
    for (status, text) in [(Status::Failed, "failed"), (Status::Skipped, "left out")] {
        for (names, reason) in alike(results.problems(), status) {
            // What is wrong with a file begins with its name.
            match names[..] {
                [name] if reason.starts_with(name) => message::warn(reason),
                _ => message::warn(&format!("{} {text}: {reason}", list(&names))),
            }
        }
    }
}

/// Says how many ended in which way.
pub fn counts(results: &Results) {
    let mut heads = String::new();
    let mut counts = String::new();
    for status in Status::ALL {
        // Writing to a string cannot fail.
        let _ = write!(heads, "{:<11}", status.word());
        let _ = write!(counts, "{:<11}", results.count(status));
    }
    message::status(heads.trim_end());
    message::status(counts.trim_end());
}

/// Says where the report is, if there is one.
pub fn report(path: Option<&Path>) {
    if let Some(path) = path {
        message::status(&format!("Report written to {}", path.display()));
    }
}

/// Says that some failed, if some did; gives the exit code.
pub fn failure(results: &Results) -> u8 {
    let failed = results.count(Status::Failed);
    if failed == 0 {
        return 0;
    }
    let error = Error::partial(failed, results.total());
    message::error(&error);
    error.exit_code()
}

/// The names of those that ended so, by reason, in the order in which the reasons come.
fn alike(problems: &[Problem], status: Status) -> Vec<(Vec<&str>, &str)> {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for problem in problems.iter().filter(|problem| problem.status == status) {
        let place = *places.entry(&problem.reason).or_insert(groups.len());
        if place == groups.len() {
            groups.push((Vec::new(), &problem.reason));
        }
        groups[place].0.push(&problem.name);
    }
    groups
}

fn list(names: &[&str]) -> String {
    let shown = names[..names.len().min(SHOWN_NAMES)].join(", ");
    match names.len().saturating_sub(SHOWN_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_failed_alike_are_said_together() {
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
        assert_eq!(alike(&problems, Status::Failed), [(vec!["a", "c"], "x"), (vec!["b"], "y")]);
        assert_eq!(list(&["a", "b"]), "a, b");
        assert_eq!(list(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
    }
}
