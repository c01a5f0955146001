//! What an import has done so far, so that after a crash the same command goes on where it was.
//!
//! A file of JSON lines: the first says which import it is, each other names a finished step. A line counts once it
//! is on the disk; steps that end at about the same time share one sync. A line that was cut short by a crash does
//! not count, as its step was never reported as done.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use super::document;
use super::plan::Change;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::files::private::{self, FileMode};
use azr_core::id::ResourceId;

/// The largest journal that is read: a million steps or so.
const MAX_BYTES: u64 = 256 << 20;

/// The layout of the file.
const LAYOUT: u32 = 1;

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    journal: u32,
    target: String,
    source: String,
}

/// A finished step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The resource, or the document of a definition.
    pub step: String,
    /// The SHA-256 of what was sent.
    pub digest: String,
    /// What it was.
    pub change: Change,
}

/// A step and what was sent, as the start of their SHA-256: a journal may have a hundred thousand steps.
type Key = [u8; 16];

fn key(step: &str, digest: &str) -> Key {
    let mut hasher = Sha256::new();
    hasher.update(step.to_ascii_lowercase());
    hasher.update(b"\n");
    hasher.update(digest);
    let mut key = Key::default();
    key.iter_mut().zip(hasher.finalize()).for_each(|(to, from)| *to = from);
    key
}

type Ask = (String, oneshot::Sender<io::Result<()>>);

/// A note that is on its way to the disk.
#[derive(Debug)]
pub struct Noted(oneshot::Receiver<io::Result<()>>);

fn ended() -> io::Error {
    io::Error::other("the writer of the journal has ended")
}

/// The journal of one import.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    done: HashMap<Key, Change>,
    lines: Option<mpsc::Sender<Ask>>,
    writer: Option<JoinHandle<()>>,
}

/// The file of an import's journal below a folder: one for each pair of target and source.
///
/// The source is a text that says what is imported: a resource id, or the paths of files.
#[must_use]
pub fn file_for(folder: &Path, target: &ResourceId, source: &str) -> PathBuf {
    let pair = format!("{target}\n{source}").to_lowercase();
    folder.join("journals").join(format!("import-{}.jsonl", &document::digest(pair.as_bytes())[..16]))
}

impl Journal {
    /// Opens the journal, or begins it; refuses that of another import, and one that another azr is writing.
    pub fn open(path: &Path, target: &ResourceId, source: &str) -> Result<Self> {
        let failed = |e: io::Error| Error::write(path, e);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            private::create_folders(folder).map_err(failed)?;
        }
        let mut file = opened(path).map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(Error::conflict(format!("--journal: another azr is writing {}", path.display()))
                .with_hint("Wait for it to end."));
        }
        let text = files::read_limited(&mut file, MAX_BYTES).map_err(|e| Error::read(path, e))?;
        let Content { header, done, good } = read(&text).map_err(|why| damaged(path, &why))?;
        if let Some(header) = header {
            header.check(path, target, source)?;
        } else {
            let header = Header { journal: LAYOUT, target: target.to_string(), source: source.to_owned() };
            file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
            file.write_all(line(&header)?.as_bytes()).map_err(failed)?;
        }
        if good > 0 {
            // What follows the last whole line was cut short, and must not run into the next one.
            file.set_len(good as u64).map_err(failed)?;
        }
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let (lines, asks) = mpsc::channel();
        let writer = std::thread::Builder::new().name("journal".to_owned());
        let writer = writer.spawn(move || write(&mut file, &asks)).map_err(failed)?;
        Ok(Self { path: path.to_owned(), done, lines: Some(lines), writer: Some(writer) })
    }

    /// How many steps a former run has done.
    #[must_use]
    pub fn len(&self) -> usize {
        self.done.len()
    }

    /// Whether there was no former run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    /// What a former run did for a step, if it sent just this.
    #[must_use]
    pub fn done(&self, step: &str, digest: &str) -> Option<Change> {
        self.done.get(&key(step, digest)).copied()
    }

    /// Notes that a step is done; returns when that is on the disk.
    pub async fn record(&self, done: &Done) -> Result<()> {
        self.settle(self.note(done)?).await
    }

    /// Hands the note that a step is done to the writer, who writes notes in the order in which they come.
    ///
    /// Whoever goes on meanwhile awaits it with [`Journal::settle`] before it is said that all is done.
    pub fn note(&self, done: &Done) -> Result<Noted> {
        let (heard, answer) = oneshot::channel();
        let line = line(done)?;
        let sent = self.lines.as_ref().and_then(|lines| lines.send((line, heard)).ok());
        sent.map(|()| Noted(answer)).ok_or_else(|| Error::write(&self.path, ended()))
    }

    /// Returns when a note is on the disk.
    pub async fn settle(&self, noted: Noted) -> Result<()> {
        noted.0.await.unwrap_or_else(|_| Err(ended())).map_err(|e| Error::write(&self.path, e))
    }

    /// Ends the journal of an import that is complete: there is nothing left to go on with.
    pub fn complete(mut self) -> Result<()> {
        self.end();
        std::fs::remove_file(&self.path).map_err(|e| Error::write(&self.path, e))
    }

    fn end(&mut self) {
        self.lines = None;
        if let Some(writer) = self.writer.take() {
            // It ends by itself once nobody can ask it any more.
            drop(writer.join());
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.end();
    }
}

