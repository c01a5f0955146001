//! Checks the credential and the subscription.

use super::finding::Finding;
use crate::session::Session;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::id::ResourceId;
use azr_core::resource::SUBSCRIPTIONS_VERSION;

/// Checks that a credential exists; returns the object id of the signed-in user, if the token has one.
pub(crate) async fn credential(client: &Client) -> (Finding, Option<String>) {
    const CHECK: &str = "signed in";
    match client.sign_in().await {
        Ok((description, claims)) => {
            let credential = description.lines().next().unwrap_or_default();
            let credential = credential.strip_prefix("signed in: ").unwrap_or(credential).trim();
            let account = claims.as_ref().map(|claims| format!(": {claims}")).unwrap_or_default();
            (Finding::ok(CHECK, format!("{credential}{account}")), claims.and_then(|claims| claims.object))
        }
        Err(error) => (Finding::error(CHECK, &error), None),
    }
}

/// Checks that the current subscription can be read and is enabled.
pub(crate) async fn subscription(session: &Session, client: &Client, signed_in: bool) -> Finding {
    const CHECK: &str = "subscription";
    let subscription = match session.subscription() {
        Ok(subscription) => subscription,
        Err(error) => return Finding::error(CHECK, &error),
    };
    if !signed_in {
        return Finding::skipped(CHECK, format!("{}: not signed in", subscription.id));
    }
    let id = ResourceId::subscription_scope(&subscription.id);
    match client.send(Method::GET, &Target::new(id.as_str(), SUBSCRIPTIONS_VERSION), None).await {
        Ok(answer) => {
            let text = |key: &str| answer.body[key].as_str().unwrap_or_default().to_owned();
            let (name, state) = (text("displayName"), text("state"));
            let detail = format!("{name} ({})", subscription.id);
            if state.is_empty() || state == "Enabled" {
                return Finding::ok(CHECK, detail);
            }
            Finding::failed(CHECK, format!("{detail} is {state}"), "azr account set --subscription ANOTHER")
        }
        Err(error) => {
            let mut finding = Finding::error(CHECK, &error);
            finding.hint.get_or_insert_with(|| {
                "azr account list shows the subscriptions that you can use".to_owned()
            });
            finding
        }
    }
}
