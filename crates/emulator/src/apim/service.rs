//! API Management services themselves.
//!
//! Provisioning takes half an hour in Azure and no time here: an answer is always of a service that is ready.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::place::Scope;
use super::{collection, deleted, errors, precondition};
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::state::State;
use crate::store::Entry;

const SKUS: &[&str] = &[
    "Developer",
    "Basic",
    "Standard",
    "Premium",
    "Consumption",
    "Isolated",
    "BasicV2",
    "StandardV2",
    "PremiumV2",
];

/// The id of a service, in the spelling ids have.
pub fn id(scope: &Scope, name: &str) -> String {
    format!(
        "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.ApiManagement/service/{name}",
        scope.subscription,
        scope.group.unwrap_or_default()
    )
}

/// Whether a name has the pattern `^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$` and 1 to 50 characters.
pub fn is_name(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=50).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(inner)
}

/// The services of a subscription or of a resource group.
pub fn list(state: &State, request: &ParsedRequest, scope: &Scope) -> Result<Response, Response> {
    if request.method != "GET" {
        return Err(errors::method_not_allowed(request.method.as_str()));
    }
    let subscription = format!("/subscriptions/{}/", scope.subscription).to_ascii_lowercase();
    let group = scope.group.map(|g| format!("{subscription}resourcegroups/{g}/").to_ascii_lowercase());
    let services: Vec<Value> = all(state)
        .into_iter()
        .filter(|e| e.id.to_ascii_lowercase().starts_with(group.as_ref().unwrap_or(&subscription)))
        .map(|e| e.body.clone())
        .collect();
    Ok(response::json(200, &json!({"value": services})))
}

/// Every service in every subscription: their names are shared by all the state.
pub fn all(state: &State) -> Vec<&Entry> {
    const TYPE: &str = "/providers/microsoft.apimanagement/service/";
    state.store.find(|key| key.find(TYPE).is_some_and(|at| !key[at + TYPE.len()..].contains('/')))
}

/// Answers a request for one service.
pub fn item(
    state: &mut State,
    request: &ParsedRequest,
    scope: &Scope,
    name: &str,
) -> Result<Response, Response> {
    let id = id(scope, name);
    let missing = || errors::no_service(name, scope.group.unwrap_or_default());
    match request.method.as_str() {
        "GET" | "HEAD" => {
            let entry = state.store.get(&id).ok_or_else(missing)?;
            Ok(collection::entity(200, entry, &entry.body))
        }
        "PUT" => put(state, request, scope, name),
        "PATCH" => patch(state, request, &id).unwrap_or_else(|| Err(missing())),
        "DELETE" => {
            let there = deleted::bury(state, &id, request.now);
            Ok(response::empty(if there { 200 } else { 204 }))
        }
        other => Err(errors::method_not_allowed(other)),
    }
}

fn put(state: &mut State, request: &ParsedRequest, scope: &Scope, name: &str) -> Result<Response, Response> {
    if !is_name(name) {
        return Err(errors::invalid_service(&format!(
            "'{name}' is not a service name: 1 to 50 letters, digits and hyphens, a letter first, no hyphen last."
        )));
    }
    let id = id(scope, name);
    let mut body = request.json()?;
    let Some(given) = body.as_object_mut() else {
        return Err(errors::invalid_service("the body must be an object."));
    };
    check(given)?;
    let existing = state.store.get(&id);
    precondition::check(request, existing)?;
    if let Some(existing) = existing {
        stays_where_it_is(existing, given, name, scope)?;
        let id = existing.id.clone();
        let kept = existing.body["properties"].clone();
        return Ok(store(state, &id, name, given, &kept, request.now));
    }
    if all(state).iter().any(|e| e.body["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name))) {
        return Err(response::error(
            409,
            "ServiceAlreadyExists",
            &format!("Api service already exists: {name}"),
        ));
    }
    let restore = given["properties"]["restore"] == json!(true);
    let mut kept = Value::Null;
    if deleted::find(state, name).is_some() {
        if !restore {
            let message = format!(
                "Api service {name} was soft-deleted. In order to create the new service with the same name, \
                 you have to either undelete the service or purge it. See https://aka.ms/apimsoftdelete."
            );
            return Err(response::error(409, "ServiceAlreadyExistsInSoftDeletedState", &message));
        }
        kept = deleted::raise(state, name, &id);
    } else if restore {
        return Err(errors::invalid_service(&format!(
            "there is no soft-deleted service '{name}' to restore."
        )));
    }
    Ok(store(state, &id, name, given, &kept, request.now))
}

fn check(given: &mut Map<String, Value>) -> Result<(), Response> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if given.get("location").map(text).unwrap_or_default().is_empty() {
        return Err(response::error(
            400,
            "LocationRequired",
            "The location property is required for this definition.",
        ));
    }
    let sku = given.get("sku").cloned().unwrap_or_default();
    let name = text(&sku["name"]);
    let Some(known) = SKUS.iter().find(|s| s.eq_ignore_ascii_case(&name)) else {
        return Err(errors::invalid_service(&format!(
            "'sku.name' is '{name}'; it must be one of: {}.",
            SKUS.join(", ")
        )));
    };
    let consumption = *known == "Consumption";
    let capacity = sku["capacity"].as_i64().unwrap_or(i64::from(!consumption));
    if capacity < 0 || (capacity == 0) != consumption {
        return Err(errors::invalid_service(&format!("'sku.capacity' must not be {capacity} with {known}.")));
    }
    given.insert("sku".to_owned(), json!({"name": known, "capacity": capacity}));
    let properties = given.get("properties").cloned().unwrap_or_default();
    let restoring = properties["restore"] == json!(true);
    for member in ["publisherEmail", "publisherName"] {
        let value = text(&properties[member]);
        if value.is_empty() && !restoring {
            return Err(errors::invalid_service(&format!("'{member}' is required.")));
        }
        if value.chars().count() > 100 {
            return Err(errors::invalid_service(&format!("'{member}' has more than 100 characters.")));
        }
    }
    Ok(())
}

