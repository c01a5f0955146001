//! Paths of a generic update: `a.b`, `a[0].b`, `a[name=x].b`.

use crate::commands::shorthand::{Misfit, check_depth};
use azr_arm::edit::Step;
use azr_arm::names;
use azr_arm::schema::{Field, Kind};

/// Path and value: the text before and after the first `=` outside brackets.
pub fn split(expression: &str) -> Option<(&str, &str)> {
    let mut inside = false;
    let at = expression.char_indices().find_map(|(at, c)| {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            '=' if !inside => return Some(at),
            _ => {}
        }
        None
    })?;
    Some((&expression[..at], &expression[at + 1..]))
}

/// The steps of a path with names as shown, and the type of what it leads to.
pub fn resolve(path: &str, fields: &'static [Field]) -> Result<(Vec<Step>, Kind), Misfit> {
    let segments = segments(path);
    if segments.is_empty() {
        return Err(Misfit::new("the path is empty"));
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

/// The parts between dots and in brackets; empty parts do not count, a bracket that is not closed is a name.
fn segments(path: &str) -> Vec<Segment<'_>> {
    let mut out = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some((inside, after)) = rest.strip_prefix('[').and_then(|r| r.split_once(']')) {
            out.push(Segment::Bracket(inside));
            rest = after;
            continue;
        }
        let end =
            rest.char_indices().skip(1).find(|(_, c)| matches!(c, '.' | '[')).map_or(rest.len(), |f| f.0);
        let (name, after) = rest.split_at(end);
        let name = name.strip_prefix('.').unwrap_or(name);
        if !name.is_empty() {
            out.push(Segment::Name(name));
        }
        rest = after;
    }
    out
}

fn member(kind: &Kind, name: &str) -> Result<(Step, Kind), Misfit> {
    match kind {
        Kind::Object(fields) => {
            if let Some(field) = names::find(fields, name) {
                return Ok((Step::Key(field.shown.to_owned()), field.kind));
            }
            let all: Vec<_> = names::members(fields).into_iter().map(|f| f.shown).collect();
            Err(Misfit::new(format!("there is no member '{name}'; valid members: {}", all.join(", "))))
        }
        Kind::Map(element) => Ok((Step::Key(name.to_owned()), **element)),
        Kind::Any => Ok((Step::Key(name.to_owned()), Kind::Any)),
        Kind::List(_) => Err(Misfit::new(format!(
            "'{name}' is looked for in a list: name an element by [index] or [key=value]"
        ))),
        _ => Err(Misfit::new(format!("'{name}' is looked for in a value that has no members"))),
    }
}

fn element(kind: &Kind, text: &str) -> Result<(Step, Kind), Misfit> {
    let inner = match kind {
        Kind::List(element) => **element,
        Kind::Any => Kind::Any,
        _ => return Err(Misfit::new(format!("[{text}] does not follow a list"))),
    };
    if let Some((key, value)) = text.split_once('=') {
        let key = match inner {
            Kind::Any => key.to_owned(),
            _ => match member(&inner, key)? {
                (Step::Key(key), _) => key,
                _ => key.to_owned(),
            },
        };
        return Ok((Step::Where { key, value: value.to_owned() }, inner));
    }
    let Ok(at) = text.trim().parse() else {
        return Err(Misfit::new(format!("[{text}] is neither an index nor key=value")));
    };
    Ok((Step::Index(at), inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_at_dots_and_brackets() {
        use Segment::{Bracket, Name};
        for (path, want) in [
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
            let found = segments(path);
            // A dot before a bracket belongs to neither.
            let found: Vec<_> = found.into_iter().filter(|s| *s != Name("")).collect();
            assert_eq!(found, want, "{path}");
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
