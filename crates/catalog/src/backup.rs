//! Backups of a center: a folder, or a zip archive, with one file for each resource.
//!
//! [`CenterBackup`] reads a center into either, and [`BackupReader`] reads either. The
//! layout is meant for people and for Git: resources as JSON with sorted members and without anything that changes by
//! itself, documents and rulesets as files of their own. `docs/backup.md` describes it.

mod api_list;
mod archive;
mod archive_reader;
mod center_backup;
mod collection;
pub mod diff;
mod file_names;
mod folder;
mod layout;
mod manifest;
mod progress_log;
mod reader;
mod resource_file;
mod storage;
mod target;
mod writer;

pub use center_backup::{BackupOptions, BackupSummary, CenterBackup, FailedApi};
pub(crate) use collection::is_unavailable;
pub use layout::ResourceKind;
pub(crate) use layout::folder_of;
pub use manifest::{Counts, FileEntry, MANIFEST, Manifest, Omission};
pub use reader::{BackupReader, EditPolicy};
pub use resource_file::ResourceFile;
pub use target::BackupTarget;
