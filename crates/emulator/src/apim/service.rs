//! API Management services themselves.
//!
//! Provisioning takes half an hour in Azure, and here as long as [`Options::operation_time`](crate::Options): until then
//! a new service is `Activating`. It can be used at once, though; how Azure refuses requests below such a service is not
//! recorded.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::dialect::{ApiManagement, etag_value};
use super::kinds::PROVIDER;
use super::service_view::service_in_view;
use super::{deleted_services, errors, operations};
use crate::context::Context;
use crate::resources::{Dialect as _, check_if_match, merge_patch};
use crate::response::{self, HandlerResult, Response, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;
use crate::{arm_errors, timestamps};

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

/// The id of the service with this name in the resource group of a request.
pub(super) fn id(context: &Context<'_>, name: &str) -> String {
    format!("{}/providers/{}/{name}", context.group_id().unwrap_or_default(), PROVIDER.root_type)
}

/// Whether a name has 1 to 50 characters and matches `^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$`.
pub(super) fn is_valid_name(name: &str) -> bool {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=50).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.ends_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(is_valid)
}

/// Lists the services of a subscription or resource group.
pub(super) fn list(context: &Context<'_>) -> HandlerResult {
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let scope = format!("{}/", context.route.scope.to_ascii_lowercase());
    let services: Vec<Value> = all(context.state)
        .into_iter()
        .filter(|e| e.id.to_ascii_lowercase().starts_with(&scope))
        .map(|e| body_in_state(context, e).into_owned())
        .collect();
    Ok(response::json(200, &json!({"value": services})))
}

/// Every service of every subscription; names are unique across all of them.
pub(super) fn all(state: &State) -> Vec<&Entry> {
    const TYPE: &str = "/providers/microsoft.apimanagement/service/";
    state.store.find(|key| key.split_once(TYPE).is_some_and(|(_, name)| !name.contains('/')))
}

/// Whether a service of this name exists in any subscription.
pub(super) fn exists(state: &State, name: &str) -> bool {
    all(state).iter().any(|e| e.body["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)))
}

/// The body of a service, whose state is that of its creation as long as that takes.
fn body_in_state<'a>(context: &Context<'_>, entry: &'a Entry) -> Cow<'a, Value> {
    let started = entry.hidden["activationStarted"].as_i64().unwrap_or_default();
    let started = OffsetDateTime::from_unix_timestamp_nanos(i128::from(started) * 1_000_000);
    if started.is_ok_and(|started| context.request.now < started + context.options.operation_time) {
        return Cow::Owned(service_in_view(entry, true));
    }
    active_body(entry)
}

/// The body of a service whose creation has ended; it is made when the service is written.
fn active_body(entry: &Entry) -> Cow<'_, Value> {
    match &entry.hidden["active"] {
        // State files of earlier versions do not have it.
        Value::Null => Cow::Owned(service_in_view(entry, false)),
        body => Cow::Borrowed(body),
    }
}

/// Starts the operation of a creation, if the response is that of one: the service is `Activating`.
fn activate(context: &mut Context<'_>, id: &str, response: Response) -> Response {
    if response.status() != StatusCode::CREATED {
        return response;
    }
    let now = context.request.now.unix_timestamp_nanos() / 1_000_000;
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.hidden["activationStarted"] = json!(i64::try_from(now).unwrap_or_default());
    }
    let body = context.state.store.get(id).map(|entry| service_in_view(entry, true)).unwrap_or_default();
    let mut response = operations::add_to_service(context, id, response);
    *response.body_mut() = body.to_string().into();
    response
}

/// A service as a response, with its `ETag`.
pub(super) fn respond(status: u16, entry: &Entry) -> Response {
    response::json(status, &active_body(entry)).with_header("etag", ApiManagement.etag(entry))
}

/// Handles a request for one service.
pub(super) fn handle(context: &mut Context<'_>, name: &str) -> HandlerResult {
    let id = id(context, name);
    let not_found = || errors::service_not_found(name, context.route.group.unwrap_or_default());
    match context.method() {
        "GET" | "HEAD" => {
            let entry = context.state.store.get(&id).ok_or_else(not_found)?;
            let response = response::json(200, &body_in_state(context, entry));
            Ok(response.with_header("etag", ApiManagement.etag(entry)))
        }
        "PUT" => put(context, &id, name),
        "PATCH" => {
            let existing = context.state.store.get(&id).cloned().ok_or_else(not_found)?;
            patch(context, &existing)
        }
        "DELETE" => {
            let existed = deleted_services::soft_delete(context.state, &id, context.request.now);
            if !existed {
                return Ok(response::empty(204));
            }
            Ok(operations::add_to_service(context, &id, response::empty(202)))
        }
        other => Err(arm_errors::method_not_allowed(other)),
    }
}

