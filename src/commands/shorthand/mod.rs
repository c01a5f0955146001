//! Values of az's structured options: JSON, shorthand syntax, partial values and `@file`.
//!
//! As in az, a value is parsed as a file, as shorthand ([`strict`]), and as JSON or a Python literal; then also in forms
//! that az does not accept ([`lenient`]). The type of a word is that of its member, so `{version:1.10}` keeps its zero,
//! where az sends `1.1`. The rules were found by comparing with azure-cli-core 2.91.

mod error;
mod help_request;
mod lenient;
mod node;
mod option_value;
mod partial;
mod strict;
mod typed;

use serde_json::{Map, Value, json};

use crate::commands::arg_file::{self, ExpandedValue};
use crate::commands::literal::MAX_DEPTH;
use azr_arm::edit::{self, Edit, PathSegment};
use azr_arm::schema::{Field, Kind};
use azr_core::error::{Error, Result};

pub(super) use error::{TypeMismatch, excerpt};
pub(super) use help_request::path_to_help;
pub(super) use option_value::{is_simple, parse_inline};
pub use typed::Nulls;
use typed::find_writable_field;
pub(super) use typed::{convert, parse_bool};

/// Parses the occurrences of a structured option as edits of the member at `path` of a resource.
///
/// A whole value replaces the member, and `a.b=value` only the value at that path. `null` removes an optional member; if the
/// resource is created, it has no effect.
pub fn parse(
    option: &str,
    kind: &Kind,
    nulls: Nulls,
    member: &[PathSegment],
    occurrences: &[Vec<String>],
) -> Result<Vec<Edit>> {
    let mut edits = Vec::new();
    for values in occurrences {
        let expand = if is_simple(kind) { arg_file::expand } else { arg_file::expand_document };
        let values = values.iter().map(|v| expand(option, v)).collect::<Result<Vec<_>>>()?;
        let parsed = match (values.as_slice(), kind) {
            ([], _) => vec![(Vec::new(), default_value(option, kind)?)],
            ([.., last], kind) if is_simple(kind) => {
                vec![(Vec::new(), parse_whole(option, kind, nulls, last)?)]
            }
            _ => parse_occurrence(option, kind, nulls, &values)?,
        };
        for (steps, value) in parsed {
            let mut path = [member, &steps].concat();
            resolve_negative_indices(&mut path, member.len(), &edits);
            edits.push(Edit::Set { path, value });
        }
    }
    Ok(edits)
}

/// Parses the occurrences of a structured option as one value of the type of `field`; null if there are none.
pub fn parse_value(option: &str, field: &'static [Field; 1], occurrences: &[Vec<String>]) -> Result<Value> {
    let [Field { shown: name, kind, .. }] = field;
    let edits = parse(option, kind, Nulls::FreeForm, &[PathSegment::Key((*name).to_owned())], occurrences)?;
    let mut document = json!({});
    edit::apply(&edits, &mut document, field)?;
    Ok(document[*name].take())
}

/// Parses the value of a text, boolean, number or choice option.
///
/// `null` is null, which clears an optional member in an update. As in az, a value that is not one of the choices is a usage
/// error, and any other mistake an invalid value.
pub fn parse_scalar(option: &str, kind: &Kind, nulls: Nulls, value: &str) -> Result<Value> {
    let invalid = |expected: String| {
        Err(Error::usage(format!("{option}: '{value}' is not valid")).with_hint(format!("Use {expected}.")))
    };
    match kind {
        Kind::Choice(choices) => typed::match_choice(choices, value)
            .map_or_else(|| invalid(format!("one of {}", choices.join(", "))), |c| Ok(c.into())),
        Kind::Bool => parse_bool(value).map_or_else(|| invalid("true or false".to_owned()), |b| Ok(b.into())),
        _ => parse_whole(option, kind, nulls, &arg_file::expand(option, value)?),
    }
}

