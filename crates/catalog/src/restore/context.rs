//! What every part of a restore needs: the center, the backup, and the options.

use super::mapping::IdMappings;
use crate::backup::BackupReader;
use crate::writer::ExecutionOptions;
use azr_arm::client::Client;
use azr_core::id::ResourceId;

/// What to restore, and how.
#[derive(Debug, Clone)]
pub struct RestoreOptions {
    /// Ids that have other values in the center.
    pub mappings: IdMappings,
    /// How many resources may be deleted; None to delete nothing.
    pub max_deletions: Option<usize>,
    /// Whether API sources are created; a new one synchronizes the APIs of its service into the center again.
    pub with_sources: bool,
    /// The URL below which the files of the backup can be downloaded, for documents that are too large for a request.
    pub documents_url: Option<String>,
    /// How the restore is executed.
    pub execution: ExecutionOptions,
}

/// A restore of a backup into a center.
pub struct Restore<'a> {
    pub(super) client: &'a Client,
    pub(super) center: ResourceId,
    pub(super) workspace: ResourceId,
    pub(super) backup: &'a BackupReader,
    pub(super) options: RestoreOptions,
}

impl<'a> Restore<'a> {
    /// Creates a restore into a center.
    #[must_use]
    pub fn new(
        client: &'a Client,
        center: &ResourceId,
        backup: &'a BackupReader,
        options: RestoreOptions,
    ) -> Self {
        let workspace = center.child("workspaces", "default");
        Self { client, center: center.clone(), workspace, backup, options }
    }
}
