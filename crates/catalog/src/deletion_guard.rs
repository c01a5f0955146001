//! Checks that need the plan of every API, and may stop an import before anything is written.

use super::plan::{Deletion, OnInvalid, PlannedApi};
use azr_core::error::{Error, Result};

/// Collects what the plans of all APIs skip and delete.
#[derive(Debug, Default)]
pub(crate) struct DeletionGuard {
    skipped: Vec<String>,
    deleted: usize,
    labels: Vec<String>,
}

impl DeletionGuard {
    /// Adds the plan of one API.
    pub(crate) fn add(&mut self, planned: &PlannedApi) {
        self.add_deletions(planned);
        let label = |deletion: &Deletion| {
            if planned.is_deleted_by(deletion) {
                deletion.label.clone()
            } else {
                format!("{} of API {}", deletion.label, planned.name)
            }
        };
        self.labels.extend(planned.deletions.iter().map(label));
        if let Some(reason) = &planned.skip_reason {
            self.skipped.push(format!("{}: {reason}", planned.sources.join(", ")));
        }
    }

    /// Adds only the deletions of one API, which another shard of the import imports.
    pub(crate) fn add_deletions(&mut self, planned: &PlannedApi) {
        self.deleted += planned.deletions.iter().map(|deletion| deletion.resource_count).sum::<usize>();
    }

    /// What is deleted, sorted: `version v1 of API orders`.
    pub(crate) fn into_labels(mut self) -> Vec<String> {
        self.labels.sort_unstable();
        self.labels
    }

    /// Fails if an API is skipped and `--on-invalid fail` is given.
    pub(crate) fn check_skipped(&mut self, on_invalid: OnInvalid) -> Result<()> {
        if on_invalid != OnInvalid::Fail || self.skipped.is_empty() {
            return Ok(());
        }
        self.skipped.sort_unstable();
        let (count, skipped) = (self.skipped.len(), self.skipped.join("; "));
        Err(Error::limit_exceeded(format!("API Center does not accept {count} of the APIs: {skipped}"))
            .with_hint(
                "--on-invalid truncate shortens what is too long; --on-invalid skip leaves such APIs out.",
            ))
    }

    /// Fails if more is deleted than `--max-delete` allows.
    pub(crate) fn check_deleted(&self, max_deletions: usize) -> Result<()> {
        if self.deleted <= max_deletions {
            return Ok(());
        }
        let text = format!(
            "--prune would delete {} APIs, versions, definitions and deployments, more than --max-delete {max_deletions} allows",
            self.deleted
        );
        Err(Error::limit_exceeded(text)
            .with_hint("Look at them with --dry-run, then raise the limit with --max-delete N."))
    }
}
