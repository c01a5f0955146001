//! GitHub Actions with `permissions: id-token: write`: the job's own identity, federated with an application.
//!
//! <https://docs.github.com/actions/reference/security/oidc>

use super::oidc::{self, Mint};
use crate::auth::Secret;
use crate::auth::offer::{Candidate, Offer, Setup};

const URL: &str = "ACTIONS_ID_TOKEN_REQUEST_URL";
const TOKEN: &str = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

/// Whether the job may mint an assertion, and for whom.
pub fn offer(setup: &Setup) -> Offer {
    match (setup.need(URL), setup.context.var("AZURE_CLIENT_ID")) {
        (Err(why), _)
            if setup.context.is_var_enabled("GITHUB_ACTIONS")
                && setup.context.var("AZURE_CLIENT_ID").is_some() =>
        {
            Offer::Incomplete(format!("{why}: the job needs permissions: id-token: write"))
        }
        (Err(why), _) => Offer::Absent(why),
        (Ok(_), None) => Offer::Absent("AZURE_CLIENT_ID is not set".to_owned()),
        (Ok(url), Some(client)) => Offer::complete(candidate(setup, url, client)),
    }
}

fn candidate(setup: &Setup, url: &str, client: &str) -> Result<Candidate, String> {
    let token = setup.need(TOKEN)?;
    let tenant = setup.principal_tenant()?.to_owned();
    let mut url = oidc::url(URL, url)?;
    url.query_pairs_mut()
        .append_pair("audience", audience(setup.wire.authority.host_str().unwrap_or_default()));
    let mint = Mint {
        method: http::Method::GET,
        url,
        bearer: Secret::new(token),
        member: "value",
        mend: "The job needs permissions: id-token: write.",
    };
    Ok(Candidate {
        label: format!("GitHub Actions (client {client}, tenant {tenant})"),
        // With the job's token in it, another job on the same machine does not find this one's tokens.
        key: vec!["github".to_owned(), client.to_owned(), tenant.clone(), token.to_owned()],
        is_login: false,
        make: oidc::make(mint, client.to_owned(), tenant, setup.wire.clone()),
    })
}

/// The audience that federated credentials of the cloud have.
fn audience(authority: &str) -> &'static str {
    match authority {
        "login.microsoftonline.us" => "api://AzureADTokenExchangeUSGov",
        "login.chinacloudapi.cn" | "login.partner.microsoftonline.cn" => "api://AzureADTokenExchangeChina",
        _ => "api://AzureADTokenExchange",
    }
}
