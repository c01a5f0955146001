//! The managed identity of a machine: App Service's endpoint, and the metadata service of a virtual machine.
//!
//! <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>,
//! <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>

use serde_json::json;
use uuid::Uuid;

use super::super::http::{Answer, Call};
use super::super::stamp;
use super::refusal::of_machine;
use super::{Login, entra, token};

/// The client that the machine's own secret is remembered for.
const MACHINE: &str = "this machine";

/// App Service's: whoever knows the secret of `IDENTITY_HEADER` gets a token.
pub fn app_service(login: &Login, call: &Call) -> Result<Answer, Answer> {
    match call.header("x-identity-header").filter(|secret| !secret.is_empty()) {
        Some(secret) if login.knows(MACHINE, secret) => granted(login, call),
        _ => Err(of_machine(401, "invalid_request", "The header X-IDENTITY-HEADER is missing or wrong.")),
    }
}

/// The metadata service's: whoever can reach it gets a token, but no browser that was led astray.
pub fn metadata(login: &Login, call: &Call) -> Result<Answer, Answer> {
    let is_meant = call.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !is_meant || call.header("x-forwarded-for").is_some() {
        return Err(of_machine(400, "invalid_request", "Required metadata header not specified"));
    }
    granted(login, call)
}

fn granted(login: &Login, call: &Call) -> Result<Answer, Answer> {
    if call.method != "GET" {
        return Err(of_machine(405, "invalid_request", "The method is not GET."));
    }
    if call.query("api-version").is_none() {
        return Err(of_machine(400, "invalid_request", "Required query variable 'api-version' is missing"));
    }
    let Some(resource) = call.query("resource").filter(|resource| !resource.is_empty()) else {
        return Err(of_machine(400, "invalid_request", "Required audience parameter not specified"));
    };
    let client = match call.query("client_id") {
        Some(given) if Uuid::parse_str(given).is_err() => {
            return Err(of_machine(400, "invalid_request", "Identity not found"));
        }
        Some(given) => given.to_owned(),
        None => stamp::id(MACHINE).to_string(),
    };
    let claims = entra::claims(login, call, &client, resource);
    Ok(Answer::json(
        200,
        &json!({
            "access_token": token::signed(&login.key, &claims),
            "client_id": client,
            // Numbers as text, as both say them.
            "expires_in": login.token_seconds.to_string(),
            "expires_on": claims["exp"].to_string(),
            "resource": resource,
            "token_type": "Bearer",
        }),
    ))
}
