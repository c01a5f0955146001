//! `--api-location`: which files and URLs are meant.
//!
//! A word is a file, a URL, a folder, or a pattern that the shell has not expanded.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use azr_core::error::{Error, Result};
use azr_output::message;

/// What the words of the option come to.
#[derive(Debug)]
pub struct Locations {
    /// The definitions, or what may be ones, in the order of the words; those of a word by their names.
    pub all: Vec<Location>,
    /// Whether it is one file or URL, as az knows it.
    pub single: bool,
}

/// Where a definition may be.
#[derive(Debug, Clone)]
pub enum Location {
    /// A file.
    File(SpecFile),
    /// A URL.
    Url(String),
}

/// A file that may be a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecFile {
    /// Where it is.
    pub path: PathBuf,
    /// The folder that what it refers to must be in.
    pub base: PathBuf,
    /// The file by its path below that folder, with slashes.
    pub below: String,
    /// Whether it was named itself, rather than found: then it must be a definition.
    pub named: bool,
}

impl SpecFile {
    /// A file that was named.
    fn named(path: &Path) -> Self {
        let base = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let below = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Self { path: path.to_owned(), base: base.unwrap_or(Path::new(".")).to_owned(), below, named: true }
    }

    /// How messages call it.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }
}

impl Location {
    /// How messages call it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(file) => file.name(),
            Self::Url(url) => public_url(url),
        }
    }
}

/// How messages, reports and journals call a URL: without its query, which may be a signature, user and password.
#[must_use]
pub fn public_url(url: &str) -> String {
    let (bare, query) = match url.split_once(['?', '#']) {
        Some((bare, _)) => (bare, "?…"),
        None => (url, ""),
    };
    // Up to the last @ before the path stand user and password.
    let host = bare.find("://").map_or(0, |at| at + 3);
    let path = bare[host..].find('/').map_or(bare.len(), |at| host + at);
    let user = bare[host..path].rfind('@').map_or(host, |at| host + at + 1);
    format!("{}{}{query}", &bare[..host], &bare[user..])
}

/// What a word is.
enum Word<'a> {
    Url,
    Folder,
    Pattern { base: PathBuf, pattern: &'a str },
    File,
}

impl<'a> Word<'a> {
    fn read(word: &'a str) -> Self {
        let lower = word.to_ascii_lowercase();
        if lower.starts_with("https://") || lower.starts_with("http://") {
            return Self::Url;
        }
        let path = Path::new(word);
        if path.is_dir() {
            return Self::Folder;
        }
        // A file may be called like a pattern.
        if path.exists() || !word.contains(['*', '?', '[', '{']) {
            return Self::File;
        }
        let (base, pattern) = split(word);
        Self::Pattern { base, pattern }
    }
}

/// The folder that a pattern begins with, and the rest of it.
fn split(word: &str) -> (PathBuf, &str) {
    let first = word.find(['*', '?', '[', '{']).unwrap_or(word.len());
    match word[..first].rfind(std::path::is_separator) {
        Some(0) => (PathBuf::from(&word[..1]), &word[1..]),
        Some(at) => (PathBuf::from(&word[..at]), &word[at + 1..]),
        None => (PathBuf::from("."), word),
    }
}

/// Finds what the words mean; with `recursive` the folders below a folder count as well.
pub fn find(words: &[String], recursive: bool) -> Result<Locations> {
    let mut all = Vec::new();
    let mut seen = HashSet::new();
    let mut folders = 0;
    let mut single = words.len() == 1;
    for word in words {
        let found = match Word::read(word) {
            Word::Url => vec![Location::Url(word.clone())],
            Word::File => vec![Location::File(file(word, words.len() > 1)?)],
            Word::Folder => {
                (folders, single) = (folders + 1, false);
                let depth = if recursive { usize::MAX } else { 1 };
                walk(Path::new(word), depth, |entry, _| !is_hidden(entry))?
            }
            Word::Pattern { base, pattern } => {
                single = false;
                fitting(word, &base, pattern)?
            }
        };
        // The same file may be found by several words, and is registered once.
        all.extend(found.into_iter().filter(|location| seen.insert(identity(location))));
    }
    if recursive && folders == 0 {
        return Err(Error::usage("--recursive goes with a folder as --api-location")
            .with_hint("In a pattern, ** stands for folders below: --api-location 'specs/**/*.yaml'."));
    }
    Ok(Locations { all, single })
}

fn file(word: &str, is_one_of_many: bool) -> Result<SpecFile> {
    let path = Path::new(word);
    // A misspelt name among many is better found before anything is registered.
    if is_one_of_many {
        std::fs::metadata(path).map_err(|e| Error::read(path, e))?;
    }
    Ok(SpecFile::named(path))
}

