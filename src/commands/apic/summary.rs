//! Summarizes the result of an import on stderr.

pub(crate) mod conclusion;
pub(crate) mod confirmation;
pub(crate) mod failure_log;
pub(crate) mod found_types;
pub(crate) mod plan_view;

use std::collections::HashMap;

use super::report_option::ReportFile;
use crate::commands::tree::Outcome;
use azr_catalog::bulk_import::INTERRUPTED_REASON;
use azr_catalog::journal::Journal;
use azr_catalog::report::Status;
use azr_catalog::results::{ImportResults, Problem};
use azr_core::error::Error;
use azr_output::{counted, list_names, message};

/// Prints the first notes about what was shortened, left out or deleted.
pub(super) fn print_notes(results: &ImportResults) {
    let (notes, more) = results.notes();
    for note in notes {
        message::note(note);
    }
    if more > 0 {
        message::note(&format!("{}; --report FILE has all of them", counted(more, "more note")));
    }
}

/// Prints why APIs failed or were skipped; APIs with the same reason are listed together.
///
/// For runs that do not print failures as they happen.
pub(super) fn print_problems(results: &ImportResults) {
    print_groups(results, Status::Failed, 1);
    print_groups(results, Status::Skipped, 1);
}

/// Prints why APIs were skipped, and the failures of which a [`FailureLog`](failure_log::FailureLog) printed a part.
pub(super) fn print_remaining_problems(results: &ImportResults) {
    print_groups(results, Status::Failed, failure_log::MAX_PER_REASON + 1);
    print_groups(results, Status::Skipped, 1);
}

/// Prints the reasons that at least `min_count` APIs with a status have.
fn print_groups(results: &ImportResults, status: Status, min_count: usize) {
    let problems = results.problems().iter().filter(|problem| problem.reason != INTERRUPTED_REASON);
    for (names, reason) in group_by_reason(problems, status) {
        if names.len() < min_count {
            continue;
        }
        let text = match names[..] {
            [name] if reason.starts_with(name) => reason,
            _ => format!("{} {}: {reason}", list_names(&names), status.as_str()),
        };
        message::warn(&text);
    }
}

/// Prints the path of the report, if there is one.
pub(super) fn print_report_path(report: Option<&ReportFile>) {
    if let Some(report) = report {
        message::status(&format!("Report written to {}", report.path.display()));
    }
}

/// Says that a run, such as `an import`, continues what its journal has.
pub(super) fn print_resumed(journal: &Journal, run: &str) {
    if !journal.is_empty() {
        let steps = counted(journal.len(), "step");
        let verb = if journal.len() == 1 { "was" } else { "were" };
        message::status(&format!("Resuming {run} that was not completed; {steps} {verb} done before."));
    }
}

/// Prints the error of an interruption, and returns the outcome with its exit code.
pub(super) fn interrupted(mut outcome: Outcome) -> Outcome {
    let error = Error::interrupted().with_hint("Run the same command again to resume.");
    message::error(&error);
    outcome.exit_code = error.exit_code();
    outcome
}

/// Prints an error if APIs failed, and returns the exit code.
///
/// The hint is the given one, unless all failed because a role is missing.
pub(super) fn print_failures(results: &ImportResults, hint: &str) -> u8 {
    let failed = results.count(Status::Failed);
    if failed == 0 {
        return 0;
    }
    let error = Error::partial(failed, results.total());
    let problems = results.problems().iter().filter(|problem| problem.status == Status::Failed);
    let hint = if !hint.is_empty() && lack_a_role(problems) { ROLE_HINT } else { hint };
    let error = if hint.is_empty() { error } else { error.with_hint(hint) };
    message::error(&error);
    error.exit_code()
}

/// The hint if nothing could be written for a missing role, which would fail again.
const ROLE_HINT: &str =
    "A role is missing; azr doctor -g GROUP -n CENTER names it. Then run the same command again.";

/// Whether all of these failed because a role is missing.
fn lack_a_role<'a>(mut problems: impl Iterator<Item = &'a Problem>) -> bool {
    problems.all(|problem| problem.reason.contains("(AuthorizationFailed"))
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
fn group_by_reason<'a>(
    problems: impl Iterator<Item = &'a Problem>,
    status: Status,
) -> Vec<(Vec<&'a str>, String)> {
    let mut groups: Vec<(Vec<&str>, String)> = Vec::new();
    let mut indexes: HashMap<String, usize> = HashMap::new();
    for problem in problems.filter(|problem| problem.status == status) {
        let reason = failure_log::shared_reason(&problem.name, &problem.reason);
        let index = *indexes.entry(reason.clone()).or_insert(groups.len());
        if index == groups.len() {
            groups.push((Vec::new(), reason));
        }
        groups[index].0.push(&problem.name);
    }
    groups
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
            problem("c", Status::Failed, "API c: x"),
            problem("d", Status::Skipped, "x"),
        ];
        assert_eq!(
            group_by_reason(problems.iter(), Status::Failed),
            [(vec!["a", "c"], "x".to_owned()), (vec!["b"], "y".to_owned())]
        );
    }
}
