//! What can be changed of the APIs that an API source synchronizes: metadata and documentation, as documented
//! (<https://learn.microsoft.com/azure/api-center/synchronize-api-management-apis>). How the service refuses other changes is
//! not recorded.

use serde_json::{Map, Value};

use crate::resources::Problem;
use crate::state::State;
use crate::store::Entry;

/// The members of each kind of resource that only synchronization changes.
const SYNCHRONIZED: &[(&str, &[&str])] = &[
    ("apis", &["/title", "/description", "/kind"]),
    ("versions", &["/title"]),
    ("deployments", &["/server/runtimeUri", "/environmentId", "/definitionId"]),
];

/// Refuses to delete an API that a source synchronizes, and what is below it.
pub(super) fn check_not_linked(state: &State, id: &str) -> Result<(), Problem> {
    if linked_api(state, id).is_none() {
        return Ok(());
    }
    Err(Problem::new("", "The API is synchronized from an API source; it can only be changed there."))
}

/// The problems with changes of an API that a source synchronizes, or of a version or deployment of it.
pub(super) fn check_change(state: &State, id: &str, properties: &Map<String, Value>) -> Vec<Problem> {
    if linked_api(state, id).is_none() {
        return Vec::new();
    }
    let Some(stored) = state.store.get(id) else {
        return check_not_linked(state, id).err().into_iter().collect();
    };
    let collection = id.rsplit('/').nth(1).unwrap_or_default();
    let members = SYNCHRONIZED.iter().find(|(name, _)| name.eq_ignore_ascii_case(collection));
    let (stored, sent) = (&stored.body["properties"], Value::Object(properties.clone()));
    let is_same = |pointer: &str| match (stored.pointer(pointer), sent.pointer(pointer)) {
        (Some(Value::String(stored)), Some(Value::String(sent))) => stored.eq_ignore_ascii_case(sent),
        (stored, sent) => stored.unwrap_or(&Value::Null) == sent.unwrap_or(&Value::Null),
    };
    let changed = members.map_or(&[][..], |(_, members)| members).iter().filter(|pointer| !is_same(pointer));
    let member = |pointer: &str| pointer.trim_start_matches('/').replace('/', ".");
    changed
        .map(|pointer| Problem::new(&member(pointer), "The value is synchronized from an API source."))
        .collect()
}

/// The API with this id, or that this id is below, if it is synchronized.
fn linked_api<'a>(state: &'a State, id: &str) -> Option<&'a Entry> {
    let start = id.to_ascii_lowercase().find("/apis/")? + "/apis/".len();
    let end = id[start..].find('/').map_or(id.len(), |length| start + length);
    let api = state.store.get(&id[..end])?;
    let source = api.hidden["link"].as_str()?;
    state.store.get(source).map(|_| api)
}
