//! API centers themselves.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::kinds::{NAMES, PROVIDER};
use super::{deleted_centers, errors, sample};
use crate::context::Context;
use crate::ids::{self, TENANT_ID};
use crate::resources::page;
use crate::response::{self, HandlerResult, Response, ResponseExt as _};
use crate::{arm_errors, registration, timestamps};

const TYPE: &str = "Microsoft.ApiCenter/services";

/// The regions of the service.
pub(crate) const LOCATIONS: &[&str] = &[
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

/// The id of the center with this name in the resource group of a request.
pub(super) fn id(context: &Context<'_>, name: &str) -> String {
    format!("{}/providers/{TYPE}/{name}", context.group_id().unwrap_or_default())
}

/// Lists the centers of a resource group or subscription.
pub(super) fn list(context: &Context<'_>) -> HandlerResult {
    let below = format!("{}/", context.route.scope.to_ascii_lowercase());
    let marker = format!("/providers/{}/", TYPE.to_ascii_lowercase());
    let centers = context.state.store.find(|id| {
        id.starts_with(&below) && id.split_once(&marker).is_some_and(|(_, name)| !name.contains('/'))
    });
    page(context, &PROVIDER, centers.into_iter(), |e| Cow::Borrowed(&e.body), |e| e.body.clone())
}

/// Handles a request for one center.
pub(super) fn handle(context: &mut Context<'_>, name: &str) -> HandlerResult {
    let id = id(context, name);
    match context.method() {
        "GET" => {
            let entry = context.state.store.get(&id).ok_or_else(|| not_found(context, name))?;
            Ok(response::json(200, &entry.body).with_header("etag", entry.etag.clone()))
        }
        "HEAD" => Ok(response::empty(if context.state.store.get(&id).is_some() { 200 } else { 404 })),
        "PUT" => put(context, &id, name),
        "PATCH" => patch(context, &id, name),
        "DELETE" => {
            let existed = deleted_centers::soft_delete(context.state, &id, context.request.now);
            Ok(response::empty(if existed { 200 } else { 204 }))
        }
        _ => Err(arm_errors::method_not_allowed(context.method())),
    }
}

fn not_found(context: &Context<'_>, name: &str) -> Response {
    arm_errors::resource_not_found(TYPE, name, context.route.group.unwrap_or_default())
}

fn put(context: &mut Context<'_>, id: &str, name: &str) -> HandlerResult {
    registration::require_registered(context, "Microsoft.ApiCenter")?;
    NAMES.check(name).map_err(|message| errors::invalid("name", message))?;
    let sent = context.request.json()?;
    let previous = deleted_centers::restored_body(context.state, id, &sent, context.request.now)?;
    let restored = previous.is_some();
    let previous = previous.or_else(|| context.state.store.get(id).map(|e| e.body.clone()));
    let Some(location) = sent["location"].as_str() else {
        let text = "The location property is required for this definition.";
        return Err(response::error(400, "LocationRequired", text));
    };
    check_location(context, name, location, previous.as_ref())?;
    let sku = read_sku(&sent["sku"])?.or_else(|| previous.as_ref().map(|b| b["sku"].clone()));
    // A PUT without an identity keeps the stored one; the type None removes it.
    let identity = match &sent["identity"] {
        Value::Null => previous.as_ref().map(|b| b["identity"].clone()).filter(|i| !i.is_null()),
        sent => build_identity(context, id, sent)?,
    };
    let now = timestamps::utc(context.request.now);
    let created = previous.as_ref().and_then(|b| b["systemData"]["createdAt"].as_str()).unwrap_or(&now);
    let mut body = json!({"type": TYPE, "location": location});
    if let Some(identity) = identity {
        body["identity"] = identity;
    }
    body["sku"] = sku.unwrap_or_else(|| json!({"name": "Free"}));
    body["properties"] = json!({
        "portalHostname": format!("{name}.portal.{}.azure-apicenter.ms", normalize(location)),
        "provisioningState": "Succeeded",
    });
    body["id"] = Value::from(id);
    body["name"] = Value::from(name);
    body["tags"] = read_tags(&sent["tags"])?.unwrap_or_else(|| Value::Object(Map::new()));
    body["systemData"] = json!({"createdAt": created, "lastModifiedAt": now});
    let is_new = context.state.store.get(id).is_none();
    if restored {
        deleted_centers::restore(context.state, id);
    }
    context.state.store.put(id, body.clone());
    if is_new && !restored {
        sample::fill(context.state, id, context.request.now);
    }
    Ok(response::json(if is_new { 201 } else { 200 }, &body))
}

fn patch(context: &mut Context<'_>, id: &str, name: &str) -> HandlerResult {
    let sent = context.request.json()?;
    let mut body = context.state.store.get(id).ok_or_else(|| not_found(context, name))?.body.clone();
    if let Some(tags) = read_tags(&sent["tags"])? {
        body["tags"] = tags;
    }
    if let Some(sku) = read_sku(&sent["sku"])? {
        body["sku"] = sku;
    }
    if !sent["identity"].is_null() {
        let identity = build_identity(context, id, &sent["identity"])?;
        body = replace_identity(&body, identity.as_ref());
    }
    body["systemData"]["lastModifiedAt"] = Value::from(timestamps::utc(context.request.now));
    context.state.store.put(id, body.clone());
    Ok(response::json(200, &body))
}

/// The body with this identity after the location.
fn replace_identity(body: &Value, identity: Option<&Value>) -> Value {
    let mut replaced = Map::new();
    for (key, value) in body.as_object().into_iter().flatten().filter(|(key, _)| *key != "identity") {
        replaced.insert(key.clone(), value.clone());
        if let Some(identity) = identity.filter(|_| key == "location") {
            replaced.insert("identity".to_owned(), identity.clone());
        }
    }
    Value::Object(replaced)
}

fn normalize(location: &str) -> String {
    location.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase()
}

fn check_location(
    context: &Context<'_>,
    name: &str,
    location: &str,
    previous: Option<&Value>,
) -> Result<(), Response> {
    let stored = previous.and_then(|b| b["location"].as_str());
    if let Some(stored) = stored.filter(|l| normalize(l) != normalize(location)) {
        let text = format!(
            "The resource '{name}' already exists in location '{stored}' in resource group '{}'. A resource with the \
             same name cannot be created in location '{location}'. Please select a new resource name.",
            context.route.group.unwrap_or_default()
        );
        return Err(response::error(409, "InvalidResourceLocation", &text));
    }
    if LOCATIONS.contains(&normalize(location).as_str()) {
        return Ok(());
    }
    let text = format!(
        "The provided location '{location}' is not available for resource type '{TYPE}'. List of available regions \
         for the resource type is '{}'.",
        LOCATIONS.join(",")
    );
    Err(response::error(400, "LocationNotAvailableForResourceType", &text))
}

fn read_sku(sent: &Value) -> Result<Option<Value>, Response> {
    if sent.is_null() {
        return Ok(None);
    }
    let name = sent["name"].as_str().unwrap_or_default();
    if let Some(name) = ["Free", "Standard"].into_iter().find(|s| s.eq_ignore_ascii_case(name)) {
        return Ok(Some(json!({"name": name})));
    }
    let text = format!("The value '{name}' is not valid. Allowed values: Free, Standard.");
    Err(errors::invalid("sku.name", text))
}

fn read_tags(sent: &Value) -> Result<Option<Value>, Response> {
    match sent {
        Value::Null => Ok(None),
        Value::Object(tags) if tags.values().all(Value::is_string) => Ok(Some(sent.clone())),
        _ => Err(response::error(
            400,
            "InvalidRequestContent",
            "The request content was invalid and could not be deserialized: tags must map names to strings.",
        )),
    }
}

/// The managed identity to store, with the ids of its principals; `None` for the type None.
fn build_identity(context: &Context<'_>, id: &str, sent: &Value) -> Result<Option<Value>, Response> {
    let kind: String =
        sent["type"].as_str().unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let kinds = ["None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"];
    let Some(kind) = kinds.into_iter().find(|k| k.eq_ignore_ascii_case(&kind)) else {
        let text = format!("The identity type '{kind}' is not valid. Allowed values: {}.", kinds.join("; "));
        return Err(response::error(400, "InvalidIdentityType", &text));
    };
    if kind == "None" {
        return Ok(None);
    }
    let mut identity = json!({"type": kind});
    if kind.starts_with("SystemAssigned") {
        identity["principalId"] = Value::from(ids::stable_uuid(&format!("{id}#system")).to_string());
        identity["tenantId"] = Value::from(TENANT_ID);
    }
    if kind.ends_with("UserAssigned") {
        let users =
            sent["userAssignedIdentities"].as_object().filter(|ids| !ids.is_empty()).ok_or_else(|| {
                let text = "The request has a user-assigned identity type but no userAssignedIdentities.";
                response::error(400, "InvalidIdentityValues", text)
            })?;
        let mut principals = Map::new();
        for user in users.keys() {
            let Some(entry) = context.state.store.get(user) else {
                let text = format!(
                    "Identity id = '{user}' was not found. Check that it exists and is spelled correctly."
                );
                return Err(response::error(400, "FailedIdentityOperation", &text));
            };
            let user_identity = &entry.body["properties"];
            principals.insert(
                user.clone(),
                json!({"principalId": user_identity["principalId"], "clientId": user_identity["clientId"]}),
            );
        }
        identity["userAssignedIdentities"] = Value::Object(principals);
    }
    Ok(Some(identity))
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
        let missing = ask(&azure, "GET", CENTER, None);
        let text = body(&missing)["error"]["message"].to_string();
        assert!(text.contains("'Microsoft.ApiCenter/services/center' under resource group 'rg'"), "{text}");
        assert_eq!(ask(&azure, "DELETE", CENTER, None).status(), 204);
    }

    #[test]
    fn the_name_of_a_deleted_center_is_taken_until_it_is_purged() {
        let azure = emulator(Options::default());
        let create = |restore: bool| {
            let body = json!({"location": "eastus", "properties": {"restore": restore}});
            ask(&azure, "PUT", CENTER, Some(body))
        };
        let api = format!("{CENTER}/workspaces/default/apis/mine");
        ask(&azure, "PUT", &api, Some(json!({"properties": {"title": "Mine", "kind": "rest"}})));
        ask(&azure, "DELETE", CENTER, None);
        let refused = create(false);
        let text = body(&refused)["error"]["message"].to_string();
        assert_eq!(
            (refused.status().as_u16(), text.contains("'center' is already taken")),
            (400, true),
            "{text}"
        );
        let elsewhere = CENTER.replace("/rg/", "/two/");
        ask(&azure, "PUT", "/subscriptions/s1/resourcegroups/two", Some(json!({"location": "eastus"})));
        assert_eq!(ask(&azure, "PUT", &elsewhere, Some(json!({"location": "eastus"}))).status(), 400);

        let deleted = CENTER.replace("/services/", "/deletedServices/");
        let shown = body(&ask(&azure, "GET", &deleted, None));
        assert_eq!(shown["type"], "Microsoft.ApiCenter/deletedServices");
        assert_eq!(shown["id"], CENTER);
        let of_group = deleted.trim_end_matches("/center");
        for list in [of_group, "/subscriptions/s1/providers/Microsoft.ApiCenter/deletedServices"] {
            assert_eq!(body(&ask(&azure, "GET", list, None))["value"], json!([shown]), "{list}");
        }
        assert_eq!(ask(&azure, "GET", &format!("{of_group}?api-version=2024-03-01"), None).status(), 404);

        assert_eq!(create(true).status(), 201);
        assert_eq!(ask(&azure, "GET", &api, None).status(), 200);
        assert_eq!(ask(&azure, "GET", &deleted, None).status(), 404);
        ask(&azure, "DELETE", CENTER, None);
        assert_eq!(ask(&azure, "DELETE", &deleted.replace("/rg/", "/two/"), None).status(), 204);
        assert_eq!(create(false).status(), 400, "the purge named another resource group");
        assert_eq!(ask(&azure, "DELETE", &deleted, None).status(), 200);
        assert_eq!(create(true).status(), 400, "there is nothing to restore");
        assert_eq!(create(false).status(), 201);
        assert_eq!(ask(&azure, "GET", &api, None).status(), 404);
    }

    #[test]
    fn identities_are_checked_and_filled_in() {
        let azure = emulator(Options::default());
        let sent = json!({"identity": {"type": "SystemAssigned"}});
        let updated = body(&ask(&azure, "PATCH", CENTER, Some(sent)));
        assert!(updated["identity"]["principalId"].is_string());
        let again = body(&ask(&azure, "PUT", CENTER, Some(json!({"location": "eastus"}))));
        assert_eq!(again["identity"], updated["identity"]);

        let user = format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine");
        let sent =
            json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {user.as_str(): {}}}});
        assert_eq!(ask(&azure, "PATCH", CENTER, Some(sent.clone())).status(), 400);
        ask(&azure, "PUT", &user, Some(json!({"location": "eastus"})));
        let updated = body(&ask(&azure, "PATCH", CENTER, Some(sent)));
        assert!(updated["identity"]["userAssignedIdentities"][user.as_str()]["principalId"].is_string());
    }
}
