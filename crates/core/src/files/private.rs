//! Files that azr keeps for itself: made for the user alone, and used only where nobody else can have put them.
//!
//! Nothing is made first and closed to others later: a file has mode 0600 from its first moment, a folder 0700. A
//! symbolic link in the place of a file is refused, as whoever made it chose what is read or written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use super::Draft;
use crate::error::{Error, Result};

/// What others must not be able to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// Others may not even read it: tokens and keys.
    Secret,
    /// Others may read it, but not write to it: what azr believes of former runs.
    Own,
}

/// Makes a folder, and those above it that are missing, for the user alone; checks one that is there.
pub fn make_folder(folder: &Path) -> io::Result<()> {
    add_folder(folder)?;
    check_folder(folder)
}

/// Makes a folder, and those above it that are missing, for the user alone; leaves those that are there as they are.
pub fn add_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Checks that a folder is the user's own, and closed to others.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    let about = fs::symlink_metadata(folder)?;
    if !about.is_dir() {
        return Err(refused(folder, "it is not a folder itself"));
    }
    check(folder, &about, Care::Secret)
}

/// Opens a file with these options, or makes it for the user alone.
///
/// Fails where it is a link or no plain file, is not the user's own, or is more open than `care` allows.
pub fn open(path: &Path, care: Care, options: &OpenOptions) -> io::Result<File> {
    let file = open_itself(path, options)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Err(refused(path, "it is not a plain file"));
    }
    check(path, &about, care)?;
    Ok(file)
}

/// Opens a file whose lock is what it is for, with its folder; both are made where they are missing.
pub fn open_lock(path: &Path) -> Result<File> {
    let failed = |e| Error::write(path, e);
    if let Some(folder) = path.parent() {
        make_folder(folder).map_err(|e| Error::write(folder, e))?;
    }
    open(path, Care::Secret, File::options().read(true).write(true).create(true)).map_err(failed)
}

/// The content of a file; fails as [`open`] does.
pub fn read(path: &Path, care: Care) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path, care, File::options().read(true))?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file for the user alone: whole or not at all, in the place of whatever was there.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let mut draft = Draft::private(path)?;
    draft.write_all(content).map_err(|e| Error::write(path, e))?;
    draft.publish()
}

#[cfg(unix)]
fn open_itself(path: &Path, options: &OpenOptions) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;

    use rustix::fs::OFlags;

    // Nor does a pipe in its place, which nobody writes to, keep azr waiting.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    // The bits are those of a C int, which they came from.
    let mut options = options.clone();
    options.mode(0o600).custom_flags(flags.cast_signed());
    options.open(path).map_err(|e| match e.raw_os_error() {
        Some(code) if code == rustix::io::Errno::LOOP.raw_os_error() => {
            refused(path, "it is a symbolic link")
        }
        _ => e,
    })
}

/// Elsewhere the folders of a user are closed to others, and links are for administrators to make.
#[cfg(not(unix))]
fn open_itself(path: &Path, options: &OpenOptions) -> io::Result<File> {
    match fs::symlink_metadata(path) {
        Ok(about) if about.is_symlink() => Err(refused(path, "it is a symbolic link")),
        _ => options.open(path),
    }
}

#[cfg(unix)]
fn check(path: &Path, about: &fs::Metadata, care: Care) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;

    // What belongs to root can be changed by root only, who can do anything anyway.
    if about.uid() != 0 && about.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused(path, &format!("it belongs to somebody else (user {})", about.uid())));
    }
    let (open, what, mend) = match care {
        Care::Secret => (0o077, "use", "go-rwx"),
        Care::Own => (0o022, "write to", "go-w"),
    };
    let mode = about.mode() & 0o777;
    if mode & open == 0 {
        return Ok(());
    }
    Err(refused(path, &format!("others may {what} it (mode {mode:03o}); close it to them: chmod {mend}")))
}

#[cfg(not(unix))]
fn check(_: &Path, _: &fs::Metadata, _: Care) -> io::Result<()> {
    Ok(())
}

/// The refusal of what is there; it names the path, as the folder may be at fault where a file is opened.
fn refused(path: &Path, why: &str) -> io::Error {
    io::Error::other(format!("{} is not used: {why}", path.display()))
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

    fn why(path: &Path, care: Care) -> String {
        read(path, care).unwrap_err().to_string()
    }

    #[test]
    fn what_is_made_is_for_the_user_alone() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("a/b");
        make_folder(&folder).unwrap();
        assert_eq!((mode(&folder), mode(&above.path().join("a"))), (0o700, 0o700));
        let (written, opened) = (folder.join("written"), folder.join("opened"));
        write(&written, b"x").unwrap();
        open(&opened, Care::Secret, File::options().write(true).create(true)).unwrap();
        assert_eq!((mode(&written), mode(&opened)), (0o600, 0o600));
        set_mode(&written, 0o666);
        write(&written, b"y").unwrap();
        assert_eq!((mode(&written), read(&written, Care::Secret).unwrap()), (0o600, b"y".to_vec()));
    }

    #[test]
    fn what_others_can_write_is_refused_and_what_they_can_read_if_it_is_secret() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        write(&path, b"x").unwrap();
        for open in [0o620, 0o602, 0o666] {
            set_mode(&path, open);
            assert!(why(&path, Care::Own).contains("chmod go-w"), "{open:o}");
        }
        set_mode(&path, 0o644);
        assert!(read(&path, Care::Own).is_ok());
        assert!(why(&path, Care::Secret).contains("mode 644"));
        set_mode(folder.path(), 0o755);
        assert!(make_folder(folder.path()).is_err());
    }

    #[test]
    fn a_link_or_a_pipe_in_the_way_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link, pipe) = (folder.path().join("f"), folder.path().join("l"), folder.path().join("p"));
        write(&path, b"x").unwrap();
        symlink(&path, &link).unwrap();
        assert!(why(&link, Care::Own).contains("symbolic link"));
        let made = open(&link, Care::Own, File::options().write(true).create(true));
        assert!(made.is_err());
        symlink(folder.path().join("nothing"), folder.path().join("dangling")).unwrap();
        let dangling = folder.path().join("dangling");
        assert!(open(&dangling, Care::Own, File::options().write(true).create(true)).is_err());
        assert!(!folder.path().join("nothing").exists(), "nothing is made through a link");
        write(&link, b"y").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x", "the link was replaced, not followed");
        assert!(!fs::symlink_metadata(&link).unwrap().is_symlink());
        let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
        assert!(made.success());
        assert!(why(&pipe, Care::Own).contains("not a plain file"));
        assert!(why(folder.path(), Care::Own).contains("not a plain file"));
    }

    #[test]
    fn what_belongs_to_somebody_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        write(&path, b"x").unwrap();
        let about = fs::metadata(&path).unwrap();
        assert!(check(&path, &about, Care::Secret).is_ok());
        // Only root can give a file away; anybody else has no means to make the case.
        if rustix::process::geteuid().is_root() {
            chown(&path, Some(65_534), None).unwrap();
            assert!(why(&path, Care::Own).contains("somebody else (user 65534)"));
        }
    }
}