fn stays_where_it_is(
    existing: &Entry,
    given: &Map<String, Value>,
    name: &str,
    scope: &Scope,
) -> Result<(), Response> {
    let plain = |v: &Value| v.as_str().unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    let (old, new) = (&existing.body["location"], &given["location"]);
    if plain(old) == plain(new) {
        return Ok(());
    }
    let message = format!(
        "The resource '{name}' already exists in location {old} in resource group '{}'. A resource with the same \
         name cannot be created in location {new}. Please select a new resource name.",
        scope.group.unwrap_or_default()
    );
    Err(response::error(409, "InvalidResourceLocation", &message))
}

fn patch(state: &mut State, request: &ParsedRequest, id: &str) -> Option<Result<Response, Response>> {
    let existing = state.store.get(id)?;
    let (id, name) = (existing.id.clone(), existing.body["name"].as_str().unwrap_or_default().to_owned());
    let kept = existing.body["properties"].clone();
    let mut whole = existing.body.as_object().cloned().unwrap_or_default();
    let change = match request.json() {
        Ok(Value::Object(change)) => change,
        Ok(_) => return Some(Err(errors::invalid_service("the body must be an object."))),
        Err(refusal) => return Some(Err(refusal)),
    };
    collection::merge(&mut whole, change);
    Some(check(&mut whole).map(|()| store(state, &id, &name, &whole, &kept, request.now)))
}

/// Stores a service with what the service side adds, and answers with it.
///
/// `kept` holds the properties it had, of which only those set by the service stay.
fn store(
    state: &mut State,
    id: &str,
    name: &str,
    given: &Map<String, Value>,
    kept: &Value,
    now: OffsetDateTime,
) -> Response {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(id));
    body.insert("type".to_owned(), json!("Microsoft.ApiManagement/service"));
    body.insert("name".to_owned(), json!(name));
    for member in ["tags", "sku", "identity", "location", "zones"] {
        if let Some(value) = given.get(member).filter(|v| !v.is_null()) {
            body.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(identity) = body.get_mut("identity") {
        complete_identity(identity, id, tenant(state, id));
    }
    let mut properties = given.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties.retain(|_, v| !v.is_null());
    for member in ["publisherEmail", "publisherName"] {
        if !properties.contains_key(member) && !kept[member].is_null() {
            properties.insert(member.to_owned(), kept[member].clone());
        }
    }
    let created = match &kept["createdAtUtc"] {
        Value::Null => json!(seven_digits(now)),
        before => before.clone(),
    };
    for (member, value) in [
        ("provisioningState", json!("Succeeded")),
        ("gatewayUrl", json!(format!("https://{}.azure-api.net", name.to_ascii_lowercase()))),
        ("createdAtUtc", created),
        ("publicIPAddresses", json!(["20.1.2.3"])),
        ("platformVersion", json!("stv2")),
    ] {
        properties.shift_remove(member);
        properties.insert(member.to_owned(), value);
    }
    body.insert("properties".to_owned(), Value::Object(properties));
    let new = state.store.put(id, Value::Object(body));
    if let Some(entry) = state.store.get_mut(id) {
        entry.body["etag"] = json!(STANDARD.encode(entry.etag.as_bytes().get(..8).unwrap_or_default()));
    }
    match state.store.get(id) {
        Some(entry) => collection::entity(if new { 201 } else { 200 }, entry, &entry.body),
        None => response::empty(500),
    }
}

fn tenant(state: &State, id: &str) -> Value {
    let subscription: Vec<&str> = id.splitn(4, '/').take(3).collect();
    let subscription = state.store.get(&subscription.join("/"));
    subscription
        .map(|e| e.body["tenantId"].clone())
        .filter(Value::is_string)
        .unwrap_or_else(|| json!(uuid::Uuid::nil().to_string()))
}

/// A system-assigned identity gets its principal; always the same for the same service.
fn complete_identity(identity: &mut Value, id: &str, tenant: Value) {
    if !identity["type"].as_str().unwrap_or_default().contains("SystemAssigned") {
        return;
    }
    let seed = id.to_ascii_lowercase();
    let principal = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, seed.as_bytes());
    if identity["principalId"].is_null() {
        identity["principalId"] = json!(principal.to_string());
        identity["tenantId"] = tenant;
    }
}

/// A time the way .NET writes it: seven digits of fraction, `Z`.
pub fn seven_digits(time: OffsetDateTime) -> String {
    let (date, clock) = (time.date(), time.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:07}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        clock.hour(),
        clock.minute(),
        clock.second(),
        clock.nanosecond() / 100
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services() {
        for good in ["a", "apim1", "my-API-2"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", "1a", "a-", "a_b", "ä", &"a".repeat(51)] {
            assert!(!is_name(bad), "{bad}");
        }
    }

    #[test]
    fn times_have_seven_digits() {
        assert_eq!(seven_digits(OffsetDateTime::UNIX_EPOCH), "1970-01-01T00:00:00.0000000Z");
    }
}
