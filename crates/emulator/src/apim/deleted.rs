//! Services that were deleted and can still be recovered or purged.

use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use super::place::Scope;
use super::{collection, errors, revisions, service};
use crate::http::{Answer, Call};
use crate::store::Entry;
use crate::world::World;

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
pub fn find<'a>(world: &'a World, name: &str) -> Option<&'a Entry> {
    let end = format!("/deletedservices/{name}").to_ascii_lowercase();
    world.store.find(move |key| key.ends_with(&end)).into_iter().next()
}

/// Moves a service, with all that is in it, to the deleted ones. False if it is not there.
pub fn bury(world: &mut World, service: &str, now: OffsetDateTime) -> bool {
    let Some(entry) = world.store.get(service) else { return false };
    let service = entry.id.clone();
    let name = entry.body["name"].as_str().unwrap_or_default().to_owned();
    let location = entry.body["location"].as_str().unwrap_or_default().to_owned();
    let subscription = service.split('/').nth(2).unwrap_or_default();
    let grave = id(subscription, &location, &name);
    let contents = serde_json::to_value(world.store.tree(&service)).unwrap_or_default();
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
    world.store.delete(&service);
    world.store.put(&grave, body);
    if let Some(entry) = world.store.get_mut(&grave) {
        entry.hidden = json!({"contents": contents});
    }
    true
}

/// Brings back what was in a deleted service under the id `service`; returns the properties it had.
pub fn raise(world: &mut World, name: &str, service: &str) -> Value {
    let Some(grave) = find(world, name) else { return Value::Null };
    let grave_id = grave.id.clone();
    let old = grave.body["properties"]["serviceId"].as_str().unwrap_or_default().to_owned();
    let contents: Vec<Entry> = serde_json::from_value(grave.hidden["contents"].clone()).unwrap_or_default();
    world.store.delete(&grave_id);
    let mut kept = Value::Null;
    for entry in contents {
        if entry.id == old {
            kept = entry.body["properties"].clone();
        } else if let Some(rest) = entry.id.strip_prefix(&old) {
            let id = format!("{service}{rest}");
            revisions::place(world, entry, &id);
        }
    }
    kept
}

/// The deleted services of a subscription, or of one location.
pub fn list(world: &World, call: &Call, scope: &Scope, location: Option<&str>) -> Result<Answer, Answer> {
    if call.method != "GET" {
        return Err(errors::method_not_allowed(&call.method));
    }
    let start = format!("/subscriptions/{}/providers/microsoft.apimanagement/locations/", scope.subscription)
        .to_ascii_lowercase();
    let location = location.map(plain);
    let found = world.store.find(|key| {
        key.strip_prefix(&start)
            .and_then(|rest| rest.split_once("/deletedservices/"))
            .is_some_and(|(at, _)| location.as_ref().is_none_or(|wanted| wanted == at))
    });
    let values: Vec<&Value> = found.into_iter().map(|e| &e.body).collect();
    Ok(Answer::json(200, &json!({"value": values})))
}

/// Shows or purges one deleted service.
pub fn item(
    world: &mut World,
    call: &Call,
    scope: &Scope,
    location: &str,
    name: &str,
) -> Result<Answer, Answer> {
    let id = id(scope.subscription, location, name);
    match call.method.as_str() {
        "GET" | "HEAD" => match world.store.get(&id) {
            Some(entry) => Ok(collection::entity(200, entry, &entry.body)),
            None => Err(errors::not_found("Deleted service")),
        },
        "DELETE" => Ok(Answer::empty(if world.store.delete(&id) { 200 } else { 204 })),
        other => Err(errors::method_not_allowed(other)),
    }
}
