//! Files that are replaced as a whole, by a temporary file beside them.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{in_use, names, private};
use crate::error::{CLOSE_PROGRAM, Error, Result};
use crate::interrupt::{BlockedSection, TemporaryFileEntry};

/// The prefix of temporary file names.
const TEMPORARY_PREFIX: &str = ".azr-";

/// A file being written: a temporary file beside the target, removed on drop and by a signal unless it is
/// committed.
///
/// A device or a pipe (`/dev/stdout`, `NUL`, a shell's `>(gzip > a.gz)`) cannot be replaced: when the file is committed,
/// its content is written there.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    file: NamedTempFile,
    entry: TemporaryFileEntry,
    is_stream: bool,
}

impl AtomicFile {
    /// Starts writing the file at `path`, which gets the default permissions of a new file.
    pub fn create(path: &Path) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY_PREFIX);
        if is_device_or_pipe(path) {
            let folder = std::env::temp_dir();
            let file = Self::create_in(&folder, path, &builder).map_err(|e| Error::write(&folder, e))?;
            return Ok(Self { is_stream: true, ..file });
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // The mode of a file created by other means, before the umask; a temporary file has 0600 by default.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        Self::create_beside(path, &builder)
    }

    /// Starts writing the file at `path`, which is for the user alone before anything is written to it.
    pub(super) fn create_private(path: &Path) -> Result<Self> {
        let file = Self::create_beside(path, tempfile::Builder::new().prefix(TEMPORARY_PREFIX))?;
        private::restrict_to_user(file.temporary_path()).map_err(|e| Error::write(path, e))?;
        Ok(file)
    }

    fn create_beside(path: &Path, builder: &tempfile::Builder) -> Result<Self> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Self::create_in(folder, path, builder).map_err(|e| {
            if folder.is_dir() {
                // Without the path of the temporary file, which says nothing to the user.
                return Error::write(path, io::Error::from(e.kind()));
            }
            Error::write(path, io::Error::new(e.kind(), "its folder does not exist"))
                .with_hint(format!("Create the folder {} first.", folder.display()))
        })
    }

    fn create_in(folder: &Path, path: &Path, builder: &tempfile::Builder) -> io::Result<Self> {
        // Without the attribute of a temporary file, which the target would keep.
        #[cfg(windows)]
        let create = || {
            let mut options = File::options();
            options.read(true).write(true).create_new(true);
            builder.make_in(folder, |path| options.open(path))
        };
        #[cfg(not(windows))]
        let create = || builder.tempfile_in(folder);
        let (file, entry) = TemporaryFileEntry::create(create, NamedTempFile::path)?;
        Ok(Self { path: path.to_owned(), file, entry, is_stream: false })
    }

    /// The path of the temporary file.
    pub(super) fn temporary_path(&self) -> &Path {
        self.file.path()
    }

    /// The path of the target.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Flushes the file to disk and moves it to its target, replacing any existing file.
    ///
    /// For a device or a pipe, writes the content there.
    pub fn commit(self) -> Result<()> {
        let Self { path, mut file, entry, is_stream } = self;
        if is_stream {
            return copy_to_stream(file.as_file_mut(), &path).map_err(|e| Error::write(&path, e));
        }
        file.as_file().sync_all().map_err(|e| Error::write(&path, e))?;
        let persisted = replace(file, &path);
        drop(entry);
        persisted.map_err(|e| {
            let is_in_use = in_use::is_in_use(&e);
            let error = Error::write(&path, e);
            match is_in_use {
                true if is_read_only(&path) => error.with_hint("Remove the read-only attribute of the file."),
                true => error.with_hint(CLOSE_PROGRAM),
                false => error,
            }
        })
    }

    fn inner(&mut self) -> &mut File {
        self.file.as_file_mut()
    }
}

/// Whether what is at a path is neither a file nor a folder, or a name of one of the open files of this process.
///
/// A name with an extension, which only old versions of Windows take for a device (`nul.json`), is a file.
pub(super) fn is_device_or_pipe(path: &Path) -> bool {
    if cfg!(windows) {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        return names::is_device(name) && !name.contains('.');
    }
    // `/dev/stdout` is a link; if stdout is a file, replacing the link would not write to that file.
    let is_open_file = || {
        ["/dev", "/proc"].iter().any(|folder| path.starts_with(folder))
            && fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink())
    };
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) || is_open_file()
}

/// Writes the content of a file to a device or a pipe.
fn copy_to_stream(file: &mut File, path: &Path) -> io::Result<()> {
    // Opening a pipe waits for its reader.
    let _section = BlockedSection::start();
    file.rewind()?;
    let mut stream = File::options().write(true).open(path)?;
    io::copy(file, &mut stream).map(drop)
}

/// Whether a file may not be changed; other systems replace such a file, Windows does not.
fn is_read_only(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly())
}

/// Moves a temporary file to its target, and waits for a moment if another program has the target open.
fn replace(file: NamedTempFile, path: &Path) -> io::Result<()> {
    if cfg!(windows) && is_read_only(path) {
        // It would be replaced nevertheless. Windows itself, and so the user, expects it to be refused.
        return Err(in_use::access_denied());
    }
    // The standard library also renames where a path has more than 260 characters, other than `NamedTempFile::persist`.
    in_use::retry(|| fs::rename(file.path(), path))?;
    // Nothing is left to delete; on Windows this fails, for the same reason.
    let _ = file.into_temp_path().keep();
    Ok(())
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_receives_the_content_and_stays() {
        use std::os::unix::fs::FileTypeExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipe.json");
        let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo runs");
        assert!(made.success());
        let reader = std::thread::spawn({
            let path = path.clone();
            move || fs::read(path).expect("read")
        });
        crate::files::write_file(&path, b"content").expect("written");
        assert_eq!(reader.join().expect("the reader ends"), b"content");
        assert!(fs::metadata(&path).expect("exists").file_type().is_fifo());
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
        assert_eq!(crate::files::resolve_output_path(&path, "a.json").expect("a path"), path);
    }

    #[test]
    fn names_of_devices_are_not_replaced() {
        // Where links to the open files of the process are.
        let stdout = if cfg!(target_os = "linux") { "/proc/self/fd/1" } else { "/dev/stdout" };
        for path in ["/dev/null", stdout] {
            assert!(is_device_or_pipe(Path::new(path)), "{path}");
            assert_eq!(
                crate::files::resolve_output_path(Path::new(path), "a.json").expect("a path"),
                Path::new(path)
            );
        }
        for path in ["/dev", "/dev/no-such-device", "/etc/passwd", "/no/such/file"] {
            assert!(!is_device_or_pipe(Path::new(path)), "{path}");
        }
    }
}
