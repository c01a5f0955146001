//! API centers themselves.

use serde_json::{Map, Value, json};

use super::{entities, errors, sample};
use crate::context::{Context, HandlerResult};
use crate::ids::{self, TENANT_ID};
use crate::response::{self, Response, ResponseExt as _};
use crate::timestamps;
use crate::{arm_errors, providers};

const TYPE: &str = "Microsoft.ApiCenter/services";

/// Where centers can be, as the provider announces it.
const LOCATIONS: &[&str] = &[
    "eastus",
    "westeurope",
    "uksouth",
    "centralindia",
    "australiaeast",
    "francecentral",
    "swedencentral",
    "canadacentral",
    "centraluseuap",
];

/// `services` of a resource group or subscription.
pub fn list(context: &Context<'_>) -> HandlerResult {
    let below = format!("{}/", context.route.scope.to_ascii_lowercase());
    let marker = format!("/providers/{}/", TYPE.to_ascii_lowercase());
    let found = context.state.store.find(|id| {
        id.starts_with(&below) && id.split_once(&marker).is_some_and(|(_, name)| !name.contains('/'))
    });
    super::paging::page(context, found.into_iter())
}

/// Answers for one center.
pub fn handle(context: &mut Context<'_>, name: &str) -> HandlerResult {
    let id = format!("{}/providers/{TYPE}/{name}", context.group_id().unwrap_or_default());
    match context.method() {
        "GET" => {
            let entry = context.state.store.get(&id).ok_or_else(|| missing(context, name))?;
            Ok(response::json(200, &entry.body).with_header("etag", entry.etag.clone()))
        }
        "HEAD" => Ok(response::empty(if context.state.store.get(&id).is_some() { 200 } else { 404 })),
        "PUT" => put(context, &id, name),
        "PATCH" => patch(context, &id, name),
        "DELETE" => {
            let there = context.state.store.delete(&id);
            Ok(response::empty(if there { 200 } else { 204 }))
        }
        _ => Err(arm_errors::method_not_allowed(context.method())),
    }
}

fn missing(context: &Context<'_>, name: &str) -> Response {
    arm_errors::resource_not_found(TYPE, name, context.route.group.unwrap_or_default())
}

fn put(context: &mut Context<'_>, id: &str, name: &str) -> HandlerResult {
    providers::require_registered(context, "Microsoft.ApiCenter")?;
    entities::check_name(name)?;
    let given = context.request.json()?;
    let before = context.state.store.get(id).map(|e| e.body.clone());
    let Some(location) = given["location"].as_str() else {
        let text = "The location property is required for this definition.";
        return Err(response::error(400, "LocationRequired", text));
    };
    check_location(context, name, location, before.as_ref())?;
    let sku = sku(&given["sku"])?.or_else(|| before.as_ref().map(|b| b["sku"].clone()));
    // A PUT that says nothing about the identity leaves it alone; type None takes it away.
    let identity = match &given["identity"] {
        Value::Null => before.as_ref().map(|b| b["identity"].clone()).filter(|i| !i.is_null()),
        given => identity(context, id, given)?,
    };
    let now = timestamps::utc(context.request.now);
    let created = before.as_ref().and_then(|b| b["systemData"]["createdAt"].as_str()).unwrap_or(&now);
    let mut body = json!({"type": TYPE, "location": location});
    if let Some(identity) = identity {
        body["identity"] = identity;
    }
    body["sku"] = sku.unwrap_or_else(|| json!({"name": "Free"}));
    body["properties"] = json!({
        "portalHostname": format!("{name}.portal.{}.azure-apicenter.ms", plain(location)),
        "provisioningState": "Succeeded",
    });
    body["id"] = Value::from(id);
    body["name"] = Value::from(name);
    body["tags"] = tags(&given["tags"])?.unwrap_or_else(|| Value::Object(Map::new()));
    body["systemData"] = json!({"createdAt": created, "lastModifiedAt": now});
    let new = context.state.store.put(id, body.clone());
    if new {
        sample::fill(context.state, id, context.request.now);
    }
    Ok(response::json(if new { 201 } else { 200 }, &body))
}

fn patch(context: &mut Context<'_>, id: &str, name: &str) -> HandlerResult {
    let given = context.request.json()?;
    let mut body = context.state.store.get(id).ok_or_else(|| missing(context, name))?.body.clone();
    if let Some(tags) = tags(&given["tags"])? {
        body["tags"] = tags;
    }
    if let Some(sku) = sku(&given["sku"])? {
        body["sku"] = sku;
    }
    if !given["identity"].is_null() {
        let identity = identity(context, id, &given["identity"])?;
        body = with_identity(&body, identity.as_ref());
    }
    body["systemData"]["lastModifiedAt"] = Value::from(timestamps::utc(context.request.now));
    context.state.store.put(id, body.clone());
    Ok(response::json(200, &body))
}

/// The body with this identity in its place, behind the location.
fn with_identity(body: &Value, identity: Option<&Value>) -> Value {
    let mut made = Map::new();
    for (key, value) in body.as_object().into_iter().flatten().filter(|(key, _)| *key != "identity") {
        made.insert(key.clone(), value.clone());
        if let Some(identity) = identity.filter(|_| key == "location") {
            made.insert("identity".to_owned(), identity.clone());
        }
    }
    Value::Object(made)
}

