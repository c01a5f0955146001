//! GitHub Actions with `permissions: id-token: write`: the job's own identity, federated with an application.
//!
//! <https://docs.github.com/actions/reference/security/oidc>

use super::oidc::{self, AssertionRequest};
use crate::auth::Secret;
use crate::auth::credential_source::{Candidate, CredentialSource, SignInContext};

const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// The credential, if the job may request an assertion and an application is set.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    match (sign_in.require(URL), sign_in.context.var("AZURE_CLIENT_ID")) {
        (Err(reason), _)
            if sign_in.context.is_var_enabled("GITHUB_ACTIONS")
                && sign_in.context.var("AZURE_CLIENT_ID").is_some() =>
        {
            CredentialSource::Incomplete(format!("{reason}: the job needs `permissions: id-token: write`"))
        }
        (Err(reason), _) => CredentialSource::NotConfigured(reason),
        (Ok(_), None) => CredentialSource::NotConfigured("AZURE_CLIENT_ID is not set".to_owned()),
        (Ok(url), Some(client)) => CredentialSource::from_candidate(candidate(sign_in, url, client)),
    }
}

fn candidate(sign_in: &SignInContext, url: &str, client: &str) -> Result<Candidate, String> {
    let token = sign_in.require(TOKEN)?;
    let tenant = sign_in.principal_tenant()?.to_owned();
    let mut url = oidc::parse_https_url(URL, url)?;
    url.query_pairs_mut()
        .append_pair("audience", audience(sign_in.transport.authority.host_str().unwrap_or_default()));
    let request = AssertionRequest {
        method: http::Method::GET,
        url,
        bearer_token: Secret::new(token),
        response_member: "value",
        hint: "The job needs `permissions: id-token: write`.",
    };
    Ok(Candidate {
        label: format!("GitHub Actions (client {client}, tenant {tenant})"),
        // Includes the token of the job, so that another job on the same machine does not find its access tokens.
        key: vec!["github".to_owned(), client.to_owned(), tenant.clone(), token.to_owned()],
        is_external_login: false,
        create: oidc::credential_factory(request, client.to_owned(), tenant, sign_in.transport.clone()),
    })
}

/// The audience of federated credentials in the cloud.
fn audience(authority: &str) -> &'static str {
    match authority {
        "login.microsoftonline.us" => "api://AzureADTokenExchangeUSGov",
        "login.chinacloudapi.cn" | "login.partner.microsoftonline.cn" => "api://AzureADTokenExchangeChina",
        _ => "api://AzureADTokenExchange",
    }
}
