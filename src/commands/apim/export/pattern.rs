//! The names of the files of a bulk export: `--file-name '{api}-{version}.{ext}'`.

use azr_core::error::{Error, Result};

/// The name that az gives a file.
pub const DEFAULT: &str = "{api}_{format}.{ext}";

/// What stands for a version where an API has none; API Management's portal calls it so.
const NO_VERSION: &str = "original";

/// Characters that some file system does not take, or takes for something else.
const UNFIT: &str = "/\\:*?\"<>|";

/// Names that Windows keeps for devices, whatever their ending; those with a number are told apart in [`is_device`].
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// What may number a device: Windows takes superscripts for digits.
const NUMBERS: &str = "0123456789¹²³";

/// The longest name in bytes that file systems take.
const LONGEST: usize = 255;

/// What the placeholders of a pattern stand for.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// The name of the API, with `;rev=N` where it is not the current revision.
    pub api: &'a str,
    /// Its version; empty for none.
    pub version: &'a str,
    /// Its revision.
    pub revision: &'a str,
    /// The format as az writes it in a name: `openapi+json`.
    pub format: &'a str,
    /// The ending of the format: `json`.
    pub ext: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Api,
    Version,
    Revision,
    Format,
    Ext,
}

/// A pattern for file names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

impl Pattern {
    /// Reads a pattern.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |why: &str| {
            Error::usage(format!("--file-name: '{text}' {why}")).with_hint(
                "Write a file name with {api}, {version}, {revision}, {format} and {ext}: --file-name '{api}-{version}.{ext}'.",
            )
        };
        if let Some(c) = text.chars().find(|c| UNFIT.contains(*c) || c.is_control()) {
            return Err(wrong(&format!("holds {c:?}, which a file name cannot")));
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let (before, at) = rest.split_at(open);
            let close = at.find('}').filter(|close| *close > 0);
            let close = close.ok_or_else(|| wrong("has a brace without its other half"))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(match &at[1..close] {
                "api" => Part::Api,
                "version" => Part::Version,
                "revision" => Part::Revision,
                "format" => Part::Format,
                "ext" => Part::Ext,
                other => return Err(wrong(&format!("has {{{other}}}, which stands for nothing"))),
            });
            rest = &at[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        if parts.is_empty() {
            return Err(wrong("is no file name"));
        }
        Ok(Self { parts })
    }

    /// The name for these values: one segment of a path, whatever the service calls its APIs.
    #[must_use]
    pub fn name(&self, values: Values<'_>) -> String {
        let own_revision = self.parts.contains(&Part::Revision);
        let mut name = String::new();
        for part in &self.parts {
            name.push_str(match part {
                Part::Text(text) => text,
                // Where the pattern names the revision, the API need not do so again.
                Part::Api if own_revision => values.api.split(';').next().unwrap_or(values.api),
                Part::Api => values.api,
                Part::Version if values.version.is_empty() => NO_VERSION,
                Part::Version => values.version,
                Part::Revision => values.revision,
                Part::Format => values.format,
                Part::Ext => values.ext,
            });
        }
        harmless(&name)
    }
}

/// The name as every file system takes it.
fn harmless(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if UNFIT.contains(c) || c.is_control() { '_' } else { c }).collect();
    // Windows drops what is at the end, and a leading dot hides a file, or is the folder above.
    let mut safe = safe.trim_end_matches(['.', ' ']).to_owned();
    if safe.is_empty() || safe.starts_with('.') || is_device(&safe) {
        safe.insert(0, '_');
    }
    if safe.len() <= LONGEST {
        return safe;
    }
    // The ending says what the file is: it is the name before it that is cut.
    let at = safe.rfind('.').filter(|at| safe.len() - at < LONGEST / 2).unwrap_or(safe.len());
    let ending = safe.split_off(at);
    while safe.len() + ending.len() > LONGEST {
        safe.pop();
    }
    safe.truncate(safe.trim_end_matches(['.', ' ']).len());
    safe + &ending
}

/// Whether Windows takes a name for that of a device.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str())
        || port
            .is_some_and(|number| number.chars().count() == 1 && number.starts_with(|c| NUMBERS.contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'_> =
        Values { api: "weather;rev=2", version: "v1", revision: "2", format: "openapi+json", ext: "json" };

    fn name(pattern: &str, values: Values<'_>) -> String {
        Pattern::parse(pattern).expect("a pattern").name(values)
    }

    #[test]
    fn placeholders_are_filled_in() {
        assert_eq!(name(DEFAULT, VALUES), "weather;rev=2_openapi+json.json");
        assert_eq!(name("{api}-{version}.{ext}", VALUES), "weather;rev=2-v1.json");
        assert_eq!(name("{api}-r{revision}.{ext}", VALUES), "weather-r2.json");
        assert_eq!(name("{version}", Values { version: "", ..VALUES }), "original");
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
            assert_eq!(name("{version}", Values { version, ..VALUES }), file, "{version:?}");
        }
        let long = "ü".repeat(300);
        assert!(name("{version}", Values { version: &long, ..VALUES }).len() <= LONGEST);
        let hidden = format!(".{}", "x".repeat(300));
        for version in [&long, &hidden] {
            let name = name("{version}.{ext}", Values { version, ..VALUES });
            assert_eq!(name.rsplit_once('.').map(|(_, ending)| ending), Some("json"));
            assert!(name.len() <= LONGEST, "{name}");
        }
        // An ending that is all of the name is cut as well.
        let name = name("{version}", Values { version: &format!("a.{}", "x".repeat(300)), ..VALUES });
        assert!((LONGEST - 4..=LONGEST).contains(&name.len()), "{name}");
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for wrong in ["", "{api", "api}", "{name}", "{}", "a/{api}", "..\\{api}", "{api}{", "}{"] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }
}
