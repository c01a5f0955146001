//! Access to APIs: authentication configurations of a workspace, and the security requirements of an API version, each of
//! which refers to one.
//!
//! None of this is published. The members are those that an extension of Visual Studio Code reads; that the secret can be
//! sent with the configuration is assumed, because Azure reads it from a key vault.

use serde_json::{Map, Value, json};

use super::errors;
use crate::context::Context;
use crate::resources::{Draft, Problem, Reason, Target};
use crate::response::{self, HandlerResult};

/// The secret of a configuration that was sent without one.
const SECRET: &str = "emulator-secret";

/// The member with the secret in each of the security schemes.
const SECRETS: &[(&str, &str)] = &[("apiKey", "value"), ("oauth2", "clientSecret")];

/// Authentication configurations: the settings of the scheme must be there.
pub(super) fn validate_auth_config(
    _: &Context<'_>,
    _: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let scheme = properties.get("securityScheme").and_then(Value::as_str).unwrap_or_default();
    if properties.contains_key(scheme) {
        return Vec::new();
    }
    vec![Problem { path: scheme.to_owned(), reason: Reason::Required }]
}

/// Authentication configurations: no GET shows the secret.
pub(super) fn before_put_of_auth_config(_: &Context<'_>, _: &Target<'_>, draft: &mut Draft) {
    for (scheme, member) in SECRETS {
        let settings = draft.properties.get_mut(*scheme).and_then(Value::as_object_mut);
        if let Some(secret) = settings.and_then(|settings| settings.shift_remove(*member)) {
            draft.hidden = Some(json!({"secret": secret}));
        }
    }
}

/// Security requirements: the authentication configuration must exist.
pub(super) fn validate_security_requirement(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let id = properties.get("authConfigResourceId").and_then(Value::as_str).unwrap_or_default();
    let exists = id.to_ascii_lowercase().contains("/authconfigs/")
        && context.state.store.get(&full_id(&target.root, id)).is_some();
    if exists {
        return Vec::new();
    }
    vec![Problem::new("authConfigResourceId", format!("The resource '{id}' does not exist."))]
}

/// The id of a resource of a center whose id may be relative to the center.
fn full_id(center: &str, id: &str) -> String {
    if id.to_ascii_lowercase().starts_with("/subscriptions/") {
        id.to_owned()
    } else {
        format!("{center}{id}")
    }
}

/// `getCredentials` of a security requirement.
pub(super) fn get_credentials(context: &mut Context<'_>, id: &str) -> HandlerResult {
    let store = &context.state.store;
    let config = store.get(id).and_then(|entry| entry.body["properties"]["authConfigResourceId"].as_str());
    let center = id.split("/workspaces/").next().unwrap_or_default();
    let Some(config) = config.and_then(|config| store.get(&full_id(center, config))) else {
        return Err(errors::problem_details_404());
    };
    let scheme = &config.body["properties"]["securityScheme"];
    let mut body = json!({"securityScheme": scheme});
    if let Some((scheme, member)) = SECRETS.iter().find(|(name, _)| scheme == name) {
        body[*scheme] = config.body["properties"][*scheme].clone();
        body[*scheme][*member] = json!(config.hidden["secret"].as_str().unwrap_or(SECRET));
    }
    Ok(response::json(200, &body))
}
