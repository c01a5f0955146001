//! A ruleset as the service stores it: a zip archive of a folder.
//!
//! The names in an archive from the service are untrusted: all entries are read and checked before the first is used.

use std::collections::HashSet;
use std::io::{Cursor, Read as _, Write as _};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipWriter};

use crate::document;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_ANALYZER;

/// The maximum number of files in a ruleset; a typical ruleset has a handful.
///
/// The limit protects against a wrong folder and a hostile archive.
pub const MAX_FILES: usize = 1_000;
/// The maximum size of an unpacked ruleset, in bytes.
pub const MAX_BYTES: u64 = 32 << 20;

/// A file of a ruleset.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path below the ruleset's folder, with `/` between folders.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// The ruleset of a configuration in the center, sorted by name; None if it has none.
pub(crate) async fn read_in_center(client: &Client, analyzer: &ResourceId) -> Result<Option<Vec<Member>>> {
    let target =
        Target::new(analyzer.as_str(), CENTER_ANALYZER.api_version).join("exportRuleset").idempotent();
    let Some(value) = document::export_value(client, &target).await? else { return Ok(None) };
    let mut members = decode(&value)?;
    members.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(members))
}

/// Replaces the ruleset of a configuration in the center.
pub(crate) async fn import_into_center(
    client: &Client,
    analyzer: &ResourceId,
    members: &[Member],
) -> Result<()> {
    let target =
        Target::new(analyzer.as_str(), CENTER_ANALYZER.api_version).join("importRuleset").idempotent();
    let body = json!({"format": "inline-zip", "value": BASE64_STANDARD.encode(pack(members)?)});
    document::run_action(client, &target, Some(&body)).await.map(drop)
}

/// Unpacks an archive, which the service may send in base64.
pub fn decode(value: &[u8]) -> Result<Vec<Member>> {
    if value.starts_with(b"PK") {
        return unpack(value);
    }
    let archive = BASE64_STANDARD.decode(value).map_err(|e| {
        Error::invalid_response(format!("the ruleset that the service sent is not valid base64: {e}"))
    })?;
    unpack(&archive)
}

/// The options of a file in an archive, which make its bytes the same on every system and at every time.
pub(crate) fn entry_options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .system(System::Unix)
}

/// Packs files into an archive; the same files yield the same bytes.
pub fn pack(members: &[Member]) -> Result<Vec<u8>> {
    let failed = |e: zip::result::ZipError| Error::unexpected(format!("the ruleset cannot be packed: {e}"));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for member in members {
        archive.start_file(&member.name, entry_options()).map_err(failed)?;
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
