//! What is said on stderr of what came of an import.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::import::report::{ApiResult, Status, count};
use crate::output::message;

/// How many names are said of APIs that failed alike.
const SHOWN_NAMES: usize = 5;

/// Says of each API that failed or was left out why; those with the same cause together.
pub fn failures(results: &[ApiResult]) {
    for (status, text) in [(Status::Failed, "failed"), (Status::Skipped, "left out")] {
        for (names, reason) in alike(results, status) {
            message::warn(&format!("{} {text}: {reason}", list(&names)));
        }
    }
}

/// Says how many ended in which way.
pub fn counts(results: &[ApiResult]) {
    let mut heads = String::new();
    let mut counts = String::new();
    for status in Status::ALL {
        // Writing to a string cannot fail.
        let _ = write!(heads, "{:<11}", status.word());
        let _ = write!(counts, "{:<11}", count(results, status));
    }
    message::note(heads.trim_end());
    message::note(counts.trim_end());
}

/// The names of those that ended so, by reason, in the order in which the reasons come.
fn alike(results: &[ApiResult], status: Status) -> Vec<(Vec<&str>, &str)> {
    let mut groups: Vec<(Vec<&str>, &str)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for result in results.iter().filter(|result| result.status == status) {
        let reason = result.reason.as_deref().unwrap_or_default();
        let place = *places.entry(reason).or_insert(groups.len());
        if place == groups.len() {
            groups.push((Vec::new(), reason));
        }
        groups[place].0.push(&result.name);
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
        let result = |name: &str, status, reason: &str| ApiResult {
            name: name.to_owned(),
            title: String::new(),
            kind: String::new(),
            status,
            sources: Vec::new(),
            versions: Vec::new(),
            seconds: 0.0,
            reason: Some(reason.to_owned()),
            notes: Vec::new(),
        };
        let results = [
            result("a", Status::Failed, "x"),
            result("b", Status::Failed, "y"),
            result("c", Status::Failed, "x"),
            result("d", Status::Skipped, "x"),
        ];
        assert_eq!(alike(&results, Status::Failed), [(vec!["a", "c"], "x"), (vec!["b"], "y")]);
        assert_eq!(list(&["a", "b"]), "a, b");
        assert_eq!(list(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e and 2 more");
    }
}
