//! Patterns for the paths of files.

use std::path::{Component, Path};

use azr_core::error::{Error, Result};

/// A pattern for paths, in which only `**` matches separators.
pub(super) struct PathPattern(String);

impl PathPattern {
    /// Parses the pattern in a value of `--api-location`.
    pub(super) fn parse(value: &str, pattern: &str) -> Result<Self> {
        let mut pattern = fold_path(pattern.to_owned());
        if pattern.starts_with('!') {
            // It would negate the pattern.
            pattern.insert(0, '\\');
        }
        fast_glob::validate(&pattern).map_err(|e| {
            Error::invalid(format!("--api-location '{value}' is not a valid pattern: {e}"))
                .with_hint("Patterns may contain * ? ** [a-z] and {json,yaml}.")
        })?;
        Ok(Self(pattern))
    }

    /// Whether the pattern matches a whole path.
    pub(super) fn matches(&self, path: &Path) -> bool {
        fast_glob::glob_match(&self.0, fold_path(slashed(path)))
    }
}

/// A path as patterns are compared: Windows takes backslashes for separators, and ignores case.
fn fold_path(path: String) -> String {
    if cfg!(windows) { path.replace('\\', "/").to_lowercase() } else { path }
}

/// The normal components of a path, with slashes.
pub(super) fn slashed(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy()),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}
