//! The files of a backup in a folder.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::layout::TOP_FOLDERS;
use super::manifest::{MANIFEST, Manifest};
use super::progress_log::{PROGRESS_FILE, StoredFile};
use crate::digest::sha256_hex;
use azr_core::error::{Error, Result};
use azr_core::files;

/// The largest manifest that is read.
pub(super) const MAX_MANIFEST_BYTES: u64 = 256 << 20;

/// Tells Git not to change line endings, which the hashes cover.
const GIT_ATTRIBUTES: (&str, &[u8]) = (".gitattributes", b"* -text\n");

/// The folder of a backup that is being written.
///
/// Files that are already there with the same content are not written again, and files of an earlier backup that the
/// new one does not have are deleted at the end. Nothing else in the folder is touched.
pub(super) struct BackupFolder {
    path: PathBuf,
    /// The files of earlier backups that the new one does not have so far.
    earlier_files: HashSet<String>,
    /// How many files were written.
    pub(super) written: usize,
    /// Folders that exist.
    folders: HashSet<PathBuf>,
}

impl BackupFolder {
    /// Opens a folder for a backup of a center: an empty one, or one with an earlier backup of the same center.
    pub(super) fn open(path: &Path, center: &str) -> Result<Self> {
        let manifest = read_manifest(path)?;
        if let Some(manifest) = &manifest
            && !manifest.center.eq_ignore_ascii_case(center)
        {
            return Err(Error::conflict(format!(
                "{} has a backup of another center, {}",
                path.display(),
                manifest.center
            ))
            .with_hint("Choose another folder."));
        }
        if manifest.is_none() {
            check_unused(path)?;
        }
        let earlier_files = manifest.into_iter().flat_map(|manifest| manifest.files.into_keys()).collect();
        Ok(Self { path: path.to_owned(), earlier_files, written: 0, folders: HashSet::new() })
    }

    /// Adds the files that an interrupted backup may have written of parts that it has not completed.
    pub(super) fn add_unfinished_files(&mut self) -> Result<()> {
        TOP_FOLDERS.iter().try_for_each(|folder| add_files(&self.path, folder, &mut self.earlier_files))
    }

    /// Whether a file of an interrupted backup is there as it was written.
    pub(super) fn has(&self, name: &str, file: &StoredFile) -> bool {
        let content = fs::read(self.path.join(name)).unwrap_or_default();
        content.len() as u64 == file.bytes && sha256_hex(&content) == file.sha256
    }

    /// Writes a file, unless it is there with this content.
    pub(super) fn write(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        let is_unchanged = self.earlier_files.contains(name)
            && fs::metadata(&path).is_ok_and(|metadata| metadata.len() == content.len() as u64)
            && fs::read(&path).is_ok_and(|existing| existing == content);
        if is_unchanged {
            return Ok(());
        }
        if let Some(folder) = path.parent()
            && !self.folders.contains(folder)
        {
            fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
            self.folders.insert(folder.to_owned());
        }
        // Without a sync: the hashes tell if a file was lost, and the manifest is written last.
        files::retry_while_in_use(|| fs::write(&path, content)).map_err(|e| Error::write(&path, e))?;
        self.written += 1;
        Ok(())
    }

    /// Deletes these files at the end, unless they are written again.
    pub(super) fn discard(&mut self, names: impl Iterator<Item = String>) {
        self.earlier_files.extend(names);
    }

    /// Deletes the files of earlier backups that this one does not have, and writes the manifest; returns how many
    /// were deleted.
    pub(super) fn finish(&self, manifest: &Manifest) -> Result<usize> {
        let mut deleted = 0;
        for name in self.earlier_files.iter().filter(|name| !manifest.files.contains_key(*name)) {
            let path = self.path.join(name);
            match files::retry_while_in_use(|| fs::remove_file(&path)) {
                Ok(()) => deleted += 1,
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(Error::write(&path, e)),
            }
            remove_empty_folders(&self.path, name);
        }
        let attributes = self.path.join(GIT_ATTRIBUTES.0);
        if !attributes.exists() {
            files::write_file(&attributes, GIT_ATTRIBUTES.1)?;
        }
        files::write_file(&self.path.join(MANIFEST), &manifest.to_bytes()?)?;
        Ok(deleted)
    }
}

/// Reads the manifest in a folder; None if there is none.
pub(super) fn read_manifest(folder: &Path) -> Result<Option<Manifest>> {
    let path = folder.join(MANIFEST);
    let file = match fs::File::open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::read(&path, e)),
    };
    let bytes = files::read_limited(file, MAX_MANIFEST_BYTES).map_err(|e| Error::read(&path, e))?;
    Manifest::parse(&bytes, &path.display().to_string()).map(Some)
}

/// Fails if a folder without an unfinished backup has files of its owner; hidden ones, such as `.git`, do not count.
pub(super) fn check_unused(folder: &Path) -> Result<()> {
    if folder.join(PROGRESS_FILE).exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(|e| Error::read(folder, e))? {
        let name = entry.map_err(|e| Error::read(folder, e))?.file_name();
        if !name.to_string_lossy().starts_with('.') {
            return Err(Error::conflict(format!(
                "{} is not empty, and does not contain a backup",
                folder.display()
            ))
            .with_hint("Choose an empty folder, or one with an earlier backup of the same center."));
        }
    }
    Ok(())
}

/// Adds the paths of all files below a folder, without hidden ones, which no backup has; links are files.
pub(super) fn add_files(root: &Path, folder: &str, names: &mut HashSet<String>) -> Result<()> {
    let path = root.join(folder);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(Error::read(&path, e)),
    };
    for entry in entries {
        let entry = entry.map_err(|e| Error::read(&path, e))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let name = format!("{folder}/{name}");
        if entry.file_type().is_ok_and(|file_type| file_type.is_dir()) {
            add_files(root, &name, names)?;
        } else {
            names.insert(name);
        }
    }
    Ok(())
}

/// Removes the folders above a deleted file that are empty now.
fn remove_empty_folders(root: &Path, name: &str) {
    let mut folder = name;
    while let Some(end) = folder.rfind('/') {
        folder = &folder[..end];
        // It fails if the folder is not empty.
        if fs::remove_dir(root.join(folder)).is_err() {
            break;
        }
    }
}
