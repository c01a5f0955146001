//! Entra's token endpoint; and for applications: a secret or an assertion against a token.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>

use serde_json::{Value, json};
use uuid::Uuid;

use super::assertion;
use super::discovery::check_tenant;
use super::form::Form;
use super::refusal::Refusal;
use super::{EXPIRED, Login, device, token, user};
use crate::ids::{self, TENANT_ID};
use crate::request::ParsedRequest;
use crate::response::{self, Response};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// `POST {tenant}/oauth2/v2.0/token`.
pub fn token(login: &Login, request: &ParsedRequest, tenant: &str) -> Result<Response, Response> {
    granted(login, request, tenant).map_err(|refused| refused.answer(request))
}

fn granted(login: &Login, request: &ParsedRequest, tenant: &str) -> Result<Response, Refusal> {
    if request.method != "POST" {
        let text = "Endpoint /token only accepts POST requests.";
        return Err(Refusal { status: 405, ..Refusal::of_request(900_561, "invalid_request", text) });
    }
    check_tenant(tenant, user::ANY)?;
    let form = Form::of(request);
    let grant = needed(&form, "grant_type")?;
    let client = needed(&form, "client_id")?;
    match grant {
        // An application is of one tenant.
        "client_credentials" => check_tenant(tenant, &[])?,
        "authorization_code" => return user::redeem(login, request, &form, client),
        "refresh_token" => return user::refresh(login, request, &form, client),
        DEVICE_CODE => return device::redeem(login, request, &form, client),
        other => {
            let text = format!("The app requested an unsupported grant type '{other}'.");
            return Err(Refusal::of_request(70003, "unsupported_grant_type", text));
        }
    }
    check_client(client, tenant)?;
    let scope = needed(&form, "scope")?;
    let Some(resource) = scope.strip_suffix("/.default") else {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with \
             /.default suffixed to the resource identifier (application ID URI)."
        );
        return Err(Refusal::of_request(1_002_012, "invalid_scope", text));
    };
    match (form.get("client_secret"), form.get("client_assertion")) {
        (Some(secret), _) => check_secret(login, client, secret)?,
        (None, Some(assertion)) => {
            if needed(&form, "client_assertion_type")? != JWT_BEARER {
                let text = "The provided client assertion type is not supported.";
                return Err(Refusal::of_request(50_027, "invalid_request", text));
            }
            assertion::check(request, tenant, client, assertion)?;
        }
        (None, None) => {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(Refusal::of_client(7_000_218, text));
        }
    }
    let seconds = login.token_seconds;
    Ok(response::json(
        200,
        &json!({
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": token::signed(&login.key, &claims(login, request, client, resource)),
        }),
    ))
}

/// Any GUID is an application.
pub fn check_client(client: &str, tenant: &str) -> Result<(), Refusal> {
    if Uuid::parse_str(client).is_ok() {
        return Ok(());
    }
    let text = format!(
        "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the \
         application has not been installed by the administrator of the tenant or consented to by any user in the \
         tenant. You may have sent your authentication request to the wrong tenant."
    );
    Err(Refusal::of_request(700_016, "unauthorized_client", text))
}

/// A field that must be there.
pub fn needed<'a>(form: &'a Form, name: &str) -> Result<&'a str, Refusal> {
    form.get(name).ok_or_else(|| {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Refusal::of_request(900_144, "invalid_request", text)
    })
}

fn check_secret(login: &Login, client: &str, secret: &str) -> Result<(), Refusal> {
    if secret == EXPIRED {
        let text = format!(
            "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys \
             for your app, or consider using certificate credentials for added security."
        );
        return Err(Refusal::of_client(7_000_222, text));
    }
    if login.knows(client, secret) {
        return Ok(());
    }
    let text = format!(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not \
         the client secret ID, for a secret added to app '{client}'."
    );
    Err(Refusal::of_client(7_000_215, text))
}

/// What a token says of `client`, for `resource`.
pub fn claims(login: &Login, request: &ParsedRequest, client: &str, resource: &str) -> Value {
    let now = request.now.unix_timestamp();
    let principal = ids::stable_uuid(&format!("principal {client}")).to_string();
    json!({
        "aud": resource, "iss": format!("{}/{TENANT_ID}/", request.origin), "tid": TENANT_ID,
        "iat": now, "nbf": now, "exp": now + login.token_seconds,
        "appid": client, "oid": principal.clone(), "sub": principal, "idtyp": "app", "ver": "1.0",
        // Two tokens of one second differ, as Entra's do.
        "uti": Uuid::new_v4().to_string(),
    })
}
