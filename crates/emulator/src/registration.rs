//! Whether a subscription has registered a resource provider.

use serde_json::json;

use crate::context::Context;
use crate::response::{self, Response};
use crate::state::State;

fn id(subscription: &str, namespace: &str) -> String {
    format!("{subscription}/providers/{namespace}")
}

/// Whether the subscription with this id has registered a provider; it has all that it has not unregistered.
pub(crate) fn is_registered(state: &State, subscription: &str, namespace: &str) -> bool {
    let entry = state.store.get(&id(subscription, namespace));
    entry.is_none_or(|entry| entry.body["registrationState"] != "NotRegistered")
}

/// Registers or unregisters a provider.
pub(crate) fn set_registered(state: &mut State, subscription: &str, namespace: &str, is_registered: bool) {
    let registration_state = if is_registered { "Registered" } else { "NotRegistered" };
    state.store.put(&id(subscription, namespace), json!({"registrationState": registration_state}));
}

/// Refuses to create resources of a provider that the subscription has not registered.
pub(crate) fn require_registered(context: &Context<'_>, namespace: &str) -> Result<(), Response> {
    if is_registered(context.state, &context.subscription_id(), namespace) {
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
