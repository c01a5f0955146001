//! A ruleset as the service takes and gives it: a zip archive of a folder.
//!
//! An archive comes from the service, so its names are not trusted: all entries are read and checked before the
//! first is written.

use std::collections::HashSet;
use std::fs;
use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use azr_core::error::{Error, Result};
use azr_core::files;

/// The most files in a ruleset. One has a handful; this stops the wrong folder and the hostile archive.
const MAX_FILES: usize = 1_000;
/// The most bytes in a ruleset, unpacked.
const MAX_BYTES: u64 = 32 << 20;
/// The deepest folder in a ruleset that is packed.
const MAX_DEPTH: usize = 32;

/// A file of a ruleset.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path below the ruleset's folder, with `/` between folders.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

/// The files of a folder, in order of their names; links to folders are not followed.
pub fn collect(folder: &Path) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut room = MAX_BYTES;
    add_folder(folder, "", 0, &mut members, &mut room)?;
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(members)
}

fn add_folder(
    folder: &Path,
    prefix: &str,
    depth: usize,
    members: &mut Vec<Member>,
    room: &mut u64,
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
            add_folder(&path, &format!("{name}/"), depth + 1, members, room)?;
        } else if path.is_file() {
            let file = fs::File::open(&path).map_err(|e| Error::read(&path, e))?;
            members.push(Member { name, content: read_within(file, room, &path)? });
            if members.len() > MAX_FILES {
                return Err(too_large(folder));
            }
        }
    }
    Ok(())
}

fn read_within(file: fs::File, room: &mut u64, path: &Path) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    let read = file.take(*room + 1).read_to_end(&mut content).map_err(|e| Error::read(path, e))? as u64;
    *room = room.checked_sub(read).ok_or_else(|| too_large(path))?;
    Ok(content)
}

fn too_large(at: &Path) -> Error {
    Error::limit_exceeded(format!("{}: more than {MAX_FILES} files or {} MiB", at.display(), MAX_BYTES >> 20))
        .with_hint("Give the folder that holds the ruleset and its functions, and nothing else.")
}

/// The archive of these files; the same files make the same bytes.
pub fn pack(members: &[Member]) -> Result<Vec<u8>> {
    let failed = |e: zip::result::ZipError| Error::unexpected(format!("the ruleset cannot be packed: {e}"));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for member in members {
        archive.start_file(&member.name, SimpleFileOptions::default()).map_err(failed)?;
        archive.write_all(&member.content).map_err(|e| failed(e.into()))?;
    }
    Ok(archive.finish().map_err(failed)?.into_inner())
}

/// The files of an archive, all of them checked.
pub fn unpack(archive: &[u8]) -> Result<Vec<Member>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(|e| damaged(&e))?;
    if archive.len() > MAX_FILES {
        return Err(refused(&format!("it has more than {MAX_FILES} entries")));
    }
    let mut members = Vec::new();
    let mut seen = HashSet::new();
    let mut room = MAX_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|e| damaged(&e))?;
        let name = entry.name().map_err(|e| damaged(&e))?.replace('\\', "/");
        if entry.is_dir() || name.ends_with('/') {
            check_name(name.trim_end_matches('/'))?;
            continue;
        }
        check_name(&name)?;
        if entry.is_symlink() {
            return Err(refused(&format!("'{name}' is a link")));
        }
        // Without regard to case: two such names are one file on Windows and macOS.
        if !seen.insert(name.to_lowercase()) {
            return Err(refused(&format!("'{name}' is in it twice")));
        }
        let mut content = Vec::new();
        let read = entry.take(room + 1).read_to_end(&mut content).map_err(|e| damaged(&e))? as u64;
        room = room
            .checked_sub(read)
            .ok_or_else(|| refused(&format!("it unpacks to more than {} MiB", MAX_BYTES >> 20)))?;
        members.push(Member { name, content });
    }
    Ok(members)
}

/// Refuses a name that would leave the folder, or that means something else than a file on some system.
fn check_name(name: &str) -> Result<()> {
    let bad_part = |part: &str| matches!(part, "" | "." | "..");
    if name.split('/').any(bad_part) || name.chars().any(|c| c == ':' || c.is_control()) {
        return Err(refused(&format!("'{}' would leave the folder", name.escape_default())));
    }
    Ok(())
}

fn refused(why: &str) -> Error {
    Error::invalid_response(format!("the archive that the service sent is not taken: {why}"))
}

fn damaged(e: &dyn std::fmt::Display) -> Error {
    Error::invalid_response(format!("the archive that the service sent cannot be read: {e}"))
}

/// Writes the files below a folder, which is made if it is not there.
pub fn write(members: &[Member], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    for member in members {
        let (parents, name) = member.name.rsplit_once('/').unwrap_or(("", &member.name));
        let inside = inner_folder(folder, parents)?;
        files::write_file(&inside.join(name), &member.content)?;
    }
    Ok(())
}

/// Makes the folders that a file is in; a link among them would lead out of the folder, so it is refused.
fn inner_folder(folder: &Path, parents: &str) -> Result<PathBuf> {
    let mut at = folder.to_owned();
    for part in parents.split('/').filter(|part| !part.is_empty()) {
        at.push(part);
        match fs::symlink_metadata(&at) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                return Err(Error::conflict(format!(
                    "{}: in the way of a folder of the ruleset",
                    at.display()
                ))
                .with_hint("Move it away, or give another --path."));
            }
            Err(_) => fs::create_dir(&at).map_err(|e| Error::write(&at, e))?,
        }
    }
    Ok(at)
}

#[cfg(test)]
mod tests;
