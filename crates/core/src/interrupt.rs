//! What an interrupted process must know: whether it waits for input or output, which temporary files exist, and
//! whether the service carries out an operation for it.
//!
//! A signal ends a wait for the user, a pipe or a terminal at once, because code that waits there cannot notice it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many threads wait for input or output.
static BLOCKED: AtomicUsize = AtomicUsize::new(0);

/// How many long-running operations have been requested that have not ended.
static RUNNING_OPERATIONS: AtomicUsize = AtomicUsize::new(0);

/// The temporary files that exist.
static TEMPORARY_FILES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A section of code that may wait for input or output; it ends when this is dropped.
#[derive(Debug)]
pub struct BlockedSection(());

impl BlockedSection {
    /// Starts the section.
    #[must_use]
    pub fn start() -> Self {
        BLOCKED.fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    /// Whether a thread is in such a section.
    #[must_use]
    pub fn is_active() -> bool {
        BLOCKED.load(Ordering::SeqCst) > 0
    }
}

impl Drop for BlockedSection {
    fn drop(&mut self) {
        BLOCKED.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A long-running operation of a service, until its end is known.
///
/// The service continues it when azr is interrupted, so dropping this does not end it.
#[derive(Debug)]
#[must_use]
pub struct RunningOperation(());

impl RunningOperation {
    /// The operation that a request starts.
    pub fn start() -> Self {
        RUNNING_OPERATIONS.fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    /// The operation has ended.
    pub fn end(self) {
        RUNNING_OPERATIONS.fetch_sub(1, Ordering::SeqCst);
    }

    /// Whether the service still carries out an operation.
    #[must_use]
    pub fn exists() -> bool {
        RUNNING_OPERATIONS.load(Ordering::SeqCst) > 0
    }
}

/// The entry of a temporary file, which is forgotten when this is dropped.
#[derive(Debug)]
pub(crate) struct TemporaryFileEntry(PathBuf);

impl TemporaryFileEntry {
    /// Creates a temporary file and its entry.
    pub(crate) fn create<T, E>(
        create: impl FnOnce() -> Result<T, E>,
        path: impl FnOnce(&T) -> &Path,
    ) -> Result<(T, Self), E> {
        // The lock is held meanwhile, so that no file is created once the process removes them.
        let mut files = temporary_files();
        let file = create()?;
        let path = path(&file).to_owned();
        files.push(path.clone());
        Ok((file, Self(path)))
    }
}

impl Drop for TemporaryFileEntry {
    fn drop(&mut self) {
        temporary_files().retain(|path| *path != self.0);
    }
}

/// Removes all temporary files. None can be created afterwards, so this is for a process that ends.
pub fn remove_temporary_files() {
    let files = temporary_files();
    for path in files.iter() {
        // It may have been moved to its target.
        let _ = std::fs::remove_file(path);
    }
    std::mem::forget(files);
}

fn temporary_files() -> MutexGuard<'static, Vec<PathBuf>> {
    TEMPORARY_FILES.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_of_a_temporary_file_ends_with_it() {
        let is_known = |path: &str| temporary_files().iter().any(|known| known == Path::new(path));
        let ((), entry) = TemporaryFileEntry::create(|| Ok::<_, ()>(()), |()| Path::new("/azr-test-entry"))
            .expect("an entry");
        assert!(is_known("/azr-test-entry"));
        drop(entry);
        assert!(!is_known("/azr-test-entry"));
        assert!(
            TemporaryFileEntry::create(|| Err::<(), _>("full"), |()| Path::new("/azr-test-full")).is_err()
        );
        assert!(!is_known("/azr-test-full"));
    }

    #[test]
    fn a_blocked_section_ends_when_it_is_dropped() {
        let section = BlockedSection::start();
        assert!(BlockedSection::is_active());
        drop(section);
        // Other tests of this process read files.
        for _ in 0..1000 {
            if !BlockedSection::is_active() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        panic!("the section has not ended");
    }
}
