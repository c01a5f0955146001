//! Entra's authorization code flow, and refresh tokens: tokens for users.
//!
//! There is one user, who is always signed in and consents to everything, so the page redirects the browser back at
//! once. A refresh token can be used once: the response to it has the next one.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use url::Url;
use uuid::Uuid;

use super::directory::{TENANT_ALIASES, check_client, check_tenant};
use super::errors::EntraError;
use super::form::Form;
use super::grants::{Code, MAX_GRANTS};
use super::issuer::TokenIssuer;
use super::user_tokens::{UserGrant, resource_of_scope, user_token_response};
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};

/// The lifetime of a code, in seconds: Entra's ten minutes.
const CODE_SECONDS: i64 = 10 * 60;

/// `GET {tenant}/oauth2/v2.0/authorize`.
pub(super) fn authorize(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    tenant: &str,
) -> Result<Response, Response> {
    // Without a valid redirect URI the error is shown on the page itself.
    let mut redirect = redirect_uri(request, tenant).map_err(|error| error.to_response(request))?;
    let mut fields = match create_code(issuer, request) {
        Ok(code) => vec![("code", code)],
        Err(error) => vec![
            ("error", error.error.to_owned()),
            ("error_description", format!("AADSTS{}: {}", error.number, error.text)),
        ],
    };
    if let Some(state) = request.query("state") {
        fields.push(("state", state.to_owned()));
    }
    if request.query("response_mode") == Some("form_post") {
        return Ok(form_page(&redirect, &fields));
    }
    redirect.query_pairs_mut().extend_pairs(&fields);
    Ok(response::empty(302).with_header("location", redirect.as_str()))
}

/// A page that posts the fields to the redirect URI, for the response mode `form_post`.
fn form_page(redirect: &Url, fields: &[(&str, String)]) -> Response {
    let inputs: Vec<String> = fields
        .iter()
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape_html(value))
        })
        .collect();
    let inputs = inputs.concat();
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>Working...</title><form method=\"post\" action=\"{}\">{inputs}\
         <noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>\n",
        escape_html(redirect.as_str())
    );
    let mut response = response::empty(200).with_header("content-type", "text/html; charset=utf-8");
    *response.body_mut() = page.into();
    response
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn require_parameter<'a>(request: &'a ParsedRequest, name: &str) -> Result<&'a str, EntraError> {
    let value = request.query(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| EntraError::missing_parameter(name))
}

/// The redirect URI of a request for a code; it has to be on this machine.
fn redirect_uri(request: &ParsedRequest, tenant: &str) -> Result<Url, EntraError> {
    check_tenant(tenant, TENANT_ALIASES)?;
    check_client(require_parameter(request, "client_id")?, tenant)?;
    let text = require_parameter(request, "redirect_uri")?;
    let is_local = |url: &Url| url.scheme() == "http" && azr_core::context::is_loopback(url);
    Url::parse(text).ok().filter(is_local).ok_or_else(|| {
        let text = format!(
            "The redirect URI '{text}' specified in the request does not match the redirect URIs configured for the \
             application."
        );
        EntraError::bad_request(50011, "invalid_request", text)
    })
}

fn create_code(issuer: &TokenIssuer, request: &ParsedRequest) -> Result<String, EntraError> {
    let response_type = require_parameter(request, "response_type")?;
    if response_type != "code" {
        let text = format!("response_type '{response_type}' is not supported for the application.");
        return Err(EntraError::bad_request(700_051, "unsupported_response_type", text));
    }
    let challenge = request.query("code_challenge").map(str::to_owned);
    if challenge.is_some() && request.query("code_challenge_method") != Some("S256") {
        let text = "The provided code_challenge_method is not supported: it must be 'S256'.";
        return Err(EntraError::bad_request(501_491, "invalid_request", text));
    }
    let scope = require_parameter(request, "scope")?.to_owned();
    resource_of_scope(&scope)?;
    let client = require_parameter(request, "client_id")?.to_owned();
    let redirect_uri = require_parameter(request, "redirect_uri")?.to_owned();
    let nonce = request.query("nonce").map(str::to_owned);
    let now = request.now.unix_timestamp();
    let mut grants = issuer.grants();
    grants.codes.retain(|_, code| code.expires_at > now);
    if grants.codes.len() >= MAX_GRANTS {
        grants.codes.clear();
    }
    let code = format!("0.{}", Uuid::new_v4().simple());
    let expires_at = now + CODE_SECONDS;
    grants.codes.insert(code.clone(), Code { client, scope, redirect_uri, challenge, nonce, expires_at });
    Ok(code)
}

/// The tokens for an authorization code.
pub(super) fn redeem_code(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    form: &Form,
    client: &str,
) -> Result<Response, EntraError> {
    let code = form.require("code")?;
    let redirect_uri = form.require("redirect_uri")?;
    // A code can be redeemed once, even if that fails.
    let code = issuer.grants().codes.remove(code).filter(|code| code.client == client);
    let Some(code) = code else {
        let text = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                    existing refresh token.";
        return Err(EntraError::bad_request(54005, "invalid_grant", text));
    };
    if code.expires_at <= request.now.unix_timestamp() {
        let text = "The provided authorization code or refresh token has expired due to inactivity. Send a new \
                    interactive authorization request for this user and resource.";
        return Err(EntraError::bad_request(70008, "invalid_grant", text));
    }
    if code.redirect_uri != redirect_uri {
        let text = format!(
            "The reply address '{redirect_uri}' does not match the reply address '{}' provided when requesting \
             Authorization code.",
            code.redirect_uri
        );
        return Err(EntraError::bad_request(500_112, "invalid_client", text));
    }
    if let Some(challenge) = &code.challenge {
        let verifier = form.get("code_verifier").unwrap_or_default();
        if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != *challenge {
            let text =
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
            return Err(EntraError::bad_request(501_481, "invalid_grant", text));
        }
    }
    let grant = UserGrant { client, scope: &code.scope, nonce: code.nonce.as_deref() };
    user_token_response(issuer, request, form, &grant)
}

/// The tokens for a refresh token, which cannot be used again.
pub(super) fn redeem_refresh_token(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    form: &Form,
    client: &str,
) -> Result<Response, EntraError> {
    let scope = form.require("scope")?;
    let refresh_token = form.require("refresh_token")?;
    resource_of_scope(scope)?;
    let owner = issuer.grants().refresh_tokens.remove(refresh_token);
    if owner.as_deref() != Some(client) {
        let text = "The provided grant is invalid or malformed: the refresh token was used before, revoked, or issued \
                    to another client.";
        return Err(EntraError::bad_request(70000, "invalid_grant", text));
    }
    // The next refresh token is issued even if the scope does not ask for it.
    let scope = format!("{scope} offline_access");
    user_token_response(issuer, request, form, &UserGrant { client, scope: &scope, nonce: None })
}
