//! Revisions of an API: `name` is the current one, `name;rev=N` any other.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{errors, page};
use crate::request::ParsedRequest;
use crate::response::Response;
use crate::state::State;
use crate::store::Entry;

/// The API's own name, and the revision if one is named.
pub fn split(name: &str) -> (&str, Option<&str>) {
    match name.to_ascii_lowercase().find(";rev=") {
        Some(at) => (&name[..at], Some(&name[at + 5..])),
        None => (name, None),
    }
}

/// The name of an API without the revision that it may bear.
#[must_use]
pub fn api_name(name: &str) -> &str {
    split(name).0
}

/// The id under which a revision is stored; the current one is stored under the API's own name.
pub fn resolve(state: &State, service: &str, name: &str) -> Option<String> {
    let (root, revision) = split(name);
    let current = state.store.get(&format!("{service}/apis/{root}"))?;
    match revision {
        None => Some(current.id.clone()),
        Some(revision) if revision_of(current) == revision => Some(current.id.clone()),
        Some(_) => state.store.get(&format!("{service}/apis/{name}")).map(|e| e.id.clone()),
    }
}

/// The revision number of a stored API, as text.
pub fn revision_of(entry: &Entry) -> &str {
    entry.body["properties"]["apiRevision"].as_str().unwrap_or("1")
}

/// Every stored revision of the API with this name, the current one first.
pub fn all<'a>(state: &'a State, service: &str, root: &str) -> Vec<&'a Entry> {
    let mut found: Vec<&Entry> = state.store.get(&format!("{service}/apis/{root}")).into_iter().collect();
    let mut others: Vec<&Entry> = state.store.starting_with(&format!("{service}/apis/{root};rev=")).collect();
    others.sort_by_key(|e| e.order());
    found.extend(others);
    found
}

/// Notes that an API's operations or schemas no longer are what its imported document says.
pub fn mark_changed(state: &mut State, api: &str) {
    if let Some(entry) = state.store.get_mut(api)
        && entry.hidden["import"].is_object()
    {
        entry.hidden["changed"] = json!(true);
    }
}

/// The list of an API's revisions.
pub fn list(state: &State, request: &ParsedRequest, service: &str, api: &str) -> Result<Response, Response> {
    if request.method != "GET" {
        return Err(errors::method_not_allowed(request.method.as_str()));
    }
    let (root, _) = split(api);
    let mut found = all(state, service, root);
    if found.is_empty() {
        return Err(errors::not_found("Api"));
    }
    found.sort_by_key(|e| std::cmp::Reverse(e.order()));
    let rows: Vec<Value> = found.into_iter().map(row).collect();
    page::answer(request, rows.iter(), |row| Cow::Borrowed(*row), |row| (*row).clone())
}

fn row(entry: &Entry) -> Value {
    let name = entry.body["name"].as_str().unwrap_or_default();
    let (root, named) = split(name);
    let revision = revision_of(entry);
    let properties = &entry.body["properties"];
    let path = properties["path"].as_str().unwrap_or_default();
    json!({
        "apiId": format!("/apis/{root};rev={revision}"),
        "apiRevision": revision,
        "createdDateTime": entry.hidden["created"],
        "updatedDateTime": entry.hidden["updated"],
        "description": properties["apiRevisionDescription"],
        "privateUrl": format!("/{path};rev={revision}"),
        "isOnline": true,
        "isCurrent": named.is_none(),
    })
}

/// What stays with the API when another of its revisions becomes current.
const SHARED: &[&str] = &["releases", "tags"];

/// Makes the revision `name;rev=N` the current one, in exchange with the one that is.
pub fn make_current(state: &mut State, service: &str, name: &str) {
    let (root, revision) = split(name);
    let current = format!("{service}/apis/{root}");
    let (Some(revision), Some(old)) = (revision, state.store.get(&current)) else { return };
    let (current, old_revision) = (old.id.clone(), revision_of(old).to_owned());
    let Some(next) = state.store.get(&format!("{service}/apis/{root};rev={revision}")).map(|e| e.id.clone())
    else {
        return;
    };
    let (current_order, next_order) =
        (state.store.get(&current).map(Entry::order), state.store.get(&next).map(Entry::order));
    let parked = format!("{current};rev={old_revision}");
    let retiring = take(state, &current);
    let rising = take(state, &next);
    for entry in retiring {
        let rest = entry.id[current.len()..].to_owned();
        let shared = rest.split('/').nth(1).is_some_and(|t| SHARED.contains(&t));
        place(state, entry, &format!("{}{rest}", if shared { &current } else { &parked }));
    }
    for entry in rising {
        let rest = entry.id[next.len()..].to_owned();
        place(state, entry, &format!("{current}{rest}"));
    }
    for (id, is_current, order) in [(&current, true, current_order), (&parked, false, next_order)] {
        if let Some(order) = order {
            state.store.reorder(id, order);
        }
        if let Some(properties) = state.store.get_mut(id).and_then(|e| e.body["properties"].as_object_mut()) {
            properties.shift_remove("isCurrent");
            if is_current {
                properties.insert("isCurrent".to_owned(), json!(true));
            }
        }
    }
}

/// Removes an entity with everything below it, and returns all of it.
fn take(state: &mut State, id: &str) -> Vec<Entry> {
    let found = state.store.tree(id).into_iter().cloned().collect();
    state.store.delete(id);
    found
}

/// Stores an entity under another id.
pub fn place(state: &mut State, entry: Entry, id: &str) {
    let order = entry.order();
    let mut body = entry.body;
    body["id"] = json!(id);
    body["name"] = json!(id.rsplit('/').next());
    state.store.put(id, body);
    if let Some(stored) = state.store.get_mut(id) {
        stored.hidden = entry.hidden;
    }
    state.store.reorder(id, order);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_a_revision() {
        assert_eq!(split("echo"), ("echo", None));
        assert_eq!(split("echo;rev=12"), ("echo", Some("12")));
        assert_eq!(split("echo;Rev=2"), ("echo", Some("2")));
    }
}
