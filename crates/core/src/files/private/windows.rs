//! Owners and access control lists of Windows.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use azr_acl::{SecurityDescriptor, Sid};

use super::{FileMode, refuse};

/// The errors of a file system without access control lists: invalid function, not supported, invalid parameter.
const WITHOUT_LISTS: [i32; 3] = [1, 50, 87];

/// The authority of the owners that Samba reports for users of Unix.
const SAMBA_OWNERS: &str = "S-1-22-";

/// Creates a folder and its missing parents; what it creates is for the user alone.
pub(super) fn create_folders(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists())
        .collect();
    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            Ok(()) => restrict_to_user(folder)?,
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    // The error for a path that is not a folder, or that nothing can be created below.
    fs::create_dir_all(folder)
}

/// Opens a file with these options, for the user alone if they create it; fails if the path is a link.
pub(super) fn open_without_following(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let is_new = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_symlink() => return Err(refuse(path, "it is a symbolic link")),
        Ok(_) => false,
        Err(e) => e.kind() == io::ErrorKind::NotFound,
    };
    let file = options.open(path)?;
    if is_new {
        restrict_to_user(path)?;
    }
    Ok(file)
}

/// Checks that a folder belongs to the user and is closed to others.
pub(super) fn check_folder(folder: &Path, _: &fs::Metadata) -> io::Result<()> {
    let descriptor = azr_acl::read_descriptor(&azr_acl::open_for_descriptor(folder)?)?;
    check_descriptor(folder, &descriptor, FileMode::OwnerOnly)
}

/// Checks that an open file belongs to the user, and for secrets that it is closed to others.
///
/// Others may have write access to the rest: most folders outside of the user's own pass it on to every file that is
/// copied there. azr's own files do not inherit it.
pub(super) fn check_file(path: &Path, file: &File, _: &fs::Metadata, allowed: FileMode) -> io::Result<()> {
    check_descriptor(path, &azr_acl::read_descriptor(file)?, allowed)
}

fn check_descriptor(path: &Path, descriptor: &SecurityDescriptor, allowed: FileMode) -> io::Result<()> {
    let user = azr_acl::current_user()?;
    check_access(descriptor, &user, allowed, path).map_err(|reason| refuse(path, &reason))
}

fn check_access(
    descriptor: &SecurityDescriptor,
    user: &Sid,
    allowed: FileMode,
    path: &Path,
) -> Result<(), String> {
    if let Some(owner) = descriptor.owner()
        && !descriptor.is_owned_by(user)
        // A file system without owners says that everybody owns its files.
        && *owner != Sid::everyone()
        && !owner.to_string().starts_with(SAMBA_OWNERS)
    {
        return Err(format!("it belongs to another user ({owner})"));
    }
    if allowed == FileMode::OwnerWritable {
        return Ok(());
    }
    let others: Vec<String> = descriptor.others_with_access(user).iter().map(Sid::name).collect();
    if others.is_empty() {
        return Ok(());
    }
    let (others, path) = (others.join(", "), path.display());
    Err(format!(
        "other users can access it ({others}); fix with: icacls \"{path}\" /inheritance:r /grant:r *{user}:F"
    ))
}

/// Lets only the user, administrators and the system access a file or folder, if its file system can.
pub(in crate::files) fn restrict_to_user(path: &Path) -> io::Result<()> {
    unless_without_lists(azr_acl::restrict_to_user(path))
}

/// Lets those access the file `to` who may access the file `from`.
pub(in crate::files) fn copy_access(from: &Path, to: &Path) -> io::Result<()> {
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    unless_without_lists(azr_acl::copy_access(from, to))
}

fn unless_without_lists(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(e) if e.raw_os_error().is_some_and(|code| WITHOUT_LISTS.contains(&code)) => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{check_folder, create_and_check_folder, open_file, read_file, write_file};
    use super::*;

    #[test]
    fn what_is_created_is_for_the_user_alone() {
        let parent = tempfile::tempdir().expect("a folder");
        let folder = parent.path().join("a").join("b");
        create_and_check_folder(&folder).expect("created");
        check_folder(&parent.path().join("a")).expect("the parent is private as well");
        let (written, opened) = (folder.join("written"), folder.join("opened"));
        write_file(&written, b"x").expect("written");
        write_file(&written, b"y").expect("replaced");
        let options = File::options().write(true).create(true).clone();
        open_file(&opened, FileMode::OwnerOnly, &options).expect("created");
        assert_eq!(read_file(&written, FileMode::OwnerOnly).expect("private"), b"y");
        assert_eq!(read_file(&opened, FileMode::OwnerOnly).expect("private"), b"");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let user = azr_acl::current_user().expect("a user");
        // Read access for BUILTIN\Users, as a folder outside of the user's own passes it on.
        let mut bytes = azr_acl::private_descriptor(&Sid::new(5, &[32, 545]), false);
        let descriptor = SecurityDescriptor::parse(&bytes).expect("valid");
        let path = Path::new("f");
        let reason =
            check_access(&descriptor, &user, FileMode::OwnerOnly, path).expect_err("others can read it");
        assert!(reason.starts_with("other users can access it (Users); fix with: icacls \"f\""), "{reason}");
        assert!(reason.ends_with(&format!("*{user}:F")), "{reason}");
        assert_eq!(check_access(&descriptor, &user, FileMode::OwnerWritable, path), Ok(()));
        // Without a list.
        bytes[2] = 0;
        let descriptor = SecurityDescriptor::parse(&bytes).expect("valid");
        let reason = check_access(&descriptor, &user, FileMode::OwnerOnly, path).expect_err("everybody can");
        assert!(reason.contains("(Everyone)"), "{reason}");
    }

    #[test]
    fn access_is_copied_to_the_file_that_replaces_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config");
        fs::write(&path, "one").expect("written");
        let before = azr_acl::read_descriptor(&File::open(&path).expect("opened")).expect("read");
        crate::files::replace_file(&path, b"two").expect("replaced");
        let after = azr_acl::read_descriptor(&File::open(&path).expect("opened")).expect("read");
        assert_eq!((before, fs::read(&path).expect("read")), (after, b"two".to_vec()));
    }
}
