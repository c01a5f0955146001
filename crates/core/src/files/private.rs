//! Files that azr keeps for itself: created with owner-only permissions, and used only if nobody else could have
//! written them.
//!
//! On Unix a file has mode 0600 and a folder 0700 from the moment it exists. On Windows its access control list is
//! replaced before anything is written to it. A symbolic link in place of a file is refused, because its creator
//! chooses what is read or written.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

#[cfg(unix)]
use self::unix as system;
#[cfg(windows)]
use self::windows as system;
use super::AtomicFile;
use crate::error::{Error, Result};

pub(super) use system::{copy_access, restrict_to_user};

/// The permissions of other users that make a file unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMode {
    /// Other users may neither read nor write the file: tokens and keys.
    OwnerOnly,
    /// Other users may read the file but not write to it: journals and state.
    OwnerWritable,
}

/// Creates a folder and its missing parents for the user alone, and checks the folder if it already exists.
pub fn create_and_check_folder(folder: &Path) -> io::Result<()> {
    create_folders(folder)?;
    check_folder(folder)
}

/// Creates a folder and its missing parents for the user alone; existing folders are left unchanged.
pub fn create_folders(folder: &Path) -> io::Result<()> {
    system::create_folders(folder)
}

/// Checks that a folder belongs to the user and is closed to others.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() {
        return Err(refuse(folder, "it is not a folder"));
    }
    system::check_folder(folder, &metadata)
}

/// Opens a file with these options; a file that they create is for the user alone.
///
/// Fails if the path is a link or not a regular file, if the file belongs to another user, or if its permissions are
/// wider than `mode`.
pub fn open_file(path: &Path, mode: FileMode, options: &OpenOptions) -> io::Result<File> {
    let file = super::in_use::retry(|| system::open_without_following(path, options))?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(refuse(path, "it is not a regular file"));
    }
    system::check_file(path, &file, &metadata, mode)?;
    Ok(file)
}

/// Opens a lock file for the caller to lock; the file and its folder are created if missing.
pub fn open_lock_file(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        create_and_check_folder(folder).map_err(|e| Error::write(folder, e))?;
    }
    open_file(path, FileMode::OwnerOnly, File::options().read(true).write(true).create(true))
        .map_err(|e| Error::write(path, e))
}

/// Reads a file; fails under the same conditions as [`open_file`].
pub fn read_file(path: &Path, mode: FileMode) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path, mode, File::options().read(true))?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a file atomically with one for the user alone.
pub fn write_file(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = AtomicFile::create_private(path)?;
    file.write_all(content).map_err(|e| Error::write(path, e))?;
    file.commit()
}

/// An error that names the path: a caller that opens a file may fail because of its folder.
fn refuse(path: &Path, reason: &str) -> io::Error {
    io::Error::other(format!("{} is not used: {reason}", path.display()))
}
