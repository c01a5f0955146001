//! Entra's token endpoint, and its client credentials flow: tokens for applications with a secret or an assertion.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use serde_json::{Value, json};
use uuid::Uuid;

use super::directory::{TENANT_ALIASES, check_client, check_tenant};
use super::errors::EntraError;
use super::form::Form;
use super::issuer::{EXPIRED, INSTANCE_CLAIM, TokenIssuer};
use super::{authorization_code, client_assertion, device_code, jwt};
use crate::ids::{self, TENANT_ID};
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The grant type of a device code.
const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The grant type of a device code that MSAL.js sends.
const DEVICE_CODE_OF_MSAL: &str = "device_code";

/// The type of a client assertion.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `POST {tenant}/oauth2/v2.0/token`.
pub(super) fn respond(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    tenant: &str,
) -> Result<Response, Response> {
    issue(issuer, request, tenant).map_err(|error| error.to_response(request))
}

fn issue(issuer: &TokenIssuer, request: &ParsedRequest, tenant: &str) -> Result<Response, EntraError> {
    if request.method != "POST" {
        let text = "Endpoint /token only accepts POST requests.";
        return Err(EntraError { status: 405, ..EntraError::bad_request(900_561, "invalid_request", text) });
    }
    check_tenant(tenant, TENANT_ALIASES)?;
    let form = Form::parse(request);
    let grant_type = form.require("grant_type")?;
    let client = form.require("client_id")?;
    match grant_type {
        // An application belongs to one tenant.
        "client_credentials" => check_tenant(tenant, &[])?,
        "authorization_code" => return authorization_code::redeem_code(issuer, request, &form, client),
        "refresh_token" => return authorization_code::redeem_refresh_token(issuer, request, &form, client),
        DEVICE_CODE | DEVICE_CODE_OF_MSAL => return device_code::redeem(issuer, request, &form, client),
        other => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            return Err(EntraError::bad_request(70003, "unsupported_grant_type", text));
        }
    }
    check_client(client, tenant)?;
    let scope = form.require("scope")?;
    let Some(resource) = scope.strip_suffix("/.default") else {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with \
             /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(EntraError::bad_request(1_002_012, "invalid_scope", text));
    };
    match (form.get("client_secret"), form.get("client_assertion")) {
        (Some(secret), _) => check_secret(issuer, client, secret)?,
        (None, Some(assertion)) => {
            if form.require("client_assertion_type")? != JWT_BEARER {
                let text = "The provided client assertion type is not supported.";
                return Err(EntraError::bad_request(50_027, "invalid_request", text));
            }
            client_assertion::verify(request, tenant, client, assertion)?;
        }
        (None, None) => {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(EntraError::invalid_client(7_000_218, text));
        }
    }
    let seconds = issuer.token_seconds();
    Ok(response::json(
        200,
        &json!({
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": jwt::sign(&application_claims(issuer, request, client, resource)),
        }),
    ))
}

fn check_secret(issuer: &TokenIssuer, client: &str, secret: &str) -> Result<(), EntraError> {
    if secret == EXPIRED {
        let text = format!(
            "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys \
             for your app, or consider using certificate credentials for added security."
        );
        return Err(EntraError::invalid_client(7_000_222, text));
    }
    if issuer.is_secret_of(client, secret) {
        return Ok(());
    }
    let text = format!(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not \
         the client secret ID, for a secret added to app '{client}'."
    );
    Err(EntraError::invalid_client(7_000_215, text))
}

/// The claims of a token of the application `client` for `resource`.
pub(super) fn application_claims(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    client: &str,
    resource: &str,
) -> Value {
    let now = request.now.unix_timestamp();
    let principal = ids::stable_uuid(&format!("principal {client}")).to_string();
    json!({
        "aud": resource, "iss": format!("{}/{TENANT_ID}/", request.origin), "tid": TENANT_ID,
        "iat": now, "nbf": now, "exp": now + issuer.token_seconds(),
        "appid": client, "oid": principal.clone(), "sub": principal, "idtyp": "app", "ver": "1.0",
        // Makes two tokens of the same second differ, as Entra's do.
        "uti": Uuid::new_v4().to_string(),
        INSTANCE_CLAIM: issuer.instance(),
    })
}
