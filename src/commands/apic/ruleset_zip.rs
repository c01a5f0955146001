//! A ruleset as the service stores it: a zip archive of a folder.
//!
//! The names in an archive from the service are untrusted: all entries are read and checked before the first is
//! written.

use std::collections::HashSet;
use std::fs;
use std::io::{Cursor, Read, Write as _};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use azr_core::error::{Error, Result};
use azr_core::files;

/// The maximum number of files in a ruleset; a typical ruleset has a handful.
///
/// The limit protects against a wrong folder and a hostile archive.
const MAX_FILES: usize = 1_000;
/// The maximum size of an unpacked ruleset, in bytes.
const MAX_BYTES: u64 = 32 << 20;
/// The maximum depth of folders in a ruleset that is packed.
const MAX_DEPTH: usize = 32;

/// A file of a ruleset.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path below the ruleset's folder, with `/` between folders.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

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

/// Packs files into an archive; the same files yield the same bytes.
pub fn pack(members: &[Member]) -> Result<Vec<u8>> {
    let failed = |e: zip::result::ZipError| Error::unexpected(format!("the ruleset cannot be packed: {e}"));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for member in members {
        archive.start_file(&member.name, SimpleFileOptions::default()).map_err(failed)?;
        archive.write_all(&member.content).map_err(|e| failed(e.into()))?;
    }
    Ok(archive.finish().map_err(failed)?.into_inner())
}

/// Unpacks and checks the files of an archive.
pub fn unpack(archive: &[u8]) -> Result<Vec<Member>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).map_err(|e| damaged(&e))?;
    if archive.len() > MAX_FILES {
        return Err(refused(&format!("it has more than {MAX_FILES} entries")));
    }
    let mut members = Vec::new();
    let mut names = HashSet::new();
    let mut remaining = MAX_BYTES;
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
        // Names that differ only in case are the same file on Windows and macOS.
        if !names.insert(name.to_lowercase()) {
            return Err(refused(&format!("it contains '{name}' twice")));
        }
        let mut content = Vec::new();
        let read = entry.take(remaining + 1).read_to_end(&mut content).map_err(|e| damaged(&e))? as u64;
        remaining = remaining
            .checked_sub(read)
            .ok_or_else(|| refused(&format!("it unpacks to more than {} MiB", MAX_BYTES >> 20)))?;
        members.push(Member { name, content });
    }
    Ok(members)
}

/// Refuses a name that would leave the folder, or that is not a file name on some system.
fn check_name(name: &str) -> Result<()> {
    let is_special = |part: &str| matches!(part, "" | "." | "..");
    if name.split('/').any(is_special) || name.chars().any(|c| c == ':' || c.is_control()) {
        return Err(refused(&format!("'{}' would leave the folder", name.escape_default())));
    }
    Ok(())
}

fn refused(reason: &str) -> Error {
    Error::invalid_response(format!("the archive from the service was refused: {reason}"))
}

fn damaged(e: &dyn std::fmt::Display) -> Error {
    Error::invalid_response(format!("the archive from the service cannot be read: {e}"))
}

/// Writes the files to a folder, which is created if it does not exist.
pub(crate) fn write(members: &[Member], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::write(folder, e))?;
    for member in members {
        let (parents, name) = member.name.rsplit_once('/').unwrap_or(("", &member.name));
        let parent = create_folders(folder, parents)?;
        files::write_file(&parent.join(name), &member.content)?;
    }
    Ok(())
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
