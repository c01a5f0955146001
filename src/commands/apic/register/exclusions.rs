//! `!PATTERN` in `--api-location`: files and URLs to exclude.

use std::path::Path;

use super::location::Location;
use super::path_pattern::{PathPattern, slashed};
use azr_core::error::{Error, Result};

/// The patterns of `--api-location` that exclude.
pub(super) struct Exclusions(Vec<Exclusion>);

/// A pattern that excludes.
enum Exclusion {
    /// A pattern for the name of a file or folder.
    Name(PathPattern),
    /// A pattern for a path.
    Path { pattern: PathPattern, is_absolute: bool },
}

impl Exclusion {
    /// Parses a value of `--api-location` that starts with `!`.
    fn parse(value: &str) -> Result<Self> {
        let path = Path::new(&value[1..]);
        let text = slashed(path);
        let pattern = PathPattern::parse(value, &text)?;
        let is_absolute = path.is_absolute();
        Ok(if text.contains('/') || is_absolute {
            Self::Path { pattern, is_absolute }
        } else {
            Self::Name(pattern)
        })
    }
}

impl Exclusions {
    /// Separates the values that include from those that exclude; fails if all of them exclude.
    ///
    /// A value that is the name of a file includes it, as in az.
    pub(super) fn split(values: &[String]) -> Result<(Vec<&String>, Self)> {
        let (excluding, including): (Vec<&String>, Vec<&String>) =
            values.iter().partition(|value| value.starts_with('!') && !Path::new(value).exists());
        if including.is_empty() {
            return Err(Error::usage("--api-location only excludes files").with_hint(
                "Add a file, a folder or a pattern, as in --api-location specs '!*-draft.yaml'.",
            ));
        }
        let exclusions = excluding.iter().map(|value| Exclusion::parse(value)).collect::<Result<_>>()?;
        Ok((including, Self(exclusions)))
    }

    /// Whether a pattern excludes a location.
    ///
    /// A pattern without a slash is compared with the names of the file and of the folders below the one that was
    /// given; any other with the path, as it is shown and relative to that folder. A pattern for a folder excludes
    /// everything in it.
    pub(super) fn excludes(&self, location: &Location) -> bool {
        let file = match location {
            Location::File(file) => file,
            Location::Url(_) => {
                let url = slashed(Path::new(&location.name()));
                return self.0.iter().any(|exclusion| match exclusion {
                    Exclusion::Name(_) => false,
                    Exclusion::Path { pattern, .. } => matches_start(pattern, &url),
                });
            }
        };
        let path = slashed(&file.path);
        let relative_path = slashed(file.path.strip_prefix(&file.base).unwrap_or(&file.path));
        self.0.iter().any(|exclusion| match exclusion {
            Exclusion::Name(pattern) => relative_path.split('/').any(|name| pattern.matches(Path::new(name))),
            Exclusion::Path { pattern, is_absolute } => {
                (*is_absolute == file.path.is_absolute() && matches_start(pattern, &path))
                    || (!is_absolute && matches_start(pattern, &relative_path))
            }
        })
    }
}

/// Whether a pattern matches a path or one of the folders that contain it.
fn matches_start(pattern: &PathPattern, path: &str) -> bool {
    let ends = path.match_indices('/').map(|(index, _)| index).chain([path.len()]);
    ends.into_iter().any(|end| pattern.matches(Path::new(&path[..end])))
}
