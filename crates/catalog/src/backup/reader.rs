//! Reads a backup, from a folder or a zip archive, and checks each file against the manifest.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::folder::MAX_MANIFEST_BYTES;
use super::layout::{ResourceKind, folder_of};
use super::manifest::{FileEntry, MANIFEST, Manifest};
use super::resource_file::ResourceFile;
use super::storage::Storage;
use crate::digest::{hex, sha256_hex};
use crate::ruleset::{self, Member};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::text::without_byte_order_mark;

/// The largest file of a backup: the limit of a document.
const MAX_FILE_BYTES: u64 = 128 << 20;
/// The largest file with a resource.
const MAX_RESOURCE_BYTES: u64 = 16 << 20;
/// The largest backup, unpacked; ten thousand APIs with documents of 3 MB are half of it.
const MAX_TOTAL_BYTES: u64 = 64 << 30;

/// Whether a backup may differ from its manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditPolicy {
    /// Each file must be as it was written.
    Refuse,
    /// Files may have been edited, added and removed.
    Allow,
}

/// A backup that has been checked.
pub struct BackupReader {
    path: PathBuf,
    storage: Storage,
    /// The files with the hashes that were checked, or with those of edited files.
    files: BTreeMap<String, FileEntry>,
    /// The files that differ from the manifest.
    pub edited: Vec<String>,
}

impl BackupReader {
    /// Opens a backup and checks all of its files; `on_progress` is called for each.
    pub fn open(path: &Path, edits: EditPolicy, on_progress: &dyn Fn(usize, usize)) -> Result<Self> {
        let storage = Storage::open(path)?;
        let name = display(path, MANIFEST);
        let bytes = storage.read(path, MANIFEST, MAX_MANIFEST_BYTES)?;
        let manifest = Manifest::parse(&bytes, &name)?;
        let names = storage.file_names()?;
        let mut reader = Self { path: path.to_owned(), storage, files: manifest.files, edited: Vec::new() };
        reader.check_files(names, edits, on_progress)?;
        Ok(reader)
    }

    fn check_files(
        &mut self,
        names: HashSet<String>,
        edits: EditPolicy,
        on_progress: &dyn Fn(usize, usize),
    ) -> Result<()> {
        let edited = |reason: &str, name: &str| {
            Error::conflict(format!("{} {reason}", display(&self.path, name)))
                .with_hint("If you have edited the backup on purpose, add --allow-edits.")
        };
        // The hashes of the files that are as the manifest lists them stay where they are.
        let mut files = std::mem::take(&mut self.files);
        let (mut missing, mut added): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        missing.extend(files.keys().filter(|name| !names.contains(*name)).cloned());
        added.extend(names.iter().filter(|name| !files.contains_key(*name)).cloned());
        if edits == EditPolicy::Refuse {
            if let Some(name) = missing.first() {
                return Err(edited("is missing, but the manifest lists it", name));
            }
            if let Some(name) = added.iter().min() {
                return Err(edited("is not in the manifest", name));
            }
        }
        files.retain(|name, _| names.contains(name));
        let mut changed = missing;
        changed.extend(added);
        let mut names: Vec<String> = names.into_iter().collect();
        names.sort_unstable();
        let mut total_bytes = 0;
        let mut buffer = vec![0; 64 << 10];
        let count = names.len();
        for (index, name) in names.into_iter().enumerate() {
            on_progress(index, count);
            let listed = files.get(&name);
            let limit = match (edits, listed) {
                (EditPolicy::Refuse, Some(listed)) => listed.bytes.min(MAX_FILE_BYTES),
                _ => MAX_FILE_BYTES,
            };
            let entry = match self.storage.hash(&self.path, &name, limit, &mut buffer)? {
                Some(entry) => entry,
                None if edits == EditPolicy::Refuse => {
                    return Err(edited("is not what the backup has written: it is longer", &name));
                }
                None => return Err(too_large(&self.path, &name, MAX_FILE_BYTES)),
            };
            total_bytes += entry.bytes;
            if total_bytes > MAX_TOTAL_BYTES {
                return Err(too_large(&self.path, "", MAX_TOTAL_BYTES));
            }
            if listed == Some(&entry) {
                continue;
            }
            if edits == EditPolicy::Refuse {
                return Err(edited("is not what the backup has written: its hash differs", &name));
            }
            if listed.is_some() {
                changed.push(name.clone());
            }
            files.insert(name, entry);
        }
        changed.sort_unstable();
        (self.files, self.edited) = (files, changed);
        Ok(())
    }

