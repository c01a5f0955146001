//! `deletedServices`: centers that were deleted, whose names are taken until they are purged.
//!
//! The shapes are those of the published examples of 2024-03-15-preview. Users report that the service refuses to purge
//! (`UnsupportedResourceOperation`), to show one, and to list those of a subscription
//! (<https://github.com/Azure/azure-rest-api-specs/issues/43339>); the emulator does as published. The messages are those
//! that users quote; the codes are not known.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::errors;
use crate::api_version::is_at_least;
use crate::arm_errors;
use crate::context::Context;
use crate::response::{self, HandlerResult, Response};
use crate::state::State;
use crate::store::Entry;
use crate::timestamps;

/// The first API version that has them.
pub(super) const SINCE: &str = "2024-03-15-preview";

/// How long a deleted center can be restored; the published example has two months between the two dates.
const RETENTION: Duration = Duration::days(61);

/// Where a deleted center is stored: names are unique across subscriptions, and stay taken without their resource group.
fn stored_id(name: &str) -> String {
    format!("/providers/Microsoft.ApiCenter/deletedServices/{name}")
}

fn name_of(center: &str) -> &str {
    center.rsplit('/').next().unwrap_or_default()
}

/// The deleted center with this name, unless it has been purged meanwhile.
fn find<'a>(state: &'a State, name: &str, now: OffsetDateTime) -> Option<&'a Entry> {
    let entry = state.store.get(&stored_id(name))?;
    entry.hidden["purge"].as_i64().is_some_and(|purge| now.unix_timestamp() < purge).then_some(entry)
}

/// Moves a center with all its resources to the deleted centers. False if it does not exist.
pub(super) fn soft_delete(state: &mut State, center: &str, now: OffsetDateTime) -> bool {
    let Some(entry) = state.store.get(center) else { return false };
    let center = entry.id.clone();
    let contents = serde_json::to_value(state.store.tree(&center)).unwrap_or_default();
    let purge = now + RETENTION;
    let body = json!({
        "id": center,
        "name": name_of(&center),
        "type": "Microsoft.ApiCenter/deletedServices",
        "properties": {
            "softDeletionDate": timestamps::utc(now),
            "scheduledPurgeDate": timestamps::utc(purge),
        },
    });
    state.store.delete(&center);
    let id = stored_id(name_of(&center));
    state.store.put(&id, body);
    if let Some(entry) = state.store.get_mut(&id) {
        entry.hidden = json!({"contents": contents, "purge": purge.unix_timestamp()});
    }
    true
}

/// The body of the deleted center that a request to create `center` restores; `None` if it does not restore one.
///
/// Refuses a name that another center has, or had before it was deleted.
pub(super) fn restored_body(
    state: &State,
    center: &str,
    sent: &Value,
    now: OffsetDateTime,
) -> Result<Option<Value>, Response> {
    if state.store.get(center).is_some() {
        return Ok(None);
    }
    let name = name_of(center);
    let deleted = find(state, name, now);
    if sent["properties"]["restore"] != true {
        return if deleted.is_some() || is_used(state, name) { Err(name_taken(name)) } else { Ok(None) };
    }
    let Some(deleted) = deleted.filter(|entry| is_same(&entry.body["id"], center)) else {
        let text = format!(
            "Cannot restore '{name}': the service does not exist or may have been permanently deleted."
        );
        return Err(response::error(400, "BadRequest", &text));
    };
    let body = contents(deleted).into_iter().find(|entry| is_same(&json!(entry.id), center));
    Ok(body.map(|entry| entry.body))
}

/// Restores a deleted center with all its resources.
pub(super) fn restore(state: &mut State, center: &str) {
    let id = stored_id(name_of(center));
    let contents = state.store.get(&id).map(contents).unwrap_or_default();
    state.store.delete(&id);
    for entry in contents {
        state.store.restore(entry);
    }
}

fn contents(deleted: &Entry) -> Vec<Entry> {
    serde_json::from_value(deleted.hidden["contents"].clone()).unwrap_or_default()
}

fn is_same(id: &Value, center: &str) -> bool {
    id.as_str().is_some_and(|id| id.eq_ignore_ascii_case(center))
}

/// Whether a center in another resource group or subscription has this name.
fn is_used(state: &State, name: &str) -> bool {
    let end = format!("/providers/microsoft.apicenter/services/{}", name.to_ascii_lowercase());
    !state.store.find(|key| key.ends_with(&end)).is_empty()
}

fn name_taken(name: &str) -> Response {
    let text = format!("The name '{name}' is already taken. Please choose another one.");
    response::error(400, "BadRequest", &text)
}

/// Handles a request for the deleted centers, or for the one that `path` names.
pub(super) fn handle(context: &mut Context<'_>, path: &[&str]) -> HandlerResult {
    if !is_at_least(context.request.query("api-version").unwrap_or_default(), SINCE) {
        return Err(errors::problem_details_404());
    }
    let below = format!("{}/", context.route.scope.to_ascii_lowercase());
    let is_in_scope = |entry: &&Entry| {
        entry.body["id"].as_str().is_some_and(|id| id.to_ascii_lowercase().starts_with(&below))
    };
    let (now, method) = (context.request.now, context.method());
    match path {
        [] if method == "GET" => {
            let deleted = context.state.store.list("/providers/Microsoft.ApiCenter/deletedServices");
            let deleted = deleted.filter_map(|entry| find(context.state, name_of(&entry.id), now));
            let values: Vec<&Value> = deleted.filter(is_in_scope).map(|entry| &entry.body).collect();
            Ok(response::json(200, &json!({"value": values})))
        }
        [name] if context.route.group.is_some() => {
            let deleted = find(context.state, name, now).filter(is_in_scope);
            match (method, deleted) {
                ("GET", Some(entry)) => Ok(response::json(200, &entry.body)),
                ("GET", None) => Err(response::json(404, &json!({"code": "404"}))),
                ("DELETE", None) => Ok(response::empty(204)),
                ("DELETE", Some(_)) => {
                    context.state.store.delete(&stored_id(name));
                    Ok(response::empty(200))
                }
                (other, _) => Err(arm_errors::method_not_allowed(other)),
            }
        }
        [] | [_] => Err(arm_errors::method_not_allowed(method)),
        _ => Err(arm_errors::unknown_route(context.route)),
    }
}
