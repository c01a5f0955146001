//! Failures, printed as they happen.

use std::collections::HashMap;

use azr_catalog::report::{ApiResult, Status};
use azr_output::message;

/// How many failures with the same reason are printed as they happen; the end of the run groups them.
pub(super) const MAX_PER_REASON: usize = 3;

/// Prints each failure of a run as it happens, but only the first ones of the same reason.
#[derive(Debug, Default)]
pub(crate) struct FailureLog {
    counts: HashMap<String, usize>,
}

impl FailureLog {
    /// Prints the result of an API if it failed; returns whether it did.
    pub(crate) fn record(&mut self, result: &ApiResult) -> bool {
        if result.status != Status::Failed {
            return false;
        }
        let reason = result.reason.clone().unwrap_or_default();
        if self.is_printed(&reason) {
            message::failure(&describe(&result.name, &reason));
        }
        true
    }

    fn is_printed(&mut self, reason: &str) -> bool {
        let count = self.counts.entry(reason.to_owned()).or_default();
        *count += 1;
        *count <= MAX_PER_REASON
    }
}

/// The text about a failure. The reason of a file may already start with its name.
pub(super) fn describe(name: &str, reason: &str) -> String {
    if reason.starts_with(name) { reason.to_owned() } else { format!("{name} failed: {reason}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_reason_is_printed_a_few_times() {
        let mut log = FailureLog::default();
        let printed: Vec<bool> = (0..5).map(|_| log.is_printed("403")).collect();
        assert_eq!(printed, [true, true, true, false, false]);
        assert!(log.is_printed("404"));
    }

    #[test]
    fn a_reason_that_starts_with_the_name_stays_as_it_is() {
        assert_eq!(describe("a.json", "a.json, line 3: not valid JSON"), "a.json, line 3: not valid JSON");
        assert_eq!(describe("museum", "500"), "museum failed: 500");
    }
}
