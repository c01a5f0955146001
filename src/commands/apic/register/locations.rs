//! Finds the files and URLs of `--api-location`.
//!
//! A value is a file, a URL, a folder, or a pattern that the shell has not expanded.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::exclusions::Exclusions;
use super::location::{DefinitionFile, Location};
use super::path_pattern::PathPattern;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_output::message;

/// The files and URLs of `--api-location`.
#[derive(Debug)]
pub(super) struct Locations {
    /// Possible definitions in the order of the values; those of one value sorted by name.
    pub all: Vec<Location>,
    /// Whether the value is a single file or URL, as in az.
    pub is_single: bool,
    /// How many files and URLs `!PATTERN` excludes.
    pub excluded: usize,
}

/// The kind of a value.
enum LocationValue<'a> {
    Url,
    Folder,
    Pattern { base: PathBuf, pattern: &'a str },
    File,
}

impl<'a> LocationValue<'a> {
    fn classify(value: &'a str) -> Self {
        let lower = value.to_ascii_lowercase();
        if lower.starts_with("https://") || lower.starts_with("http://") {
            return Self::Url;
        }
        let path = Path::new(value);
        if path.is_dir() {
            return Self::Folder;
        }
        // The name of a file may look like a pattern.
        if path.exists() || !value.contains(['*', '?', '[', '{']) {
            return Self::File;
        }
        let (base, pattern) = split_pattern(value);
        Self::Pattern { base, pattern }
    }
}

/// Splits a pattern into its leading folder and the rest.
fn split_pattern(value: &str) -> (PathBuf, &str) {
    let first = value.find(['*', '?', '[', '{']).unwrap_or(value.len());
    match value[..first].rfind(std::path::is_separator) {
        Some(0) => (PathBuf::from(&value[..1]), &value[1..]),
        Some(index) => (PathBuf::from(&value[..index]), &value[index + 1..]),
        None => (PathBuf::from("."), value),
    }
}

/// Finds the files and URLs of the values, without those that `!PATTERN` excludes; `recursive` includes the subfolders
/// of folders.
pub(super) fn find_locations(values: &[String], recursive: bool) -> Result<Locations> {
    let (values, exclusions) = Exclusions::split(values)?;
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    let (mut folders, mut excluded) = (0, 0);
    let mut is_single = values.len() == 1;
    for value in &values {
        let found = match LocationValue::classify(value) {
            LocationValue::Url => vec![Location::Url((*value).clone())],
            LocationValue::File => vec![Location::File(explicit_file(value, values.len() > 1)?)],
            LocationValue::Folder => {
                (folders, is_single) = (folders + 1, false);
                let depth = if recursive { usize::MAX } else { 1 };
                walk(Path::new(value), depth, |entry, _| !is_hidden(entry))?
            }
            LocationValue::Pattern { base, pattern } => {
                is_single = false;
                find_matching(value, &base, pattern)?
            }
        };
        // Several values may find the same file, which is registered once.
        for location in found {
            if exclusions.excludes(&location) {
                excluded += 1;
            } else if seen.insert(canonical_location(&location)) {
                all.push(location);
            }
        }
    }
    if recursive && folders == 0 {
        // A folder that does not exist is taken for a file.
        for location in &all {
            if let Location::File(file) = location {
                std::fs::metadata(&file.path).map_err(|e| Error::read(&file.path, e))?;
            }
        }
        return Err(Error::usage("--recursive needs a folder as --api-location")
            .with_hint("In a pattern, ** matches any folders: --api-location 'specs/**/*.yaml'."));
    }
    Ok(Locations { all, is_single, excluded })
}

fn explicit_file(value: &str, is_one_of_several: bool) -> Result<DefinitionFile> {
    let path = Path::new(value);
    // A misspelt name among several is an error before anything is registered.
    if is_one_of_several {
        std::fs::metadata(path).map_err(|e| Error::read(path, e))?;
    }
    Ok(DefinitionFile::explicit(path))
}

fn canonical_location(location: &Location) -> PathBuf {
    match location {
        Location::File(file) => file.path.canonicalize().unwrap_or_else(|_| file.path.clone()),
        Location::Url(url) => PathBuf::from(url),
    }
}

/// Finds the files that match a pattern.
fn find_matching(value: &str, base: &Path, pattern: &str) -> Result<Vec<Location>> {
    let path_pattern = PathPattern::parse(value, pattern)?;
    if !base.is_dir() {
        return Err(Error::invalid(format!(
            "--api-location '{value}': the folder {} does not exist",
            base.display()
        )));
    }
    let parts = pattern.split(std::path::is_separator);
    let depth = if parts.clone().any(|part| part == "**") { usize::MAX } else { parts.clone().count() };
    // As in a shell, only a pattern with a leading dot matches hidden files.
    let matches_hidden = parts.clone().any(|part| part.starts_with('.'));
    let mut folders = 0;
    let found = walk(base, depth, |entry, relative_path| {
        let is_candidate = matches_hidden || !is_hidden(entry);
        if entry.file_type().is_dir() {
            folders += usize::from(is_candidate && path_pattern.matches(relative_path));
            return is_candidate;
        }
        is_candidate && path_pattern.matches(relative_path)
    })?;
    if found.is_empty() {
        let hint = if folders > 0 {
            "It matches folders; add the files in them, as in 'services/*/openapi.yaml'."
        } else {
            "* matches any text within a name, ** any folders."
        };
        return Err(Error::no_match(format!("--api-location: no file matches '{value}'")).with_hint(hint));
    }
    Ok(found)
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// Lists the files in a folder that `is_wanted` selects, sorted by name; it is asked about subfolders as well.
///
/// Links are followed if they stay in the folder.
fn walk(
    base: &Path,
    depth: usize,
    mut is_wanted: impl FnMut(&DirEntry, &Path) -> bool,
) -> Result<Vec<Location>> {
    let canonical_base = base.canonicalize().map_err(|e| Error::read(base, e))?;
    let mut found = Vec::new();
    let entries = WalkDir::new(base).min_depth(1).max_depth(depth).follow_links(true).sort_by_file_name();
    let mut entries = entries.into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                ignore_link_error(base, error)?;
                continue;
            }
        };
        let relative_path = entry.path().strip_prefix(base).unwrap_or(entry.path()).to_owned();
        let is_folder = entry.file_type().is_dir();
        let is_inside = !entry.path_is_symlink()
            || entry.path().canonicalize().is_ok_and(|to| to.starts_with(&canonical_base));
        if !is_inside {
            message::info(&format!(
                "{} is ignored: it leads out of the folder",
                files::display_path(entry.path())
            ));
        }
        let is_selected = is_inside && is_wanted(&entry, &relative_path);
        if is_folder && !is_selected {
            entries.skip_current_dir();
        }
        if is_selected && entry.file_type().is_file() {
            // A path in the current folder is shown without `./`.
            let path = if base == Path::new(".") { relative_path } else { entry.path().to_owned() };
            found.push(Location::File(DefinitionFile { path, base: base.to_owned(), is_explicit: false }));
        }
    }
    Ok(found)
}

/// Ignores a broken or circular link with a message; any other error is returned.
fn ignore_link_error(base: &Path, error: walkdir::Error) -> Result<()> {
    let path = error.path().unwrap_or(base).to_owned();
    let is_link = path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    if is_link || error.loop_ancestor().is_some() {
        message::info(&format!("{} is ignored: {error}", files::display_path(&path)));
        return Ok(());
    }
    let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other("it cannot be listed"));
    Err(Error::read(path, source))
}

#[cfg(test)]
mod tests;
