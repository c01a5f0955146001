//! Values from files: `@file` and `key=@file`.
//!
//! As in az, the file is decoded as UTF-8 with or without a byte order mark or as UTF-16, and otherwise encoded in base64;
//! line breaks become `\n` and those at the end are removed; `@-` is standard input. If the file does not exist, az uses the
//! text `@name` itself; here that is done only for names that do not look like a path, because the text `@spec.json` is never
//! meant.

use std::path::{Path, PathBuf};

use base64::Engine as _;

use azr_core::error::{Error, Result};
use azr_core::files;

/// The maximum size of a file: ten times the largest inline specification that API Center accepts.
const MAX_FILE_BYTES: u64 = 32 << 20;

/// A value of an option, expanded from a file if it names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExpandedValue {
    /// `key=` if the value is `key=@file`, else empty.
    pub prefix: String,
    /// The value, or the content of its file.
    pub text: String,
    /// The file of which `text` is the content; `-` is standard input.
    pub file: Option<PathBuf>,
}

impl ExpandedValue {
    /// The prefix and the text.
    #[must_use]
    pub(crate) fn full_text(&self) -> String {
        format!("{}{}", self.prefix, self.text)
    }
}

/// Expands `@file` and `key=@file` to the content of the file.
pub(crate) fn expand(option: &str, value: &str) -> Result<ExpandedValue> {
    expand_with(option, value, looks_like_path)
}

/// Like [`expand`], but a text that is not the name of a file is always taken literally, as az does.
pub(crate) fn expand_if_file(option: &str, value: &str) -> Result<ExpandedValue> {
    expand_with(option, value, |_| false)
}

/// Replaces `@file`; `must_exist` says whether a name without a file is an error.
fn expand_with(option: &str, value: &str, must_exist: impl Fn(&str) -> bool) -> Result<ExpandedValue> {
    let (prefix, rest) = value.find('=').map_or(("", value), |index| value.split_at(index + 1));
    let literal = || ExpandedValue { prefix: String::new(), text: value.to_owned(), file: None };
    let Some(name) = rest.strip_prefix('@').filter(|name| !name.is_empty()) else { return Ok(literal()) };
    let content = if name == "-" { read_stdin() } else { read_text(&expand_home(name)) };
    match content {
        Ok(text) => {
            let text = text.trim_end_matches('\n').to_owned();
            Ok(ExpandedValue { prefix: prefix.to_owned(), text, file: Some(name.into()) })
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !must_exist(name) => Ok(literal()),
        Err(e) => Err(Error::io(format!("{option}: cannot read the file of '{value}'"), e)
            .with_hint("Check the path. For a text that starts with @, use single quotes: '@text'.")),
    }
}

/// Reads a file as text, with `\n` as line breaks.
pub(crate) fn read_text(path: &Path) -> std::io::Result<String> {
    let file = std::fs::File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a directory"));
    }
    read_limited(file)
}

fn read_stdin() -> std::io::Result<String> {
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
        decode_utf16_without_bom(bytes)
            .unwrap_or_else(|| base64::engine::general_purpose::STANDARD.encode(bytes))
    };
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Decodes UTF-16 without a byte order mark, recognised by many zero bytes, as Latin letters have.
fn decode_utf16_without_bom(bytes: &[u8]) -> Option<String> {
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let threshold = bytes.len() / 4;
    let unit: fn([u8; 2]) -> u16 = match bytes.len() % 2 {
        0 if zeros(1) > threshold => u16::from_le_bytes,
        0 if zeros(0) > threshold => u16::from_be_bytes,
        _ => return None,
    };
    String::from_utf16(&utf16_units(bytes, unit)).ok()
}

/// The code units of UTF-16; an incomplete unit at the end becomes a replacement character.
fn utf16_units(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u16> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let replacement = (!rest.is_empty()).then_some(0xfffd);
    pairs.iter().map(|pair| unit(*pair)).chain(replacement).collect()
}

/// Expands `~/` to the home folder.
#[must_use]
pub(crate) fn expand_home(name: &str) -> PathBuf {
    match (name.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => name.into(),
    }
}

/// Whether a name has a path separator, or a file extension of at most five letters and digits.
#[must_use]
pub(crate) fn looks_like_path(name: &str) -> bool {
    let has_extension = |(stem, extension): (&str, &str)| {
        !stem.is_empty()
            && (1..=5).contains(&extension.len())
            && extension.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    name.contains(['/', '\\']) || name.rsplit_once('.').is_some_and(has_extension)
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
    fn the_content_is_decoded_without_byte_order_mark_and_final_line_breaks() {
        for (bytes, expected) in [
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
            assert_eq!(expand("--x", &format!("@{path}")).unwrap().text, expected);
            let keyed = expand("--x", &format!("a.b=@{path}")).unwrap();
            assert_eq!((keyed.prefix.as_str(), keyed.text.as_str()), ("a.b=", expected));
        }
    }

    #[test]
    fn utf16_without_a_byte_order_mark_is_recognised() {
        assert_eq!(decode(b"\xe9\0t\0\xe9\0"), "été");
    }

    #[test]
    fn text_that_is_not_a_file_is_unchanged() {
        for text in ["@", "a@b.c", "@team", "@team owns it.", "x=@team", "me=you@x.com", "", "a=b=@x.json"] {
            assert_eq!(expand("--x", text).unwrap().full_text(), text);
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
