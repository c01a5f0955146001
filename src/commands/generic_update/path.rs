//! Paths of a generic update: `a.b`, `a[0].b`, `a[name=x].b`.

use crate::commands::shorthand::{TypeMismatch, check_depth};
use azr_arm::edit::PathSegment;
use azr_arm::names;
use azr_arm::schema::{Field, Kind};

/// Splits an expression at the first `=` outside of brackets into path and value.
pub(super) fn split(expression: &str) -> Option<(&str, &str)> {
    let mut in_brackets = false;
    let index = expression.char_indices().find_map(|(index, c)| {
        match c {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            '=' if !in_brackets => return Some(index),
            _ => {}
        }
        None
    })?;
    Some((&expression[..index], &expression[index + 1..]))
}

/// Resolves a path: returns its steps with the names of members as az prints them, and the type of the value there.
pub(super) fn resolve(
    path: &str,
    fields: &'static [Field],
) -> Result<(Vec<PathSegment>, Kind), TypeMismatch> {
    let segments = segments(path);
    if segments.is_empty() {
        return Err(TypeMismatch::new("the path is empty"));
    }
    check_depth(segments.len())?;
    let mut kind = Kind::Object(fields);
    let mut steps = Vec::with_capacity(segments.len());
    for segment in &segments {
        let (step, next) = match segment {
            Segment::Name(name) => member(&kind, name)?,
            Segment::Bracket(text) => element(&kind, text)?,
        };
        steps.push(step);
        kind = next;
    }
    Ok((steps, kind))
}

#[derive(Debug, PartialEq, Eq)]
enum Segment<'a> {
    Name(&'a str),
    Bracket(&'a str),
}

/// Splits a path at dots and brackets. Empty parts are ignored, and an unclosed bracket is a name.
fn segments(path: &str) -> Vec<Segment<'_>> {
    let mut output = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some((inside, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            output.push(Segment::Bracket(inside));
            rest = after;
            continue;
        }
        let end =
            rest.char_indices().skip(1).find(|(_, c)| matches!(c, '.' | '[')).map_or(rest.len(), |f| f.0);
        let (name, after) = rest.split_at(end);
        let name = name.strip_prefix('.').unwrap_or(name);
        if !name.is_empty() {
            output.push(Segment::Name(name));
        }
        rest = after;
    }
    output
}

fn member(kind: &Kind, name: &str) -> Result<(PathSegment, Kind), TypeMismatch> {
    match kind {
        Kind::Object(fields) => {
            if let Some(field) = names::find_field(fields, name) {
                return Ok((PathSegment::Key(field.shown.to_owned()), field.kind));
            }
            let all: Vec<_> = names::flattened_fields(fields).into_iter().map(|f| f.shown).collect();
            Err(TypeMismatch::new(format!("'{name}' is not a member; valid members: {}", all.join(", "))))
        }
        Kind::Map(element) => Ok((PathSegment::Key(name.to_owned()), **element)),
        Kind::Any => Ok((PathSegment::Key(name.to_owned()), Kind::Any)),
        Kind::List(_) => Err(TypeMismatch::new(format!(
            "'{name}' follows a list; select an element with [index] or [key=value]"
        ))),
        _ => Err(TypeMismatch::new(format!("'{name}' follows a value that is not an object"))),
    }
}

fn element(kind: &Kind, text: &str) -> Result<(PathSegment, Kind), TypeMismatch> {
    let inner = match kind {
        Kind::List(element) => **element,
        Kind::Any => Kind::Any,
        _ => return Err(TypeMismatch::new(format!("[{text}] does not follow a list"))),
    };
    if let Some((key, value)) = text.split_once('=') {
        let key = match inner {
            Kind::Any => key.to_owned(),
            _ => match member(&inner, key)? {
                (PathSegment::Key(key), _) => key,
                _ => key.to_owned(),
            },
        };
        return Ok((PathSegment::Where { key, value: value.to_owned() }, inner));
    }
    let Ok(index) = text.trim().parse() else {
        return Err(TypeMismatch::new(format!("[{text}] is neither an index nor key=value")));
    };
    Ok((PathSegment::Index(index), inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_at_dots_and_brackets() {
        use Segment::{Bracket, Name};
        for (path, expected) in [
            ("a.b", vec![Name("a"), Name("b")]),
            ("a[0].b", vec![Name("a"), Bracket("0"), Name("b")]),
            ("a.[0][1]", vec![Name("a"), Bracket("0"), Bracket("1")]),
            ("a[name=x.y].b", vec![Name("a"), Bracket("name=x.y"), Name("b")]),
            ("a..b.", vec![Name("a"), Name("b")]),
            ("a[0", vec![Name("a"), Name("[0")]),
            ("é.ü", vec![Name("é"), Name("ü")]),
            ("", vec![]),
            (".", vec![]),
        ] {
            let segments = segments(path);
            // A dot before a bracket is not part of a name.
            let segments: Vec<_> = segments.into_iter().filter(|s| *s != Name("")).collect();
            assert_eq!(segments, expected, "{path}");
        }
    }

    #[test]
    fn the_value_starts_after_the_first_equals_sign_outside_brackets() {
        assert_eq!(split("a=b=c"), Some(("a", "b=c")));
        assert_eq!(split("a[n=x].b=c"), Some(("a[n=x].b", "c")));
        assert_eq!(split("a="), Some(("a", "")));
        assert_eq!(split("=a"), Some(("", "a")));
        assert_eq!(split("a"), None);
        assert_eq!(split("a[n=x]"), None);
    }
}
