//! Values from files: `@file` and `key=@file`.
//!
//! As in az, line breaks become `\n` and those at the end are removed, `@-` is standard input, and a text that is not the
//! name of a file is used as it is. Unlike in az, a file that is neither UTF-8 nor UTF-16 is an error: az sends it in base64.

use std::io;
use std::path::{Path, PathBuf};

use crate::interrupt;
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::interrupt::BlockedSection;
use azr_output::message;

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
///
/// A text that is not the name of a file stays as it is, as in az: `@handle.name` is a valid title.
pub(crate) fn expand(option: &str, value: &str) -> Result<ExpandedValue> {
    let expanded = expand_if_file(option, value)?;
    if let Some((_, name)) = split_file_name(value).filter(|_| expanded.file.is_none())
        && looks_like_path(name)
    {
        message::warn(&format!("{option}: the file of '{value}' does not exist; its name is used as text"));
    }
    Ok(expanded)
}

/// Like [`expand`], without a warning.
pub(crate) fn expand_if_file(option: &str, value: &str) -> Result<ExpandedValue> {
    expand_with(option, value, is_no_file)
}

/// Like [`expand`] for a value that is a document: a text that looks like a path must be the name of a file.
pub(crate) fn expand_document(option: &str, value: &str) -> Result<ExpandedValue> {
    let is_text = |e: &io::Error| {
        e.kind() == io::ErrorKind::NotFound
            && split_file_name(value)
                .is_some_and(|(prefix, name)| !prefix.is_empty() || !looks_like_path(name))
    };
    expand_with(option, value, is_text)
}

/// Replaces `@file`; `is_text` says which errors mean that the value is not the name of a file.
fn expand_with(option: &str, value: &str, is_text: impl Fn(&io::Error) -> bool) -> Result<ExpandedValue> {
    let literal = || ExpandedValue { prefix: String::new(), text: value.to_owned(), file: None };
    let Some((prefix, name)) = split_file_name(value) else { return Ok(literal()) };
    let content = if name == "-" { read_stdin() } else { read_text(&expand_home(name)) };
    match content {
        Ok(text) => {
            let text = text.trim_end_matches('\n').to_owned();
            Ok(ExpandedValue { prefix: prefix.to_owned(), text, file: Some(name.into()) })
        }
        Err(e) if is_text(&e) => Ok(literal()),
        Err(e) => {
            let hint = match e.kind() {
                io::ErrorKind::InvalidData => "Save the file as UTF-8.",
                _ => "Check the path. For a text that starts with @, use single quotes: '@text'.",
            };
            Err(Error::io(format!("{option}: cannot read the file of '{value}'"), e).with_hint(hint))
        }
    }
}

/// Splits `key=@name` or `@name` before and after the `@`.
fn split_file_name(value: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = value.find('=').map_or(("", value), |index| value.split_at(index + 1));
    let name = rest.strip_prefix('@').filter(|name| !name.is_empty())?;
    Some((prefix, name))
}

/// Whether an error means that no file has the name.
fn is_no_file(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidFilename, IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | IsADirectory | InvalidFilename)
}

/// Reads a file as text, with `\n` as line breaks.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    // Opening a pipe waits for its writer.
    interrupt::wait_until_installed();
    let _section = BlockedSection::start();
    let is_directory = || io::Error::new(io::ErrorKind::IsADirectory, "it is a directory");
    // Windows denies access to a directory.
    let file = std::fs::File::open(path).map_err(|e| if path.is_dir() { is_directory() } else { e })?;
    if file.metadata()?.is_dir() {
        return Err(is_directory());
    }
    read_limited(file)
}

fn read_stdin() -> io::Result<String> {
    interrupt::wait_until_installed();
    let content = read_limited(io::stdin().lock());
    interrupt::end_of_input();
    content
}

fn read_limited(source: impl io::Read) -> io::Result<String> {
    decode(&files::read_limited(source, MAX_FILE_BYTES)?)
}

