//! Writes a backup, part after part.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::archive::StagedFiles;
use super::folder::{BackupFolder, check_unused};
use super::manifest::{FileEntry, Manifest, Omission};
use super::progress_log::{CompletePart, ProgressLog, StoredFile};
use super::target::BackupTarget;
use crate::digest::sha256_hex;
use azr_core::error::{Error, Result};

/// Writes the files of a backup, and records which parts of it are complete.
pub(super) struct BackupWriter {
    target: BackupTarget,
    center: String,
    /// The parts that an interrupted backup has completed.
    completed: HashMap<String, CompletePart>,
    /// Whether an interrupted backup continues.
    pub(super) is_resumed: bool,
    state: Mutex<State>,
}

struct State {
    log: ProgressLog,
    storage: Storage,
    files: BTreeMap<String, StoredFile>,
    omitted: Vec<Omission>,
}

/// Where the files are.
enum Storage {
    Folder(BackupFolder),
    Archive(StagedFiles),
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
    files: Mutex<BTreeMap<String, StoredFile>>,
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

impl BackupWriter {
    /// Starts or continues a backup of a center.
    pub(super) fn open(target: &BackupTarget, center: &str) -> Result<Self> {
        let folder: PathBuf = target.progress_folder();
        fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
        let backup_folder = match target {
            BackupTarget::Folder(folder) => Some(BackupFolder::open(folder, center)?),
            BackupTarget::Archive(_) => {
                check_unused(&folder)?;
                None
            }
        };
        let (log, completed) = ProgressLog::open(&folder, center)?;
        let is_resumed = completed.is_some();
        let completed = completed.unwrap_or_default();
        let storage = match (backup_folder, target) {
            (Some(mut folder), _) => {
                if is_resumed {
                    folder.add_unfinished_files()?;
                }
                Storage::Folder(folder)
            }
            (None, target) => {
                let files = completed.values().flat_map(|part| part.files.values());
                Storage::Archive(StagedFiles::open(&folder, target.path(), files)?)
            }
        };
        let state = Mutex::new(State { log, storage, files: BTreeMap::new(), omitted: Vec::new() });
        Ok(Self { target: target.clone(), center: center.to_owned(), completed, is_resumed, state })
    }

    /// Takes over a part that an interrupted backup has completed; false if it has not, or if its files were changed.
    pub(super) fn resume(&self, folder: &str) -> bool {
        let Some(part) = self.completed.get(folder) else { return false };
        let mut state = lock(&self.state);
        let is_unchanged = part.files.iter().all(|(name, file)| match &mut state.storage {
            Storage::Folder(folder) => folder.has(name, file),
            Storage::Archive(staged) => staged.has(file),
        });
        if is_unchanged {
            state.files.extend(part.files.clone());
            state.omitted.extend(part.omitted.iter().cloned());
        }
        is_unchanged
    }

    /// Writes a file of a part, unless it is there with this content.
    pub(super) fn write(&self, part: &Part, name: &str, content: &[u8]) -> Result<()> {
        let start = match &mut lock(&self.state).storage {
            Storage::Folder(folder) => folder.write(name, content).map(|()| None),
            Storage::Archive(staged) => staged.add(content).map(Some),
        };
        let file = StoredFile { sha256: sha256_hex(content), bytes: content.len() as u64, start: start? };
        lock(&part.files).insert(name.to_owned(), file);
        Ok(())
    }

    /// Discards the files of a part, because its resource does not exist any more.
    pub(super) fn discard(&self, part: &Part) {
        if let Storage::Folder(folder) = &mut lock(&self.state).storage {
            folder.discard(lock(&part.files).keys().cloned());
        }
    }

    /// Removes a part whose resource gets another folder.
    pub(super) fn remove_part(&self, folder: &str) {
        let state = &mut *lock(&self.state);
        let is_below = |name: &&String| name.starts_with(folder);
        let removed: Vec<String> = state.files.keys().filter(is_below).cloned().collect();
        state.files.retain(|name, _| !name.starts_with(folder));
        if let Storage::Folder(folder) = &mut state.storage {
            folder.discard(removed.into_iter());
        }
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

    /// Completes the folder or the archive, the manifest last.
    pub(super) fn finish(self) -> Result<(Manifest, FolderChanges)> {
        let State { log, storage, files, mut omitted } =
            self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        omitted.sort_unstable();
        let entry = |(name, file): (&String, &StoredFile)| (name.clone(), FileEntry::from(file));
        let manifest = Manifest::new(&self.center, omitted, files.iter().map(entry).collect());
        let mut changes = FolderChanges::default();
        match storage {
            Storage::Folder(folder) => {
                changes.written = folder.written;
                changes.deleted = folder.finish(&manifest)?;
                log.remove()?;
            }
            Storage::Archive(mut staged) => {
                staged.pack(&manifest.to_bytes()?, files.iter())?;
                staged.remove()?;
                log.remove()?;
                let folder = self.target.progress_folder();
                fs::remove_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
            }
        }
        Ok((manifest, changes))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_continues_with_the_parts_that_are_complete_and_unchanged() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = BackupTarget::Archive(folder.path().join("c.zip"));
        let open = || BackupWriter::open(&target, "/c").expect("opened");
        let writer = open();
        for name in ["a", "b"] {
            let part = Part::new(&format!("apis/{name}/"));
            writer.write(&part, &format!("apis/{name}/api.json"), name.as_bytes()).expect("written");
            writer.complete(part).expect("complete");
        }
        // What was written of a part that is not complete is overwritten.
        writer.write(&Part::new("apis/c/"), "apis/c/api.json", b"lost").expect("written");
        drop(writer);
        let writer = open();
        assert!(writer.is_resumed && writer.resume("apis/a/") && !writer.resume("apis/c/"));
        drop(writer);
        let staged = target.progress_folder().join("files");
        assert_eq!(fs::read(&staged).expect("read"), b"ab");
        fs::write(&staged, b"ax").expect("changed");
        let writer = open();
        assert!(writer.resume("apis/a/") && !writer.resume("apis/b/"));
        let (manifest, _) = writer.finish().expect("finished");
        assert_eq!(manifest.files.keys().collect::<Vec<_>>(), ["apis/a/api.json"]);
        assert!(target.path().exists() && !target.progress_folder().exists());
    }

    #[test]
    fn a_folder_of_somebody_beside_an_archive_is_not_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = BackupTarget::Archive(folder.path().join("c.zip"));
        fs::create_dir(target.progress_folder()).expect("created");
        fs::write(target.progress_folder().join("mine.txt"), b"").expect("written");
        let error = BackupWriter::open(&target, "/c").err().expect("refused");
        assert!(error.to_string().contains("is not empty"), "{error}");
    }
}
