//! The edits of options: they make what is missing on their way.

use serde_json::Value;

use super::Step;
use super::gaps::Gaps;
use super::walk::{find, keeps_null, list, object, shown};
use crate::schema::Field;
use azr_core::error::{Error, Result};

/// The largest index at which an option makes an element; more is a slip, and would only fill memory.
const MAX_INDEX: usize = 10_000;

/// Replace the value at a path.
pub fn set(
    doc: &mut Value,
    fields: &'static [Field],
    path: &[Step],
    value: &Value,
    gaps: &mut Gaps,
) -> Result<()> {
    let clears = value.is_null() && path.split_last().is_some_and(|(_, parent)| !keeps_null(fields, parent));
    if clears && !exists(doc, path) {
        return Ok(());
    }
    let mut slot = &mut *doc;
    let mut here = Vec::with_capacity(path.len());
    for step in path {
        if let Step::Key(key) = step {
            slot = object(slot, &here)?.entry(key).or_insert(Value::Null);
            here.push(step.clone());
            continue;
        }
        let elements = list(slot, &here)?;
        let at = match step {
            Step::Index(at) => position(elements.len(), *at, &here)?,
            _ => elements.len(),
        };
        for gap in elements.len()..at {
            gaps.open(&here, gap);
        }
        if at >= elements.len() {
            elements.resize(at + 1, Value::Null);
        }
        gaps.fill(&here, at);
        slot = &mut elements[at];
        here.push(Step::Index(i64::try_from(at).unwrap_or(i64::MAX)));
    }
    gaps.forget(&here);
    *slot = value.clone();
    if clears {
        clear(doc, &here, gaps);
    }
    Ok(())
}

/// Whether there is something at a path.
fn exists(doc: &Value, path: &[Step]) -> bool {
    path.iter()
        .try_fold(doc, |slot, step| match step {
            Step::Key(key) => slot.get(key),
            Step::Index(at) => {
                let list = slot.as_array()?;
                let back = || list.len().checked_sub(usize::try_from(at.unsigned_abs()).ok()?);
                list.get(usize::try_from(*at).ok().or_else(back)?)
            }
            _ => None,
        })
        .is_some()
}

/// Take away what was set to null.
fn clear(doc: &mut Value, path: &[Step], gaps: &mut Gaps) {
    let Some((last, parent)) = path.split_last() else { return };
    match last {
        Step::Index(at) => gaps.open(parent, usize::try_from(*at).unwrap_or(0)),
        Step::Key(key) => {
            if let Some(Value::Object(members)) = find(doc, parent) {
                members.shift_remove(key);
            }
        }
        _ => {}
    }
}

/// An index of a list of this length, which may lie after its end.
fn position(length: usize, at: i64, path: &[Step]) -> Result<usize> {
    let back = || length.checked_sub(usize::try_from(at.unsigned_abs()).ok()?);
    let found = usize::try_from(at).ok().or_else(back);
    found.filter(|at| *at <= length.max(MAX_INDEX)).ok_or_else(|| {
        let list = shown(path);
        Error::no_match(format!("{list} has no element [{at}]: its length is {length}"))
    })
}