impl Header {
    fn check(&self, path: &Path, target: &ResourceId, source: &str) -> Result<()> {
        let same = |text: &str, other: &str| text.eq_ignore_ascii_case(other);
        if self.journal != LAYOUT {
            return Err(damaged(path, "another version of azr wrote it"));
        }
        if same(&self.target, target.as_str()) && same(&self.source, source) {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "--journal: {} is of another import, from {} into {}",
            path.display(),
            self.source,
            self.target
        ))
        .with_hint("Give another file."))
    }
}

fn opened(path: &Path) -> io::Result<File> {
    private::open_file(
        path,
        FileMode::OwnerWritable,
        File::options().read(true).write(true).create(true).truncate(false),
    )
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::invalid(format!("--journal: {} cannot be used: {why}", path.display()))
        .with_hint("Remove it to begin anew; what is in the center already is not done again.")
}

fn line(of: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(of).map_err(|e| Error::unexpected(format!("the journal: {e}")))?;
    Ok(format!("{text}\n"))
}

/// What a journal says.
pub(crate) struct Content {
    header: Option<Header>,
    /// The steps that are done.
    pub(crate) done: HashMap<Key, Change>,
    /// How many of its bytes are whole lines.
    pub(crate) good: usize,
}

/// Reads the bytes of a journal; the error says which line is damaged.
pub(crate) fn read(text: &[u8]) -> Result<Content, String> {
    let mut header = None;
    let mut done = HashMap::new();
    let mut good = 0;
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    for (at, line) in lines.iter().enumerate() {
        let last = at + 1 == lines.len();
        if last && !line.ends_with(b"\n") {
            break;
        }
        let bad = |e: serde_json::Error| format!("line {} is damaged: {e}", at + 1);
        if at == 0 {
            header = Some(serde_json::from_slice(line).map_err(bad)?);
        } else {
            match serde_json::from_slice::<Done>(line) {
                Ok(step) => drop(done.insert(key(&step.step, &step.digest), step.change)),
                // After a power loss the last line may have its length but not its content.
                Err(_) if last => break,
                Err(e) => return Err(bad(e)),
            }
        }
        good += line.len();
    }
    Ok(Content { header, done, good })
}

/// Counts the steps in the bytes of a journal and the bytes of its complete lines, for the fuzz targets.
#[doc(hidden)]
pub fn count_steps(text: &[u8]) -> Result<(usize, usize), String> {
    read(text).map(|content| (content.done.len(), content.good))
}

