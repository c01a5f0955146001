//! Where a possible definition is: a file or a URL.

use std::path::{Path, PathBuf};

use azr_core::files;

/// The location of a possible definition.
#[derive(Debug, Clone)]
pub(super) enum Location {
    /// A file.
    File(DefinitionFile),
    /// A URL.
    Url(String),
}

/// A file that may be a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DefinitionFile {
    /// The path.
    pub path: PathBuf,
    /// The folder in which it was found.
    pub base: PathBuf,
    /// Whether the file was given by its name, not by a folder or pattern; then it must be a definition.
    pub is_explicit: bool,
}

impl DefinitionFile {
    /// A file that was given by its name.
    pub(super) fn explicit(path: &Path) -> Self {
        let base = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        Self { path: path.to_owned(), base: base.unwrap_or(Path::new(".")).to_owned(), is_explicit: true }
    }

    /// The name for messages.
    #[must_use]
    pub(super) fn name(&self) -> String {
        files::display_path(&self.path)
    }
}

impl Location {
    /// The name for messages.
    #[must_use]
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(file) => file.name(),
            Self::Url(url) => public_url(url),
        }
    }
}

/// A URL for messages, reports and journals: without user, password and query, which may contain secrets.
#[must_use]
pub(super) fn public_url(url: &str) -> String {
    let (bare, query) = match url.split_once(['?', '#']) {
        Some((bare, _)) => (bare, "?…"),
        None => (url, ""),
    };
    // User and password precede the last @ before the path.
    let host_start = bare.find("://").map_or(0, |index| index + 3);
    let path = bare[host_start..].find('/').map_or(bare.len(), |index| host_start + index);
    let user_end = bare[host_start..path].rfind('@').map_or(host_start, |index| host_start + index + 1);
    format!("{}{}{query}", &bare[..host_start], &bare[user_end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_shown_without_secrets() {
        for (url, shown) in [
            ("https://h/a/spec.json", "https://h/a/spec.json"),
            ("https://h/spec.json?sv=1&sig=hush", "https://h/spec.json?…"),
            ("https://h/spec.json#hush", "https://h/spec.json?…"),
            ("https://me:hush@h/@a", "https://h/@a"),
            ("http://", "http://"),
        ] {
            assert_eq!(public_url(url), shown);
        }
    }
}
