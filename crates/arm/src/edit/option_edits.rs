//! The edits of options, which create what is missing on their path.

use serde_json::Value;

use super::gaps::Gaps;
use super::path::{PathSegment, find, format_path, keeps_null, list_in, object_in};
use crate::schema::Field;
use azr_core::error::{Error, Result};

/// The largest index at which an option creates an element; a larger one is a mistake, and would only fill memory.
const MAX_INDEX: usize = 10_000;

/// Replaces the value at a path.
pub(super) fn set(
    doc: &mut Value,
    fields: &'static [Field],
    path: &[PathSegment],
    value: &Value,
    gaps: &mut Gaps,
) -> Result<()> {
    let is_removal =
        value.is_null() && path.split_last().is_some_and(|(_, parent)| !keeps_null(fields, parent));
    if is_removal && !exists(doc, path) {
        return Ok(());
    }
    let mut slot = &mut *doc;
    let mut parent = Vec::with_capacity(path.len());
    for segment in path {
        if let PathSegment::Key(key) = segment {
            slot = object_in(slot, &parent)?.entry(key).or_insert(Value::Null);
            parent.push(segment.clone());
            continue;
        }
        let elements = list_in(slot, &parent)?;
        let index = match segment {
            PathSegment::Index(index) => index_to_edit(elements.len(), *index, &parent)?,
            _ => elements.len(),
        };
        for gap in elements.len()..index {
            gaps.add(&parent, gap);
        }
        if index >= elements.len() {
            elements.resize(index + 1, Value::Null);
        }
        gaps.fill(&parent, index);
        slot = &mut elements[index];
        parent.push(PathSegment::Index(i64::try_from(index).unwrap_or(i64::MAX)));
    }
    gaps.remove_below(&parent);
    *slot = value.clone();
    if is_removal {
        remove_null(doc, &parent, gaps);
    }
    Ok(())
}

/// Whether there is a value at a path.
fn exists(doc: &Value, path: &[PathSegment]) -> bool {
    path.iter()
        .try_fold(doc, |slot, segment| match segment {
            PathSegment::Key(key) => slot.get(key),
            PathSegment::Index(index) => {
                let list = slot.as_array()?;
                let back = || list.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
                list.get(usize::try_from(*index).ok().or_else(back)?)
            }
            _ => None,
        })
        .is_some()
}

/// Removes a value that was set to null.
fn remove_null(doc: &mut Value, path: &[PathSegment], gaps: &mut Gaps) {
    let Some((last, parent)) = path.split_last() else { return };
    match last {
        PathSegment::Index(index) => gaps.add(parent, usize::try_from(*index).unwrap_or(0)),
        PathSegment::Key(key) => {
            if let Some(Value::Object(members)) = find(doc, parent) {
                members.shift_remove(key);
            }
        }
        _ => {}
    }
}

/// The index to edit in a list of this length, which may be after its end.
fn index_to_edit(length: usize, index: i64, path: &[PathSegment]) -> Result<usize> {
    let back = || length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?);
    let from_start = usize::try_from(index).ok().or_else(back);
    from_start.filter(|index| *index <= length.max(MAX_INDEX)).ok_or_else(|| {
        let list = format_path(path);
        Error::no_match(format!("{list} has no element [{index}]: its length is {length}"))
    })
}
