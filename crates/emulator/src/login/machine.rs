//! The managed identity of a machine: App Service's endpoint, and the metadata service of a virtual machine.
//!
//! <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>,
//! <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>

use serde_json::json;
use uuid::Uuid;

use super::refusal::of_machine;
use super::{Login, entra, token};
use crate::ids;
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The client that the machine's own secret is remembered for.
const MACHINE: &str = "this machine";

/// App Service's: whoever knows the secret of `IDENTITY_HEADER` gets a token.
pub fn app_service(login: &Login, request: &ParsedRequest) -> Result<Response, Response> {
    match request.header("x-identity-header").filter(|secret| !secret.is_empty()) {
        Some(secret) if login.knows(MACHINE, secret) => granted(login, request),
        _ => Err(of_machine(401, "invalid_request", "The header X-IDENTITY-HEADER is missing or wrong.")),
    }
}

/// The metadata service's: whoever can reach it gets a token, but no browser that was led astray.
pub fn metadata(login: &Login, request: &ParsedRequest) -> Result<Response, Response> {
    let is_meant = request.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !is_meant || request.header("x-forwarded-for").is_some() {
        return Err(of_machine(400, "invalid_request", "Required metadata header not specified"));
    }
    granted(login, request)
}

fn granted(login: &Login, request: &ParsedRequest) -> Result<Response, Response> {
    if request.method != "GET" {
        return Err(of_machine(405, "invalid_request", "The method is not GET."));
    }
    if request.query("api-version").is_none() {
        return Err(of_machine(400, "invalid_request", "Required query variable 'api-version' is missing"));
    }
    let Some(resource) = request.query("resource").filter(|resource| !resource.is_empty()) else {
        return Err(of_machine(400, "invalid_request", "Required audience parameter not specified"));
    };
    let client = match request.query("client_id") {
        Some(given) if Uuid::parse_str(given).is_err() => {
            return Err(of_machine(400, "invalid_request", "Identity not found"));
        }
        Some(given) => given.to_owned(),
        None => ids::stable_uuid(MACHINE).to_string(),
    };
    let claims = entra::claims(login, request, &client, resource);
    Ok(response::json(
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
