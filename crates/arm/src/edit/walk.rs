//! Ways through a value that edits share.

use serde_json::{Map, Value};

use super::Step;
use crate::names;
use crate::schema::{Field, Kind};
use azr_core::error::{Error, Result};

/// The slot as an object; absent and null become an empty one.
pub fn object<'a>(slot: &'a mut Value, path: &[Step]) -> Result<&'a mut Map<String, Value>> {
    if slot.is_null() {
        *slot = Value::Object(Map::new());
    }
    slot.as_object_mut().ok_or_else(|| Error::invalid(format!("{} has no members", shown(path))))
}

/// The slot as a list; absent and null become an empty one.
pub fn list<'a>(slot: &'a mut Value, path: &[Step]) -> Result<&'a mut Vec<Value>> {
    if slot.is_null() {
        *slot = Value::Array(Vec::new());
    }
    slot.as_array_mut().ok_or_else(|| Error::invalid(format!("{} is not a list", shown(path))))
}

/// The value at a path of names and plain indices.
pub fn find<'a>(doc: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(doc, |slot, step| match step {
        Step::Key(key) => slot.as_object_mut()?.get_mut(key),
        Step::Index(at) => slot.as_array_mut()?.get_mut(usize::try_from(*at).ok()?),
        _ => None,
    })
}

/// The place in a list that a step means, which must be there.
pub fn element(list: &[Value], step: &Step, path: &[Step]) -> Result<usize> {
    match step {
        Step::Index(at) => {
            let back = || list.len().checked_sub(usize::try_from(at.unsigned_abs()).ok()?);
            usize::try_from(*at).ok().or_else(back).filter(|at| *at < list.len()).ok_or_else(|| {
                let length = list.len();
                Error::no_match(format!("{} has no element {step}: its length is {length}", shown(path)))
            })
        }
        Step::Where { key, value } => {
            let mut found =
                list.iter().enumerate().filter(|(_, e)| e.get(key).is_some_and(|v| same(v, value)));
            match (found.next(), found.next()) {
                (Some((at, _)), None) => Ok(at),
                (None, _) => {
                    Err(Error::no_match(format!("{} has no element with {key}={value}", shown(path))))
                }
                _ => Err(Error::ambiguous(format!(
                    "{} has several elements with {key}={value}: give one by its index",
                    shown(path)
                ))),
            }
        }
        _ => Err(Error::invalid(format!("{} is a list: name an element by its index", shown(path)))),
    }
}

/// Whether a value is what a filter says, as text or as JSON.
fn same(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) if text == wanted => true,
        value => serde_json::from_str::<Value>(wanted).is_ok_and(|wanted| wanted == *value),
    }
}

/// The type of what a path leads to; None outside the schema.
pub fn kind_at(fields: &'static [Field], path: &[Step]) -> Option<Kind> {
    path.iter().try_fold(Kind::Object(fields), |kind, step| match (kind, step) {
        (Kind::Any, _) => Some(Kind::Any),
        (Kind::Object(fields), Step::Key(key)) => names::find(fields, key).map(|f| f.kind),
        (Kind::Map(element), Step::Key(_))
        | (Kind::List(element), Step::Index(_) | Step::Append | Step::Where { .. }) => Some(*element),
        _ => None,
    })
}

/// Whether null is a value like any other within what `parent` leads to.
pub fn keeps_null(fields: &'static [Field], parent: &[Step]) -> bool {
    match kind_at(fields, parent) {
        Some(Kind::Any) => true,
        Some(Kind::Map(element) | Kind::List(element)) => element.takes_null(),
        _ => false,
    }
}

/// A path as it is written on the command line.
pub fn shown(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        if matches!(step, Step::Key(_)) && !out.is_empty() {
            out.push('.');
        }
        out.push_str(&step.to_string());
    }
    if out.is_empty() { "the resource".to_owned() } else { out }
}
