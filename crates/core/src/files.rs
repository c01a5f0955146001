//! Reading files within a size limit, and writing them atomically.
//!
//! Files that azr keeps for itself (tokens, journals, state) are read and written with [`private`].

mod atomic_file;
pub mod cache_dir;
mod in_use;
pub mod names;
pub mod private;

use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

pub use self::atomic_file::AtomicFile;
use crate::error::{Error, Result};
use crate::interrupt::BlockedSection;

/// Reads a source to its end; fails with [`io::ErrorKind::FileTooLarge`] if it has more than `limit` bytes.
pub fn read_limited(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let _section = BlockedSection::start();
    let mut bytes = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let message = format!("larger than {} MiB", limit >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    Ok(bytes)
}

/// Writes a file atomically: a temporary file beside it is renamed once it is complete.
///
/// Readers see the old content or the new, never part of it; after an error the old content is still there.
pub fn write_file(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(content).map_err(|e| Error::write(path, e))?;
    file.commit()
}

/// Replaces the content of an existing file atomically, keeping its permissions.
///
/// If the path is a symbolic link (settings shared into a container, say), the link stays and its target is replaced.
pub(crate) fn replace_file(path: &Path, content: &[u8]) -> Result<()> {
    let target = std::fs::canonicalize(path).map_err(|e| Error::write(path, e))?;
    let failed = |e| Error::write(&target, e);
    let mut file = AtomicFile::create_private(&target)?;
    file.write_all(content).map_err(failed)?;
    private::copy_access(&target, file.temporary_path()).map_err(failed)?;
    file.commit()
}

/// Writes, opens or deletes a file, and tries again for about a second while another program has it open.
///
/// For files that are not written with [`write_file`]. Only Windows refuses this at all.
pub fn retry_while_in_use<T>(operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    in_use::retry(operation)
}

/// A path as results, reports and messages show it: with `/` on every system, so that they do not differ.
#[must_use]
pub fn display_path(path: &Path) -> String {
    let text = path.display().to_string();
    // A path such as `\\?\C:\…` is not valid with other separators.
    if cfg!(windows) && !text.starts_with(r"\\?\") { text.replace('\\', "/") } else { text }
}

/// The file to write for `--file-path`: the path itself, or `name` inside it if the path means a folder.
///
/// An existing folder, a path that ends in a separator and a path without an extension mean a folder, which is created
/// if it does not exist; a device (`/dev/stdout`, `NUL`) and a pipe mean themselves.
pub fn resolve_output_path(path: &Path, name: &str) -> Result<PathBuf> {
    let text = path.to_string_lossy();
    let is_folder = path.is_dir() || text.ends_with(std::path::is_separator) || path.extension().is_none();
    if !is_folder || atomic_file::is_device_or_pipe(path) {
        return Ok(path.to_owned());
    }
    std::fs::create_dir_all(path).map_err(|e| Error::write(path, e))?;
    Ok(path.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        write_file(&path, b"one").expect("written");
        write_file(&path, b"two").expect("written again");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_file_that_is_not_committed_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        write_file(&path, b"one").expect("written");
        let mut file = AtomicFile::create(&path).expect("begun");
        file.write_all(b"half of it").expect("written");
        drop(file);
        assert_eq!(std::fs::read(&path).expect("read"), b"one");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("no/a.json");
        let error = write_file(&path, b"x").expect_err("no folder");
        assert!(error.to_string().contains("a.json"), "{error}");
    }

    #[test]
    fn a_source_is_read_up_to_its_limit_and_no_further() {
        assert_eq!(read_limited(&[7; 8][..], 8).expect("read"), [7; 8]);
        // It has no end.
        let error = read_limited(io::repeat(0), 1 << 20).expect_err("too large");
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (io::ErrorKind::FileTooLarge, "larger than 1 MiB")
        );
    }

    #[test]
    fn a_path_is_shown_in_the_same_way_on_every_system() {
        let path: PathBuf = ["specs", "v1", "pets.yaml"].iter().collect();
        assert_eq!(display_path(&path), "specs/v1/pets.yaml");
        let backslash = if cfg!(windows) { "a/b" } else { r"a\b" };
        assert_eq!(display_path(Path::new(r"a\b")), backslash);
    }

    #[test]
    fn a_path_means_a_folder_unless_it_ends_like_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let resolve =
            |tail: &str| resolve_output_path(&folder.path().join(tail), "doc.json").expect("a path");
        assert_eq!(resolve("new"), folder.path().join("new/doc.json"));
        assert!(folder.path().join("new").is_dir());
        assert_eq!(resolve("x.yaml"), folder.path().join("x.yaml"));
    }
}
