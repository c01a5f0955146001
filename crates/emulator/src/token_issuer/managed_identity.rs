//! The endpoints of a managed identity: that of App Service, and the metadata service of a virtual machine.
//!
//! <https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference>,
//! <https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token>

use serde_json::json;
use uuid::Uuid;

use super::errors::managed_identity_error;
use super::issuer::TokenIssuer;
use super::{jwt, token_endpoint};
use crate::ids;
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The client id under which the secret of the App Service endpoint is remembered.
const SYSTEM_ASSIGNED: &str = "this machine";

/// App Service's endpoint, which needs the secret of `IDENTITY_HEADER`.
pub(super) fn app_service(issuer: &TokenIssuer, request: &ParsedRequest) -> Result<Response, Response> {
    match request.header("x-identity-header").filter(|secret| !secret.is_empty()) {
        Some(secret) if issuer.is_secret_of(SYSTEM_ASSIGNED, secret) => issue(issuer, request),
        _ => Err(managed_identity_error(
            401,
            "invalid_request",
            "The header X-IDENTITY-HEADER is missing or wrong.",
        )),
    }
}

/// The metadata service, which needs a header that a browser does not send.
pub(super) fn metadata_service(issuer: &TokenIssuer, request: &ParsedRequest) -> Result<Response, Response> {
    let has_header = request.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !has_header || request.header("x-forwarded-for").is_some() {
        return Err(managed_identity_error(400, "invalid_request", "Required metadata header not specified"));
    }
    issue(issuer, request)
}

fn issue(issuer: &TokenIssuer, request: &ParsedRequest) -> Result<Response, Response> {
    if request.method != "GET" {
        return Err(managed_identity_error(405, "invalid_request", "The method is not GET."));
    }
    if request.query("api-version").is_none() {
        return Err(managed_identity_error(
            400,
            "invalid_request",
            "Required query variable 'api-version' is missing",
        ));
    }
    let Some(resource) = request.query("resource").filter(|resource| !resource.is_empty()) else {
        return Err(managed_identity_error(
            400,
            "invalid_request",
            "Required audience parameter not specified",
        ));
    };
    let client = match request.query("client_id") {
        Some(id) if Uuid::parse_str(id).is_err() => {
            return Err(managed_identity_error(400, "invalid_request", "Identity not found"));
        }
        Some(id) => id.to_owned(),
        None => ids::stable_uuid(SYSTEM_ASSIGNED).to_string(),
    };
    let claims = token_endpoint::application_claims(issuer, request, &client, resource);
    Ok(response::json(
        200,
        &json!({
            "access_token": jwt::sign(&claims),
            "client_id": client,
            // Both endpoints send numbers as text.
            "expires_in": issuer.token_seconds().to_string(),
            "expires_on": claims["exp"].to_string(),
            "resource": resource,
            "token_type": "Bearer",
        }),
    ))
}
