//! `@file`: a value, or the value after `key=`, that is the content of a file.
//!
//! As az reads it: UTF-8 with or without a byte order mark, UTF-16, else the bytes in base64; line ends become
//! `\n` and the ones at the end of the file go away; `@-` is standard input. az takes `@name` literally where
//! there is no such file; here that is so only for names that do not look like a path, because sending the
//! text `@spec.json` in place of a missing file is never meant.

use std::path::{Path, PathBuf};

use base64::Engine as _;

use azr_core::error::{Error, Result};
use azr_core::files;

/// The largest file that is read into a value: ten times the largest inline specification of API Center.
const MAX_FILE_BYTES: u64 = 32 << 20;

/// A value of an option, with the file it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// `key=` or nothing, as given.
    pub prefix: String,
    /// The value, or the content of its file.
    pub text: String,
    /// The file that `text` is the content of; `-` is standard input.
    pub file: Option<PathBuf>,
}

impl Given {
    /// Prefix and text, as az sees them.
    #[must_use]
    pub fn whole(&self) -> String {
        format!("{}{}", self.prefix, self.text)
    }
}

/// The value with `@file` and `key=@file` replaced by the file's content.
pub fn expand(option: &str, value: &str) -> Result<Given> {
    let (prefix, rest) = value.find('=').map_or(("", value), |at| value.split_at(at + 1));
    let literal = || Given { prefix: String::new(), text: value.to_owned(), file: None };
    let Some(name) = rest.strip_prefix('@').filter(|name| !name.is_empty()) else { return Ok(literal()) };
    let read = if name == "-" { stdin() } else { read_text(&home(name)) };
    match read {
        Ok(text) => {
            let text = text.trim_end_matches('\n').to_owned();
            Ok(Given { prefix: prefix.to_owned(), text, file: Some(name.into()) })
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !looks_like_path(name) => Ok(literal()),
        Err(e) => Err(Error::io(format!("{option}: cannot read the file of '{value}'"), e)
            .with_hint("Check the path; a text that starts with @ goes in single quotes: '@text'.")),
    }
}

/// A file as text, its line ends as `\n`.
pub fn read_text(path: &Path) -> std::io::Result<String> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a directory"));
    }
    read_limited(file)
}

fn stdin() -> std::io::Result<String> {
    read_limited(std::io::stdin().lock())
}

fn read_limited(source: impl std::io::Read) -> std::io::Result<String> {
    Ok(decode(&files::read_limited(source, MAX_FILE_BYTES)?))
}

pub(crate) fn decode(bytes: &[u8]) -> String {
    let text = if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        String::from_utf8_lossy(text).into_owned()
    } else if let Some(text) = bytes.strip_prefix(b"\xff\xfe") {
        String::from_utf16_lossy(&utf16_units(text, u16::from_le_bytes))
    } else if let Some(text) = bytes.strip_prefix(b"\xfe\xff") {
        String::from_utf16_lossy(&utf16_units(text, u16::from_be_bytes))
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        text.to_owned()
    } else {
        utf16_without_mark(bytes).unwrap_or_else(|| base64::engine::general_purpose::STANDARD.encode(bytes))
    };
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Text in UTF-16 that lacks its mark: mostly Latin letters, so every other byte is zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<String> {
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let enough = bytes.len() / 4;
    let unit: fn([u8; 2]) -> u16 = match bytes.len() % 2 {
        0 if zeros(1) > enough => u16::from_le_bytes,
        0 if zeros(0) > enough => u16::from_be_bytes,
        _ => return None,
    };
    String::from_utf16(&utf16_units(bytes, unit)).ok()
}

/// The code units of a text in UTF-16; half a unit at the end becomes a replacement character.
fn utf16_units(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u16> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let replacement = (!rest.is_empty()).then_some(0xfffd);
    pairs.iter().map(|pair| unit(*pair)).chain(replacement).collect()
}

/// The path with `~/` as the home directory.
#[must_use]
pub fn home(name: &str) -> PathBuf {
    match (name.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => name.into(),
    }
}

/// A directory separator, or a file ending of up to five letters and digits.
#[must_use]
pub fn looks_like_path(name: &str) -> bool {
    let ending = |(stem, ending): (&str, &str)| {
        !stem.is_empty()
            && (1..=5).contains(&ending.len())
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    name.contains(['/', '\\']) || name.rsplit_once('.').is_some_and(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(bytes: &[u8]) -> (tempfile::TempDir, String) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("v.json");
        std::fs::write(&path, bytes).unwrap();
        let path = path.to_str().unwrap().to_owned();
        (dir, path)
    }

    #[test]
    fn content_replaces_the_name_without_marks_and_final_line_ends() {
        for (bytes, want) in [
            (&b"a\r\nb\n\n"[..], "a\nb"),
            (b"\xef\xbb\xbf{}\n", "{}"),
            (b"\xff\xfeh\0\xe9\0", "hé"),
            (b"\xfe\xff\0h\0i", "hi"),
            (b"\xff\xfeh\0i", "h\u{fffd}"),
            (b"caf\xe9\x01", "Y2Fm6QE="),
            (b" x ", " x "),
            (b"", ""),
        ] {
            let (_dir, path) = file(bytes);
            assert_eq!(expand("--x", &format!("@{path}")).unwrap().text, want);
            let keyed = expand("--x", &format!("a.b=@{path}")).unwrap();
            assert_eq!((keyed.prefix.as_str(), keyed.text.as_str()), ("a.b=", want));
        }
    }

    #[test]
    fn utf16_without_a_mark_is_recognised() {
        assert_eq!(decode(b"\xe9\0t\0\xe9\0"), "été");
    }

    #[test]
    fn text_that_is_no_file_stays() {
        for text in ["@", "a@b.c", "@team", "@team owns it.", "x=@team", "me=you@x.com", "", "a=b=@x.json"] {
            assert_eq!(expand("--x", text).unwrap().whole(), text);
        }
    }

    #[test]
    fn a_missing_file_is_an_error_that_names_option_and_file() {
        for text in ["@missing.json", "@no/such/file", "a=@missing.yaml", "@."] {
            let Err(error) = expand("--value", text) else { continue };
            assert!(error.to_string().starts_with(&format!("--value: cannot read the file of '{text}'")));
            assert_eq!(error.exit_code(), 1);
        }
        assert!(expand("--value", "@missing.json").is_err());
        assert!(expand("--value", "@/").is_err());
    }
}
