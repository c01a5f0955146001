//! The place of `??` in a value, which requests help.

use azr_arm::edit::PathSegment;

use super::partial;

/// The path of the first `??` that is a whole word of a value; None if there is none.
pub(crate) fn path_to_help(text: &str) -> Option<Vec<PathSegment>> {
    let (mut path, value) = match partial::split_path(text) {
        Some((path, bytes)) => (path, &text[bytes..]),
        None => (Vec::new(), text),
    };
    if value == "??" {
        return Some(path);
    }
    if !value.starts_with(['{', '[']) {
        return None;
    }
    let mut word = String::new();
    let mut is_quoted = false;
    for c in value.chars() {
        if is_quoted || c == '\'' {
            is_quoted ^= c == '\'';
            word.push(c);
            continue;
        }
        match c {
            '{' => path.push(PathSegment::Key(String::new())),
            '[' => path.push(PathSegment::Index(0)),
            ':' => {
                if let Some(PathSegment::Key(key)) = path.last_mut() {
                    word.trim().clone_into(key);
                }
            }
            ',' | '}' | ']' => {
                if word.trim() == "??" {
                    return Some(path);
                }
                if c != ',' {
                    path.pop();
                }
            }
            _ => {
                word.push(c);
                continue;
            }
        }
        word.clear();
    }
    None
}