fn put(context: &mut Context<'_>, id: &str, name: &str) -> HandlerResult {
    if !is_valid_name(name) {
        return Err(errors::invalid_service(&format!(
            "'{name}' is not a valid service name; it must have 1 to 50 letters, digits and hyphens, start with a \
             letter and not end with a hyphen."
        )));
    }
    let mut body = context.request.json()?;
    let Some(sent) = body.as_object_mut() else {
        return Err(errors::invalid_service("the body must be an object."));
    };
    check_body(sent)?;
    let existing = context.state.store.get(id);
    check_if_match(context.request, &ApiManagement, existing)?;
    if let Some(existing) = existing {
        check_location(context, existing, sent)?;
        let (id, previous) = (existing.id.clone(), existing.body["properties"].clone());
        return Ok(store(context, &id, name, sent, &previous));
    }
    if exists(context.state, name) {
        let message = format!("Api service already exists: {name}");
        return Err(response::error(409, "ServiceAlreadyExists", &message));
    }
    let restore = sent["properties"]["restore"] == json!(true);
    let mut previous = Value::Null;
    if deleted_services::find(context.state, name).is_some() {
        if !restore {
            let message = format!(
                "Api service {name} was soft-deleted. In order to create the new service with the same name, \
                 you have to either undelete the service or purge it. See https://aka.ms/apimsoftdelete."
            );
            return Err(response::error(409, "ServiceAlreadyExistsInSoftDeletedState", &message));
        }
        previous = deleted_services::recover(context.state, name, id);
    } else if restore {
        let message = format!("the soft-deleted service '{name}' does not exist, so it cannot be restored.");
        return Err(errors::invalid_service(&message));
    }
    let response = store(context, id, name, sent, &previous);
    Ok(activate(context, id, response))
}

fn patch(context: &mut Context<'_>, existing: &Entry) -> HandlerResult {
    let Value::Object(patch) = context.request.json()? else {
        return Err(errors::invalid_service("the body must be an object."));
    };
    let name = existing.body["name"].as_str().unwrap_or_default();
    let mut body = existing.body.as_object().cloned().unwrap_or_default();
    merge_patch(&mut body, patch);
    check_body(&mut body)?;
    Ok(store(context, &existing.id, name, &body, &existing.body["properties"]))
}

fn check_body(body: &mut Map<String, Value>) -> Result<(), Response> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    if body.get("location").map(text).unwrap_or_default().is_empty() {
        let message = "The location property is required for this definition.";
        return Err(response::error(400, "LocationRequired", message));
    }
    let sku = body.get("sku").cloned().unwrap_or_default();
    let name = text(&sku["name"]);
    let Some(known) = SKUS.iter().find(|s| s.eq_ignore_ascii_case(&name)) else {
        let message = format!("'sku.name' is '{name}'; it must be one of: {}.", SKUS.join(", "));
        return Err(errors::invalid_service(&message));
    };
    let is_consumption = *known == "Consumption";
    let capacity = sku["capacity"].as_i64().unwrap_or(i64::from(!is_consumption));
    if capacity < 0 || (capacity == 0) != is_consumption {
        return Err(errors::invalid_service(&format!("'sku.capacity' must not be {capacity} with {known}.")));
    }
    body.insert("sku".to_owned(), json!({"name": known, "capacity": capacity}));
    let properties = body.get("properties").cloned().unwrap_or_default();
    let is_restore = properties["restore"] == json!(true);
    for member in ["publisherEmail", "publisherName"] {
        let value = text(&properties[member]);
        if value.is_empty() && !is_restore {
            return Err(errors::invalid_service(&format!("'{member}' is required.")));
        }
        if value.chars().count() > 100 {
            return Err(errors::invalid_service(&format!("'{member}' has more than 100 characters.")));
        }
    }
    Ok(())
}

