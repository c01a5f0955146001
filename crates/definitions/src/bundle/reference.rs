//! References (`$ref`): to a file, a value in it, or a URL.

use azr_core::error::Error;
use percent_encoding::percent_decode_str;

/// A value in a file of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    /// The path of the file, relative to the folder.
    pub(super) file: String,
    /// The keys of its path from the root of the file.
    pub(super) pointer: Vec<String>,
}

/// The fragment of a reference, which selects a value in a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fragment {
    /// The keys of its path from the root.
    Pointer(Vec<String>),
    /// The name that the value gives itself, as schemas can.
    Anchor(String),
}

/// A parsed reference.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// A URL, which is kept.
    Remote,
    /// A value in the file of the reference.
    SameFile(Fragment),
    /// A value in the file with this path relative to the folder.
    OtherFile(String, Fragment),
}

/// Why a reference cannot be followed, and how to fix it. `FOLDER` in the reason stands for the name of the folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InvalidReference {
    pub(super) reason: &'static str,
    pub(super) hint: &'static str,
}

const OUTSIDE_FOLDER: InvalidReference = InvalidReference {
    reason: "it points outside of FOLDER",
    hint: "A definition below the working directory may refer to any file below it: run azr in a folder that contains both \
           files.",
};
const ABSOLUTE_PATH: InvalidReference = InvalidReference {
    reason: "it is an absolute path",
    hint: "Use a path relative to the file, or a public URL.",
};

impl Reference {
    /// Parses a reference in the file `file`.
    pub(super) fn parse(text: &str, file: &str) -> Result<Self, InvalidReference> {
        let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
        if path.starts_with("//") {
            return Ok(Self::Remote);
        }
        match scheme(path) {
            // The drive letter of a Windows path looks like a scheme.
            Some(scheme) if scheme.len() == 1 || scheme.eq_ignore_ascii_case("file") => {
                return Err(ABSOLUTE_PATH);
            }
            Some(_) => return Ok(Self::Remote),
            None if path.starts_with(['/', '\\']) => return Err(ABSOLUTE_PATH),
            None => {}
        }
        let fragment = Fragment::parse(fragment);
        if path.is_empty() {
            return Ok(Self::SameFile(fragment));
        }
        let path = percent_decode_str(path).decode_utf8_lossy().replace('\\', "/");
        let file = resolve_path(file, &path).ok_or(OUTSIDE_FOLDER)?;
        Ok(Self::OtherFile(file, fragment))
    }
}

impl Fragment {
    /// Parses the fragment of a URI; a JSON pointer (RFC 6901, section 6) is empty or starts with a slash.
    fn parse(text: &str) -> Self {
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        let mut keys = decoded.split('/');
        if keys.next() != Some("") {
            return Self::Anchor(decoded.into_owned());
        }
        Self::Pointer(keys.map(|key| key.replace("~1", "/").replace("~0", "~")).collect())
    }
}

/// The scheme of a URL; `None` for other paths.
fn scheme(path: &str) -> Option<&str> {
    let (scheme, _) = path.split_once(':')?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme.then_some(scheme)
}

/// Resolves a path relative to a file of the folder; `None` if it is outside of the folder.
fn resolve_path(file: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The path of the file `to` relative to the file `from`; both are relative to the same folder.
pub(super) fn relative_path(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let common = from.iter().zip(&to).take(from.len().min(to.len()) - 1).take_while(|(a, b)| a == b).count();
    let ups = std::iter::repeat_n("..", from.len() - 1 - common);
    ups.chain(to[common..].iter().copied()).collect::<Vec<_>>().join("/")
}

/// The keys of a reference to a value of the same document; `None` for other references.
pub(super) fn parse_pointer(reference: &str) -> Option<Vec<String>> {
    match Fragment::parse(reference.strip_prefix('#')?) {
        Fragment::Pointer(keys) => Some(keys),
        Fragment::Anchor(_) => None,
    }
}

/// Formats a reference to a value of the same document.
pub(super) fn format_pointer<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    // Characters not allowed in the fragment of a URI (RFC 3986), except the braces of path templates.
    const ESCAPED: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'`').add(b'\\').add(b'^');
    let mut text = String::from("#");
    for key in keys {
        text.push('/');
        text.extend(utf8_percent_encode(&key.replace('~', "~0").replace('/', "~1"), ESCAPED));
    }
    text
}

