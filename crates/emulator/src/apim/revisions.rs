//! Revisions of an API: `name` is the current one, `name;rev=N` any other.

use std::borrow::Cow;

use azr_core::revision::split_revision;
use serde_json::{Value, json};

use super::errors;
use crate::arm_errors;
use crate::context::Context;
use crate::resources::{Target, page};
use crate::response::{self, HandlerResult, Response};
use crate::state::State;
use crate::store::Entry;

/// What stays with the API when another of its revisions becomes current.
const SHARED_CHILDREN: &[&str] = &["releases", "tags"];

/// The name of an API without its revision.
#[must_use]
pub(crate) fn api_name(name: &str) -> &str {
    split_revision(name).0
}

/// A stored revision; the current one is stored under the API's own name.
pub(super) fn resolve<'a>(state: &'a State, collection: &str, name: &str) -> Option<&'a Entry> {
    let (api, revision) = split_revision(name);
    let current = state.store.get(&format!("{collection}/{api}"))?;
    match revision {
        None => Some(current),
        Some(revision) if number(current) == revision => Some(current),
        Some(_) => state.store.get(&format!("{collection}/{name}")),
    }
}

/// The revision number of a stored API, as text.
pub(super) fn number(entry: &Entry) -> &str {
    entry.body["properties"]["apiRevision"].as_str().unwrap_or("1")
}

/// Every stored revision of an API, the current one first.
pub(super) fn all<'a>(state: &'a State, collection: &str, api: &str) -> Vec<&'a Entry> {
    let mut revisions: Vec<&Entry> = state.store.get(&format!("{collection}/{api}")).into_iter().collect();
    let mut others: Vec<&Entry> = state.store.starting_with(&format!("{collection}/{api};rev=")).collect();
    others.sort_by_key(|e| e.order());
    revisions.extend(others);
    revisions
}

/// Records that an API's operations or schemas differ from its imported document.
pub(super) fn mark_changed(state: &mut State, api_id: &str) {
    if let Some(entry) = state.store.get_mut(api_id)
        && entry.hidden["import"].is_object()
    {
        entry.hidden["changed"] = json!(true);
    }
}

/// Handles a request for the list of an API's revisions.
pub(super) fn handle(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let (collection, name) = target.parent.rsplit_once('/').unwrap_or_default();
    let mut revisions = all(context.state, collection, api_name(name));
    if target.name.is_some() || revisions.is_empty() {
        return Err(errors::not_found("Api"));
    }
    revisions.sort_by_key(|e| std::cmp::Reverse(e.order()));
    let items: Vec<Value> = revisions.into_iter().map(list_item).collect();
    let response =
        page(context, target.provider, items.iter(), |item| Cow::Borrowed(*item), |item| (*item).clone())?;
    Ok(with_next_link(response))
}

/// Adds the null that stands for a next page which does not exist; other lists leave it out.
fn with_next_link(response: Response) -> Response {
    let mut body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    if body.get("nextLink").is_some() {
        return response;
    }
    body["nextLink"] = Value::Null;
    response::json(response.status().as_u16(), &body)
}

fn list_item(entry: &Entry) -> Value {
    let (api, revision_in_name) = split_revision(entry.body["name"].as_str().unwrap_or_default());
    let revision = number(entry);
    let properties = &entry.body["properties"];
    let path = properties["path"].as_str().unwrap_or_default();
    let is_current = revision_in_name.is_none();
    let suffix = if is_current { String::new() } else { format!(";rev={revision}") };
    json!({
        "id": format!("/apis/{api};rev={revision}/revisions/{api};rev={revision}"),
        "apiId": format!("/apis/{api};rev={revision}"),
        "apiRevision": revision,
        "createdDateTime": entry.hidden["created"],
        "updatedDateTime": entry.hidden["updated"],
        "description": properties["apiRevisionDescription"],
        "privateUrl": format!("/{path}{suffix}"),
        "isOnline": true,
        "isCurrent": is_current,
    })
}

/// Makes the revision `name;rev=N` the current one; the two exchange their places in lists.
pub(super) fn make_current(state: &mut State, collection: &str, name: &str) {
    let (api, revision) = split_revision(name);
    let current = format!("{collection}/{api}");
    let (Some(revision), Some(old)) = (revision, state.store.get(&current)) else { return };
    let (current, old_revision) = (old.id.clone(), number(old).to_owned());
    let next = state.store.get(&format!("{collection}/{api};rev={revision}")).map(|e| e.id.clone());
    let Some(next) = next else { return };
    let current_order = state.store.get(&current).map(Entry::order);
    let next_order = state.store.get(&next).map(Entry::order);
    let old_id = format!("{current};rev={old_revision}");
    let old_tree = remove_tree(state, &current);
    let next_tree = remove_tree(state, &next);
    for entry in old_tree {
        let rest = entry.id[current.len()..].to_owned();
        let is_shared = rest.split('/').nth(1).is_some_and(|t| SHARED_CHILDREN.contains(&t));
        store_under(state, entry, &format!("{}{rest}", if is_shared { &current } else { &old_id }));
    }
    for entry in next_tree {
        let rest = entry.id[next.len()..].to_owned();
        store_under(state, entry, &format!("{current}{rest}"));
    }
    for (id, is_current, order) in [(&current, true, current_order), (&old_id, false, next_order)] {
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

/// Removes a resource with everything below it, and returns all of it.
fn remove_tree(state: &mut State, id: &str) -> Vec<Entry> {
    let entries = state.store.tree(id).into_iter().cloned().collect();
    state.store.delete(id);
    entries
}

/// Stores a resource under another id, with its place in lists.
pub(super) fn store_under(state: &mut State, entry: Entry, id: &str) {
    let (order, since) = (entry.order(), entry.since().map(str::to_owned));
    let mut body = entry.body;
    body["id"] = json!(id);
    body["name"] = json!(id.rsplit('/').next());
    state.store.put(id, body);
    if let Some(stored) = state.store.get_mut(id) {
        stored.hidden = entry.hidden;
    }
    state.store.reorder(id, order);
    state.store.show_since(id, since.as_deref());
}