/// Refuses to move a service to another location.
fn check_location(
    context: &Context<'_>,
    existing: &Entry,
    sent: &Map<String, Value>,
) -> Result<(), Response> {
    let normalize = |v: &Value| v.as_str().unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    let (old, new) = (&existing.body["location"], &sent["location"]);
    if normalize(old) == normalize(new) {
        return Ok(());
    }
    let message = format!(
        "The resource '{}' already exists in location {old} in resource group '{}'. A resource with the same \
         name cannot be created in location {new}. Please select a new resource name.",
        context.route.rest.get(1).copied().unwrap_or_default(),
        context.route.group.unwrap_or_default()
    );
    Err(response::error(409, "InvalidResourceLocation", &message))
}

/// Stores a service with the properties that the service sets itself, and responds with it.
///
/// Of the `previous` properties, those stay that the service set, and the publisher if none was sent.
fn store(
    context: &mut Context<'_>,
    id: &str,
    name: &str,
    sent: &Map<String, Value>,
    previous: &Value,
) -> Response {
    let mut body = Map::new();
    body.insert("id".to_owned(), json!(id));
    body.insert("type".to_owned(), json!(PROVIDER.root_type));
    body.insert("name".to_owned(), json!(name));
    for member in ["tags", "sku", "identity", "location", "zones"] {
        if let Some(value) = sent.get(member).filter(|v| !v.is_null()) {
            body.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(identity) = body.get_mut("identity") {
        complete_identity(identity, id, tenant(context.state, id));
    }
    let mut properties = sent.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties.retain(|member, value| member != "restore" && !value.is_null());
    for member in ["publisherEmail", "publisherName"] {
        if !properties.contains_key(member) && !previous[member].is_null() {
            properties.insert(member.to_owned(), previous[member].clone());
        }
    }
    let created = match &previous["createdAtUtc"] {
        Value::Null => json!(timestamps::utc_seven_digits(context.request.now)),
        created => created.clone(),
    };
    let is_consumption = body["sku"]["name"] == "Consumption";
    let addresses = if is_consumption { Value::Null } else { json!(["20.1.2.3"]) };
    for (member, value) in [
        ("provisioningState", json!("Succeeded")),
        ("gatewayUrl", json!(format!("https://{}.azure-api.net", name.to_ascii_lowercase()))),
        ("createdAtUtc", created),
        ("publicIPAddresses", addresses),
        ("platformVersion", json!(if is_consumption { "mtv1" } else { "stv2" })),
    ] {
        properties.shift_remove(member);
        properties.insert(member.to_owned(), value);
    }
    body.insert("properties".to_owned(), Value::Object(properties));
    if let Some(stored) = context.state.store.get(id) {
        let mut without_etag = stored.body.as_object().cloned().unwrap_or_default();
        without_etag.shift_remove("etag");
        if without_etag == body {
            return respond(200, stored);
        }
    }
    let is_new = context.state.store.put(id, Value::Object(body));
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.body["etag"] = json!(etag_value(entry));
        entry.hidden["modified"] = json!(timestamps::utc_seven_digits(context.request.now));
        entry.hidden["active"] = service_in_view(entry, false);
    }
    match context.state.store.get(id) {
        Some(entry) => respond(if is_new { 201 } else { 200 }, entry),
        None => response::empty(500),
    }
}

/// The tenant of the subscription that a service is in.
fn tenant(state: &State, id: &str) -> Value {
    let subscription: Vec<&str> = id.splitn(4, '/').take(3).collect();
    let subscription = state.store.get(&subscription.join("/"));
    subscription
        .map(|e| e.body["tenantId"].clone())
        .filter(Value::is_string)
        .unwrap_or_else(|| json!(uuid::Uuid::nil().to_string()))
}

/// Adds the principal of a system-assigned identity; it is always the same for the same service.
fn complete_identity(identity: &mut Value, id: &str, tenant: Value) {
    if !identity["type"].as_str().unwrap_or_default().contains("SystemAssigned") {
        return;
    }
    if identity["principalId"].is_null() {
        identity["principalId"] = json!(crate::ids::stable_uuid(id).to_string());
        identity["tenantId"] = tenant;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services() {
        for good in ["a", "apim1", "my-API-2"] {
            assert!(is_valid_name(good), "{good}");
        }
        for bad in ["", "1a", "a-", "a_b", "ä", &"a".repeat(51)] {
            assert!(!is_valid_name(bad), "{bad}");
        }
    }
}
