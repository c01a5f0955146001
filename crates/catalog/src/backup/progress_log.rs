//! The progress of a backup: a file in its folder, by which an interrupted backup continues.
//!
//! It is a file of JSON lines: the first names the center, each other has a part of the backup (an API, or one of the
//! collections) that is complete, with the hashes of its files. It is removed when the manifest is written, so that a
//! folder that has it is not a complete backup.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest::{FORMAT_VERSION, FileEntry, Omission};
use azr_core::error::{Error, Result};
use azr_core::files;

/// The name of the file.
pub(super) const PROGRESS_FILE: &str = ".azr-backup-progress.jsonl";

/// The largest file that is read.
const MAX_BYTES: u64 = 512 << 20;

#[derive(Serialize, Deserialize)]
struct Header {
    progress: u32,
    center: String,
}

/// A part of a backup that is complete.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct CompletePart {
    /// The folder of the part.
    pub(super) part: String,
    /// Its files.
    pub(super) files: BTreeMap<String, StoredFile>,
    /// What was left out.
    pub(super) omitted: Vec<Omission>,
}

/// A file of a part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredFile {
    pub(super) sha256: String,
    pub(super) bytes: u64,
    /// Where it starts in the file that has those of an archive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) start: Option<u64>,
}

impl From<&StoredFile> for FileEntry {
    fn from(file: &StoredFile) -> Self {
        Self { sha256: file.sha256.clone(), bytes: file.bytes }
    }
}

/// The progress file, open for further parts.
pub(super) struct ProgressLog {
    path: PathBuf,
    file: File,
}

impl ProgressLog {
    /// Opens or creates the progress file in a folder; returns the parts that an interrupted backup has completed, or
    /// None if there was none.
    pub(super) fn open(folder: &Path, center: &str) -> Result<(Self, Option<HashMap<String, CompletePart>>)> {
        let path = folder.join(PROGRESS_FILE);
        let failed = |e: io::Error| Error::write(&path, e);
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = files::retry_while_in_use(|| options.open(&path)).map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(Error::conflict(format!(
                "another azr process is writing a backup to {}",
                folder.display()
            ))
            .with_hint("Wait until it finishes."));
        }
        let text = files::read_limited(&mut file, MAX_BYTES).map_err(|e| Error::read(&path, e))?;
        let (parts, complete_bytes) = match parse(&text) {
            Some((header, parts, complete_bytes)) if header.center.eq_ignore_ascii_case(center) => {
                (Some(parts), complete_bytes)
            }
            Some((header, ..)) => {
                return Err(Error::conflict(format!(
                    "{} has an unfinished backup of another center, {}",
                    folder.display(),
                    header.center
                ))
                .with_hint("Choose another folder."));
            }
            None => (None, 0),
        };
        // A line that was cut short must not run into the next one.
        file.set_len(complete_bytes as u64).map_err(failed)?;
        io::Seek::seek(&mut file, io::SeekFrom::End(0)).map_err(failed)?;
        let mut log = Self { path, file };
        if parts.is_none() {
            log.append(&Header { progress: FORMAT_VERSION, center: center.to_owned() })?;
        }
        Ok((log, parts))
    }

    /// Adds a part that is complete.
    pub(super) fn add(&mut self, part: &CompletePart) -> Result<()> {
        self.append(part)
    }

    fn append(&mut self, line: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_vec(line)
            .map_err(|e| Error::unexpected(format!("the progress cannot be converted to JSON: {e}")))?;
        text.push(b'\n');
        self.file.write_all(&text).map_err(|e| Error::write(&self.path, e))
    }

    /// Removes the file.
    pub(super) fn remove(self) -> Result<()> {
        drop(self.file);
        files::retry_while_in_use(|| std::fs::remove_file(&self.path))
            .map_err(|e| Error::write(&self.path, e))
    }
}

/// Parses the complete lines; None if there is no valid header.
fn parse(text: &[u8]) -> Option<(Header, HashMap<String, CompletePart>, usize)> {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    let first = lines.next()?;
    let header: Header = serde_json::from_slice(first).ok()?;
    if header.progress != FORMAT_VERSION {
        return None;
    }
    let mut parts = HashMap::new();
    let mut complete_bytes = first.len();
    for line in lines {
        // Files that are not listed are read again.
        let Ok(part) = serde_json::from_slice::<CompletePart>(line) else { break };
        complete_bytes += line.len();
        parts.insert(part.part.clone(), part);
    }
    Some((header, parts, complete_bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_short_does_not_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let part = |name: &str| CompletePart { part: name.to_owned(), ..CompletePart::default() };
        let (mut log, parts) = ProgressLog::open(folder.path(), "/c").expect("opened");
        assert!(parts.is_none());
        log.add(&part("apis/a/")).expect("added");
        log.file.write_all(b"{\"part\": \"apis/b/\"").expect("written");
        drop(log);
        let (mut log, parts) = ProgressLog::open(folder.path(), "/C").expect("opened again");
        assert_eq!(parts.expect("parts").keys().collect::<Vec<_>>(), ["apis/a/"]);
        log.add(&part("apis/c/")).expect("added");
        assert!(ProgressLog::open(folder.path(), "/c").is_err(), "it is locked");
        drop(log);
        let (log, parts) = ProgressLog::open(folder.path(), "/c").expect("opened again");
        assert_eq!(parts.expect("parts").len(), 2);
        drop(log);
        assert!(ProgressLog::open(folder.path(), "/other").is_err());
        let (log, _) = ProgressLog::open(folder.path(), "/c").expect("opened again");
        log.remove().expect("removed");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 0);
    }
}
