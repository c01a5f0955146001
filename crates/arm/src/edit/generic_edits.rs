//! The edits of `--set`, `--add` and `--remove`: elements of lists must exist.

use serde_json::Value;

use super::change::{Dialect, Edit};
use super::path::{PathSegment, element_index, format_path, keeps_null, kind_at, list_in, object_in};
use crate::schema::{Field, Kind};
use azr_core::error::{Error, Result};

/// Applies one edit of a generic update; the edits of options change nothing here.
pub(super) fn apply_generic(doc: &mut Value, fields: &'static [Field], edit: &Edit) -> Result<()> {
    match edit {
        Edit::Set { .. } | Edit::Default { .. } => Ok(()),
        Edit::Assign { dialect, path, value } => {
            let Some((last, parent)) = path.split_last() else { return Ok(()) };
            let keeps_null = match kind_at(fields, parent) {
                Some(Kind::Map(_) | Kind::List(_)) if *dialect == Dialect::Sdk => true,
                _ => keeps_null(fields, parent),
            };
            if value.is_null() && !keeps_null && lacks_member(doc, parent) {
                return Ok(());
            }
            let slot = slot_at(doc, parent)?;
            if let PathSegment::Key(key) = last {
                let members = object_in(slot, parent)?;
                if value.is_null() && !keeps_null {
                    members.shift_remove(key);
                } else {
                    members.insert(key.clone(), value.clone());
                }
                return Ok(());
            }
            let elements = list_in(slot, parent)?;
            let index = element_index(elements, last, parent)?;
            if value.is_null() && !keeps_null {
                elements.remove(index);
            } else {
                elements[index] = value.clone();
            }
            Ok(())
        }
        Edit::Add { path, value, .. } => {
            list_in(slot_at(doc, path)?, path)?.push(value.clone());
            Ok(())
        }
        Edit::Remove { dialect, path } => remove(doc, fields, *dialect, path),
    }
}

/// Whether an object on the path does not have the member.
fn lacks_member(doc: &Value, path: &[PathSegment]) -> bool {
    let mut slot = doc;
    for segment in path {
        let next = match segment {
            PathSegment::Key(key) if slot.is_null() || slot.is_object() => match slot.get(key) {
                Some(next) => Some(next),
                None => return true,
            },
            PathSegment::Index(index) => usize::try_from(*index).ok().and_then(|index| slot.get(index)),
            _ => None,
        };
        let Some(next) = next else { return false };
        slot = next;
    }
    false
}

/// The slot at a path; objects on the path are created.
fn slot_at<'a>(doc: &'a mut Value, path: &[PathSegment]) -> Result<&'a mut Value> {
    let mut slot = doc;
    for (n, segment) in path.iter().enumerate() {
        let parent = &path[..n];
        slot = if let PathSegment::Key(key) = segment {
            object_in(slot, parent)?.entry(key).or_insert(Value::Null)
        } else {
            let elements = list_in(slot, parent)?;
            let index = element_index(elements, segment, parent)?;
            &mut elements[index]
        };
    }
    Ok(slot)
}

fn remove(doc: &mut Value, fields: &'static [Field], dialect: Dialect, path: &[PathSegment]) -> Result<()> {
    let missing = |path: &[PathSegment]| match dialect {
        // az's generated commands ignore what does not exist.
        Dialect::Aaz => Ok(()),
        Dialect::Sdk => Err(Error::no_match(format!("--remove: {} does not exist", format_path(path)))),
    };
    let Some((last, parent)) = path.split_last() else { return Ok(()) };
    let mut slot = doc;
    for (n, segment) in parent.iter().enumerate() {
        let next = match (&mut *slot, segment) {
            (Value::Object(members), PathSegment::Key(key)) => members.get_mut(key),
            (Value::Array(elements), segment) => {
                let index = element_index(elements, segment, &parent[..n])?;
                elements.get_mut(index)
            }
            _ => None,
        };
        match next {
            Some(next) if !next.is_null() => slot = next,
            _ => {
                let element_of = |index: &usize| !matches!(path[*index], PathSegment::Key(_));
                return match (n + 1..path.len()).find(element_of) {
                    Some(index) => element_index(&[], &path[index], &path[..index]).map(drop),
                    None => missing(&path[..=n]),
                };
            }
        }
    }
    match (slot, last) {
        (Value::Object(members), PathSegment::Key(key)) => {
            if let Some(Value::Array(elements)) = members.get_mut(key)
                && matches!(kind_at(fields, path), Some(Kind::List(_)))
            {
                elements.clear();
            } else if members.shift_remove(key).is_none()
                && !matches!(kind_at(fields, parent), Some(Kind::Object(_)))
            {
                return missing(path);
            }
            Ok(())
        }
        (Value::Array(elements), segment) => {
            let index = element_index(elements, segment, parent)?;
            elements.remove(index);
            Ok(())
        }
        _ => Err(Error::no_match(format!("--remove: {} has no {last}", format_path(parent)))),
    }
}
