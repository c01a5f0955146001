//! Where the files of a backup are read from: a folder, or a zip archive.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::archive_reader::{ArchiveReader, OpenError};
use super::folder::add_files;
use super::layout::TOP_FOLDERS;
use super::manifest::{FileEntry, MANIFEST, check_path};
use super::progress_log::PROGRESS_FILE;
use crate::digest::hex;
use azr_core::error::{Error, Result};
use azr_core::files;

/// The files of a backup.
pub(super) enum Storage {
    Folder(PathBuf),
    Archive(Box<ArchiveReader>),
}

impl Storage {
    /// Opens the folder or archive with this path.
    pub(super) fn open(path: &Path) -> Result<Self> {
        if path.is_dir() {
            if path.join(PROGRESS_FILE).exists() {
                return Err(Error::conflict(format!("{} is not a complete backup", path.display()))
                    .with_hint("azr apic backup has not finished; run it again to continue the backup."));
            }
            if !path.join(MANIFEST).exists() {
                return Err(Error::invalid(format!(
                    "{} is not a backup: it does not contain {MANIFEST}",
                    path.display()
                ))
                .with_hint("Give a folder or a zip file that azr apic backup has written."));
            }
            return Ok(Self::Folder(path.to_owned()));
        }
        let file = File::open(path).map_err(|e| Error::read(path, e))?;
        let select = |name: &str| check_path(name).map(|()| is_of_backup(name));
        match ArchiveReader::open(file, select) {
            Ok(archive) if archive.names().any(|name| name == MANIFEST) => {
                Ok(Self::Archive(Box::new(archive)))
            }
            Ok(_) => Err(Error::invalid(format!(
                "{} is not a backup: it does not contain {MANIFEST}",
                path.display()
            ))
            .with_hint("Pack what is in the folder of the backup, not the folder itself.")),
            Err(OpenError::Damaged(error)) => {
                Err(Error::invalid(format!("{} is not a backup: {error}", path.display()))
                    .with_hint("Give a folder or a zip file that azr apic backup has written."))
            }
            Err(OpenError::Refused(reason)) => {
                Err(Error::invalid(format!("{} was refused: {reason}", path.display())))
            }
        }
    }

    /// The names of the files of the backup, without the manifest and files that are not its own.
    pub(super) fn file_names(&self) -> Result<HashSet<String>> {
        let mut names = HashSet::new();
        match self {
            Self::Folder(folder) => {
                for top in TOP_FOLDERS {
                    add_files(folder, top, &mut names)?;
                }
            }
            Self::Archive(archive) => {
                names.extend(archive.names().filter(|name| *name != MANIFEST).map(str::to_owned));
            }
        }
        Ok(names)
    }

    /// Reads a file of at most `limit` bytes.
    pub(super) fn read(&self, path: &Path, name: &str, limit: u64) -> Result<Vec<u8>> {
        self.with_file(name, |file| files::read_limited(file, limit))
            .map_err(|e| Error::read(path.join(name), e))
    }

    /// The hash of a file; None if it has more than `limit` bytes.
    pub(super) fn hash(
        &self,
        path: &Path,
        name: &str,
        limit: u64,
        buffer: &mut [u8],
    ) -> Result<Option<FileEntry>> {
        let hash = |file: &mut dyn Read| {
            let mut hasher = Sha256::new();
            let mut bytes = 0;
            while bytes <= limit {
                let length = file.read(buffer)?;
                if length == 0 {
                    break;
                }
                hasher.update(&buffer[..length]);
                bytes += length as u64;
            }
            Ok((bytes <= limit).then(|| FileEntry { sha256: hex(&hasher.finalize()), bytes }))
        };
        self.with_file(name, hash).map_err(|e| Error::read(path.join(name), e))
    }

    fn with_file<T>(&self, name: &str, read: impl FnOnce(&mut dyn Read) -> io::Result<T>) -> io::Result<T> {
        match self {
            Self::Folder(folder) => {
                let file = folder.join(name);
                if std::fs::symlink_metadata(&file)?.is_symlink() {
                    return Err(io::Error::other("it is a link"));
                }
                read(&mut File::open(file)?)
            }
            Self::Archive(archive) => archive.with_file(name, read),
        }
    }
}

/// Whether a file may be one of a backup: hidden files, and what is beside its folders, are not, as in a folder.
fn is_of_backup(name: &str) -> bool {
    let is_in_folder = || TOP_FOLDERS.iter().any(|folder| name.split('/').next() == Some(folder));
    name == MANIFEST || (is_in_folder() && !name.split('/').any(|part| part.starts_with('.')))
}
