//! The edits of `--set`, `--add` and `--remove`: elements of lists must be there.

use serde_json::Value;

use super::walk::{element, keeps_null, kind_at, list, object, shown};
use super::{Dialect, Edit, Step};
use crate::schema::{Field, Kind};
use azr_core::error::{Error, Result};

/// Apply one edit of a generic update; those of options change nothing here.
pub fn change(doc: &mut Value, fields: &'static [Field], edit: &Edit) -> Result<()> {
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
            let slot = make(doc, parent)?;
            if let Step::Key(key) = last {
                let members = object(slot, parent)?;
                if value.is_null() && !keeps_null {
                    members.shift_remove(key);
                } else {
                    members.insert(key.clone(), value.clone());
                }
                return Ok(());
            }
            let elements = list(slot, parent)?;
            let at = element(elements, last, parent)?;
            if value.is_null() && !keeps_null {
                elements.remove(at);
            } else {
                elements[at] = value.clone();
            }
            Ok(())
        }
        Edit::Add { path, value, .. } => {
            list(make(doc, path)?, path)?.push(value.clone());
            Ok(())
        }
        Edit::Remove { dialect, path } => remove(doc, fields, *dialect, path),
    }
}

/// Whether a path ends early because an object does not have the member that it names.
fn lacks_member(doc: &Value, path: &[Step]) -> bool {
    let mut slot = doc;
    for step in path {
        let next = match step {
            Step::Key(key) if slot.is_null() || slot.is_object() => match slot.get(key) {
                Some(next) => Some(next),
                None => return true,
            },
            Step::Index(at) => usize::try_from(*at).ok().and_then(|at| slot.get(at)),
            _ => None,
        };
        let Some(next) = next else { return false };
        slot = next;
    }
    false
}

/// The slot at a path, with the objects on the way made.
fn make<'a>(doc: &'a mut Value, path: &[Step]) -> Result<&'a mut Value> {
    let mut slot = doc;
    for (n, step) in path.iter().enumerate() {
        let here = &path[..n];
        slot = if let Step::Key(key) = step {
            object(slot, here)?.entry(key).or_insert(Value::Null)
        } else {
            let elements = list(slot, here)?;
            let at = element(elements, step, here)?;
            &mut elements[at]
        };
    }
    Ok(slot)
}

fn remove(doc: &mut Value, fields: &'static [Field], dialect: Dialect, path: &[Step]) -> Result<()> {
    let missing = |path: &[Step]| match dialect {
        // az's generated commands count what is not there as removed.
        Dialect::Aaz => Ok(()),
        Dialect::Sdk => Err(Error::no_match(format!("--remove: there is no {}", shown(path)))),
    };
    let Some((last, parent)) = path.split_last() else { return Ok(()) };
    let mut slot = doc;
    for (n, step) in parent.iter().enumerate() {
        let next = match (&mut *slot, step) {
            (Value::Object(members), Step::Key(key)) => members.get_mut(key),
            (Value::Array(elements), step) => {
                let at = element(elements, step, &parent[..n])?;
                elements.get_mut(at)
            }
            _ => None,
        };
        match next {
            Some(next) if !next.is_null() => slot = next,
            _ => {
                let element_of = |at: &usize| !matches!(path[*at], Step::Key(_));
                return match (n + 1..path.len()).find(element_of) {
                    Some(at) => element(&[], &path[at], &path[..at]).map(drop),
                    None => missing(&path[..=n]),
                };
            }
        }
    }
    match (slot, last) {
        (Value::Object(members), Step::Key(key)) => {
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
        (Value::Array(elements), step) => {
            let at = element(elements, step, parent)?;
            elements.remove(at);
            Ok(())
        }
        _ => Err(Error::no_match(format!("--remove: {} has no {last}", shown(parent)))),
    }
}
