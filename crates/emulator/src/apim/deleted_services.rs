//! Soft-deleted services, which can be recovered or purged.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::dialect::ApiManagement;
use super::{errors, revisions};
use crate::context::Context;
use crate::resources::Dialect as _;
use crate::response::{self, HandlerResult, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;
use crate::{arm_errors, timestamps};

/// How long a deleted service can be recovered.
const RETENTION: Duration = Duration::hours(48);

fn normalize(location: &str) -> String {
    location.replace(' ', "").to_ascii_lowercase()
}

fn id(subscription: &str, location: &str, name: &str) -> String {
    let location = normalize(location);
    format!(
        "/subscriptions/{subscription}/providers/Microsoft.ApiManagement/locations/{location}/deletedservices/{name}"
    )
}

/// The deleted service with this name, in any location.
pub(super) fn find<'a>(state: &'a State, name: &str) -> Option<&'a Entry> {
    let end = format!("/deletedservices/{name}").to_ascii_lowercase();
    // API Center has deleted services as well.
    let is_service =
        move |key: &str| key.contains("/providers/microsoft.apimanagement/") && key.ends_with(&end);
    state.store.find(is_service).into_iter().next()
}

/// Moves a service with all its resources to the deleted services. False if it does not exist.
pub(super) fn soft_delete(state: &mut State, service: &str, now: OffsetDateTime) -> bool {
    let Some(entry) = state.store.get(service) else { return false };
    let service = entry.id.clone();
    let name = entry.body["name"].as_str().unwrap_or_default().to_owned();
    let location = entry.body["location"].as_str().unwrap_or_default().to_owned();
    let subscription = service.split('/').nth(2).unwrap_or_default();
    let deleted_id = id(subscription, &location, &name);
    let contents = serde_json::to_value(state.store.tree(&service)).unwrap_or_default();
    let body = json!({
        "id": deleted_id,
        "type": "Microsoft.ApiManagement/locations/deletedservices",
        "name": name,
        "location": location,
        "properties": {
            "serviceId": service,
            "scheduledPurgeDate": timestamps::utc_seven_digits(now + RETENTION),
            "deletionDate": timestamps::utc_seven_digits(now),
        },
    });
    state.store.delete(&service);
    state.store.put(&deleted_id, body);
    if let Some(entry) = state.store.get_mut(&deleted_id) {
        entry.hidden = json!({"contents": contents});
    }
    true
}

/// Restores the resources of a deleted service under the id `service`; returns the properties that the service had.
pub(super) fn recover(state: &mut State, name: &str, service: &str) -> Value {
    let Some(deleted) = find(state, name) else { return Value::Null };
    let deleted_id = deleted.id.clone();
    let old_id = deleted.body["properties"]["serviceId"].as_str().unwrap_or_default().to_owned();
    let contents: Vec<Entry> = serde_json::from_value(deleted.hidden["contents"].clone()).unwrap_or_default();
    state.store.delete(&deleted_id);
    let mut properties = Value::Null;
    for entry in contents {
        if entry.id == old_id {
            properties = entry.body["properties"].clone();
        } else if let Some(rest) = entry.id.strip_prefix(&old_id) {
            let id = format!("{service}{rest}");
            revisions::store_under(state, entry, &id);
        }
    }
    properties
}

/// Lists the deleted services of a subscription, or of one location.
pub(super) fn list(context: &Context<'_>, location: Option<&str>) -> HandlerResult {
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let start = format!("{}/providers/microsoft.apimanagement/locations/", context.subscription_id());
    let start = start.to_ascii_lowercase();
    let location = location.map(normalize);
    let deleted = context.state.store.find(|key| {
        key.strip_prefix(&start)
            .and_then(|rest| rest.split_once("/deletedservices/"))
            .is_some_and(|(other, _)| location.as_ref().is_none_or(|location| location == other))
    });
    let values: Vec<&Value> = deleted.into_iter().map(|e| &e.body).collect();
    Ok(response::json(200, &json!({"value": values})))
}

/// Shows or purges one deleted service.
pub(super) fn handle(context: &mut Context<'_>, location: &str, name: &str) -> HandlerResult {
    let id = id(context.route.subscription.unwrap_or_default(), location, name);
    match context.method() {
        "GET" | "HEAD" => match context.state.store.get(&id) {
            Some(entry) => {
                Ok(response::json(200, &entry.body).with_header("etag", ApiManagement.etag(entry)))
            }
            None => Err(errors::not_found("Deleted service")),
        },
        "DELETE" => {
            if context.state.store.delete(&id) {
                return Ok(response::empty(200));
            }
            // A deleted service can only be purged with its location.
            match find(context.state, name) {
                Some(_) => Err(errors::not_found("Deleted service")),
                None => Ok(response::empty(204)),
            }
        }
        other => Err(arm_errors::method_not_allowed(other)),
    }
}
