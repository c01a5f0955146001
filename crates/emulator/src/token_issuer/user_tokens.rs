//! Tokens for the user: an access token, and a refresh token and an ID token if the scope asks for them.
//!
//! <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::errors::EntraError;
use super::form::Form;
use super::grants::MAX_GRANTS;
use super::issuer::{INSTANCE_CLAIM, TokenIssuer};
use super::jwt;
use crate::ids::{self, TENANT_ID};
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The name of the user.
pub(super) const USER_NAME: &str = "user@emulator.onmicrosoft.com";

/// The scopes of OpenID Connect, which do not name a resource.
const OPENID_SCOPES: &[&str] = &["openid", "profile", "email", "offline_access"];

/// What a user granted to a client.
pub(super) struct UserGrant<'a> {
    pub(super) client: &'a str,
    pub(super) scope: &'a str,
    /// The nonce of the request for the grant.
    pub(super) nonce: Option<&'a str>,
}

/// The response with the tokens for a scope.
pub(super) fn user_token_response(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    form: &Form,
    grant: &UserGrant<'_>,
) -> Result<Response, EntraError> {
    let UserGrant { client, scope, nonce } = *grant;
    let resource = resource_of_scope(scope)?;
    let seconds = issuer.token_seconds();
    let has_scope = |name: &str| scope.split(' ').any(|part| part == name);
    let mut body = json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": jwt::sign(&access_token_claims(issuer, request, client, resource)),
    });
    if has_scope("offline_access") {
        let refresh_token = format!("1.{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let mut grants = issuer.grants();
        if grants.refresh_tokens.len() >= MAX_GRANTS {
            grants.refresh_tokens.clear();
        }
        grants.refresh_tokens.insert(refresh_token.clone(), client.to_owned());
        body["refresh_token"] = json!(refresh_token);
    }
    if has_scope("openid") {
        body["id_token"] = json!(jwt::sign(&id_token_claims(issuer, request, client, nonce)));
    }
    if form.get("client_info") == Some("1") {
        let client_info = json!({"uid": user_id(), "utid": TENANT_ID}).to_string();
        body["client_info"] = json!(URL_SAFE_NO_PAD.encode(client_info));
    }
    Ok(response::json(200, &body))
}

/// The resource that a scope names: all but the last segment of the first scope that is not one of OpenID Connect.
pub(super) fn resource_of_scope(scope: &str) -> Result<&str, EntraError> {
    let resource_scope = scope.split(' ').find(|part| !part.is_empty() && !OPENID_SCOPES.contains(part));
    resource_scope.and_then(|part| part.rsplit_once('/')).map(|(resource, _)| resource).ok_or_else(|| {
        let text = format!(
            "The provided value for the input parameter 'scope' is not valid. The scope '{scope}' names no resource."
        );
        EntraError::bad_request(70011, "invalid_scope", text)
    })
}

fn user_id() -> String {
    ids::stable_uuid(&format!("user {USER_NAME}")).to_string()
}

fn access_token_claims(issuer: &TokenIssuer, request: &ParsedRequest, client: &str, resource: &str) -> Value {
    let now = request.now.unix_timestamp();
    json!({
        "aud": resource, "iss": format!("{}/{TENANT_ID}/", request.origin), "tid": TENANT_ID,
        "iat": now, "nbf": now, "exp": now + issuer.token_seconds(),
        "appid": client, "oid": user_id(), "sub": user_id(), "upn": USER_NAME, "unique_name": USER_NAME,
        "scp": "user_impersonation", "idtyp": "user", "ver": "1.0",
        "uti": Uuid::new_v4().to_string(),
        INSTANCE_CLAIM: issuer.instance(),
    })
}

fn id_token_claims(
    issuer: &TokenIssuer,
    request: &ParsedRequest,
    client: &str,
    nonce: Option<&str>,
) -> Value {
    let now = request.now.unix_timestamp();
    let mut claims = json!({
        "aud": client, "iss": format!("{}/{TENANT_ID}/v2.0", request.origin), "tid": TENANT_ID,
        "iat": now, "nbf": now, "exp": now + issuer.token_seconds(),
        "name": "The user of the emulator", "preferred_username": USER_NAME,
        "oid": user_id(), "sub": user_id(), "ver": "2.0",
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = json!(nonce);
    }
    claims
}
