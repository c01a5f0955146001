//! Client assertions: JWTs signed with a certificate, or issued by an identity provider the application trusts.
//!
//! Form, times, issuer, subject and audience are checked; the signature is not, because the emulator has no registered
//! certificates and trusted issuers to check it against.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use url::Url;

use super::errors::EntraError;
use super::jwt::UnverifiedJwt;
use crate::request::ParsedRequest;

/// The accepted clock skew, in seconds: Entra's five minutes.
const MAX_SKEW_SECONDS: i64 = 5 * 60;

/// The start of the audience of a federated assertion; clouds other than Azure's public one append to it.
const TOKEN_EXCHANGE: &str = "api://AzureADTokenExchange";

/// The header members with the thumbprint of a certificate, and their length: of SHA-1 and SHA-256.
const THUMBPRINTS: &[(&str, usize)] = &[("x5t", 20), ("x5t#S256", 32)];

/// Verifies that an assertion is valid for `client`.
pub(super) fn verify(
    request: &ParsedRequest,
    tenant: &str,
    client: &str,
    assertion: &str,
) -> Result<(), EntraError> {
    let malformed = |why: &str| {
        EntraError::bad_request(
            50_027,
            "invalid_request",
            format!("JWT token is invalid or malformed: {why}."),
        )
    };
    let UnverifiedJwt { header, claims } =
        UnverifiedJwt::parse(assertion).ok_or_else(|| malformed("not three parts"))?;
    let claim = |name: &str| {
        let text = claims[name].as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| malformed(&format!("no '{name}'")))
    };
    let (issuer, subject, audience) = (claim("iss")?, claim("sub")?, claim("aud")?);
    check_times(request, &claims)?;
    if audience.starts_with(TOKEN_EXCHANGE) {
        return check_federated_issuer(issuer);
    }
    if issuer != client || subject != client {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(EntraError::invalid_client(700_021, text));
    }
    if !is_token_endpoint(audience, request, tenant) {
        let text = format!("Client assertion audience claim does not match Realm issuer: '{audience}'.");
        return Err(EntraError::invalid_client(700_023, text));
    }
    if has_thumbprint(&header) {
        return Ok(());
    }
    let text = "The certificate with identifier used to sign the client assertion is not registered on application: \
                the header has no 'x5t' and no 'x5t#S256'.";
    Err(EntraError::invalid_client(700_027, text))
}

fn check_times(request: &ParsedRequest, claims: &Value) -> Result<(), EntraError> {
    let now = request.now.unix_timestamp();
    let end = numeric_date(&claims["exp"]);
    let has_begun = numeric_date(&claims["nbf"]).is_none_or(|start| start <= now + MAX_SKEW_SECONDS);
    if has_begun && end.is_some_and(|end| end > now - MAX_SKEW_SECONDS) {
        return Ok(());
    }
    let text = "Client assertion is not within its valid time range. Current time: ";
    let text = format!("{text}{now}, assertion valid from {} to {}.", claims["nbf"], claims["exp"]);
    Err(EntraError::invalid_client(700_024, text))
}

/// A time in seconds; MSAL for Python sends fractions of a second, too.
fn numeric_date(claim: &Value) -> Option<i64> {
    Some(time::Duration::checked_seconds_f64(claim.as_f64()?)?.whole_seconds())
}

/// Checks the issuer of a federated assertion: an https URL, or http on this machine.
fn check_federated_issuer(issuer: &str) -> Result<(), EntraError> {
    let url = Url::parse(issuer).ok();
    if url.is_some_and(|url| url.scheme() == "https" || azr_core::context::is_loopback(&url)) {
        return Ok(());
    }
    let text =
        format!("No matching federated identity record found for presented assertion issuer '{issuer}'.");
    Err(EntraError::invalid_client(700_211, text))
}

/// Whether an audience is the token endpoint or the issuer; the scheme may differ behind a TLS proxy.
fn is_token_endpoint(audience: &str, request: &ParsedRequest, tenant: &str) -> bool {
    let without_scheme = |url: &str| url.split_once("://").map(|(_, rest)| rest.to_ascii_lowercase());
    let origin = without_scheme(&request.origin).unwrap_or_default();
    let audience = without_scheme(audience).unwrap_or_default();
    ["oauth2/v2.0/token", "oauth2/token", "v2.0"]
        .iter()
        .any(|suffix| audience == format!("{origin}/{tenant}/{suffix}").to_ascii_lowercase())
}

fn has_thumbprint(header: &Value) -> bool {
    // MSAL for Python pads the thumbprint.
    let length =
        |encoded: &str| URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).map(|bytes| bytes.len()).ok();
    THUMBPRINTS.iter().any(|(name, bytes)| header[*name].as_str().and_then(length) == Some(*bytes))
}
