//! Where a backup is written: a folder, or a zip archive.

use std::path::{Path, PathBuf};

/// What the folder has in its name that an archive is built from, beside the archive.
const STAGING_SUFFIX: &str = ".partial";

/// Where a backup is written.
#[derive(Debug, Clone)]
pub enum BackupTarget {
    /// A folder, which may have an earlier backup of the same center.
    Folder(PathBuf),
    /// A zip archive.
    Archive(PathBuf),
}

impl BackupTarget {
    /// A path that ends in `.zip` is an archive, unless it is a folder.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        let is_archive = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip")) && !path.is_dir();
        if is_archive { Self::Archive(path.to_owned()) } else { Self::Folder(path.to_owned()) }
    }

    /// The path of the folder or archive.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder(path) | Self::Archive(path) => path,
        }
    }

    /// The folder that has what was read so far.
    #[must_use]
    pub fn progress_folder(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.clone(),
            Self::Archive(archive) => {
                let mut folder = archive.clone().into_os_string();
                folder.push(STAGING_SUFFIX);
                folder.into()
            }
        }
    }
}
