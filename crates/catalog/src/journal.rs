//! Records the finished steps of an import, so that after a crash the same command resumes where it stopped.
//!
//! The journal is a file of JSON lines: the first identifies the import, each other names a finished step. A line
//! counts once it is on the disk; steps that finish at about the same time share one sync. A last line that a crash cut
//! short does not count, because its step was never reported as done. After a failed write no further line is written.
//!
//! Only the last entry of a step counts, and a journal never replaces a look at the center: it tells what an earlier run
//! did, not what the center contains now.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use super::desired::Change;
use super::digest::sha256_hex;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::files::private::{self, FileMode};
use azr_core::id::ResourceId;

/// The largest journal that is read; about a million steps.
const MAX_BYTES: u64 = 256 << 20;

/// The version of the file format.
const FORMAT_VERSION: u32 = 1;

/// The first line, which identifies the import.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    journal: u32,
    target: String,
    source: String,
}

/// A finished step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The id of the resource, or of a definition with `/document`.
    pub step: String,
    /// The SHA-256 of what was sent.
    pub digest: String,
    /// What the step did.
    pub change: Change,
}

/// The first bytes of a SHA-256; a journal may have a hundred thousand steps.
type ShortDigest = [u8; 16];

fn short_digest(text: &str) -> ShortDigest {
    let mut short = ShortDigest::default();
    short.iter_mut().zip(Sha256::digest(text)).for_each(|(to, from)| *to = from);
    short
}

/// Names are compared case-insensitively.
fn step_key(step: &str) -> ShortDigest {
    short_digest(&step.to_ascii_lowercase())
}

/// The last entry of a step: the digest of what was sent, and the change.
type LastEntry = (ShortDigest, Change);

type WriteRequest = (String, oneshot::Sender<io::Result<()>>);

/// An entry that is being written to the disk.
#[derive(Debug)]
pub struct PendingWrite(oneshot::Receiver<io::Result<()>>);

fn writer_stopped() -> io::Error {
    io::Error::other("the journal writer has stopped")
}

/// The journal of one import.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    completed: HashMap<ShortDigest, LastEntry>,
    requests: Option<mpsc::Sender<WriteRequest>>,
    writer: Option<JoinHandle<()>>,
}

/// The default path of a journal below a folder: one file for each pair of target and source.
///
/// The source identifies what is imported: a resource id, or the paths of files.
#[must_use]
pub fn default_path(folder: &Path, target: &ResourceId, source: &str) -> PathBuf {
    let pair = format!("{target}\n{source}").to_lowercase();
    folder.join("journals").join(format!("import-{}.jsonl", &sha256_hex(pair.as_bytes())[..16]))
}

impl Journal {
    /// Opens or creates a journal; fails if it belongs to another import or another process is writing it.
    pub fn open(path: &Path, target: &ResourceId, source: &str) -> Result<Self> {
        let failed = |e: io::Error| Error::write(path, e);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private::create_folders(folder).map_err(failed)?;
        }
        let mut file = open_file(path).map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(Error::conflict(format!(
                "another azr process is writing the journal {}",
                path.display()
            ))
            .with_hint("Wait until it finishes."));
        }
        let text = files::read_limited(&mut file, MAX_BYTES).map_err(|e| Error::read(path, e))?;
        let JournalContent { header, completed, complete_bytes } =
            parse(&text).map_err(|reason| unusable(path, &reason))?;
        if let Some(header) = header {
            header.check(path, target, source)?;
        } else {
            let header =
                Header { journal: FORMAT_VERSION, target: target.to_string(), source: source.to_owned() };
            file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
            file.write_all(json_line(&header)?.as_bytes()).map_err(failed)?;
        }
        if complete_bytes > 0 {
            // A partial last line must not run into the next one.
            file.set_len(complete_bytes as u64).map_err(failed)?;
        }
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let (sender, receiver) = mpsc::channel();
        let writer = std::thread::Builder::new().name("journal".to_owned());
        let writer = writer.spawn(move || write_batches(&mut file, &receiver)).map_err(failed)?;
        Ok(Self { path: path.to_owned(), completed, requests: Some(sender), writer: Some(writer) })
    }

    /// The number of steps that an earlier run completed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.completed.len()
    }

    /// Whether no earlier run completed a step.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.completed.is_empty()
    }

    /// What an earlier run did in a step, if the same content was the last that it sent.
    #[must_use]
    pub fn completed(&self, step: &str, digest: &str) -> Option<Change> {
        let (last_digest, change) = self.completed.get(&step_key(step))?;
        (*last_digest == short_digest(digest)).then_some(*change)
    }

    /// Records a finished step; returns once the entry is on the disk.
    pub async fn record(&self, entry: &JournalEntry) -> Result<()> {
        self.wait(self.append(entry)?).await
    }

    /// Queues an entry; entries are written in the order in which they are queued.
    ///
    /// The caller may continue, but must [`wait`](Self::wait) for the entry before it reports the step as done.
    pub fn append(&self, entry: &JournalEntry) -> Result<PendingWrite> {
        let (written, receiver) = oneshot::channel();
        let line = json_line(entry)?;
        let sent = self.requests.as_ref().and_then(|requests| requests.send((line, written)).ok());
        sent.map(|()| PendingWrite(receiver)).ok_or_else(|| Error::write(&self.path, writer_stopped()))
    }

    /// Waits until a queued entry is on the disk.
    pub async fn wait(&self, pending: PendingWrite) -> Result<()> {
        let written = pending.0.await.unwrap_or_else(|_| Err(writer_stopped()));
        written.map_err(|e| Error::write(&self.path, e))
    }

    /// Deletes the journal of a completed import, which has nothing to resume.
    pub fn delete(mut self) -> Result<()> {
        self.stop_writer();
        files::retry_while_in_use(|| std::fs::remove_file(&self.path))
            .map_err(|e| Error::write(&self.path, e))
    }

    fn stop_writer(&mut self) {
        self.requests = None;
        if let Some(writer) = self.writer.take() {
            // The writer stops when the last sender is dropped; a panic in it was reported by `writer_stopped`.
            drop(writer.join());
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.stop_writer();
    }
}

