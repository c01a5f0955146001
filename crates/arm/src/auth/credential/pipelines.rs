//! Azure Pipelines inside an `AzureCLI` or `AzurePowerShell` task: the service connection's own identity.
//!
//! The same exchange as the SDK's `AzurePipelinesCredential`, which finds the address to ask by itself in the
//! process' environment, where no test can put one.
//! <https://learn.microsoft.com/azure/devops/pipelines/build/variables#systemaccesstoken>

use super::oidc::{self, Mint};
use crate::auth::Secret;
use crate::auth::offer::{Candidate, Offer, Setup};

const URL: &str = "SYSTEM_OIDCREQUESTURI";

/// Whether a service connection is at hand.
pub fn offer(setup: &Setup) -> Offer {
    match (setup.need(URL), setup.need("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")) {
        (Err(why), _) | (_, Err(why)) => Offer::Absent(why),
        (Ok(url), Ok(connection)) => Offer::complete(candidate(setup, url, connection)),
    }
}

fn candidate(setup: &Setup, url: &str, connection: &str) -> Result<Candidate, String> {
    let token = setup
        .need("SYSTEM_ACCESSTOKEN")
        .map_err(|why| format!("{why}: the task needs env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)"))?;
    let client = setup.need("AZURESUBSCRIPTION_CLIENT_ID")?.to_owned();
    let tenant = setup.need("AZURESUBSCRIPTION_TENANT_ID")?.to_owned();
    let mut url = oidc::url(URL, url)?;
    url.query_pairs_mut().append_pair("api-version", "7.1").append_pair("serviceConnectionId", connection);
    let mint = Mint {
        method: http::Method::POST,
        url,
        bearer: Secret::new(token),
        member: "oidcToken",
        mend: "Check the service connection, and that the pipeline is permitted to use it.",
    };
    Ok(Candidate {
        label: format!("Azure Pipelines (client {client}, tenant {tenant})"),
        key: vec!["pipelines".to_owned(), client.clone(), tenant.clone(), token.to_owned()],
        is_login: false,
        make: oidc::make(mint, client, tenant, setup.wire.clone()),
    })
}
