//! Files that azr keeps for itself: created with owner-only permissions, and used only if nobody else could have
//! written them.
//!
//! Permissions are never tightened afterwards: a file has mode 0600 and a folder 0700 from the moment it exists. A
//! symbolic link in place of a file is refused, because its creator chooses what is read or written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::AtomicFile;
use crate::error::{Error, Result};

/// The permissions of other users that make a file unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileMode {
    /// Other users may neither read nor write the file: tokens and keys.
    OwnerOnly,
    /// Other users may read the file but not write to it: journals and state.
    OwnerWritable,
}

/// Creates a folder and its missing parents with mode 0700, and checks the folder if it already exists.
pub fn create_and_check_folder(folder: &Path) -> io::Result<()> {
    create_folders(folder)?;
    check_folder(folder)
}

/// Creates a folder and its missing parents with mode 0700; existing folders are left unchanged.
pub fn create_folders(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Checks that a folder belongs to the user and is closed to others.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    let metadata = fs::symlink_metadata(folder)?;
    if !metadata.is_dir() {
        return Err(refuse(folder, "it is not a folder"));
    }
    check_permissions(folder, &metadata, FileMode::OwnerOnly)
}

/// Opens a file with these options; a file that they create gets mode 0600.
///
/// Fails if the path is a link or not a regular file, if the file belongs to another user, or if its permissions are
/// wider than `mode`.
pub fn open_file(path: &Path, mode: FileMode, options: &OpenOptions) -> io::Result<File> {
    let file = super::in_use::retry(|| open_without_following(path, options))?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(refuse(path, "it is not a regular file"));
    }
    check_permissions(path, &metadata, mode)?;
    Ok(file)
}

/// Opens a lock file for the caller to lock; the file and its folder are created if missing.
pub fn open_lock_file(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent() {
        create_and_check_folder(folder).map_err(|e| Error::write(folder, e))?;
    }
    open_file(path, FileMode::OwnerOnly, File::options().read(true).write(true).create(true))
        .map_err(|e| Error::write(path, e))
}

/// Reads a file; fails under the same conditions as [`open_file`].
pub fn read_file(path: &Path, mode: FileMode) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open_file(path, mode, File::options().read(true))?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a file atomically with one of mode 0600.
pub fn write_file(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = AtomicFile::create_private(path)?;
    file.write_all(content).map_err(|e| Error::write(path, e))?;
    file.commit()
}

#[cfg(unix)]
fn open_without_following(path: &Path, options: &OpenOptions) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    // NONBLOCK: opening a pipe that has no writer must not block.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    // `custom_flags` takes a C int, which is what the bits were made from.
    let mut options = options.clone();
    options.mode(0o600).custom_flags(flags.cast_signed());
    options.open(path).map_err(|e| match e.raw_os_error() {
        Some(code) if code == rustix::io::Errno::LOOP.raw_os_error() => refuse(path, "it is a symbolic link"),
        _ => e,
    })
}

/// On Windows a user's folders are closed to other users, and creating a link needs administrator rights.
#[cfg(not(unix))]
fn open_without_following(path: &Path, options: &OpenOptions) -> io::Result<File> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => Err(refuse(path, "it is a symbolic link")),
        _ => options.open(path),
    }
}

#[cfg(unix)]
fn check_permissions(path: &Path, metadata: &fs::Metadata, allowed: FileMode) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    // Files owned by root are accepted: root could change any file of the user anyway.
    if metadata.uid() != 0 && metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(refuse(path, &format!("it belongs to another user (user {})", metadata.uid())));
    }
    let (forbidden_bits, action, chmod) = match allowed {
        FileMode::OwnerOnly => (0o077, "access", "go-rwx"),
        FileMode::OwnerWritable => (0o022, "write to", "go-w"),
    };
    let mode = metadata.mode() & 0o777;
    if mode & forbidden_bits == 0 {
        return Ok(());
    }
    Err(refuse(path, &format!("other users can {action} it (mode {mode:03o}); fix with: chmod {chmod}")))
}

#[cfg(not(unix))]
fn check_permissions(_: &Path, _: &fs::Metadata, _: FileMode) -> io::Result<()> {
    Ok(())
}

/// An error that names the path: a caller that opens a file may fail because of its folder.
fn refuse(path: &Path, reason: &str) -> io::Error {
    io::Error::other(format!("{} is not used: {reason}", path.display()))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn reason(path: &Path, mode: FileMode) -> String {
        read_file(path, mode).unwrap_err().to_string()
    }

    #[test]
    fn what_is_made_is_for_the_user_alone() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        create_and_check_folder(&folder).unwrap();
        assert_eq!((mode(&folder), mode(&parent.path().join("a"))), (0o700, 0o700));
        let (written, opened) = (folder.join("written"), folder.join("opened"));
        write_file(&written, b"x").unwrap();
        open_file(&opened, FileMode::OwnerOnly, File::options().write(true).create(true)).unwrap();
        assert_eq!((mode(&written), mode(&opened)), (0o600, 0o600));
        set_mode(&written, 0o666);
        write_file(&written, b"y").unwrap();
        assert_eq!(
            (mode(&written), read_file(&written, FileMode::OwnerOnly).unwrap()),
            (0o600, b"y".to_vec())
        );
    }

    #[test]
    fn what_others_can_write_is_refused_and_what_they_can_read_if_it_is_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        write_file(&path, b"x").unwrap();
        for open in [0o620, 0o602, 0o666] {
            set_mode(&path, open);
            assert!(reason(&path, FileMode::OwnerWritable).contains("chmod go-w"), "{open:o}");
        }
        set_mode(&path, 0o644);
        assert!(read_file(&path, FileMode::OwnerWritable).is_ok());
        assert!(reason(&path, FileMode::OwnerOnly).contains("mode 644"));
        set_mode(folder.path(), 0o755);
        assert!(create_and_check_folder(folder.path()).is_err());
    }

    #[test]
    fn a_link_or_a_pipe_in_the_way_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link, pipe) = (folder.path().join("f"), folder.path().join("l"), folder.path().join("p"));
        write_file(&path, b"x").unwrap();
        symlink(&path, &link).unwrap();
        assert!(reason(&link, FileMode::OwnerWritable).contains("symbolic link"));
        let opened = open_file(&link, FileMode::OwnerWritable, File::options().write(true).create(true));
        assert!(opened.is_err());
        symlink(folder.path().join("nothing"), folder.path().join("dangling")).unwrap();
        let dangling = folder.path().join("dangling");
        assert!(
            open_file(&dangling, FileMode::OwnerWritable, File::options().write(true).create(true)).is_err()
        );
        assert!(!folder.path().join("nothing").exists(), "no file is created through a link");
        write_file(&link, b"y").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x", "the link was replaced, not followed");
        assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
        let mkfifo = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(mkfifo.success());
        assert!(reason(&pipe, FileMode::OwnerWritable).contains("not a regular file"));
        assert!(reason(folder.path(), FileMode::OwnerWritable).contains("not a regular file"));
    }

    #[test]
    fn what_belongs_to_somebody_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        write_file(&path, b"x").unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert!(check_permissions(&path, &metadata, FileMode::OwnerOnly).is_ok());
        // Only root can change the owner of a file, so other users cannot set this case up.
        if rustix::process::geteuid().is_root() {
            chown(&path, Some(65_534), None).unwrap();
            assert!(reason(&path, FileMode::OwnerWritable).contains("another user (user 65534)"));
        }
    }
}
