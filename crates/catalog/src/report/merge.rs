//! Merges the reports of several runs, such as the shards of an import.

use std::collections::HashMap;

use super::types::{ApiResult, Status};

/// Merges reports; every API appears once, at the position of its first result.
///
/// Of two results of one API (names are compared case-insensitively) the later one counts, as a repeated run describes
/// the current state, except that a skipped result never replaces another one.
#[must_use]
pub fn merge(reports: impl IntoIterator<Item = Vec<ApiResult>>) -> Vec<ApiResult> {
    let mut merged: Vec<ApiResult> = Vec::new();
    let mut positions: HashMap<String, usize> = HashMap::new();
    for result in reports.into_iter().flatten() {
        match positions.get(&result.name.to_lowercase()) {
            None => {
                positions.insert(result.name.to_lowercase(), merged.len());
                merged.push(result);
            }
            Some(position) => {
                let existing = &mut merged[*position];
                if result.status != Status::Skipped || existing.status == Status::Skipped {
                    *existing = result;
                }
            }
        }
    }
    merged
}
