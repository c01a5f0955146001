//! The names of the files of a bulk export: `--file-name '{api}-{version}.{ext}'`.

use azr_core::error::{Error, Result};
use azr_core::files::names::{RESERVED_CHARACTERS, is_device};

/// The pattern of the names that az gives files.
pub(super) const DEFAULT: &str = "{api}_{format}.{ext}";

/// The version of an API without one, as API Management's portal calls it.
const NO_VERSION: &str = "original";

/// The longest file name, in bytes, that common file systems accept.
const MAX_BYTES: usize = 255;

/// The values of a pattern's placeholders.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileNameValues<'a> {
    /// The name of the API, with `;rev=N` where it is not the current revision.
    pub api: &'a str,
    /// Its version; empty for none.
    pub version: &'a str,
    /// Its revision.
    pub revision: &'a str,
    /// The format as az writes it in file names: `openapi+json`.
    pub format: &'a str,
    /// The extension without its dot: `json`.
    pub extension: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Api,
    Version,
    Revision,
    Format,
    Extension,
}

/// A pattern for file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileNamePattern {
    parts: Vec<Part>,
}

impl FileNamePattern {
    /// Parses a pattern.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let invalid = |reason: &str| {
            Error::usage(format!("--file-name: '{text}' {reason}")).with_hint(
                "Write a file name with {api}, {version}, {revision}, {format} and {ext}: --file-name '{api}-{version}.{ext}'.",
            )
        };
        if let Some(c) = text.chars().find(|c| RESERVED_CHARACTERS.contains(*c) || c.is_control()) {
            return Err(invalid(&format!("contains {c:?}, which is not allowed in a file name")));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let (before, at) = rest.split_at(open);
            let close = at.find('}').filter(|close| *close > 0);
            let close = close.ok_or_else(|| invalid("has an unmatched brace"))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(match &at[1..close] {
                "api" => Part::Api,
                "version" => Part::Version,
                "revision" => Part::Revision,
                "format" => Part::Format,
                "ext" => Part::Extension,
                other => return Err(invalid(&format!("contains the unknown placeholder {{{other}}}"))),
            });
            rest = &at[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if parts.is_empty() {
            return Err(invalid("is not a file name"));
        }
        Ok(Self { parts })
    }

    /// The name for these values: a single path segment, whatever names the service uses.
    #[must_use]
    pub(super) fn expand(&self, values: FileNameValues<'_>) -> String {
        let has_revision = self.parts.contains(&Part::Revision);
        let mut name = String::new();
        for part in &self.parts {
            name.push_str(match part {
                Part::Text(text) => text,
                // A pattern with {revision} does not need the revision in the name of the API, too.
                Part::Api if has_revision => values.api.split(';').next().unwrap_or(values.api),
                Part::Api => values.api,
                Part::Version if values.version.is_empty() => NO_VERSION,
                Part::Version => values.version,
                Part::Revision => values.revision,
                Part::Format => values.format,
                Part::Extension => values.extension,
            });
        }
        sanitize(&name)
    }
}

/// The name with what some file system refuses replaced.
fn sanitize(name: &str) -> String {
    let safe: String = name
        .chars()
        .map(|c| if RESERVED_CHARACTERS.contains(c) || c.is_control() { '_' } else { c })
        .collect();
    // Windows drops dots and spaces at the end; a leading dot hides the file, and `..` is the parent folder.
    let mut safe = safe.trim_end_matches(['.', ' ']).to_owned();
    if safe.is_empty() || safe.starts_with('.') || is_device(&safe) {
        safe.insert(0, '_');
    }
    if safe.len() <= MAX_BYTES {
        return safe;
    }
    // Truncate before the extension, which identifies the type of the file.
    let dot = safe.rfind('.').filter(|dot| safe.len() - dot < MAX_BYTES / 2).unwrap_or(safe.len());
    let extension = safe.split_off(dot);
    while safe.len() + extension.len() > MAX_BYTES {
        safe.pop();
    }
    safe.truncate(safe.trim_end_matches(['.', ' ']).len());
    safe + &extension
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: FileNameValues<'_> = FileNameValues {
        api: "weather;rev=2",
        version: "v1",
        revision: "2",
        format: "openapi+json",
        extension: "json",
    };

    fn name(pattern: &str, values: FileNameValues<'_>) -> String {
        FileNamePattern::parse(pattern).expect("a pattern").expand(values)
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(name(DEFAULT, VALUES), "weather;rev=2_openapi+json.json");
        assert_eq!(name("{api}-{version}.{ext}", VALUES), "weather;rev=2-v1.json");
        assert_eq!(name("{api}-r{revision}.{ext}", VALUES), "weather-r2.json");
        assert_eq!(name("{version}", FileNameValues { version: "", ..VALUES }), "original");
    }

    #[test]
    fn a_name_never_leaves_the_folder() {
        for (version, file) in [
            ("../../etc/passwd", "_.._.._etc_passwd"),
            ("..", "_"),
            ("/root", "_root"),
            ("C:\\x", "C__x"),
            (".hidden", "_.hidden"),
            ("con", "_con"),
            ("COM1.txt", "_COM1.txt"),
            ("lpt².x", "_lpt².x"),
            ("CONIN$", "_CONIN$"),
            ("comet", "comet"),
            ("a\0b\n", "a_b_"),
            ("v1. ", "v1"),
        ] {
            assert_eq!(name("{version}", FileNameValues { version, ..VALUES }), file, "{version:?}");
        }
        let long = "ü".repeat(300);
        assert!(name("{version}", FileNameValues { version: &long, ..VALUES }).len() <= MAX_BYTES);
        let hidden = format!(".{}", "x".repeat(300));
        for version in [&long, &hidden] {
            let name = name("{version}.{ext}", FileNameValues { version, ..VALUES });
            assert_eq!(name.rsplit_once('.').map(|(_, extension)| extension), Some("json"));
            assert!(name.len() <= MAX_BYTES, "{name}");
        }
        // An extension that makes up the whole name is truncated, too.
        let name = name("{version}", FileNameValues { version: &format!("a.{}", "x".repeat(300)), ..VALUES });
        assert!((MAX_BYTES - 4..=MAX_BYTES).contains(&name.len()), "{name}");
    }

    #[test]
    fn an_invalid_pattern_is_refused() {
        for pattern in ["", "{api", "api}", "{name}", "{}", "a/{api}", "..\\{api}", "{api}{", "}{"] {
            assert!(FileNamePattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
