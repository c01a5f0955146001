//! The text of a `$ref`: a file, a place in it, or a URL.

use percent_encoding::percent_decode_str;

/// A place in a file of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    /// The file, by its path below the folder.
    pub(super) file: String,
    /// The keys that lead to it from the file's root.
    pub(super) pointer: Vec<String>,
}

/// What a reference leads to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// A URL, which is left alone.
    Remote,
    /// Something in the file that the reference stands in.
    Here(Target),
    /// Something in another file.
    There(Target),
}

/// Why a reference is not followed, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unfollowed {
    pub(super) why: &'static str,
    pub(super) hint: &'static str,
}

const OUTSIDE: Unfollowed = Unfollowed {
    why: "it leaves the folder",
    hint: "Give the folder that holds both as the start of a pattern, such as --api-location 'FOLDER/**/openapi.yaml'.",
};
const ABSOLUTE: Unfollowed = Unfollowed {
    why: "it is an absolute path",
    hint: "Write a path that is relative to the file, or a URL that everybody can read.",
};
const ANCHOR: Unfollowed = Unfollowed {
    why: "it names an anchor, and azr follows JSON pointers only",
    hint: "Write the place as a path of keys, such as #/components/schemas/Pet.",
};

impl Reference {
    /// Reads the reference `text` in the file `file`.
    pub(super) fn read(text: &str, file: &str) -> Result<Self, Unfollowed> {
        let (path, fragment) = text.split_once('#').unwrap_or((text, ""));
        if path.starts_with("//") {
            return Ok(Self::Remote);
        }
        match scheme(path) {
            // A drive of Windows looks like a scheme of one letter.
            Some(scheme) if scheme.len() == 1 || scheme.eq_ignore_ascii_case("file") => return Err(ABSOLUTE),
            Some(_) => return Ok(Self::Remote),
            None if path.starts_with(['/', '\\']) => return Err(ABSOLUTE),
            None => {}
        }
        let pointer = pointer(fragment)?;
        if path.is_empty() {
            return Ok(Self::Here(Target { file: file.to_owned(), pointer }));
        }
        let path = percent_decode_str(path).decode_utf8_lossy().replace('\\', "/");
        let file = beside(file, &path).ok_or(OUTSIDE)?;
        Ok(Self::There(Target { file, pointer }))
    }
}

/// What stands before the first colon, if it is the scheme of a URL.
fn scheme(path: &str) -> Option<&str> {
    let (scheme, _) = path.split_once(':')?;
    let legal = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    legal.then_some(scheme)
}

/// The path below the folder of what is at `path` as seen from `file`; None where that is outside.
fn beside(file: &str, path: &str) -> Option<String> {
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

/// The keys of a JSON pointer as it stands behind `#` (RFC 6901, section 6).
pub(super) fn pointer(fragment: &str) -> Result<Vec<String>, Unfollowed> {
    let decoded = percent_decode_str(fragment).decode_utf8_lossy();
    let mut keys = decoded.split('/');
    if keys.next() != Some("") {
        return Err(ANCHOR);
    }
    Ok(keys.map(|key| key.replace("~1", "/").replace("~0", "~")).collect())
}

/// The reference to a place of the document itself.
pub(super) fn to_pointer<'a>(keys: impl IntoIterator<Item = &'a str>) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    // What may not stand in the fragment of a URI (RFC 3986); `/` separates, and braces of paths are usual as they are.
    const ESCAPED: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'`').add(b'\\').add(b'^');
    let mut text = String::from("#");
    for key in keys {
        text.push('/');
        text.extend(utf8_percent_encode(&key.replace('~', "~0").replace('/', "~1"), ESCAPED));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(text: &str, file: &str) -> (String, Vec<String>) {
        match Reference::read(text, file) {
            Ok(Reference::There(target)) => (target.file, target.pointer),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn paths_are_relative_to_their_file() {
        let none: [&str; 0] = [];
        for (text, file, want, keys) in [
            ("pet.yaml", "openapi.yaml", "pet.yaml", &none[..]),
            ("./s/pet.yaml#/a~1b/c~0d/%7Bx%7D", "openapi.yaml", "s/pet.yaml", &["a/b", "c~d", "{x}"]),
            ("../b/x%20y.json#", "a/c.json", "b/x y.json", &none),
            ("..\\b\\x.json", "a/c.json", "b/x.json", &none),
            ("a//b/./c.json#/", "x.json", "a/b/c.json", &[""]),
        ] {
            let (path, pointer) = there(text, file);
            assert_eq!(
                (path.as_str(), pointer),
                (want, keys.iter().map(|k| (*k).to_owned()).collect()),
                "{text}"
            );
        }
        assert!(matches!(Reference::read("#/a", "x"), Ok(Reference::Here(_))));
        assert!(matches!(Reference::read("", "x"), Ok(Reference::Here(_))));
    }

    #[test]
    fn what_leaves_the_folder_is_not_followed_and_urls_are_left_alone() {
        for (text, why) in [
            ("../x.yaml", OUTSIDE),
            ("a/../../x.yaml", OUTSIDE),
            ("%2e%2e/x.yaml", OUTSIDE),
            ("..\\x.yaml", OUTSIDE),
            ("/etc/passwd", ABSOLUTE),
            ("file:///etc/passwd", ABSOLUTE),
            ("FILE:x", ABSOLUTE),
            ("C:\\x.yaml", ABSOLUTE),
            ("\\\\host\\x", ABSOLUTE),
            ("x.yaml#Pet", ANCHOR),
        ] {
            assert_eq!(Reference::read(text, "openapi.yaml"), Err(why), "{text}");
        }
        for text in ["https://x/y.yaml#/a", "http://x", "urn:x:y", "//host/x.yaml"] {
            assert_eq!(Reference::read(text, "openapi.yaml"), Ok(Reference::Remote), "{text}");
        }
    }

    #[test]
    fn pointers_come_back_as_they_were() {
        let keys = ["paths", "/a/{b c}", "~x", "ü#%"];
        let text = to_pointer(keys);
        assert_eq!(text, "#/paths/~1a~1{b%20c}/~0x/%C3%BC%23%25");
        assert_eq!(pointer(&text[1..]).expect("a pointer"), keys);
    }
}
