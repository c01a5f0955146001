//! Cache folders: one file per entry, named after a hash of its key, removed when it is old.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The path of the cache entry with this key; the file name is a hash, so it reveals nothing about the key.
#[must_use]
pub fn cache_file(folder: &Path, key: &[&str]) -> PathBuf {
    let mut hash = Sha256::new();
    for part in key {
        // The lengths distinguish ("ab", "c") from ("a", "bc").
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    folder.join(BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())).with_extension("json")
}

/// Removes the files in a folder that were last written longer ago than `max_age`.
pub fn remove_older_than(folder: &Path, max_age: Duration) {
    let Ok(files) = fs::read_dir(folder) else { return };
    for file in files.flatten() {
        if file.metadata().ok().and_then(|metadata| file_age(&metadata)).is_some_and(|age| age > max_age) {
            // Another run may have removed the file first.
            let _ = fs::remove_file(file.path());
        }
    }
}

/// The time since a file was last written; `None` if the clock was set back.
#[must_use]
pub fn file_age(metadata: &fs::Metadata) -> Option<Duration> {
    metadata.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_key_are_distinguished() {
        let folder = Path::new("f");
        assert_ne!(cache_file(folder, &["ab", "c"]), cache_file(folder, &["a", "bc"]));
        assert_eq!(cache_file(folder, &["ab", "c"]), cache_file(folder, &["ab", "c"]));
    }
}