fn plain(location: &str) -> String {
    location.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

fn check_location(
    context: &Context<'_>,
    name: &str,
    location: &str,
    before: Option<&Value>,
) -> Result<(), Response> {
    if let Some(there) = before.and_then(|b| b["location"].as_str()).filter(|l| plain(l) != plain(location)) {
        let text = format!(
            "The resource '{name}' already exists in location '{there}' in resource group '{}'. A resource with the \
             same name cannot be created in location '{location}'. Please select a new resource name.",
            context.route.group.unwrap_or_default()
        );
        return Err(response::error(409, "InvalidResourceLocation", &text));
    }
    if LOCATIONS.contains(&plain(location).as_str()) {
        return Ok(());
    }
    let text = format!(
        "The provided location '{location}' is not available for resource type '{TYPE}'. List of available regions \
         for the resource type is '{}'.",
        LOCATIONS.join(",")
    );
    Err(response::error(400, "LocationNotAvailableForResourceType", &text))
}

fn sku(given: &Value) -> Result<Option<Value>, Response> {
    if given.is_null() {
        return Ok(None);
    }
    let name = given["name"].as_str().unwrap_or_default();
    if let Some(name) = ["Free", "Standard"].into_iter().find(|s| s.eq_ignore_ascii_case(name)) {
        return Ok(Some(json!({"name": name})));
    }
    let text = format!("The value '{name}' is not valid. Allowed values: Free, Standard.");
    Err(errors::invalid_one("sku.name", text))
}

fn tags(given: &Value) -> Result<Option<Value>, Response> {
    match given {
        Value::Null => Ok(None),
        Value::Object(tags) if tags.values().all(Value::is_string) => Ok(Some(given.clone())),
        _ => Err(response::error(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized: tags must map names to strings.",
        )),
    }
}

/// The identity as stored: ids of its principals filled in. None for type None.
fn identity(context: &Context<'_>, id: &str, given: &Value) -> Result<Option<Value>, Response> {
    let kind: String =
        given["type"].as_str().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let kinds = ["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"];
    let Some(kind) = kinds.into_iter().find(|k| k.eq_ignore_ascii_case(&kind)) else {
        let text = format!("The identity type '{kind}' is not valid. Allowed values: {}.", kinds.join("; "));
        return Err(response::error(400, "InvalidIdentityType", &text));
    };
    if kind == "None" {
        return Ok(None);
    }
    let mut made = json!({"type": kind});
    if kind.starts_with("SystemAssigned") {
        made["principalId"] = Value::from(ids::stable_uuid(&format!("{id}#system")).to_string());
        made["tenantId"] = Value::from(TENANT_ID);
    }
    if kind.ends_with("UserAssigned") {
        let given =
            given["userAssignedIdentities"].as_object().filter(|ids| !ids.is_empty()).ok_or_else(|| {
                let text = "The request has a user-assigned identity type but no userAssignedIdentities.";
                response::error(400, "InvalidIdentityValues", text)
            })?;
        let mut users = Map::new();
        for user in given.keys() {
            let Some(entry) = context.state.store.get(user) else {
                let text =
                    format!("Identity id = '{user}' was not found. Check that it exists and is spelt right.");
                return Err(response::error(400, "FailedIdentityOperation", &text));
            };
            let of = &entry.body["properties"];
            users.insert(user.clone(), json!({"principalId": of["principalId"], "clientId": of["clientId"]}));
        }
        made["userAssignedIdentities"] = Value::Object(users);
    }
    Ok(Some(made))
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::testing::{CENTER, GROUP, ask, body, emulator};
    use serde_json::json;

    #[test]
    fn a_center_starts_with_its_workspace_and_sample() {
        let azure = emulator(Options::default());
        let apis = body(&ask(&azure, "GET", &format!("{CENTER}/workspaces/default/apis"), None));
        assert_eq!(apis["value"][0]["name"], "swagger-petstore");
        assert!(apis.get("nextLink").is_none());
        let all = "/subscriptions/s1/providers/Microsoft.ApiCenter/services";
        assert_eq!(body(&ask(&azure, "GET", all, None))["value"].as_array().map(Vec::len), Some(1));
        assert_eq!(ask(&azure, "DELETE", CENTER, None).status(), 200);
        let gone = ask(&azure, "GET", CENTER, None);
        let text = body(&gone)["error"]["message"].to_string();
        assert!(text.contains("'Microsoft.ApiCenter/services/center' under resource group 'rg'"), "{text}");
        assert_eq!(ask(&azure, "DELETE", CENTER, None).status(), 204);
    }

    #[test]
    fn identities_are_checked_and_filled_in() {
        let azure = emulator(Options::default());
        let given = json!({"identity": {"type": "SystemAssigned"}});
        let made = body(&ask(&azure, "PATCH", CENTER, Some(given)));
        assert!(made["identity"]["principalId"].is_string());
        let again = body(&ask(&azure, "PUT", CENTER, Some(json!({"location": "eastus"}))));
        assert_eq!(again["identity"], made["identity"]);

        let user = format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine");
        let given =
            json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {user.as_str(): {}}}});
        assert_eq!(ask(&azure, "PATCH", CENTER, Some(given.clone())).status(), 400);
        ask(&azure, "PUT", &user, Some(json!({"location": "eastus"})));
        let made = body(&ask(&azure, "PATCH", CENTER, Some(given)));
        assert!(made["identity"]["userAssignedIdentities"][user.as_str()]["principalId"].is_string());
    }
}
