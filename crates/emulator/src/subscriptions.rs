//! Tenants, subscriptions and resource groups.

use serde_json::{Value, json};

use super::context::{Context, HandlerResult};
use super::ids::TENANT_ID;
use super::state::State;
use crate::arm_errors;
use crate::locations;
use crate::response::{self, Response};

/// Adds a subscription.
pub(crate) fn add_subscription(state: &mut State, id: &str, name: &str) {
    let body = json!({
        "id": format!("/subscriptions/{id}"),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": id,
        "tenantId": TENANT_ID,
        "displayName": name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    });
    state.store.put(&format!("/subscriptions/{id}"), body);
}

/// Adds a resource group.
pub(crate) fn add_group(state: &mut State, subscription: &str, name: &str, location: &str) {
    let id = format!("/subscriptions/{subscription}/resourceGroups/{name}");
    let body = json!({
        "id": id,
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
        "properties": {"provisioningState": "Succeeded"},
    });
    state.store.put(&id, body);
}

/// `/tenants`.
#[must_use]
pub(crate) fn tenants() -> Response {
    let tenant = json!({
        "id": format!("/tenants/{TENANT_ID}"),
        "tenantId": TENANT_ID,
        "countryCode": "US",
        "displayName": "Emulator",
        "domains": ["emulator.onmicrosoft.com"],
        "tenantCategory": "Home",
        "defaultDomain": "emulator.onmicrosoft.com",
        "tenantType": "AAD",
    });
    response::json(200, &json!({"value": [tenant]}))
}

/// `/subscriptions`, `/subscriptions/{id}` and everything below it without a provider.
pub(crate) fn handle(context: &mut Context<'_>) -> HandlerResult {
    let segments: Vec<String> = context.route.all.iter().map(|s| s.to_ascii_lowercase()).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (context.method(), &segments[..]) {
        ("GET", ["subscriptions"]) => Ok(list(context, "/subscriptions")),
        ("GET", ["subscriptions", _] | ["subscriptions", _, "resourcegroups", _]) => show(context),
        ("GET", ["subscriptions", _, "resourcegroups"]) => {
            let collection = format!("{}/resourceGroups", context.subscription_id());
            Ok(list(context, &collection))
        }
        ("GET", ["subscriptions", _, "locations"]) => {
            Ok(response::json(200, &locations::list(&context.subscription_id())))
        }
        ("HEAD", ["subscriptions", _, "resourcegroups", _]) => Ok(head(context)),
        ("PUT", ["subscriptions", _, "resourcegroups", _]) => put(context),
        ("DELETE", ["subscriptions", _, "resourcegroups", _]) => delete(context),
        (_, ["subscriptions"] | ["subscriptions", _] | ["subscriptions", _, "resourcegroups", ..]) => {
            Err(arm_errors::method_not_allowed(context.method()))
        }
        _ => Err(arm_errors::unknown_route(context.route)),
    }
}

fn list(context: &Context<'_>, collection: &str) -> Response {
    let items: Vec<&Value> = context.state.store.list(collection).map(|e| &e.body).collect();
    response::json(200, &json!({"value": items}))
}

fn show(context: &Context<'_>) -> HandlerResult {
    match context.state.store.get(&context.request.path) {
        Some(entry) => Ok(response::json(200, &entry.body)),
        None => Err(group_not_found(context)),
    }
}

fn head(context: &Context<'_>) -> Response {
    let exists = context.state.store.get(&context.request.path).is_some();
    response::empty(if exists { 204 } else { 404 })
}

fn group_not_found(context: &Context<'_>) -> Response {
    let name = context.route.group.unwrap_or_default();
    response::error(404, "ResourceGroupNotFound", &format!("Resource group '{name}' could not be found."))
}

fn put(context: &mut Context<'_>) -> HandlerResult {
    let requested = context.request.json()?;
    let name = context.route.group.unwrap_or_default();
    if name.encode_utf16().count() > 90 || name.ends_with('.') {
        let text = format!("The provided resource group name '{name}' is too long or ends with a period.");
        return Err(response::error(400, "InvalidResourceGroupName", &text));
    }
    let Some(location) = requested["location"].as_str() else {
        let text = "The location property is required for this definition.";
        return Err(response::error(400, "LocationRequired", text));
    };
    let id = format!("{}/resourceGroups/{name}", context.subscription_id());
    if let Some(existing) = context.state.store.get(&id) {
        let existing_location = existing.body["location"].as_str().unwrap_or_default();
        if !existing_location.eq_ignore_ascii_case(location) {
            let text = format!(
                "Invalid resource group location '{location}'. The Resource group already exists in location \
                 '{existing_location}'."
            );
            return Err(response::error(409, "InvalidResourceGroupLocation", &text));
        }
    }
    let mut body = json!({
        "id": id,
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": location,
    });
    if requested["tags"].is_object() {
        body["tags"] = requested["tags"].clone();
    }
    body["properties"] = json!({"provisioningState": "Succeeded"});
    let new = context.state.store.put(&id, body.clone());
    Ok(response::json(if new { 201 } else { 200 }, &body))
}

/// Deletes at once: ARM answers 202 and a `Location`, whose result is this 200.
fn delete(context: &mut Context<'_>) -> HandlerResult {
    if context.state.store.delete(&context.request.path) {
        Ok(response::empty(200))
    } else {
        Err(group_not_found(context))
    }
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::testing::{GROUP, ask, body, emulator};
    use serde_json::json;

    #[test]
    fn groups_come_and_go() {
        let azure = emulator(Options::default());
        let made =
            ask(&azure, "PUT", "/subscriptions/s1/resourcegroups/two", Some(json!({"location": "eastus"})));
        assert_eq!(made.status(), 201);
        assert_eq!(ask(&azure, "HEAD", "/subscriptions/s1/resourceGroups/TWO", None).status(), 204);
        let all = body(&ask(&azure, "GET", "/subscriptions/s1/resourcegroups", None));
        assert_eq!(all["value"].as_array().map(Vec::len), Some(2));
        assert_eq!(ask(&azure, "DELETE", GROUP, None).status(), 200);
        let response = ask(&azure, "GET", GROUP, None);
        assert_eq!(body(&response)["error"]["message"], "Resource group 'rg' could not be found.");
        assert_eq!(response.status(), 404);
    }

    #[test]
    fn an_unknown_subscription_is_named() {
        let azure = emulator(Options::default());
        let answer = ask(&azure, "GET", "/subscriptions/nope/resourcegroups", None);
        assert_eq!(answer.status(), 404);
        assert_eq!(body(&answer)["error"]["code"], "SubscriptionNotFound");
    }
}
