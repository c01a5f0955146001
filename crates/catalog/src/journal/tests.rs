//! Tests of the journal.

use proptest::prelude::*;

use super::*;
use azr_core::resource::{APIM_SERVICE, CENTER};

fn ids() -> (ResourceId, String) {
    let group = ResourceId::resource_group("s", "g");
    (CENTER.id(&group, &["c"]), APIM_SERVICE.id(&group, &["m"]).to_string())
}

fn entry(step: &str) -> JournalEntry {
    JournalEntry { step: step.to_owned(), digest: "d".to_owned(), change: Change::Create }
}

async fn write_two_entries(path: &Path) {
    let (target, source) = ids();
    let journal = Journal::open(path, &target, &source).expect("a new journal");
    assert!(journal.is_empty());
    for name in ["a", "b"] {
        journal.record(&entry(name)).await.expect("written");
    }
}

#[tokio::test(flavor = "current_thread")]
async fn completed_steps_are_read_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("below/j.jsonl");
    write_two_entries(&path).await;
    let (target, source) = ids();
    let again = Journal::open(&path, &target, &source).expect("the same");
    assert_eq!((again.len(), again.completed("a", "d")), (2, Some(Change::Create)));
    assert_eq!((again.completed("a", "other"), again.completed("c", "d")), (None, None));
    let second = Journal::open(&path, &target, &source).expect_err("in use");
    assert!(second.to_string().contains("another azr process"), "{second}");
    again.delete().expect("removed");
    assert!(!path.exists());
}

#[tokio::test(flavor = "current_thread")]
async fn a_torn_last_line_is_dropped_and_a_torn_middle_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("j.jsonl");
    let (target, source) = ids();
    write_two_entries(&path).await;
    let whole = std::fs::read(&path).expect("read");
    for torn in [&b"{\"step\":\"c\",\"dig"[..], b"\0\0\0\0\n", b"{}\n"] {
        std::fs::write(&path, [&whole, torn].concat()).expect("written");
        let journal = Journal::open(&path, &target, &source).expect("usable");
        assert_eq!(journal.len(), 2);
        journal.record(&entry("c")).await.expect("written");
        drop(journal);
        assert_eq!(Journal::open(&path, &target, &source).expect("whole").len(), 3);
    }
    std::fs::write(&path, [&whole, &b"nonsense\n"[..], &whole].concat()).expect("written");
    assert!(Journal::open(&path, &target, &source).is_err());
    // Not even the first line is complete.
    std::fs::write(&path, &whole[..10]).expect("written");
    assert!(Journal::open(&path, &target, &source).expect("started over").is_empty());
}

#[tokio::test(flavor = "current_thread")]
async fn the_journal_of_another_import_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("j.jsonl");
    write_two_entries(&path).await;
    let (target, source) = ids();
    let error = Journal::open(&path, &target, "elsewhere").expect_err("another");
    assert!(error.to_string().contains("another import"), "{error}");
    assert_ne!(
        default_path(folder.path(), &target, &source),
        default_path(folder.path(), &target, "elsewhere")
    );
}

#[tokio::test(flavor = "current_thread")]
async fn only_the_last_entry_of_a_step_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("j.jsonl");
    let (target, source) = ids();
    let journal = Journal::open(&path, &target, &source).expect("a new journal");
    for digest in ["first", "second"] {
        journal.record(&JournalEntry { digest: digest.to_owned(), ..entry("A") }).await.expect("written");
    }
    drop(journal);
    let journal = Journal::open(&path, &target, &source).expect("the same");
    assert_eq!(journal.completed("a", "first"), None);
    assert_eq!(journal.completed("a", "second"), Some(Change::Create));
}

/// A file on a disk that is full for one write.
struct FullDisk(std::cell::RefCell<io::Cursor<Vec<u8>>>, usize);

impl io::Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1 = self.1.saturating_sub(1);
        match self.1 {
            // Half of the line, then no more space, then space again.
            2 => self.0.get_mut().write(&bytes[..bytes.len() / 2]),
            1 => Err(io::ErrorKind::StorageFull.into()),
            _ => self.0.get_mut().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Seek for FullDisk {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.0.get_mut().seek(position)
    }
}

impl JournalFile for FullDisk {
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    fn truncate(&self, length: u64) -> io::Result<()> {
        self.0.borrow_mut().get_mut().truncate(usize::try_from(length).expect("a length"));
        Ok(())
    }
}

#[test]
fn after_a_failed_write_the_journal_ends_with_a_complete_line() {
    let mut file = FullDisk(std::cell::RefCell::default(), 4);
    let mut results = Vec::new();
    for line in ["first\n", "second\n", "third\n"] {
        let (sender, requests) = mpsc::channel();
        let (written, receiver) = oneshot::channel();
        sender.send((line.to_owned(), written)).expect("sent");
        drop(sender);
        if results.iter().any(|is_ok| !is_ok) {
            break;
        }
        write_batches(&mut file, &requests);
        results.push(receiver.blocking_recv().expect("a result").is_ok());
    }
    assert_eq!(results, [true, false]);
    assert_eq!(file.0.into_inner().into_inner(), b"first\n");
}

#[test]
fn after_a_failed_write_further_entries_fail() {
    let mut file = FullDisk(std::cell::RefCell::default(), 3);
    let (sender, requests) = mpsc::channel();
    let writer = std::thread::spawn(move || {
        write_batches(&mut file, &requests);
        file.0.into_inner().into_inner()
    });
    for line in ["first\n", "second\n"] {
        let (written, receiver) = oneshot::channel();
        sender.send((line.to_owned(), written)).expect("sent");
        assert!(receiver.blocking_recv().expect("a result").is_err(), "{line}");
    }
    drop(sender);
    assert_eq!(writer.join().expect("ended"), b"");
}

#[cfg(unix)]
#[tokio::test(flavor = "current_thread")]
async fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("j.jsonl");
    write_two_entries(&path).await;
    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
}

proptest! {
    #[test]
    fn a_truncated_journal_is_a_prefix_of_its_entries(
        steps in prop::collection::vec((any::<String>(), "[0-9a-f]{0,8}"), 0..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let (target, source) = ids();
        let header = Header { journal: FORMAT_VERSION, target: target.to_string(), source };
        let mut text = json_line(&header).expect("a line");
        let mut ends = vec![text.len()];
        for (step, digest) in &steps {
            let entry = JournalEntry { step: step.clone(), digest: digest.clone(), change: Change::Update };
            text.push_str(&json_line(&entry).expect("a line"));
            ends.push(text.len());
        }
        let left = &text.as_bytes()[..cut.index(text.len() + 1)];
        let whole = ends.iter().filter(|end| **end <= left.len()).count();
        let content = parse(left).expect("a torn end is not damage");
        prop_assert_eq!(content.header.is_some(), whole > 0);
        prop_assert_eq!(content.complete_bytes, whole.checked_sub(1).map_or(0, |last| ends[last]));
        let expected: HashMap<ShortDigest, LastEntry> =
            steps.iter().take(whole.saturating_sub(1)).map(|(s, d)| (step_key(s), (short_digest(d), Change::Update))).collect();
        prop_assert_eq!(content.completed, expected);
    }
}
