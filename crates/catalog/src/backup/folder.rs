//! Writes a backup to a folder, part after part.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::layout::TOP_FOLDERS;
use super::manifest::{FileEntry, MANIFEST, Manifest, Omission};
use super::progress_log::{CompletePart, PROGRESS_FILE, ProgressLog};
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
    center: String,
    /// The parts that an interrupted backup has completed.
    completed: HashMap<String, CompletePart>,
    /// Whether an interrupted backup continues.
    pub(super) is_resumed: bool,
    state: Mutex<State>,
}

struct State {
    log: ProgressLog,
    /// The files of earlier backups that the new one does not have so far.
    earlier_files: HashSet<String>,
    files: BTreeMap<String, FileEntry>,
    omitted: Vec<Omission>,
    written: usize,
    /// Folders that exist.
    folders: HashSet<PathBuf>,
}

/// What a backup has changed in its folder.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FolderChanges {
    /// Files that were written.
    pub(super) written: usize,
    /// Files that were deleted.
    pub(super) deleted: usize,
}

/// A part of a backup that is being written: an API, or a collection.
#[derive(Default)]
pub(super) struct Part {
    folder: String,
    files: Mutex<BTreeMap<String, FileEntry>>,
    omitted: Mutex<Vec<Omission>>,
}

impl Part {
    /// A part with this folder, whose path ends in `/`.
    pub(super) fn new(folder: &str) -> Self {
        Self { folder: folder.to_owned(), ..Self::default() }
    }

    /// Records what is left out.
    pub(super) fn omit(&self, resource: String, reason: String) {
        lock(&self.omitted).push(Omission { resource, reason });
    }
}

impl BackupFolder {
    /// Opens a folder for a backup of a center: an empty one, or one with an earlier backup of the same center.
    pub(super) fn open(path: &Path, center: &str) -> Result<Self> {
        fs::create_dir_all(path).map_err(|e| Error::write(path, e))?;
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
        if manifest.is_none() && !path.join(PROGRESS_FILE).exists() {
            check_empty(path)?;
        }
        let (log, completed) = ProgressLog::open(path, center)?;
        let is_resumed = completed.is_some();
        let mut earlier_files: HashSet<String> =
            manifest.into_iter().flat_map(|manifest| manifest.files.into_keys()).collect();
        if is_resumed {
            // The interrupted backup may have written files of parts that it has not completed.
            for folder in TOP_FOLDERS {
                add_files(path, folder, &mut earlier_files)?;
            }
        }
        let state = State {
            log,
            earlier_files,
            files: BTreeMap::new(),
            omitted: Vec::new(),
            written: 0,
            folders: HashSet::new(),
        };
        let state = Mutex::new(state);
        let completed = completed.unwrap_or_default();
        Ok(Self { path: path.to_owned(), center: center.to_owned(), completed, is_resumed, state })
    }

    /// Takes over a part that an interrupted backup has completed; false if it has not, or if its files were changed.
    pub(super) fn resume(&self, folder: &str) -> bool {
        let Some(part) = self.completed.get(folder) else { return false };
        let is_unchanged = |(name, entry): (&String, &FileEntry)| {
            let content = fs::read(self.path.join(name)).unwrap_or_default();
            content.len() as u64 == entry.bytes && sha256_hex(&content) == entry.sha256
        };
        if !part.files.iter().all(is_unchanged) {
            return false;
        }
        let mut state = lock(&self.state);
        state.files.extend(part.files.clone());
        state.omitted.extend(part.omitted.iter().cloned());
        true
    }

    /// Writes a file of a part, unless it is there with this content.
    pub(super) fn write(&self, part: &Part, name: &str, content: &[u8]) -> Result<()> {
        let path = self.path.join(name);
        let mut state = lock(&self.state);
        let is_unchanged = state.earlier_files.contains(name)
            && fs::metadata(&path).is_ok_and(|metadata| metadata.len() == content.len() as u64)
            && fs::read(&path).is_ok_and(|existing| existing == content);
        if !is_unchanged {
            if let Some(folder) = path.parent()
                && !state.folders.contains(folder)
            {
                fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
                state.folders.insert(folder.to_owned());
            }
            // Without a sync: the hashes tell if a file was lost, and the manifest is written last.
            files::retry_while_in_use(|| fs::write(&path, content)).map_err(|e| Error::write(&path, e))?;
            state.written += 1;
        }
        drop(state);
        let entry = FileEntry { sha256: sha256_hex(content), bytes: content.len() as u64 };
        lock(&part.files).insert(name.to_owned(), entry);
        Ok(())
    }

    /// Deletes the files of a part at the end, because its resource does not exist any more.
    pub(super) fn discard(&self, part: &Part) {
        lock(&self.state).earlier_files.extend(lock(&part.files).keys().cloned());
    }

    /// Removes a part whose resource gets another folder; its files are deleted at the end.
    pub(super) fn remove_part(&self, folder: &str) {
        let mut state = lock(&self.state);
        let removed: Vec<String> =
            state.files.keys().filter(|name| name.starts_with(folder)).cloned().collect();
        state.files.retain(|name, _| !name.starts_with(folder));
        state.earlier_files.extend(removed);
    }

    /// Adds a part that is complete.
    pub(super) fn complete(&self, part: Part) -> Result<()> {
        let part = CompletePart {
            part: part.folder,
            files: part.files.into_inner().unwrap_or_else(PoisonError::into_inner),
            omitted: part.omitted.into_inner().unwrap_or_else(PoisonError::into_inner),
        };
        let mut state = lock(&self.state);
        state.log.add(&part)?;
        state.files.extend(part.files);
        state.omitted.extend(part.omitted);
        Ok(())
    }

    /// Adds what is left out of the backup besides what its parts leave out.
    pub(super) fn omit(&self, omission: Omission) {
        lock(&self.state).omitted.push(omission);
    }

    /// Deletes the files of earlier backups that this one does not have, and writes the manifest.
    pub(super) fn finish(self) -> Result<(Manifest, FolderChanges)> {
        let State { log, earlier_files, files, mut omitted, written, .. } =
            self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut changes = FolderChanges { written, deleted: 0 };
        for name in earlier_files.iter().filter(|name| !files.contains_key(*name)) {
            let path = self.path.join(name);
            match files::retry_while_in_use(|| fs::remove_file(&path)) {
                Ok(()) => changes.deleted += 1,
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(Error::write(&path, e)),
            }
            remove_empty_folders(&self.path, name);
        }
        omitted.sort_unstable();
        let manifest = Manifest::new(&self.center, omitted, files);
        let attributes = self.path.join(GIT_ATTRIBUTES.0);
        if !attributes.exists() {
            files::write_file(&attributes, GIT_ATTRIBUTES.1)?;
        }
        files::write_file(&self.path.join(MANIFEST), &manifest.to_bytes()?)?;
        log.remove()?;
        Ok((manifest, changes))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

/// Fails if a folder has files of its owner; hidden ones, such as `.git`, do not count.
fn check_empty(folder: &Path) -> Result<()> {
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
