//! Resource providers and whether a subscription has registered them.

use serde_json::json;

use super::context::{Context, Reply};
use super::gate;
use super::http::Answer;
use super::world::World;

/// The namespaces the emulator knows.
pub const NAMESPACES: &[&str] = &[
    "Microsoft.ApiCenter",
    "Microsoft.ApiManagement",
    "Microsoft.Authorization",
    "Microsoft.ManagedIdentity",
    "Microsoft.Resources",
];

/// Whether `path` is about a provider itself rather than about something it provides.
///
/// `/subscriptions/S/providers/NS` and `/subscriptions/S/providers/NS/{register|unregister}`.
#[must_use]
pub fn is_about(context: &Context<'_>) -> bool {
    let plain =
        context.route.all.len() - context.route.rest.len() == 4 && context.route.subscription.is_some();
    let action = |s: &str| s.eq_ignore_ascii_case("register") || s.eq_ignore_ascii_case("unregister");
    plain
        && context.route.group.is_none()
        && matches!(context.route.rest[..], [] | [_])
        && context.route.rest.iter().all(|s| action(s))
}

/// Shows, registers or unregisters a provider.
///
/// Registering answers `Registering`, and the next look says `Registered`.
pub fn handle(context: &mut Context<'_>) -> Reply {
    let asked = context.route.namespace.unwrap_or_default();
    let Some(namespace) = NAMESPACES.iter().find(|n| n.eq_ignore_ascii_case(asked)) else {
        return Err(gate::no_route(context.route));
    };
    let id = format!("{}/providers/{namespace}", context.subscription_id());
    match (context.method(), &context.route.rest[..]) {
        ("GET", []) => {
            let state = match state(context.world, &id) {
                "NotRegistered" => "NotRegistered",
                _ => "Registered",
            };
            Ok(save(context, &id, namespace, state))
        }
        ("POST", [action]) if action.eq_ignore_ascii_case("register") => {
            let state =
                if state(context.world, &id) == "NotRegistered" { "Registering" } else { "Registered" };
            Ok(save(context, &id, namespace, state))
        }
        ("POST", [_]) => Ok(save(context, &id, namespace, "NotRegistered")),
        _ => Err(gate::no_method(context)),
    }
}

fn state<'a>(world: &'a World, id: &str) -> &'a str {
    world.store.get(id).and_then(|e| e.body["registrationState"].as_str()).unwrap_or("Registered")
}

fn save(context: &mut Context<'_>, id: &str, namespace: &str, state: &str) -> Answer {
    let body = json!({
        "id": id,
        "namespace": namespace,
        "resourceTypes": [],
        "registrationState": state,
        "registrationPolicy": "RegistrationRequired",
    });
    context.world.store.put(id, body.clone());
    Answer::json(200, &body)
}

/// Refuses to create resources of a provider that the subscription has not registered.
pub fn require(context: &Context<'_>, namespace: &str) -> Result<(), Answer> {
    let id = format!("{}/providers/{namespace}", context.subscription_id());
    if state(context.world, &id) != "NotRegistered" {
        return Ok(());
    }
    let message = format!(
        "The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how \
         to register subscriptions."
    );
    let code = "MissingSubscriptionRegistration";
    let detail = json!({"code": code, "target": namespace, "message": message});
    Err(Answer::json(409, &json!({"error": {"code": code, "message": message, "details": [detail]}})))
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use crate::testing::{CENTER, ask, body, emulator};
    use serde_json::json;

    #[test]
    fn a_service_needs_its_provider_registered() {
        let azure = emulator(Options::default());
        let provider = "/subscriptions/s1/providers/Microsoft.ApiCenter";
        let center = || ask(&azure, "PUT", &format!("{CENTER}2"), Some(json!({"location": "eastus"})));
        assert_eq!(body(&ask(&azure, "GET", provider, None))["registrationState"], "Registered");
        ask(&azure, "POST", &format!("{provider}/unregister"), None);
        assert_eq!(center().status, 409);
        let asked = ask(&azure, "POST", &format!("{provider}/register"), None);
        assert_eq!(body(&asked)["registrationState"], "Registering");
        assert_eq!(body(&ask(&azure, "GET", provider, None))["registrationState"], "Registered");
        assert_eq!(center().status, 201);
    }
}