impl Header {
    fn check(&self, path: &Path, target: &ResourceId, source: &str) -> Result<()> {
        let same = |text: &str, other: &str| text.eq_ignore_ascii_case(other);
        if self.journal != FORMAT_VERSION {
            return Err(unusable(path, "another version of azr wrote it"));
        }
        if same(&self.target, target.as_str()) && same(&self.source, source) {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "the journal {} belongs to another import, from {} into {}",
            path.display(),
            self.source,
            self.target
        ))
        .with_hint("Choose another file with --journal."))
    }
}

fn open_file(path: &Path) -> io::Result<File> {
    private::open_file(
        path,
        FileMode::OwnerWritable,
        File::options().read(true).write(true).create(true).truncate(false),
    )
}

fn unusable(path: &Path, reason: &str) -> Error {
    Error::invalid(format!("the journal {} cannot be used: {reason}", path.display()))
        .with_hint("Delete the file to start over; what is already in the center is not written again.")
}

fn json_line(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|e| Error::unexpected(format!("the journal: {e}")))?;
    Ok(format!("{text}\n"))
}

/// The parsed content of a journal.
struct JournalContent {
    header: Option<Header>,
    completed: HashMap<ShortDigest, LastEntry>,
    /// The length of the complete lines in bytes.
    complete_bytes: usize,
}

/// Parses a journal; the error names the damaged line.
fn parse(text: &[u8]) -> Result<JournalContent, String> {
    let mut header = None;
    let mut completed = HashMap::new();
    let mut complete_bytes = 0;
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for (index, line) in lines.iter().enumerate() {
        let is_last = index + 1 == lines.len();
        if is_last && !line.ends_with(b"\n") {
            break;
        }
        let damaged = |e: serde_json::Error| format!("line {} is damaged: {e}", index + 1);
        if index == 0 {
            header = Some(serde_json::from_slice(line).map_err(damaged)?);
        } else {
            match serde_json::from_slice::<JournalEntry>(line) {
                Ok(entry) => {
                    let last = (short_digest(&entry.digest), entry.change);
                    completed.insert(step_key(&entry.step), last);
                }
                // After a power loss the last line may have its length but not its content.
                Err(_) if is_last => break,
                Err(e) => return Err(damaged(e)),
            }
        }
        complete_bytes += line.len();
    }
    Ok(JournalContent { header, completed, complete_bytes })
}

/// Counts the steps in the bytes of a journal and the bytes of its complete lines, for the fuzz targets.
#[doc(hidden)]
pub fn count_steps(text: &[u8]) -> Result<(usize, usize), String> {
    parse(text).map(|content| (content.completed.len(), content.complete_bytes))
}

/// Writes entries until the sender is dropped; entries that are queued at the same time share one sync.
///
/// After a failed write the file ends with its last complete line, and all further entries fail.
fn write_batches(file: &mut impl JournalFile, requests: &mpsc::Receiver<WriteRequest>) {
    let mut failure: Option<io::Error> = None;
    while let Ok(first) = requests.recv() {
        let mut batch = vec![first];
        batch.extend(requests.try_iter());
        if failure.is_none() {
            let text: String = batch.iter().map(|(line, _)| line.as_str()).collect();
            failure = append_or_truncate(file, text.as_bytes()).err();
        }
        for (_, written) in batch {
            let result = match &failure {
                None => Ok(()),
                Some(e) => Err(io::Error::new(e.kind(), e.to_string())),
            };
            // The receiver is gone if the import was interrupted.
            drop(written.send(result));
        }
    }
}

/// A file that can be synced and truncated; a trait so that tests can let it fail.
trait JournalFile: io::Write + io::Seek {
    fn sync(&self) -> io::Result<()>;
    fn truncate(&self, length: u64) -> io::Result<()>;
}

impl JournalFile for File {
    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.set_len(length)
    }
}

/// Appends lines; if that fails, removes what was written of them.
fn append_or_truncate(file: &mut impl JournalFile, text: &[u8]) -> io::Result<()> {
    let length = file.stream_position()?;
    file.write_all(text).and_then(|()| file.sync()).inspect_err(|_| {
        // If this fails, too, the journal ends with a partial line, which is dropped when it is read.
        drop(file.truncate(length));
    })
}

#[cfg(test)]
mod tests;
