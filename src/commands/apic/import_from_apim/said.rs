//! What is said on stderr of what came of an import.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::import::report::Status;
use crate::import::results::{Problem, Results};
use crate::output::message;

/// How many names are said of APIs that were not imported for the same reason.
const SHOWN_NAMES: usize = 5;

/// Says what was shortened, what was not imported and why, and how many ended in which way.
pub fn say(results: &Results) {
    let (notes, more) = results.notes();
    for note in notes {
        message::note(note);
    }
    if more > 0 {
        message::note(&format!("and {more} more notes, which are in the report (--report)"));
    }
    for (names, status, reason) in alike(results.problems()) {
        let what = match (status, names.len()) {
            (Status::Failed, _) => "failed",
            (_, 1) => "is left out",
            _ => "are left out",
        };
        message::warn(&format!("{} {what}: {reason}", list(&names)));
    }
    counts(results);
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
    message::note(heads.trim_end());
    message::note(counts.trim_end());
}

/// The names of those that ended alike for the same reason, in the order in which they come.
fn alike(problems: &[Problem]) -> Vec<(Vec<&str>, Status, &str)> {
    let mut groups: Vec<(Vec<&str>, Status, &str)> = Vec::new();
    let mut places: HashMap<(&str, &str), usize> = HashMap::new();
    for problem in problems {
        let place = *places.entry((problem.status.word(), &problem.reason)).or_insert(groups.len());
        if place == groups.len() {
            groups.push((Vec::new(), problem.status, &problem.reason));
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
    fn those_that_ended_alike_are_said_together() {
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
        let want = [
            (vec!["a", "c"], Status::Failed, "x"),
            (vec!["b"], Status::Failed, "y"),
            (vec!["d"], Status::Skipped, "x"),
        ];
        assert_eq!(alike(&problems), want);
        assert_eq!(list(&["a", "b"]), "a, b");
        assert_eq!(list(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
    }
}