/// Parses a value without a path.
fn parse_whole(option: &str, kind: &Kind, nulls: Nulls, expanded: &ExpandedValue) -> Result<Value> {
    if expanded.text.is_empty() && expanded.prefix.is_empty() && is_simple(kind) {
        return typed::convert_word(kind, "").map_err(|e| e.into_error(option, ""));
    }
    option_value::parse_option_value(option, kind, nulls, &expanded.full_text(), expanded.file.as_deref())
}

/// The value of an option that is given without one.
fn default_value(option: &str, kind: &Kind) -> Result<Value> {
    match kind {
        Kind::Bool => Ok(Value::Bool(true)),
        Kind::Map(_) | Kind::Any => Ok(Value::Object(Map::new())),
        Kind::List(_) => Ok(Value::Array(Vec::new())),
        _ => Err(Error::usage(format!("{option}: a value is missing"))),
    }
}

/// A path within the value of an option, and the value there.
type PathValue = (Vec<PathSegment>, Value);

fn parse_occurrence(
    option: &str,
    kind: &Kind,
    nulls: Nulls,
    values: &[ExpandedValue],
) -> Result<Vec<PathValue>> {
    let parse_each = |values: &[ExpandedValue]| {
        values.iter().map(|value| parse_partial(option, kind, nulls, value)).collect::<Result<Vec<_>>>()
    };
    parse_each(values).or_else(|first_error| {
        if let Some(list) = parse_list_elements(option, kind, nulls, values) {
            return Ok(vec![(Vec::new(), list?)]);
        }
        rejoin(values).and_then(|values| parse_each(&values).ok()).ok_or(first_error)
    })
}

/// Parses a value that may have a path.
fn parse_partial(option: &str, kind: &Kind, nulls: Nulls, expanded: &ExpandedValue) -> Result<PathValue> {
    let full_text = expanded.full_text();
    let file = expanded.file.as_deref();
    let Some((steps, bytes)) = split_path(kind, &full_text) else {
        // With a prefix that is not a path, the file is only part of the value: `some text=@file`.
        return Ok((
            Vec::new(),
            option_value::parse_option_value(
                option,
                kind,
                nulls,
                &full_text,
                file.filter(|_| expanded.prefix.is_empty()),
            )?,
        ));
    };
    let (steps, inner, nulls) =
        resolve_path(kind, nulls, &steps).map_err(|e| e.into_error(option, &full_text))?;
    let text = &full_text[bytes..];
    let value = match inner {
        // `--tags a=` sets an empty tag in az's older commands.
        Kind::Text if matches!(kind, Kind::Map(_)) && text.is_empty() => Value::String(String::new()),
        inner => option_value::parse_option_value(option, &inner, nulls, text, file)?,
    };
    Ok((steps, value))
}

/// Splits off the path of a value; also returns its length in bytes including `=`.
///
/// In addition to az's rules, the keys of a map may contain other characters, such as `hidden-link:x=y`.
fn split_path(kind: &Kind, text: &str) -> Option<(Vec<PathSegment>, usize)> {
    let is_flat = matches!(kind, Kind::Map(element) if is_simple(element));
    match partial::split_path(text) {
        Some((steps, bytes)) if !is_flat || steps.len() == 1 => Some((steps, bytes)),
        _ if matches!(kind, Kind::Map(_)) => {
            let (key, _) = text.split_once('=')?;
            // A key with one of these characters is probably a mistake in another kind of value.
            let forbidden = if is_flat { ",{}[]\"'" } else { ",{}[]\"':" };
            let is_key = !key.is_empty() && !key.contains(|c| forbidden.contains(c));
            is_key.then(|| (vec![PathSegment::Key(key.to_owned())], key.len() + 1))
        }
        split => split,
    }
}

/// Returns an error if a value at a path with this many steps would be nested too deep to be parsed and printed.
pub(super) fn check_depth(steps: usize) -> Result<(), TypeMismatch> {
    if steps > MAX_DEPTH {
        return Err(TypeMismatch::new(format!("the path is more than {MAX_DEPTH} levels deep")));
    }
    Ok(())
}

