//! Entra for users: the page to sign in on, and codes and refresh tokens against tokens.
//!
//! There is one user, who is signed in already and consents to everything, so the page sends the browser back at once.
//! A refresh token is good for one time: the answer to it holds the next one.
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow>

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;
use uuid::Uuid;

use super::discovery::check_tenant;
use super::entra::{check_client, needed};
use super::form::Form;
use super::refusal::Refusal;
use super::{Login, token};
use crate::ids::{self, TENANT_ID};
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};

/// The name of the user.
pub const USER: &str = "user@emulator.onmicrosoft.com";

/// The words for the tenant of whoever signs in.
pub const ANY: &[&str] = &["common", "organizations"];

/// How long a code is good for, in seconds: Entra's ten minutes.
const CODE_SECONDS: i64 = 10 * 60;

/// How many codes and refresh tokens are remembered at the most; the oldest codes go first.
const MOST: usize = 10_000;

/// The scopes that are about the user and not about a resource.
const OF_USERS: &[&str] = &["openid", "profile", "email", "offline_access"];

/// A code that was handed to a browser.
struct Code {
    client: String,
    scope: String,
    redirect: String,
    challenge: Option<String>,
    ends: i64,
}

/// What was given out and may come back.
#[derive(Default)]
pub struct Given {
    codes: HashMap<String, Code>,
    /// The client of each refresh token that is good.
    refresh: HashMap<String, String>,
}

/// `GET {tenant}/oauth2/v2.0/authorize`.
pub fn authorize(login: &Login, request: &ParsedRequest, tenant: &str) -> Result<Response, Response> {
    let needed = |name: &str| {
        request.query(name).filter(|value| !value.is_empty()).ok_or_else(|| {
            let text = format!("The request body must contain the following parameter: '{name}'.");
            Refusal::of_request(900_144, "invalid_request", text)
        })
    };
    // Whoever cannot be sent back is told on the spot.
    let back = || -> Result<Url, Refusal> {
        check_tenant(tenant, ANY)?;
        check_client(needed("client_id")?, tenant)?;
        let given = needed("redirect_uri")?;
        let url = Url::parse(given)
            .ok()
            .filter(|url| url.scheme() == "http" && azr_core::context::is_loopback(url));
        url.ok_or_else(|| {
            let text = format!(
                "The redirect URI '{given}' specified in the request does not match the redirect URIs configured for \
                 the application."
            );
            Refusal::of_request(50011, "invalid_request", text)
        })
    };
    let mut back = back().map_err(|refused| refused.answer(request))?;
    let asked = || -> Result<String, Refusal> {
        let kind = needed("response_type")?;
        if kind != "code" {
            let text = format!("response_type '{kind}' is not supported for the application.");
            return Err(Refusal::of_request(700_051, "unsupported_response_type", text));
        }
        let challenge = request.query("code_challenge").map(str::to_owned);
        if challenge.is_some() && request.query("code_challenge_method") != Some("S256") {
            let text = "The provided code_challenge_method is not supported: it must be 'S256'.";
            return Err(Refusal::of_request(501_491, "invalid_request", text));
        }
        let scope = needed("scope")?.to_owned();
        resource_of(&scope)?;
        let mut given = login.given();
        let now = request.now.unix_timestamp();
        given.codes.retain(|_, code| code.ends > now);
        if given.codes.len() >= MOST {
            given.codes.clear();
        }
        let code = format!("0.{}", Uuid::new_v4().simple());
        let client = needed("client_id")?.to_owned();
        let redirect = needed("redirect_uri")?.to_owned();
        given
            .codes
            .insert(code.clone(), Code { client, scope, redirect, challenge, ends: now + CODE_SECONDS });
        Ok(code)
    };
    {
        let mut fields = back.query_pairs_mut();
        match asked() {
            Ok(code) => fields.append_pair("code", &code),
            Err(refused) => fields
                .append_pair("error", refused.error)
                .append_pair("error_description", &format!("AADSTS{}: {}", refused.number, refused.text)),
        };
        if let Some(state) = request.query("state") {
            fields.append_pair("state", state);
        }
    }
    Ok(response::empty(302).with_header("location", back.as_str()))
}

