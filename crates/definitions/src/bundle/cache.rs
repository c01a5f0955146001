//! Parsed files that several definitions share, so that each file is read once.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use azr_core::error::Result;

/// The maximum size of the files whose documents are kept. A document takes about ten times the memory of its text.
const MAX_CACHED: usize = 16 * 1024 * 1024;

/// A parsed file.
#[derive(Debug)]
pub(super) struct Document {
    /// The document, or the text of another file.
    pub(super) value: Value,
    /// The size of the file in bytes.
    pub(super) size: usize,
    /// A hash of the text.
    hash: u64,
}

impl Document {
    /// The document of a file of this size, whose text has this [`hash_text`].
    pub(super) fn new(value: Value, size: usize, hash: u64) -> Self {
        Self { value, size, hash }
    }
}

/// The place of a document; while it is locked, somebody reads the file.
type Slot = Arc<Mutex<Option<Arc<Document>>>>;

#[derive(Default)]
struct Slots {
    by_path: HashMap<(String, String), Slot>,
    size: usize,
}

/// The documents of files that definitions refer to, and those of the definitions themselves.
///
/// A file that changes is not read again: use a new cache where that matters.
#[derive(Default)]
pub struct DocumentCache(Mutex<Slots>);

impl DocumentCache {
    /// The document of a file, which `read` reads if necessary. `scope` identifies the folder of the path.
    pub(super) fn get(
        &self,
        scope: &str,
        path: &str,
        read: impl FnOnce() -> Result<Document>,
    ) -> Result<Arc<Document>> {
        self.get_if(scope, path, |_| true, read)
    }

    /// The document of a definition with this text.
    pub(super) fn get_definition(
        &self,
        scope: &str,
        path: &str,
        text: &str,
        parse: impl FnOnce() -> Result<Document>,
    ) -> Result<Arc<Document>> {
        let hash = hash_text(text);
        self.get_if(scope, path, |document| document.hash == hash, parse)
    }

    fn get_if(
        &self,
        scope: &str,
        path: &str,
        is_current: impl FnOnce(&Document) -> bool,
        read: impl FnOnce() -> Result<Document>,
    ) -> Result<Arc<Document>> {
        let key = (scope.to_owned(), path.to_owned());
        let slot = lock(&self.0).by_path.entry(key).or_default().clone();
        let mut document = lock(&slot);
        if let Some(document) = document.as_ref().filter(|document| is_current(document)) {
            return Ok(document.clone());
        }
        let new = Arc::new(read()?);
        if self.reserve(new.size) {
            *document = Some(new.clone());
        }
        Ok(new)
    }

    /// Makes room for a document; `false` if it is too large to be kept.
    fn reserve(&self, size: usize) -> bool {
        let mut slots = lock(&self.0);
        if slots.size + size > MAX_CACHED {
            *slots = Slots::default();
        }
        slots.size += size;
        size <= MAX_CACHED
    }
}

/// Locks a mutex; what it guards is valid even if another thread panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A hash that distinguishes the versions of a file.
pub(super) fn hash_text(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::error::Error;

    fn document(text: &str, size: usize) -> Document {
        Document::new(Value::from(text), size, hash_text(text))
    }

    #[test]
    fn a_file_is_read_once_unless_that_failed() {
        let cache = DocumentCache::default();
        assert!(cache.get("", "a", || Err(Error::invalid("a"))).is_err());
        let first = cache.get("", "a", || Ok(document("one", 1))).expect("read");
        let second = cache.get("", "a", || Err(Error::invalid("read again"))).expect("cached");
        assert!(Arc::ptr_eq(&first, &second));
        let other = cache.get("other folder", "a", || Ok(document("two", 1))).expect("read");
        assert_eq!(other.value, "two");
        let changed = cache.get_definition("", "a", "three", || Ok(document("three", 1))).expect("read");
        assert_eq!(changed.value, "three");
    }

    #[test]
    fn the_size_is_limited() {
        let cache = DocumentCache::default();
        let read = |path: &str, size: usize| cache.get("", path, || Ok(document("x", size))).expect("read");
        let is_cached = |path: &str| cache.get("", path, || Err(Error::invalid("no"))).is_ok();
        read("a", MAX_CACHED / 2);
        read("b", MAX_CACHED / 2);
        assert!(is_cached("a") && is_cached("b"));
        read("c", MAX_CACHED / 2);
        assert!(!is_cached("a"));
        read("large", MAX_CACHED + 1);
        assert!(!is_cached("large"));
    }
}
