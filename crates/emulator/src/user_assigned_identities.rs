//! `Microsoft.ManagedIdentity`: user-assigned identities.

use serde_json::{Map, Value, json};

use super::context::{Context, HandlerResult};
use crate::arm_errors;
use crate::ids::{self, TENANT_ID};
use crate::response::{self, Response};

const TYPE: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// Answers for everything under `providers/Microsoft.ManagedIdentity`.
pub(crate) fn handle(context: &mut Context<'_>) -> HandlerResult {
    let kind = |s: &str| s.eq_ignore_ascii_case("userAssignedIdentities");
    match (context.method(), &context.route.rest[..]) {
        ("GET", [k]) if kind(k) => Ok(list(context)),
        (method, [k, name]) if kind(k) && context.route.group.is_some() => match method {
            "GET" => show(context, name),
            "PUT" => put(context, name),
            "PATCH" => patch(context, name),
            "DELETE" => {
                Ok(response::empty(if context.state.store.delete(&context.request.path) { 200 } else { 204 }))
            }
            _ => Err(arm_errors::method_not_allowed(context.method())),
        },
        (_, [k]) if kind(k) => Err(arm_errors::method_not_allowed(context.method())),
        _ => Err(arm_errors::unknown_route(context.route)),
    }
}

fn list(context: &Context<'_>) -> Response {
    let below = format!("{}/", context.route.scope.to_ascii_lowercase());
    let marker = format!("/providers/{}/", TYPE.to_ascii_lowercase());
    let found = context.state.store.find(|id| id.starts_with(&below) && id.contains(&marker));
    let items: Vec<&Value> = found.iter().map(|e| &e.body).collect();
    response::json(200, &json!({"value": items}))
}

fn missing(context: &Context<'_>, name: &str) -> Response {
    arm_errors::resource_not_found(TYPE, name, context.route.group.unwrap_or_default())
}

fn show(context: &Context<'_>, name: &str) -> HandlerResult {
    let entry = context.state.store.get(&context.request.path).ok_or_else(|| missing(context, name))?;
    Ok(response::json(200, &entry.body))
}

fn put(context: &mut Context<'_>, name: &str) -> HandlerResult {
    let input = context.request.json()?;
    // 3-128 characters, letters, digits, `-` and `_`, a letter or digit first.
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !letters || !(3..=128).contains(&name.len()) || !name.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        let text = format!(
            "The resource name '{name}' is invalid: 3 to 128 letters, digits, hyphens and underscores, starting with \
             a letter or digit."
        );
        return Err(response::error(400, "InvalidResourceName", &text));
    }
    let Some(location) = input["location"].as_str() else {
        let text = "The location property is required for this definition.";
        return Err(response::error(400, "LocationRequired", text));
    };
    let group = context.group_id().unwrap_or_default();
    // The real service spells `resourcegroups` in lower case in these ids, and so does the how-to.
    let id = format!("{}/providers/{TYPE}/{name}", group.replacen("/resourceGroups/", "/resourcegroups/", 1));
    let mut body = json!({"id": id, "name": name, "type": TYPE, "location": location});
    body["tags"] = if input["tags"].is_object() { input["tags"].clone() } else { Value::Object(Map::new()) };
    body["properties"] = json!({
        "tenantId": TENANT_ID,
        "principalId": ids::stable_uuid(&format!("{id}#principal")).to_string(),
        "clientId": ids::stable_uuid(&format!("{id}#client")).to_string(),
    });
    set_properties(&mut body, &input);
    let new = context.state.store.put(&id, body.clone());
    Ok(response::json(if new { 201 } else { 200 }, &body))
}

fn patch(context: &mut Context<'_>, name: &str) -> HandlerResult {
    let input = context.request.json()?;
    let Some(entry) = context.state.store.get_mut(&context.request.path) else {
        return Err(missing(context, name));
    };
    if input["tags"].is_object() {
        entry.body["tags"] = input["tags"].clone();
    }
    set_properties(&mut entry.body, &input);
    Ok(response::json(200, &entry.body))
}

/// Sets the properties that a client may write, if the input has them.
fn set_properties(body: &mut Value, input: &Value) {
    for name in ["isolationScope", "assignmentRestrictions"] {
        if let Some(value) = input["properties"].get(name) {
            body["properties"][name] = value.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::testing::{GROUP, ask, body, emulator};
    use serde_json::json;

    #[test]
    fn an_identity_keeps_its_principal() {
        let azure = emulator(Options::default());
        let id = format!("{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine");
        let made = ask(&azure, "PUT", &id, Some(json!({"location": "eastus"})));
        assert_eq!(made.status(), 201);
        let again = ask(&azure, "PUT", &id, Some(json!({"location": "eastus"})));
        assert_eq!(again.status(), 200);
        assert_eq!(body(&made)["properties"], body(&again)["properties"]);
        let all = "/subscriptions/s1/providers/Microsoft.ManagedIdentity/userAssignedIdentities";
        assert_eq!(body(&ask(&azure, "GET", all, None))["value"][0]["name"], "mine");
        let properties = json!({"isolationScope": "Regional", "principalId": "other"});
        let changed =
            body(&ask(&azure, "PATCH", &id, Some(json!({"tags": {"a": "b"}, "properties": properties}))));
        assert_eq!(changed["tags"], json!({"a": "b"}));
        assert_eq!(changed["properties"]["isolationScope"], "Regional");
        assert_eq!(changed["properties"]["principalId"], body(&made)["properties"]["principalId"]);
        assert_eq!(ask(&azure, "DELETE", &id, None).status(), 200);
        assert_eq!(ask(&azure, "GET", &id, None).status(), 404);
    }
}
