//! Services that were deleted and can still be recovered or purged.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::place::Scope;
use super::{collection, errors, revisions, service};
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::state::State;
use crate::store::Entry;

/// How long a deleted service can be recovered.
const RETENTION: Duration = Duration::hours(48);

fn plain(location: &str) -> String {
    location.replace(' ', "").to_ascii_lowercase()
}

fn id(subscription: &str, location: &str, name: &str) -> String {
    format!(
        "/subscriptions/{subscription}/providers/Microsoft.ApiManagement/locations/{}/deletedservices/{name}",
        plain(location)
    )
}

/// The deleted service with this name, in whatever location.
pub fn find<'a>(state: &'a State, name: &str) -> Option<&'a Entry> {
    let end = format!("/deletedservices/{name}").to_ascii_lowercase();
    state.store.find(move |key| key.ends_with(&end)).into_iter().next()
}

/// Moves a service, with all that is in it, to the deleted ones. False if it is not there.
pub fn bury(state: &mut State, service: &str, now: OffsetDateTime) -> bool {
    let Some(entry) = state.store.get(service) else { return false };
    let service = entry.id.clone();
    let name = entry.body["name"].as_str().unwrap_or_default().to_owned();
    let location = entry.body["location"].as_str().unwrap_or_default().to_owned();
    let subscription = service.split('/').nth(2).unwrap_or_default();
    let grave = id(subscription, &location, &name);
    let contents = serde_json::to_value(state.store.tree(&service)).unwrap_or_default();
    let body = json!({
        "id": grave,
        "type": "Microsoft.ApiManagement/locations/deletedservices",
        "name": name,
        "location": location,
        "properties": {
            "serviceId": service,
            "scheduledPurgeDate": service::seven_digits(now + RETENTION),
            "deletionDate": service::seven_digits(now),
        },
    });
    state.store.delete(&service);
    state.store.put(&grave, body);
    if let Some(entry) = state.store.get_mut(&grave) {
        entry.hidden = json!({"contents": contents});
    }
    true
}

/// Brings back what was in a deleted service under the id `service`; returns the properties it had.
pub fn raise(state: &mut State, name: &str, service: &str) -> Value {
    let Some(grave) = find(state, name) else { return Value::Null };
    let grave_id = grave.id.clone();
    let old = grave.body["properties"]["serviceId"].as_str().unwrap_or_default().to_owned();
    let contents: Vec<Entry> = serde_json::from_value(grave.hidden["contents"].clone()).unwrap_or_default();
    state.store.delete(&grave_id);
    let mut kept = Value::Null;
    for entry in contents {
        if entry.id == old {
            kept = entry.body["properties"].clone();
        } else if let Some(rest) = entry.id.strip_prefix(&old) {
            let id = format!("{service}{rest}");
            revisions::place(state, entry, &id);
        }
    }
    kept
}

/// The deleted services of a subscription, or of one location.
pub fn list(
    state: &State,
    request: &ParsedRequest,
    scope: &Scope,
    location: Option<&str>,
) -> Result<Response, Response> {
    if request.method != "GET" {
        return Err(errors::method_not_allowed(request.method.as_str()));
    }
    let start = format!("/subscriptions/{}/providers/microsoft.apimanagement/locations/", scope.subscription)
        .to_ascii_lowercase();
    let location = location.map(plain);
    let found = state.store.find(|key| {
        key.strip_prefix(&start)
            .and_then(|rest| rest.split_once("/deletedservices/"))
            .is_some_and(|(at, _)| location.as_ref().is_none_or(|wanted| wanted == at))
    });
    let values: Vec<&Value> = found.into_iter().map(|e| &e.body).collect();
    Ok(response::json(200, &json!({"value": values})))
}

/// Shows or purges one deleted service.
pub fn item(
    state: &mut State,
    request: &ParsedRequest,
    scope: &Scope,
    location: &str,
    name: &str,
) -> Result<Response, Response> {
    let id = id(scope.subscription, location, name);
    match request.method.as_str() {
        "GET" | "HEAD" => match state.store.get(&id) {
            Some(entry) => Ok(collection::entity(200, entry, &entry.body)),
            None => Err(errors::not_found("Deleted service")),
        },
        "DELETE" => Ok(response::empty(if state.store.delete(&id) { 200 } else { 204 })),
        other => Err(errors::method_not_allowed(other)),
    }
}
