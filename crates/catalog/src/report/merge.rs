//! Several reports as one, as where the work was shared out among several runs.

use std::collections::HashMap;

use super::{ApiResult, Status};

/// Merges reports in the order given: every API once, where it comes first.
///
/// Of two results of one API (the case of names does not matter) one that did or tried something counts over one
/// that skipped it, and else the later: a run that was repeated says how it is now.
#[must_use]
pub fn merge(reports: impl IntoIterator<Item = Vec<ApiResult>>) -> Vec<ApiResult> {
    let mut merged: Vec<ApiResult> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for result in reports.into_iter().flatten() {
        match places.get(&result.name.to_lowercase()) {
            None => {
                places.insert(result.name.to_lowercase(), merged.len());
                merged.push(result);
            }
            Some(place) => {
                let there = &mut merged[*place];
                if result.status != Status::Skipped || there.status == Status::Skipped {
                    *there = result;
                }
            }
        }
    }
    merged
}
