//! Resource providers and whether a subscription has registered them.

use serde_json::json;

use crate::arm_errors;
use crate::context::Context;
use crate::response::{self, HandlerResult, Response};
use crate::route::NAMESPACES;
use crate::state::State;

/// Whether a request is for a provider itself rather than for one of its resources.
///
/// Its path is `/subscriptions/S/providers/NS` or `/subscriptions/S/providers/NS/{register|unregister}`.
#[must_use]
pub(crate) fn is_provider_request(context: &Context<'_>) -> bool {
    let route = context.route;
    let is_below_subscription = route.all.len() - route.rest.len() == 4 && route.subscription.is_some();
    let is_action = |s: &str| s.eq_ignore_ascii_case("register") || s.eq_ignore_ascii_case("unregister");
    is_below_subscription
        && route.group.is_none()
        && matches!(route.rest[..], [] | [_])
        && route.rest.iter().all(|s| is_action(s))
}

/// Shows, registers or unregisters a provider.
///
/// The response to registering says `Registering`, the next GET `Registered`.
pub(crate) fn handle(context: &mut Context<'_>) -> HandlerResult {
    let namespace = context.route.namespace.unwrap_or_default();
    let Some(namespace) = NAMESPACES.iter().find(|n| n.eq_ignore_ascii_case(namespace)) else {
        return Err(arm_errors::unknown_route(context.route));
    };
    let id = format!("{}/providers/{namespace}", context.subscription_id());
    let is_registered = registration_state(context.state, &id) != "NotRegistered";
    match (context.method(), &context.route.rest[..]) {
        ("GET", []) => {
            let registration_state = if is_registered { "Registered" } else { "NotRegistered" };
            Ok(save(context, &id, namespace, registration_state))
        }
        ("POST", [action]) if action.eq_ignore_ascii_case("register") => {
            let registration_state = if is_registered { "Registered" } else { "Registering" };
            Ok(save(context, &id, namespace, registration_state))
        }
        ("POST", [_]) => Ok(save(context, &id, namespace, "NotRegistered")),
        _ => Err(arm_errors::method_not_allowed(context.method())),
    }
}

fn registration_state<'a>(state: &'a State, id: &str) -> &'a str {
    state.store.get(id).and_then(|e| e.body["registrationState"].as_str()).unwrap_or("Registered")
}

fn save(context: &mut Context<'_>, id: &str, namespace: &str, registration_state: &str) -> Response {
    let body = json!({
        "id": id,
        "namespace": namespace,
        "resourceTypes": [],
        "registrationState": registration_state,
        "registrationPolicy": "RegistrationRequired",
    });
    context.state.store.put(id, body.clone());
    response::json(200, &body)
}

/// Refuses to create resources of a provider that the subscription has not registered.
pub(crate) fn require_registered(context: &Context<'_>, namespace: &str) -> Result<(), Response> {
    let id = format!("{}/providers/{namespace}", context.subscription_id());
    if registration_state(context.state, &id) != "NotRegistered" {
        return Ok(());
    }
    let message = format!(
        "The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for how \
         to register subscriptions."
    );
    let code = "MissingSubscriptionRegistration";
    let detail = json!({"code": code, "target": namespace, "message": message});
    Err(response::json(409, &json!({"error": {"code": code, "message": message, "details": [detail]}})))
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
        assert_eq!(center().status(), 409);
        let registered = ask(&azure, "POST", &format!("{provider}/register"), None);
        assert_eq!(body(&registered)["registrationState"], "Registering");
        assert_eq!(body(&ask(&azure, "GET", provider, None))["registrationState"], "Registered");
        assert_eq!(center().status(), 201);
    }
}
