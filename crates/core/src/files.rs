//! Files: read within a limit, and written whole or not at all.
//!
//! What azr keeps for itself goes through [`private`].

pub mod kept;
pub mod private;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// How the name of a temporary begins.
const PREFIX: &str = ".azr-";

/// All that a source holds, which may be so many bytes at the most; fails with `FileTooLarge` where it is more.
pub fn read_within(source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let why = format!("larger than {} MiB", most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// Writes a file through a temporary beside it, which takes its place once all is written.
///
/// A reader sees the old content or the new, never a part; after an error the old content is still there.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let mut draft = Draft::of(path)?;
    draft.write_all(content).map_err(|e| Error::write(path, e))?;
    draft.publish()
}

/// A file that is being written: a temporary beside it, which goes away unless it is published.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    file: NamedTempFile,
}

impl Draft {
    /// Begins the file at `path`; the error names it where its folder cannot be written to.
    pub fn of(path: &Path) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // What a file created without asking for a mode gets, less the process's umask.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        Self::begun(path, &builder)
    }

    /// Begins a file that only the user may read and write, from its first moment on.
    pub fn private(path: &Path) -> Result<Self> {
        // The mode of a temporary, where nobody asks for another, is 0600.
        Self::begun(path, tempfile::Builder::new().prefix(PREFIX))
    }

    fn begun(path: &Path, builder: &tempfile::Builder) -> Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = builder.tempfile_in(folder).map_err(|e| Error::write(path, e))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// The file that it will be.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it in the place of what was there.
    pub fn publish(self) -> Result<()> {
        let Self { path, file } = self;
        file.as_file().sync_all().map_err(|e| Error::write(&path, e))?;
        file.persist(&path).map(drop).map_err(|e| Error::write(&path, e.error))
    }

    fn inner(&mut self) -> &mut File {
        self.file.as_file_mut()
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner().flush()
    }
}

impl Seek for Draft {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner().seek(to)
    }
}

/// The file that `--file-path` means, for a document that is called `name` where it means a folder.
///
/// An existing folder, a path that ends in a separator and one without an ending mean a folder, which is made if
/// it is not there; anything else is the file itself.
pub fn in_folder_or_as(given: &Path, name: &str) -> Result<PathBuf> {
    let text = given.to_string_lossy();
    let folder = given.is_dir() || text.ends_with(std::path::is_separator) || given.extension().is_none();
    if !folder {
        return Ok(given.to_owned());
    }
    std::fs::create_dir_all(given).map_err(|e| Error::write(given, e))?;
    Ok(given.join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        write(&path, b"one").expect("written");
        write(&path, b"two").expect("written again");
        assert_eq!(std::fs::read(&path).expect("read"), b"two");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_draft_that_is_not_published_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.json");
        write(&path, b"one").expect("written");
        let mut draft = Draft::of(&path).expect("begun");
        draft.write_all(b"half of it").expect("written");
        drop(draft);
        assert_eq!(std::fs::read(&path).expect("read"), b"one");
        assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("no/a.json");
        let error = write(&path, b"x").expect_err("no folder");
        assert!(error.to_string().contains("a.json"), "{error}");
    }

    #[test]
    fn a_source_is_read_up_to_its_limit_and_no_further() {
        assert_eq!(read_within(&[7; 8][..], 8).expect("read"), [7; 8]);
        // It has no end.
        let error = read_within(io::repeat(0), 1 << 20).expect_err("too large");
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (io::ErrorKind::FileTooLarge, "larger than 1 MiB")
        );
    }

    #[test]
    fn a_path_means_a_folder_unless_it_ends_like_a_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |tail: &str| in_folder_or_as(&folder.path().join(tail), "doc.json").expect("a path");
        assert_eq!(at("new"), folder.path().join("new/doc.json"));
        assert!(folder.path().join("new").is_dir());
        assert_eq!(at("x.yaml"), folder.path().join("x.yaml"));
    }
}
