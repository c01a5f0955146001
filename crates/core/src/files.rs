//! Reading files within a size limit, and writing them atomically.
//!
//! Files that azr keeps for itself (tokens, journals, state) are read and written with [`private`].

pub mod cache_dir;
mod in_use;
pub mod names;
pub mod private;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};
use crate::interrupt::{BlockedSection, TemporaryFileEntry};

/// The prefix of temporary file names.
const TEMPORARY_PREFIX: &str = ".azr-";

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
    private::copy_access(&target, file.file.path()).map_err(failed)?;
    file.commit()
}

/// A file being written: a temporary file beside the target, removed on drop and by a signal unless it is
/// committed.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    file: NamedTempFile,
    entry: TemporaryFileEntry,
}

impl AtomicFile {
    /// Starts writing the file at `path`, which gets the default permissions of a new file.
    pub fn create(path: &Path) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY_PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // The mode of a file created by other means, before the umask; a temporary file has 0600 by default.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        Self::create_with(path, &builder)
    }

    /// Starts writing the file at `path`, which is for the user alone before anything is written to it.
    pub(crate) fn create_private(path: &Path) -> Result<Self> {
        let file = Self::create_with(path, tempfile::Builder::new().prefix(TEMPORARY_PREFIX))?;
        private::restrict_to_user(file.file.path()).map_err(|e| Error::write(path, e))?;
        Ok(file)
    }

    fn create_with(path: &Path, builder: &tempfile::Builder) -> Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let (file, entry) = TemporaryFileEntry::create(|| builder.tempfile_in(folder), NamedTempFile::path)
            .map_err(|e| {
            if folder.is_dir() {
                // Without the path of the temporary file, which says nothing to the user.
                return Error::write(path, io::Error::from(e.kind()));
            }
            Error::write(path, io::Error::new(e.kind(), "its folder does not exist"))
                .with_hint(format!("Create the folder {} first.", folder.display()))
        })?;
        Ok(Self { path: path.to_owned(), file, entry })
    }

    /// The path of the target.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Flushes the file to disk and moves it to its target, replacing any existing file.
    pub fn commit(self) -> Result<()> {
        let Self { path, file, entry } = self;
        file.as_file().sync_all().map_err(|e| Error::write(&path, e))?;
        let persisted = replace(file, &path);
        drop(entry);
        persisted.map_err(|e| {
            let is_in_use = in_use::is_in_use(&e);
            let error = Error::write(&path, e);
            match is_in_use {
                true if is_read_only(&path) => error.with_hint("Remove the read-only attribute of the file."),
                true => error.with_hint("Close the program that has the file open."),
                false => error,
            }
        })
    }

    fn inner(&mut self) -> &mut File {
        self.file.as_file_mut()
    }
}

/// Whether a file may not be changed; other systems replace such a file, Windows does not.
fn is_read_only(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly())
}

/// Moves a temporary file to its target, and waits for a moment if another program has the target open.
fn replace(file: NamedTempFile, path: &Path) -> io::Result<()> {
    if cfg!(windows) && is_read_only(path) {
        // Waiting does not help.
        return file.persist(path).map(drop).map_err(|e| e.error);
    }
    let mut file = Some(file);
    in_use::retry(|| match file.take() {
        Some(temporary) => temporary.persist(path).map(drop).map_err(|e| {
            file = Some(e.file);
            e.error
        }),
        None => Ok(()),
    })
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner().flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner().seek(to)
    }
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
/// if it does not exist.
pub fn resolve_output_path(path: &Path, name: &str) -> Result<PathBuf> {
    let text = path.to_string_lossy();
    let is_folder = path.is_dir() || text.ends_with(std::path::is_separator) || path.extension().is_none();
    if !is_folder {
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
