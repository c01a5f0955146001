//! Owners and modes of Unix.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

use super::{FileMode, refuse};

/// Creates a folder and its missing parents with mode 0700.
pub(super) fn create_folders(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Opens a file with these options, and mode 0600 if they create it; fails if the path is a link.
pub(super) fn open_without_following(path: &Path, options: &OpenOptions) -> io::Result<File> {
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

/// Checks that a folder belongs to the user and is closed to others.
pub(super) fn check_folder(folder: &Path, metadata: &fs::Metadata) -> io::Result<()> {
    check_permissions(folder, metadata, FileMode::OwnerOnly)
}

/// Checks that an open file belongs to the user, and that its permissions are not wider than `allowed`.
pub(super) fn check_file(
    path: &Path,
    _: &File,
    metadata: &fs::Metadata,
    allowed: FileMode,
) -> io::Result<()> {
    check_permissions(path, metadata, allowed)
}

/// Nothing to do: a temporary file has mode 0600 from the moment it exists.
pub(in crate::files) fn restrict_to_user(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Lets those access the file `to` who may access the file `from`.
pub(in crate::files) fn copy_access(from: &Path, to: &Path) -> io::Result<()> {
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}

fn check_permissions(path: &Path, metadata: &fs::Metadata, allowed: FileMode) -> io::Result<()> {
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

#[cfg(test)]
mod tests {
    use super::super::{create_and_check_folder, open_file, read_file, write_file};
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