fn identity(location: &Location) -> PathBuf {
    match location {
        Location::File(file) => file.path.canonicalize().unwrap_or_else(|_| file.path.clone()),
        Location::Url(url) => PathBuf::from(url),
    }
}

/// The files that fit a pattern.
fn fitting(word: &str, base: &Path, pattern: &str) -> Result<Vec<Location>> {
    let path_pattern = PathPattern::parse(word, pattern)?;
    if !base.is_dir() {
        return Err(Error::invalid(format!(
            "--api-location '{word}': there is no folder {}",
            base.display()
        )));
    }
    let parts = pattern.split(std::path::is_separator);
    let depth = if parts.clone().any(|part| part == "**") { usize::MAX } else { parts.clone().count() };
    // As in a shell, only a pattern that names a dot finds what starts with one.
    let hidden = parts.clone().any(|part| part.starts_with('.'));
    let mut folders = 0;
    let found = walk(base, depth, |entry, below| {
        let wanted = hidden || !is_hidden(entry);
        if entry.file_type().is_dir() {
            folders += usize::from(wanted && path_pattern.matches(below));
            return wanted;
        }
        wanted && path_pattern.matches(below)
    })?;
    if found.is_empty() {
        let hint = if folders > 0 {
            "It fits folders; go on to the files in them, as in 'services/*/openapi.yaml'."
        } else {
            "* stands for any text within a name, ** for any folders."
        };
        return Err(Error::no_match(format!("--api-location: no file fits '{word}'")).with_hint(hint));
    }
    Ok(found)
}

/// A pattern for paths, in which only `**` stands for separators.
struct PathPattern(String);

impl PathPattern {
    /// Reads the pattern in a word of the option.
    fn parse(word: &str, pattern: &str) -> Result<Self> {
        let mut pattern = fold_path(pattern.to_owned());
        if pattern.starts_with('!') {
            // It would negate the pattern.
            pattern.insert(0, '\\');
        }
        fast_glob::validate(&pattern).map_err(|e| {
            Error::invalid(format!("--api-location '{word}' is not a pattern: {e}"))
                .with_hint("Patterns have * ? ** [a-z] and {json,yaml}.")
        })?;
        Ok(Self(pattern))
    }

    fn matches(&self, path: &Path) -> bool {
        fast_glob::glob_match(&self.0, fold_path(slashed(path)))
    }
}

/// A path as patterns are compared: Windows takes backslashes for separators, and ignores case.
fn fold_path(path: String) -> String {
    if cfg!(windows) { path.replace('\\', "/").to_lowercase() } else { path }
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with('.')
}

/// The files below a folder that `wanted` takes, by name, folder after folder; it is asked about folders as well.
///
/// Links are followed as long as they stay in the folder.
fn walk(
    base: &Path,
    depth: usize,
    mut wanted: impl FnMut(&DirEntry, &Path) -> bool,
) -> Result<Vec<Location>> {
    let whole = base.canonicalize().map_err(|e| Error::read(base, e))?;
    let mut found = Vec::new();
    let entries = WalkDir::new(base).min_depth(1).max_depth(depth).follow_links(true).sort_by_file_name();
    let mut entries = entries.into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                passed_over(base, error)?;
                continue;
            }
        };
        let below = entry.path().strip_prefix(base).unwrap_or(entry.path()).to_owned();
        let is_folder = entry.file_type().is_dir();
        let inside =
            !entry.path_is_symlink() || entry.path().canonicalize().is_ok_and(|to| to.starts_with(&whole));
        if !inside {
            message::info(&format!("{} is passed over: it leads out of the folder", entry.path().display()));
        }
        let takes = inside && wanted(&entry, &below);
        if is_folder && !takes {
            entries.skip_current_dir();
        }
        if takes && entry.file_type().is_file() {
            // What is below the folder that the command runs in is called as one would call it there.
            let path = if base == Path::new(".") { below.clone() } else { entry.path().to_owned() };
            let below = slashed(&below);
            found.push(Location::File(SpecFile { path, base: base.to_owned(), below, named: false }));
        }
    }
    Ok(found)
}

/// Says what is not looked into: a link that leads nowhere or to itself; anything else is an error.
fn passed_over(base: &Path, error: walkdir::Error) -> Result<()> {
    let path = error.path().unwrap_or(base).to_owned();
    let is_link = path.symlink_metadata().is_ok_and(|data| data.is_symlink());
    if is_link || error.loop_ancestor().is_some() {
        message::info(&format!("{} is passed over: {error}", path.display()));
        return Ok(());
    }
    let source = error.into_io_error().unwrap_or_else(|| std::io::Error::other("it cannot be listed"));
    Err(Error::read(path, source))
}

fn slashed(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests;