/// Writes what it is asked to until nobody can ask any more; all that has come meanwhile shares a sync.
fn write(file: &mut File, asks: &mpsc::Receiver<Ask>) {
    while let Ok(first) = asks.recv() {
        let mut batch = vec![first];
        batch.extend(asks.try_iter());
        let text: String = batch.iter().map(|(line, _)| line.as_str()).collect();
        let outcome = file.write_all(text.as_bytes()).and_then(|()| file.sync_data());
        for (_, heard) in batch {
            let answer = match &outcome {
                Ok(()) => Ok(()),
                Err(e) => Err(io::Error::new(e.kind(), e.to_string())),
            };
            // Whoever asked may have been told to end.
            drop(heard.send(answer));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use azr_core::resource::{APIM_SERVICE, CENTER};

    fn ids() -> (ResourceId, String) {
        let group = ResourceId::resource_group("s", "g");
        (CENTER.id(&group, &["c"]), APIM_SERVICE.id(&group, &["m"]).to_string())
    }

    fn step(name: &str) -> Done {
        Done { step: name.to_owned(), digest: "d".to_owned(), change: Change::Create }
    }

    async fn begun(path: &Path) {
        let (target, source) = ids();
        let journal = Journal::open(path, &target, &source).expect("a new journal");
        assert!(journal.is_empty());
        for name in ["a", "b"] {
            journal.record(&step(name)).await.expect("written");
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_was_done_is_known_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("below/j.jsonl");
        begun(&path).await;
        let (target, source) = ids();
        let again = Journal::open(&path, &target, &source).expect("the same");
        assert_eq!((again.len(), again.done("a", "d")), (2, Some(Change::Create)));
        assert_eq!((again.done("a", "other"), again.done("c", "d")), (None, None));
        let second = Journal::open(&path, &target, &source).expect_err("in use");
        assert!(second.to_string().contains("another azr"), "{second}");
        again.complete().expect("removed");
        assert!(!path.exists());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_torn_last_line_is_forgotten_and_a_torn_middle_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("j.jsonl");
        let (target, source) = ids();
        begun(&path).await;
        let whole = std::fs::read(&path).expect("read");
        for torn in [&b"{\"step\":\"c\",\"dig"[..], b"\0\0\0\0\n", b"{}\n"] {
            std::fs::write(&path, [&whole, torn].concat()).expect("written");
            let journal = Journal::open(&path, &target, &source).expect("usable");
            assert_eq!(journal.len(), 2);
            journal.record(&step("c")).await.expect("written");
            drop(journal);
            assert_eq!(Journal::open(&path, &target, &source).expect("whole").len(), 3);
        }
        std::fs::write(&path, [&whole, &b"nonsense\n"[..], &whole].concat()).expect("written");
        assert!(Journal::open(&path, &target, &source).is_err());
        // Not even the first line was written.
        std::fs::write(&path, &whole[..10]).expect("written");
        assert!(Journal::open(&path, &target, &source).expect("begun anew").is_empty());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn the_journal_of_another_import_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("j.jsonl");
        begun(&path).await;
        let (target, source) = ids();
        let error = Journal::open(&path, &target, "elsewhere").expect_err("another");
        assert!(error.to_string().contains("another import"), "{error}");
        assert_ne!(file_for(folder.path(), &target, &source), file_for(folder.path(), &target, "elsewhere"));
    }

    #[cfg(unix)]
    #[tokio::test(flavor = "current_thread")]
    async fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("j.jsonl");
        begun(&path).await;
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    }

    proptest! {
        #[test]
        fn what_is_left_of_a_journal_is_a_prefix_of_it(
            steps in prop::collection::vec((any::<String>(), "[0-9a-f]{0,8}"), 0..6),
            cut in any::<prop::sample::Index>(),
        ) {
            let (target, source) = ids();
            let header = Header { journal: LAYOUT, target: target.to_string(), source };
            let mut text = line(&header).expect("a line");
            let mut ends = vec![text.len()];
            for (step, digest) in &steps {
                let done = Done { step: step.clone(), digest: digest.clone(), change: Change::Update };
                text.push_str(&line(&done).expect("a line"));
                ends.push(text.len());
            }
            let left = &text.as_bytes()[..cut.index(text.len() + 1)];
            let whole = ends.iter().filter(|end| **end <= left.len()).count();
            let content = read(left).expect("what is torn at its end is no damage");
            prop_assert_eq!(content.header.is_some(), whole > 0);
            prop_assert_eq!(content.good, whole.checked_sub(1).map_or(0, |last| ends[last]));
            let kept: HashMap<Key, Change> =
                steps.iter().take(whole.saturating_sub(1)).map(|(s, d)| (key(s, d), Change::Update)).collect();
            prop_assert_eq!(content.done, kept);
        }
    }
}