/// Decodes UTF-8 or UTF-16; other bytes are an error.
pub(crate) fn decode(bytes: &[u8]) -> io::Result<String> {
    let text = if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        decode_utf8(text, 3)?
    } else if let Some(text) = bytes.strip_prefix(b"\xff\xfe") {
        decode_utf16(text, u16::from_le_bytes)?
    } else if let Some(text) = bytes.strip_prefix(b"\xfe\xff") {
        decode_utf16(text, u16::from_be_bytes)?
    } else {
        match (decode_utf8(bytes, 0), utf16_without_bom(bytes)) {
            (Ok(text), _) => text,
            (Err(_), Some(unit)) => decode_utf16(bytes, unit)?,
            (Err(error), None) => return Err(error),
        }
    };
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

/// `offset` is the position of the text in the file.
fn decode_utf8(bytes: &[u8], offset: usize) -> io::Result<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let position = error.valid_up_to();
            let line = bytes[..position].split(|byte| *byte == b'\n').count();
            Err(not_text(format!(
                "it is not valid UTF-8: byte 0x{:02X} at offset {} (line {line})",
                bytes[position],
                position + offset
            )))
        }
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> io::Result<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    match String::from_utf16(&units) {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(not_text("it is not valid UTF-16".to_owned())),
    }
}

fn not_text(reason: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// The byte order of UTF-16 without a byte order mark, recognised by many zero bytes, as Latin letters have.
fn utf16_without_bom(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let threshold = bytes.len() / 4;
    match bytes.len() % 2 {
        0 if zeros(1) > threshold => Some(u16::from_le_bytes),
        0 if zeros(0) > threshold => Some(u16::from_be_bytes),
        _ => None,
    }
}

/// Expands `~/` to the home folder; on Windows also `~\`.
#[must_use]
pub(crate) fn expand_home(name: &str) -> PathBuf {
    let rest = name.strip_prefix('~').and_then(|rest| rest.strip_prefix(std::path::is_separator));
    match (rest, std::env::home_dir()) {
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
        assert_eq!(decode(b"\xe9\0t\0\xe9\0").unwrap(), "été");
    }

    #[test]
    fn other_bytes_are_refused() {
        for (bytes, reason) in [
            (&b"caf\xe9\n"[..], "it is not valid UTF-8: byte 0xE9 at offset 3 (line 1)"),
            (b"\xef\xbb\xbfa\n\xff", "it is not valid UTF-8: byte 0xFF at offset 5 (line 2)"),
            (b"\xff\xfeh\0i", "it is not valid UTF-16"),
            (b"\xff\xfe\0\xd8", "it is not valid UTF-16"),
            (b"PK\x03\x04\xff", "it is not valid UTF-8"),
        ] {
            let (_dir, path) = file(bytes);
            for expand in [expand, expand_if_file, expand_document] {
                let error = expand("--x", &format!("@{path}")).unwrap_err();
                assert!(error.to_string().contains(reason), "{error}");
                assert_eq!(error.hint(), Some("Save the file as UTF-8."));
            }
        }
    }

    #[test]
    fn text_that_is_not_a_file_is_unchanged() {
        let long = format!("@{}", "long ".repeat(100));
        for text in [
            "@",
            "a@b.c",
            "@team",
            "@team owns it.",
            "x=@team",
            "me=you@x.com",
            "",
            "a=b=@x.json",
            "@home.page",
            "@handle/team",
            "a=@missing.yaml",
            "@.",
            "@/",
            &long,
        ] {
            assert_eq!(expand("--x", text).unwrap().full_text(), text);
        }
        for text in ["@team", "a=@missing.yaml"] {
            assert_eq!(expand_document("--x", text).unwrap().full_text(), text);
        }
    }

    #[test]
    fn a_missing_document_is_an_error_that_names_option_and_file() {
        for text in ["@missing.json", "@no/such/file", "@/"] {
            let error = expand_document("--value", text).unwrap_err();
            assert!(error.to_string().starts_with(&format!("--value: cannot read the file of '{text}'")));
            assert_eq!(error.exit_code(), 1);
        }
    }
}