/// The tokens for a code of the page.
pub fn redeem(
    login: &Login,
    request: &ParsedRequest,
    form: &Form,
    client: &str,
) -> Result<Response, Refusal> {
    let given = needed(form, "code")?;
    let redirect = needed(form, "redirect_uri")?;
    // It is good for one time, and spent by a wrong one, too.
    let code = login.given().codes.remove(given).filter(|code| code.client == client);
    let Some(code) = code else {
        let text = "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an \
                    existing refresh token.";
        return Err(Refusal::of_request(54005, "invalid_grant", text));
    };
    if code.ends <= request.now.unix_timestamp() {
        let text = "The provided authorization code or refresh token has expired due to inactivity. Send a new \
                    interactive authorization request for this user and resource.";
        return Err(Refusal::of_request(70008, "invalid_grant", text));
    }
    if code.redirect != redirect {
        let text = format!(
            "The reply address '{redirect}' does not match the reply address '{}' provided when requesting \
             Authorization code.",
            code.redirect
        );
        return Err(Refusal {
            error: "invalid_client",
            ..Refusal::of_request(500_112, "invalid_client", text)
        });
    }
    if let Some(challenge) = &code.challenge {
        let verifier = form.get("code_verifier").unwrap_or_default();
        if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != *challenge {
            let text =
                "The Code_Verifier does not match the code_challenge supplied in the authorization request.";
            return Err(Refusal::of_request(501_481, "invalid_grant", text));
        }
    }
    granted(login, request, client, &code.scope)
}

/// The tokens for a refresh token, which is spent by it.
pub fn refresh(
    login: &Login,
    request: &ParsedRequest,
    form: &Form,
    client: &str,
) -> Result<Response, Refusal> {
    let scope = needed(form, "scope")?;
    let given = needed(form, "refresh_token")?;
    resource_of(scope)?;
    let owner = login.given().refresh.remove(given);
    if owner.as_deref() != Some(client) {
        let text = "The provided grant is invalid or malformed: the refresh token was used before, revoked, or issued \
                    to another client.";
        return Err(Refusal::of_request(70000, "invalid_grant", text));
    }
    // Whoever has one may have the next, without asking for it again.
    granted(login, request, client, &format!("{scope} offline_access"))
}

/// The answer with the tokens that a scope asks for.
pub fn granted(
    login: &Login,
    request: &ParsedRequest,
    client: &str,
    scope: &str,
) -> Result<Response, Refusal> {
    let resource = resource_of(scope)?;
    let seconds = login.token_seconds;
    let has = |word: &str| scope.split(' ').any(|part| part == word);
    let mut body = json!({
        "token_type": "Bearer",
        "scope": scope,
        "expires_in": seconds,
        "ext_expires_in": seconds,
        "access_token": token::signed(&login.key, &claims(login, request, client, resource)),
    });
    if has("offline_access") {
        let next = format!("1.{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let mut given = login.given();
        if given.refresh.len() >= MOST {
            given.refresh.clear();
        }
        given.refresh.insert(next.clone(), client.to_owned());
        body["refresh_token"] = json!(next);
    }
    if has("openid") {
        body["id_token"] = json!(token::signed(&login.key, &who(login, request, client)));
    }
    Ok(response::json(200, &body))
}

/// The resource that a scope is about: all but the last segment of the scope that is not about the user.
pub fn resource_of(scope: &str) -> Result<&str, Refusal> {
    let of_resource = scope.split(' ').find(|part| !part.is_empty() && !OF_USERS.contains(part));
    of_resource.and_then(|part| part.rsplit_once('/')).map(|(resource, _)| resource).ok_or_else(|| {
        let text = format!("The provided value for the input parameter 'scope' is not valid. The scope '{scope}' names no resource.");
        Refusal::of_request(70011, "invalid_scope", text)
    })
}

fn user_id() -> String {
    ids::stable_uuid(&format!("user {USER}")).to_string()
}

fn claims(login: &Login, request: &ParsedRequest, client: &str, resource: &str) -> Value {
    let now = request.now.unix_timestamp();
    json!({
        "aud": resource, "iss": format!("{}/{TENANT_ID}/", request.origin), "tid": TENANT_ID,
        "iat": now, "nbf": now, "exp": now + login.token_seconds,
        "appid": client, "oid": user_id(), "sub": user_id(), "upn": USER, "unique_name": USER,
        "scp": "user_impersonation", "idtyp": "user", "ver": "1.0",
        "uti": Uuid::new_v4().to_string(),
    })
}

/// What the id token says.
fn who(login: &Login, request: &ParsedRequest, client: &str) -> Value {
    let now = request.now.unix_timestamp();
    json!({
        "aud": client, "iss": format!("{}/{TENANT_ID}/v2.0", request.origin), "tid": TENANT_ID,
        "iat": now, "nbf": now, "exp": now + login.token_seconds,
        "name": "The user of the emulator", "preferred_username": USER, "oid": user_id(), "sub": user_id(), "ver": "2.0",
    })
}
