//! Who azr is to Azure, and in which subscription it works.

use super::finding::Finding;
use crate::session::Session;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::id::ResourceId;
use azr_core::resource::SUBSCRIPTIONS_VERSION;

/// Somebody is signed in.
pub async fn credential(client: &Client) -> (Finding, bool) {
    const CHECK: &str = "signed in";
    match client.sign_in().await {
        Ok((how, claims)) => {
            let how = how.lines().next().unwrap_or_default();
            let how = how.strip_prefix("signed in: ").unwrap_or(how).trim();
            let who = claims.map(|claims| format!(": {claims}")).unwrap_or_default();
            (Finding::well(CHECK, format!("{how}{who}")), true)
        }
        Err(error) => (Finding::failed(CHECK, &error), false),
    }
}

/// A subscription is chosen, can be read and is enabled.
pub async fn subscription(session: &Session, client: &Client, signed_in: bool) -> Finding {
    const CHECK: &str = "subscription";
    let chosen = match session.subscription() {
        Ok(chosen) => chosen,
        Err(error) => return Finding::failed(CHECK, &error),
    };
    if !signed_in {
        return Finding::untried(CHECK, format!("{}: nobody is signed in", chosen.id));
    }
    let id = ResourceId::subscription_scope(&chosen.id);
    match client.send("GET", &Target::new(id.as_str(), SUBSCRIPTIONS_VERSION), None).await {
        Ok(answer) => {
            let text = |key: &str| answer.body[key].as_str().unwrap_or_default().to_owned();
            let (name, state) = (text("displayName"), text("state"));
            let detail = format!("{name} ({})", chosen.id);
            if state.is_empty() || state == "Enabled" {
                return Finding::well(CHECK, detail);
            }
            Finding::amiss(CHECK, format!("{detail} is {state}"), "azr account set --subscription ANOTHER")
        }
        Err(error) => {
            let found = Finding::failed(CHECK, &error);
            let mend = found.mend.unwrap_or_else(|| "azr account list shows those you may use".to_owned());
            Finding { mend: Some(mend), ..found }
        }
    }
}
