//! Folders of what azr can find out again: a file for each thing, named after what it is kept for, gone when it is old.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The file in a folder for what these parts tell from all else; its name gives none of them away.
#[must_use]
pub fn file(folder: &Path, parts: &[&str]) -> PathBuf {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    folder.join(BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())).with_extension("json")
}

/// Removes the files that were written so long ago.
pub fn tidy(folder: &Path, age: Duration) {
    let Ok(files) = fs::read_dir(folder) else { return };
    for file in files.flatten() {
        if file.metadata().ok().and_then(|about| age_of(&about)).is_some_and(|own| own > age) {
            // One that another run removed first is gone as well.
            let _ = fs::remove_file(file.path());
        }
    }
}

/// How long ago a file was written; none where the clock went back.
#[must_use]
pub fn age_of(about: &fs::Metadata) -> Option<Duration> {
    about.modified().ok()?.elapsed().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart() {
        let folder = Path::new("f");
        assert_ne!(file(folder, &["ab", "c"]), file(folder, &["a", "bc"]));
        assert_eq!(file(folder, &["ab", "c"]), file(folder, &["ab", "c"]));
    }
}
