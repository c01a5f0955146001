//! The folder of a ruleset, which the service stores as a zip archive.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

pub use azr_catalog::ruleset::{Member, pack, unpack};

use azr_catalog::ruleset::{MAX_BYTES, MAX_FILES};
use azr_core::error::{Error, Result};
use azr_core::files::{self, names::is_valid_on_windows};

/// The maximum depth of folders in a ruleset that is packed.
const MAX_DEPTH: usize = 32;

/// The files of a folder, sorted by name; links to folders are not followed.
pub(crate) fn collect(folder: &Path) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut remaining = MAX_BYTES;
    add_folder(folder, "", 0, &mut members, &mut remaining)?;
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

fn add_folder(
    folder: &Path,
    prefix: &str,
    depth: usize,
    members: &mut Vec<Member>,
    remaining: &mut u64,
) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(Error::limit_exceeded(format!(
            "{}: the folder is too deep for a ruleset",
            folder.display()
        )));
    }
    for entry in fs::read_dir(folder).map_err(|e| Error::read(folder, e))? {
        let entry = entry.map_err(|e| Error::read(folder, e))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(|e| Error::read(&path, e))?;
        let name = entry.file_name().into_string().map_err(|_| {
            Error::invalid(format!("{}: the name of a file in a ruleset must be Unicode", path.display()))
        })?;
        let name = format!("{prefix}{name}");
        if kind.is_dir() {
            add_folder(&path, &format!("{name}/"), depth + 1, members, remaining)?;
        } else if path.is_file() {
            let file = fs::File::open(&path).map_err(|e| Error::read(&path, e))?;
            members.push(Member { name, content: read_within(file, remaining, &path)? });
            if members.len() > MAX_FILES {
                return Err(too_large(folder));
            }
        }
    }
    Ok(())
}

fn read_within(file: fs::File, remaining: &mut u64, path: &Path) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    let read = file.take(*remaining + 1).read_to_end(&mut content).map_err(|e| Error::read(path, e))? as u64;
    *remaining = remaining.checked_sub(read).ok_or_else(|| too_large(path))?;
    Ok(content)
}

fn too_large(path: &Path) -> Error {
    Error::limit_exceeded(format!(
        "{}: more than {MAX_FILES} files or {} MiB",
        path.display(),
        MAX_BYTES >> 20
    ))
    .with_hint("Give a folder that contains only the ruleset and its functions.")
}

/// Writes the files to a folder, which is created if it does not exist.
pub(crate) fn write(members: &[Member], folder: &Path) -> Result<()> {
    if cfg!(windows) {
        check_names(members)?;
    }
    fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    for member in members {
        let (parents, name) = member.name.rsplit_once('/').unwrap_or(("", &member.name));
        let parent = create_folders(folder, parents)?;
        files::write_file(&parent.join(name), &member.content)?;
    }
    Ok(())
}

/// Refuses names that are valid where the ruleset was made but that Windows takes for a device, changes, or refuses.
fn check_names(members: &[Member]) -> Result<()> {
    let is_invalid = |member: &&Member| !member.name.split('/').all(is_valid_on_windows);
    match members.iter().find(is_invalid) {
        None => Ok(()),
        Some(member) => Err(Error::invalid_response(format!(
            "'{}' of the ruleset cannot be a file on Windows",
            member.name.escape_default()
        ))
        .with_hint("Export the ruleset on another system, or rename the file there. Nothing was written.")),
    }
}

/// Creates the folders of a file below `folder`.
///
/// A link among them is refused, because it could lead out of the folder.
fn create_folders(folder: &Path, parents: &str) -> Result<PathBuf> {
    let mut path = folder.to_owned();
    for part in parents.split('/').filter(|part| !part.is_empty()) {
        path.push(part);
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => {
                return Err(Error::conflict(format!(
                    "{} is not a folder, but the ruleset has a folder of this name",
                    path.display()
                ))
                .with_hint("Move it away, or give another --path."));
            }
            Err(_) => fs::create_dir(&path).map_err(|e| Error::write(&path, e))?,
        }
    }
    Ok(path)
}

#[cfg(test)]
mod tests;