/// Resolves a path: returns it with the names of members as az prints them, the type of the value there, and
/// where null is allowed in it.
fn resolve_path(
    kind: &Kind,
    nulls: Nulls,
    steps: &[PathSegment],
) -> Result<(Vec<PathSegment>, Kind, Nulls), TypeMismatch> {
    check_depth(steps.len())?;
    let mut kind = *kind;
    let mut inner_nulls = nulls;
    let mut output = Vec::with_capacity(steps.len());
    for step in steps {
        let (step, next) = match (kind, step) {
            (Kind::Object(fields), PathSegment::Key(key)) => {
                let field = find_writable_field(fields, key).map_err(TypeMismatch::new)?;
                inner_nulls = nulls.of_member(field);
                (PathSegment::Key(field.shown.to_owned()), field.kind)
            }
            (Kind::Map(element), PathSegment::Key(_)) | (Kind::List(element), PathSegment::Index(_)) => {
                (step.clone(), *element)
            }
            (Kind::Any, _) => (step.clone(), Kind::Any),
            (Kind::List(_), _) => {
                return Err(TypeMismatch::new(
                    "it is a list; use [a,b], or [0].member=value for one element",
                ));
            }
            (_, PathSegment::Index(index)) => {
                return Err(TypeMismatch::new(format!("it is not a list, so it has no [{index}]")));
            }
            (_, step) => return Err(TypeMismatch::new(format!("it is not an object, so it has no {step}"))),
        };
        output.push(step);
        kind = next;
    }
    Ok((output, kind, inner_nulls))
}

/// Parses `--apis a b c`, the elements of a list of simple values; `None` if the values do not have that form.
fn parse_list_elements(
    option: &str,
    kind: &Kind,
    nulls: Nulls,
    values: &[ExpandedValue],
) -> Option<Result<Value>> {
    let Kind::List(element) = kind else { return None };
    let is_list = |v: &ExpandedValue| v.text.starts_with('[') && v.text.ends_with(']') && values.len() == 1;
    let is_other_form = |v: &ExpandedValue| partial::split_path(&v.full_text()).is_some() || is_list(v);
    if !is_simple(element) || values.iter().any(is_other_form) {
        return None;
    }
    let elements = values.iter().map(|value| parse_whole(option, element, nulls, value));
    Some(elements.filter(|v| !matches!(v, Ok(Value::Null))).collect())
}

/// Joins values that the shell has split: `{name:Bob` and `Smith}`. `None` if there are none.
fn rejoin(values: &[ExpandedValue]) -> Option<Vec<ExpandedValue>> {
    let open_brackets = |text: &str| {
        text.chars().fold(0_i64, |n, c| n + i64::from("{[".contains(c)) - i64::from("}]".contains(c)))
    };
    let mut output: Vec<ExpandedValue> = Vec::new();
    for value in values {
        match output.last_mut().filter(|last| last.file.is_none() && open_brackets(&last.text) > 0) {
            Some(last) if value.file.is_none() => last.text = format!("{} {}", last.text, value.text),
            _ => output.push(value.clone()),
        }
    }
    (output.len() < values.len()).then_some(output)
}

/// Replaces negative indices by those from the start, if earlier edits determine the length of the list.
///
/// az counts in the list that the option builds, so `[0].name=a [-1].email=b` is one element.
fn resolve_negative_indices(path: &mut [PathSegment], start: usize, edits: &[Edit]) {
    for position in start..path.len() {
        let (list, rest) = path.split_at_mut(position);
        if let PathSegment::Index(index @ ..0) = &mut rest[0] {
            let length = list_length(list, edits);
            if length + *index >= 0 {
                *index += length;
            }
        }
    }
}

fn list_length(list: &[PathSegment], edits: &[Edit]) -> i64 {
    edits.iter().fold(0, |length, edit| {
        let Edit::Set { path, value } = edit else { return length };
        match (path.strip_prefix(list), value) {
            (Some([]), Value::Array(elements)) => i64::try_from(elements.len()).unwrap_or(i64::MAX),
            (Some([PathSegment::Index(index), ..]), _) => length.max(index.saturating_add(1)),
            _ => length,
        }
    })
}

#[cfg(test)]
mod tests;
