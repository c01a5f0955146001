//! Paths into a JSON value, and the navigation along them.

use std::fmt;

use serde_json::{Map, Value};

use crate::names;
use crate::schema::{Field, Kind};
use azr_core::error::{Error, Result};

/// One segment of a path into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// A member of an object.
    Key(String),
    /// An element of a list; negative counts from the end.
    Index(i64),
    /// A new element at the end of a list.
    Append,
    /// The only element of a list whose member has this value: `[name=x]`.
    Where {
        /// The name of the member, as az shows it.
        key: String,
        /// Its value: the same text, or JSON for it.
        value: String,
    },
}

impl fmt::Display for PathSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Append => f.write_str("[+]"),
            Self::Where { key, value } => write!(f, "[{key}={value}]"),
        }
    }
}

/// The slot as an object; null becomes an empty one.
pub(super) fn object_in<'a>(slot: &'a mut Value, path: &[PathSegment]) -> Result<&'a mut Map<String, Value>> {
    if slot.is_null() {
        *slot = Value::Object(Map::new());
    }
    slot.as_object_mut().ok_or_else(|| Error::invalid(format!("{} is not an object", format_path(path))))
}

/// The slot as a list; null becomes an empty one.
pub(super) fn list_in<'a>(slot: &'a mut Value, path: &[PathSegment]) -> Result<&'a mut Vec<Value>> {
    if slot.is_null() {
        *slot = Value::Array(Vec::new());
    }
    slot.as_array_mut().ok_or_else(|| Error::invalid(format!("{} is not a list", format_path(path))))
}

/// The value at a path of keys and non-negative indices.
pub(super) fn find<'a>(doc: &'a mut Value, path: &[PathSegment]) -> Option<&'a mut Value> {
    path.iter().try_fold(doc, |slot, segment| match segment {
        PathSegment::Key(key) => slot.as_object_mut()?.get_mut(key),
        PathSegment::Index(index) => slot.as_array_mut()?.get_mut(usize::try_from(*index).ok()?),
        _ => None,
    })
}

/// The index of the element that a segment refers to, which must exist.
pub(super) fn element_index(list: &[Value], segment: &PathSegment, path: &[PathSegment]) -> Result<usize> {
    match segment {
        PathSegment::Index(index) => {
            let back = || list.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
            usize::try_from(*index).ok().or_else(back).filter(|index| *index < list.len()).ok_or_else(|| {
                let length = list.len();
                Error::no_match(format!(
                    "{} has no element {segment}: its length is {length}",
                    format_path(path)
                ))
            })
        }
        PathSegment::Where { key, value } => {
            let mut matches =
                list.iter().enumerate().filter(|(_, e)| e.get(key).is_some_and(|v| equals(v, value)));
            match (matches.next(), matches.next()) {
                (Some((index, _)), None) => Ok(index),
                (None, _) => {
                    Err(Error::no_match(format!("{} has no element with {key}={value}", format_path(path))))
                }
                _ => Err(Error::ambiguous(format!(
                    "{} has several elements with {key}={value}: use an index",
                    format_path(path)
                ))),
            }
        }
        _ => Err(Error::invalid(format!("{} is a list: use an index", format_path(path)))),
    }
}

/// Whether a value equals the value of a filter, as text or as JSON.
fn equals(value: &Value, expected: &str) -> bool {
    match value {
        Value::String(text) if text == expected => true,
        value => serde_json::from_str::<Value>(expected).is_ok_and(|expected| expected == *value),
    }
}

/// The type of the value at a path; None outside of the schema.
pub(super) fn kind_at(fields: &'static [Field], path: &[PathSegment]) -> Option<Kind> {
    path.iter().try_fold(Kind::Object(fields), |kind, segment| match (kind, segment) {
        (Kind::Any, _) => Some(Kind::Any),
        (Kind::Object(fields), PathSegment::Key(key)) => names::find_field(fields, key).map(|f| f.kind),
        (Kind::Map(element), PathSegment::Key(_))
        | (Kind::List(element), PathSegment::Index(_) | PathSegment::Append | PathSegment::Where { .. }) => {
            Some(*element)
        }
        _ => None,
    })
}

/// Whether null is a value like any other in the object or list at `parent`.
pub(super) fn keeps_null(fields: &'static [Field], parent: &[PathSegment]) -> bool {
    match kind_at(fields, parent) {
        Some(Kind::Any) => true,
        Some(Kind::Map(element) | Kind::List(element)) => element.takes_null(),
        _ => false,
    }
}

/// A path as it is written on the command line.
pub(super) fn format_path(path: &[PathSegment]) -> String {
    let mut out = String::new();
    for segment in path {
        if matches!(segment, PathSegment::Key(_)) && !out.is_empty() {
            out.push('.');
        }
        out.push_str(&segment.to_string());
    }
    if out.is_empty() { "the resource".to_owned() } else { out }
}
