//! Failures, printed as they happen.

use std::collections::HashMap;

use azr_catalog::report::{ApiResult, Status, without_request_ids};
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
        if self.is_printed(shared_reason(&result.name, &reason)) {
            message::failure(&describe(&result.name, &reason));
        }
        true
    }

    fn is_printed(&mut self, shared_reason: String) -> bool {
        let count = self.counts.entry(shared_reason).or_default();
        *count += 1;
        *count <= MAX_PER_REASON
    }
}

/// The text about a failure. The reason of a file may already start with its name, and that of an API with `API NAME: `.
pub(super) fn describe(name: &str, reason: &str) -> String {
    let reason = without_api_name(name, reason);
    if reason.starts_with(name) { reason.to_owned() } else { format!("{name} failed: {reason}") }
}

/// The part of a reason that the failures of several APIs may have in common.
pub(super) fn shared_reason(name: &str, reason: &str) -> String {
    without_request_ids(without_api_name(name, reason))
}

fn without_api_name<'r>(name: &str, reason: &'r str) -> &'r str {
    let of_api = reason.strip_prefix("API ").and_then(|rest| rest.strip_prefix(name));
    of_api.and_then(|rest| rest.strip_prefix(": ")).unwrap_or(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_reason_is_printed_a_few_times() {
        let mut log = FailureLog::default();
        let reason =
            |n: u32| shared_reason(&format!("a{n}"), &format!("API a{n}: Bad (403, request id {n}-f)"));
        let printed: Vec<bool> = (0..5).map(|n| log.is_printed(reason(n))).collect();
        assert_eq!(printed, [true, true, true, false, false]);
        assert!(log.is_printed("404".to_owned()));
    }

    #[test]
    fn a_reason_that_starts_with_the_name_stays_as_it_is() {
        assert_eq!(describe("a.json", "a.json, line 3: not valid JSON"), "a.json, line 3: not valid JSON");
        assert_eq!(describe("museum", "500"), "museum failed: 500");
        assert_eq!(describe("museum", "API museum: 500"), "museum failed: 500");
        assert_eq!(describe("museum", "API museums: 500"), "museum failed: API museums: 500");
    }
}