/// The error for a reference that cannot be followed.
pub(super) fn reference_error(file: &str, reference: &str, reason: &str) -> Error {
    Error::invalid(format!("{file}: $ref '{reference}': {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_target(text: &str, file: &str) -> (String, Vec<String>) {
        match Reference::parse(text, file) {
            Ok(Reference::OtherFile(file, Fragment::Pointer(keys))) => (file, keys),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn paths_are_relative_to_their_file() {
        let none: [&str; 0] = [];
        for (text, file, expected, keys) in [
            ("pet.yaml", "openapi.yaml", "pet.yaml", &none[..]),
            ("./s/pet.yaml#/a~1b/c~0d/%7Bx%7D", "openapi.yaml", "s/pet.yaml", &["a/b", "c~d", "{x}"]),
            ("../b/x%20y.json#", "a/c.json", "b/x y.json", &none),
            ("..\\b\\x.json", "a/c.json", "b/x.json", &none),
            ("a//b/./c.json#/", "x.json", "a/b/c.json", &[""]),
        ] {
            let (path, pointer) = parse_target(text, file);
            assert_eq!(
                (path.as_str(), pointer),
                (expected, keys.iter().map(|k| (*k).to_owned()).collect()),
                "{text}"
            );
        }
        assert!(matches!(Reference::parse("#/a", "x"), Ok(Reference::SameFile(_))));
        assert!(matches!(Reference::parse("", "x"), Ok(Reference::SameFile(_))));
    }

    #[test]
    fn what_leaves_the_folder_is_not_followed_and_urls_are_left_alone() {
        for (text, why) in [
            ("../x.yaml", OUTSIDE_FOLDER),
            ("a/../../x.yaml", OUTSIDE_FOLDER),
            ("%2e%2e/x.yaml", OUTSIDE_FOLDER),
            ("..\\x.yaml", OUTSIDE_FOLDER),
            ("/etc/passwd", ABSOLUTE_PATH),
            ("file:///etc/passwd", ABSOLUTE_PATH),
            ("FILE:x", ABSOLUTE_PATH),
            ("C:\\x.yaml", ABSOLUTE_PATH),
            ("\\\\host\\x", ABSOLUTE_PATH),
        ] {
            assert_eq!(Reference::parse(text, "openapi.yaml"), Err(why), "{text}");
        }
        for text in ["https://x/y.yaml#/a", "http://x", "urn:x:y", "//host/x.yaml"] {
            assert_eq!(Reference::parse(text, "openapi.yaml"), Ok(Reference::Remote), "{text}");
        }
    }

    #[test]
    fn a_fragment_without_a_slash_is_an_anchor() {
        let anchor = Fragment::Anchor("Größe".to_owned());
        assert_eq!(
            Reference::parse("x.yaml#Gr%C3%B6%C3%9Fe", "a.yaml"),
            Ok(Reference::OtherFile("x.yaml".to_owned(), anchor))
        );
        assert_eq!(parse_pointer("#Pet"), None);
    }

    #[test]
    fn relative_paths_lead_back() {
        for (from, to, path) in [
            ("a.yaml", "b.yaml", "b.yaml"),
            ("x/a.yaml", "b.yaml", "../b.yaml"),
            ("x/y/a.yaml", "x/z/b.yaml", "../z/b.yaml"),
            ("a.yaml", "x/b.yaml", "x/b.yaml"),
        ] {
            assert_eq!(relative_path(from, to), path);
        }
    }

    #[test]
    fn pointers_come_back_as_they_were() {
        let keys = ["paths", "/a/{b c}", "~x", "ü#%"];
        let text = format_pointer(keys);
        assert_eq!(text, "#/paths/~1a~1{b%20c}/~0x/%C3%BC%23%25");
        assert_eq!(parse_pointer(&text).expect("a pointer"), keys);
    }
}