    /// The path of the backup.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files with their hashes, sorted by path.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, FileEntry> {
        &self.files
    }

    /// A hash of the whole backup, which identifies its content.
    #[must_use]
    pub fn content_hash(&self) -> String {
        let mut hasher = Sha256::new();
        for (name, entry) in &self.files {
            hasher.update(format!("{name}\n{}\n", entry.sha256));
        }
        hex(&hasher.finalize())
    }

    /// The paths of the resources of a kind below a folder, in order; the folder is empty for the backup itself.
    pub fn resource_paths<'b>(
        &'b self,
        folder: &'b str,
        kind: ResourceKind,
    ) -> impl Iterator<Item = &'b str> {
        let start = format!("{folder}{}/", kind.folder());
        let depth = usize::from(kind.file_in_folder().is_some());
        self.files
            .range(start.clone()..)
            .map(|(path, _)| path.as_str())
            .take_while({
                let start = start.clone();
                move |path| path.starts_with(&start)
            })
            .filter(move |path| {
                path[start.len()..].matches('/').count() == depth && ResourceKind::of_path(path) == Some(kind)
            })
    }

    /// Reads a resource; fails if the file is not one.
    pub fn read_resource(&self, path: &str) -> Result<ResourceFile> {
        let bytes = self.read_checked(path, MAX_RESOURCE_BYTES)?;
        let name = display(&self.path, path);
        let file: ResourceFile = serde_json::from_slice(without_byte_order_mark(&bytes))
            .map_err(|e| Error::invalid(format!("{name} is not the file of a resource: {e}")))?;
        if !super::collection::is_valid_name(&file.name) {
            let text = format!("{name} has the name '{}', which is not valid", file.name.escape_default());
            return Err(Error::invalid(text));
        }
        if !file.properties.is_object() {
            return Err(Error::invalid(format!("{name}: the properties are not an object")));
        }
        Ok(file)
    }

    /// The path of the document of a definition, which has this file; None if it has no document.
    pub fn document_path(&self, path: &str, file: &ResourceFile) -> Result<Option<String>> {
        let Some(name) = &file.document else { return Ok(None) };
        let document = format!("{}{name}", folder_of(path));
        let is_beside = !name.contains('/') && name.starts_with("document.");
        if is_beside && self.files.contains_key(&document) {
            return Ok(Some(document));
        }
        let definition = display(&self.path, path);
        Err(Error::invalid(format!(
            "{definition} names the document '{name}', which does not exist beside it"
        )))
    }

    /// Reads a file and checks that it still is what was checked when the backup was opened.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>> {
        self.read_checked(path, MAX_FILE_BYTES)
    }

    /// The files of the ruleset of an analyzer, which has this file; None if it has no ruleset.
    pub fn read_ruleset(&self, path: &str, file: &ResourceFile) -> Result<Option<Vec<Member>>> {
        let folder = folder_of(path);
        match file.ruleset.as_deref() {
            None => Ok(None),
            Some("ruleset.zip") => {
                let name = format!("{folder}ruleset.zip");
                let archive = self.read_file(&name)?;
                let members = ruleset::unpack(&archive);
                members.map(Some).map_err(|e| e.with_context(display(&self.path, &name)))
            }
            Some("ruleset") => {
                let start = format!("{folder}ruleset/");
                let names = self.files.keys().filter(|name| name.starts_with(&start));
                let read = |name: &String| {
                    Ok(Member { name: name[start.len()..].to_owned(), content: self.read_file(name)? })
                };
                names.map(read).collect::<Result<Vec<_>>>().map(Some)
            }
            Some(other) => Err(Error::invalid(format!(
                "{} names the ruleset '{other}'; it is 'ruleset' or 'ruleset.zip'",
                display(&self.path, path)
            ))),
        }
    }

    fn read_checked(&self, path: &str, limit: u64) -> Result<Vec<u8>> {
        let name = display(&self.path, path);
        let entry = self.files.get(path).ok_or_else(|| Error::invalid(format!("{name} does not exist")))?;
        if entry.bytes > limit {
            return Err(too_large(&self.path, path, limit));
        }
        let bytes = self.storage.read(&self.path, path, entry.bytes)?;
        if sha256_hex(&bytes) == entry.sha256 {
            return Ok(bytes);
        }
        Err(Error::conflict(format!("{name} was changed while it was used"))
            .with_hint("Run the command again."))
    }
}

fn too_large(path: &Path, name: &str, limit: u64) -> Error {
    Error::limit_exceeded(format!("{} is larger than {} MiB", display(path, name), limit >> 20))
}

/// The path of a file of a backup for messages.
fn display(path: &Path, name: &str) -> String {
    files::display_path(&path.join(name))
}
