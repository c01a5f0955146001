//! `Microsoft.ManagedIdentity`: user-assigned identities.

use serde_json::{Map, Value, json};

use super::context::{Context, Reply, not_found};
use super::gate;
use super::http::Answer;
use super::stamp::{self, TENANT};

const TYPE: &str = "Microsoft.ManagedIdentity/userAssignedIdentities";

/// Answers for everything under `providers/Microsoft.ManagedIdentity`.
pub fn handle(context: &mut Context<'_>) -> Reply {
    let kind = |s: &str| s.eq_ignore_ascii_case("userAssignedIdentities");
    match (context.method(), &context.route.rest[..]) {
        ("GET", [k]) if kind(k) => Ok(list(context)),
        (method, [k, name]) if kind(k) && context.route.group.is_some() => match method {
            "GET" => show(context, name),
            "PUT" => put(context, name),
            "PATCH" => patch(context, name),
            "DELETE" => {
                Ok(Answer::empty(if context.world.store.delete(&context.call.path) { 200 } else { 204 }))
            }
            _ => Err(gate::no_method(context)),
        },
        (_, [k]) if kind(k) => Err(gate::no_method(context)),
        _ => Err(gate::no_route(context.route)),
    }
}

fn list(context: &Context<'_>) -> Answer {
    let below = format!("{}/", context.route.scope.to_ascii_lowercase());
    let marker = format!("/providers/{}/", TYPE.to_ascii_lowercase());
    let found = context.world.store.find(|id| id.starts_with(&below) && id.contains(&marker));
    let items: Vec<&Value> = found.iter().map(|e| &e.body).collect();
    Answer::json(200, &json!({"value": items}))
}

fn missing(context: &Context<'_>, name: &str) -> Answer {
    not_found(TYPE, name, context.route.group.unwrap_or_default())
}

fn show(context: &Context<'_>, name: &str) -> Reply {
    let entry = context.world.store.get(&context.call.path).ok_or_else(|| missing(context, name))?;
    Ok(Answer::json(200, &entry.body))
}

fn put(context: &mut Context<'_>, name: &str) -> Reply {
    let given = context.call.json()?;
    // 3-128 characters, letters, digits, `-` and `_`, a letter or digit first.
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if !letters || !(3..=128).contains(&name.len()) || !name.starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        let text = format!(
            "The resource name '{name}' is invalid: 3 to 128 letters, digits, hyphens and underscores, starting with \
             a letter or digit."
        );
        return Err(Answer::error(400, "InvalidResourceName", &text));
    }
    let Some(location) = given["location"].as_str() else {
        let text = "The location property is required for this definition.";
        return Err(Answer::error(400, "LocationRequired", text));
    };
    let group = context.group_id().unwrap_or_default();
    // The real service spells `resourcegroups` in lower case in these ids, and so does the how-to.
    let id = format!("{}/providers/{TYPE}/{name}", group.replacen("/resourceGroups/", "/resourcegroups/", 1));
    let mut body = json!({"id": id, "name": name, "type": TYPE, "location": location});
    body["tags"] = if given["tags"].is_object() { given["tags"].clone() } else { Value::Object(Map::new()) };
    body["properties"] = json!({
        "tenantId": TENANT,
        "principalId": stamp::id(&format!("{id}#principal")).to_string(),
        "clientId": stamp::id(&format!("{id}#client")).to_string(),
    });
    let new = context.world.store.put(&id, body.clone());
    Ok(Answer::json(if new { 201 } else { 200 }, &body))
}

fn patch(context: &mut Context<'_>, name: &str) -> Reply {
    let given = context.call.json()?;
    let Some(entry) = context.world.store.get_mut(&context.call.path) else {
        return Err(missing(context, name));
    };
    if given["tags"].is_object() {
        entry.body["tags"] = given["tags"].clone();
    }
    Ok(Answer::json(200, &entry.body))
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
        assert_eq!(made.status, 201);
        let again = ask(&azure, "PUT", &id, Some(json!({"location": "eastus"})));
        assert_eq!(again.status, 200);
        assert_eq!(body(&made)["properties"], body(&again)["properties"]);
        let all = "/subscriptions/s1/providers/Microsoft.ManagedIdentity/userAssignedIdentities";
        assert_eq!(body(&ask(&azure, "GET", all, None))["value"][0]["name"], "mine");
        assert_eq!(ask(&azure, "DELETE", &id, None).status, 200);
        assert_eq!(ask(&azure, "GET", &id, None).status, 404);
    }
}
