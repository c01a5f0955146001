//! The edits of options: they make what is missing on their way.

use serde_json::Value;

use super::Step;
use super::gaps::Gaps;
use super::walk::{find, kind_at, list, object, shown};
use crate::arm::schema::{Field, Kind};
use crate::error::{Error, Result};

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
    if value.is_null() {
        clear(doc, fields, &here, gaps);
    }
    Ok(())
}

/// Take away what was set to null, except where null is a value like any other.
fn clear(doc: &mut Value, fields: &'static [Field], path: &[Step], gaps: &mut Gaps) {
    let Some((last, parent)) = path.split_last() else { return };
    match (kind_at(fields, parent), last) {
        (Some(Kind::Any | Kind::Map(Kind::Any) | Kind::List(Kind::Any)), _) => {}
        (_, Step::Index(at)) => gaps.open(parent, usize::try_from(*at).unwrap_or(0)),
        (_, Step::Key(key)) => {
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
        Error::invalid(format!("{list} has no element [{at}]: its length is {length}"))
    })
}
