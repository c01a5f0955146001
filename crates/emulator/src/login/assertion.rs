//! Assertions in place of a secret: signed with a certificate, or minted by somebody whom the application trusts.
//!
//! Their form and their times are checked, and who they are about; not the signature, as there is no register of
//! certificates and trusted issuers to check it against.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;

use super::refusal::Refusal;
use super::token::Unverified;
use crate::request::ParsedRequest;

/// How far clocks may differ, in seconds: Entra's five minutes.
const SKEW: i64 = 5 * 60;

/// How the audience of an assertion begins that another issuer minted; clouds other than Azure's public one add to it.
const EXCHANGE: &str = "api://AzureADTokenExchange";

/// The members of a header that name a certificate, and how many bytes they stand for: of SHA-1 and SHA-256.
const THUMBPRINTS: &[(&str, usize)] = &[("x5t", 20), ("x5t#S256", 32)];

/// Checks that an assertion is one for `client`.
pub fn check(request: &ParsedRequest, tenant: &str, client: &str, text: &str) -> Result<(), Refusal> {
    let malformed = |why: &str| {
        Refusal::of_request(50_027, "invalid_request", format!("JWT token is invalid or malformed: {why}."))
    };
    let Unverified { header, claims } =
        Unverified::parse(text).ok_or_else(|| malformed("not three parts"))?;
    let claim = |name: &str| {
        let text = claims[name].as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| malformed(&format!("no '{name}'")))
    };
    let (issuer, subject, audience) = (claim("iss")?, claim("sub")?, claim("aud")?);
    check_times(request, &claims)?;
    if audience.starts_with(EXCHANGE) {
        return check_federated(issuer);
    }
    if issuer != client || subject != client {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(Refusal::of_client(700_021, text));
    }
    if !is_token_endpoint(audience, request, tenant) {
        let text = format!("Client assertion audience claim does not match Realm issuer: '{audience}'.");
        return Err(Refusal::of_client(700_023, text));
    }
    if names_certificate(&header) {
        return Ok(());
    }
    let text = "The certificate with identifier used to sign the client assertion is not registered on application: \
                the header has no 'x5t' and no 'x5t#S256'.";
    Err(Refusal::of_client(700_027, text))
}

fn check_times(request: &ParsedRequest, claims: &Value) -> Result<(), Refusal> {
    let now = request.now.unix_timestamp();
    let end = claims["exp"].as_i64();
    let begun = claims["nbf"].as_i64().is_none_or(|start| start <= now + SKEW);
    if begun && end.is_some_and(|end| end > now - SKEW) {
        return Ok(());
    }
    let text = "Client assertion is not within its valid time range. Current time: ";
    let text = format!("{text}{now}, assertion valid from {} to {}.", claims["nbf"], claims["exp"]);
    Err(Refusal::of_client(700_024, text))
}

/// An issuer is found by its discovery document, so it is an https URL; one of this machine may do without TLS.
fn check_federated(issuer: &str) -> Result<(), Refusal> {
    let url = Url::parse(issuer).ok();
    if url.is_some_and(|url| url.scheme() == "https" || azr_core::context::is_loopback(&url)) {
        return Ok(());
    }
    let text =
        format!("No matching federated identity record found for presented assertion issuer '{issuer}'.");
    Err(Refusal::of_client(700_211, text))
}

/// Entra names two spellings of itself: the endpoint, and the issuer. The scheme is that in front of a TLS proxy.
fn is_token_endpoint(audience: &str, request: &ParsedRequest, tenant: &str) -> bool {
    let host = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_ascii_lowercase());
    let base = host(&request.origin).unwrap_or_default();
    let audience = host(audience).unwrap_or_default();
    ["oauth2/v2.0/token", "oauth2/token", "v2.0"]
        .iter()
        .any(|tail| audience == format!("{base}/{tenant}/{tail}").to_ascii_lowercase())
}

fn names_certificate(header: &Value) -> bool {
    let length = |text: &str| URL_SAFE_NO_PAD.decode(text).map(|bytes| bytes.len()).ok();
    THUMBPRINTS.iter().any(|(name, bytes)| header[*name].as_str().and_then(length) == Some(*bytes))
}
