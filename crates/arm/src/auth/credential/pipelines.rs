//! Azure Pipelines inside an `AzureCLI` or `AzurePowerShell` task: the service connection's own identity.
//!
//! The same exchange as the SDK's `AzurePipelinesCredential`, which reads its endpoint from the environment of the process,
//! where tests cannot set it.
//! <https://learn.microsoft.com/azure/devops/pipelines/build/variables#systemaccesstoken>

use super::oidc::{self, AssertionRequest};
use crate::auth::Secret;
use crate::auth::credential_source::{Candidate, CredentialSource, SignInContext};

const URL: &str = "SYSTEM_OIDCREQUESTURI";

/// The credential, if there is a service connection.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    match (sign_in.require(URL), sign_in.require("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")) {
        (Err(reason), _) | (_, Err(reason)) => CredentialSource::NotConfigured(reason),
        (Ok(url), Ok(connection)) => CredentialSource::from_candidate(candidate(sign_in, url, connection)),
    }
}

fn candidate(sign_in: &SignInContext, url: &str, connection: &str) -> Result<Candidate, String> {
    let token = sign_in.require("SYSTEM_ACCESSTOKEN").map_err(|reason| {
        format!("{reason}: the task needs `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`")
    })?;
    let client = sign_in.require("AZURESUBSCRIPTION_CLIENT_ID")?.to_owned();
    let tenant = sign_in.require("AZURESUBSCRIPTION_TENANT_ID")?.to_owned();
    let mut url = oidc::parse_https_url(URL, url)?;
    url.query_pairs_mut().append_pair("api-version", "7.1").append_pair("serviceConnectionId", connection);
    let request = AssertionRequest {
        method: http::Method::POST,
        url,
        bearer_token: Secret::new(token),
        response_member: "oidcToken",
        hint: "Check the service connection, and that the pipeline may use it.",
    };
    Ok(Candidate {
        label: format!("Azure Pipelines (client {client}, tenant {tenant})"),
        key: vec!["pipelines".to_owned(), client.clone(), tenant.clone(), token.to_owned()],
        is_external_login: false,
        create: oidc::credential_factory(request, client, tenant, sign_in.transport.clone()),
    })
}
