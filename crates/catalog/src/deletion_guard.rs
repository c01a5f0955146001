//! Checks that need the plan of every API, and may stop an import before anything is written.

use std::collections::HashSet;

use super::plan::{Deletion, OnInvalid, PlannedApi};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// Collects what the plans of all APIs skip and delete.
#[derive(Debug, Default)]
pub(crate) struct DeletionGuard {
    skipped: Vec<String>,
    deleted: usize,
    labels: Vec<String>,
    approved: ApprovedDeletions,
}

/// The resources that an import may delete, because its deletions were counted and, at a terminal, confirmed.
#[derive(Debug, Default)]
pub(crate) struct ApprovedDeletions(HashSet<String>);

impl ApprovedDeletions {
    /// Removes the deletions from a plan if they were not approved, because their resources became stale afterwards.
    pub(crate) fn restrict(&self, planned: &mut PlannedApi) {
        let is_approved = |id: &ResourceId| {
            let ids = [Some(id.clone()), id.parent()];
            ids.iter().flatten().any(|id| self.0.contains(&id.as_str().to_ascii_lowercase()))
        };
        let mut resources = planned.deletions.iter().flat_map(|deletion| &deletion.resources);
        if resources.all(|resource| is_approved(&resource.id)) {
            return;
        }
        planned.deletions.clear();
        planned.provenance_update = None;
        planned.notes.push("what became stale during the import stays until the next one".to_owned());
    }
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
        let resources = planned.deletions.iter().flat_map(|deletion| &deletion.resources);
        self.approved.0.extend(resources.map(|resource| resource.id.as_str().to_ascii_lowercase()));
        if let Some(reason) = &planned.skip_reason {
            self.skipped.push(format!("{}: {reason}", planned.sources.join(", ")));
        }
    }

    /// Adds only the deletions of one API, which another shard of the import imports.
    pub(crate) fn add_deletions(&mut self, planned: &PlannedApi) {
        self.deleted += planned.deletions.iter().map(|deletion| deletion.resource_count).sum::<usize>();
    }

    /// Adds the deletion of a resource that is not below an API.
    pub(crate) fn add_shared(&mut self, deletion: &Deletion) {
        self.deleted += deletion.resource_count;
        self.labels.push(deletion.label.clone());
    }

    /// How many APIs, versions, definitions and deployments are deleted.
    pub(crate) fn deleted_count(&self) -> usize {
        self.deleted
    }

    /// What is deleted, sorted: `version v1 of API orders`; and the resources that may be deleted.
    pub(crate) fn into_deletions(mut self) -> (Vec<String>, ApprovedDeletions) {
        self.labels.sort_unstable();
        (self.labels, self.approved)
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
        check_deletion_count(self.deleted, max_deletions)
    }
}

/// Fails if a run deletes more APIs, versions, definitions and deployments than `--max-delete` allows.
pub fn check_deletion_count(count: usize, max_deletions: usize) -> Result<()> {
    if count <= max_deletions {
        return Ok(());
    }
    let text = format!(
        "--prune would delete {count} APIs, versions, definitions and deployments, more than --max-delete {max_deletions} allows"
    );
    Err(Error::limit_exceeded(text)
        .with_hint("Look at them with --dry-run, then raise the limit with --max-delete N."))
}
