//! The sentence at the end of an import or a registration: what happened, and how long it took.

use std::time::Duration;

use azr_catalog::bulk_import::INTERRUPTED_REASON;
use azr_catalog::report::Status;
use azr_catalog::results::ImportResults;
use azr_core::id::ResourceId;
use azr_output::{counted, format_duration};

/// What a run does, in the words of its sentence.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunWords {
    /// What happened to the APIs.
    pub past: &'static str,
    /// What should happen to them.
    pub infinitive: &'static str,
    /// What stands between the APIs and the center.
    pub preposition: &'static str,
}

/// The words of an import.
pub(crate) const IMPORT: RunWords = RunWords { past: "Imported", infinitive: "import", preposition: "into" };

/// The words of a synchronization of several sources.
pub(crate) const SYNC: RunWords =
    RunWords { past: "Synchronized", infinitive: "synchronize", preposition: "with" };
/// The words of a registration.
pub(crate) const REGISTRATION: RunWords =
    RunWords { past: "Registered", infinitive: "register", preposition: "in" };

/// The words of a restore.
pub(crate) const RESTORE: RunWords =
    RunWords { past: "Restored", infinitive: "restore", preposition: "into" };

/// The sentence: how many APIs were written, in how much time, and the counts that are not 0.
pub(crate) fn describe(
    results: &ImportResults,
    words: RunWords,
    center: &ResourceId,
    elapsed: Duration,
) -> String {
    let count = |status| results.count(status);
    let done = count(Status::Created) + count(Status::Updated) + count(Status::Unchanged);
    let total = done + count(Status::Skipped) + count(Status::Failed);
    if results.total() == 0 {
        return format!("There is nothing to {} {} {}.", words.infinitive, words.preposition, center.name());
    }
    let apis =
        if done == total { counted(total, "API") } else { format!("{done} of {}", counted(total, "API")) };
    let action = match (total, words) {
        (0, _) => format!("Deleted {} from", counted(count(Status::Deleted), "API")),
        (_, RunWords { past, preposition, .. }) => format!("{past} {apis} {preposition}"),
    };
    let counts = if total == 0 { String::new() } else { format!(": {}", list_counts(results)) };
    format!("{action} {} in {}{counts}.", center.name(), format_duration(elapsed))
}

/// The sentence about results of other runs: how many APIs there are, and the counts that are not 0.
pub(crate) fn describe_counts(results: &ImportResults) -> String {
    match results.total() {
        0 => "There are no APIs.".to_owned(),
        total => format!("{}: {}.", counted(total, "API"), list_counts(results)),
    }
}

fn list_counts(results: &ImportResults) -> String {
    let counts = Status::ALL.into_iter().map(|status| (results.count(status), status));
    let counts: Vec<String> = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, status)| format!("{count} {}", status.as_str()))
        .collect();
    counts.join(", ")
}

/// The sentence of a run that was interrupted.
pub(crate) fn describe_interrupted(
    results: &ImportResults,
    words: RunWords,
    center: &ResourceId,
    elapsed: Duration,
) -> String {
    let not_reached =
        results.problems().iter().filter(|problem| problem.reason == INTERRUPTED_REASON).count();
    let total = results.total();
    format!(
        "Interrupted after {}: {} of {} were {} {} {}.",
        format_duration(elapsed),
        total - not_reached,
        counted(total, "API"),
        words.past.to_lowercase(),
        words.preposition,
        center.name()
    )
}

/// What to do next: how to see the APIs that were written.
pub(crate) fn next_steps(results: &ImportResults, center: &ResourceId) -> Vec<String> {
    if results.count(Status::Created) + results.count(Status::Updated) == 0 {
        return Vec::new();
    }
    vec![format!(
        "To see the APIs:\n  azr apic api list -g {} -n {} -o wide",
        center.group().unwrap_or_default(),
        center.name()
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_catalog::report::ApiResult;

    fn sentence(statuses: &[(Status, usize)], words: RunWords) -> String {
        let center = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/center";
        let all = statuses.iter().flat_map(|(status, count)| {
            std::iter::repeat_n(ApiResult { status: *status, ..ApiResult::default() }, *count)
        });
        let results = ImportResults::complete(all.collect(), None).expect("no report is written");
        describe(&results, words, &center.parse().expect("an id"), Duration::from_millis(420))
    }

    #[test]
    fn the_sentence_has_the_counts_that_are_not_zero() {
        use Status::{Created, Deleted, Failed, Skipped, Unchanged, Updated};
        for (statuses, text) in [
            (&[(Created, 8)][..], "Imported 8 APIs into center in 0.4 s: 8 created."),
            (&[(Created, 1)], "Imported 1 API into center in 0.4 s: 1 created."),
            (
                &[(Updated, 2), (Unchanged, 303), (Skipped, 1), (Failed, 1)],
                "Imported 305 of 307 APIs into center in 0.4 s: 2 updated, 303 unchanged, 1 skipped, 1 failed.",
            ),
            (&[(Failed, 1)], "Imported 0 of 1 API into center in 0.4 s: 1 failed."),
            (
                &[(Unchanged, 3), (Deleted, 1)],
                "Imported 3 APIs into center in 0.4 s: 3 unchanged, 1 deleted.",
            ),
            (&[(Deleted, 2)], "Deleted 2 APIs from center in 0.4 s."),
            (&[], "There is nothing to import into center."),
        ] {
            assert_eq!(sentence(statuses, IMPORT), text);
        }
        assert_eq!(
            sentence(&[(Created, 2)], REGISTRATION),
            "Registered 2 APIs in center in 0.4 s: 2 created."
        );
    }
}
