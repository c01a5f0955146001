//! The claims of JSON web tokens. Signatures are not verified: nothing is decided by these claims.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

/// The claims of a JSON web token; None for text of another kind.
///
/// ```
/// let claims = azr_core::jwt::claims("e30.eyJ0aWQiOiJ0In0.c2ln").expect("a token");
/// assert_eq!(claims["tid"], "t");
/// ```
#[must_use]
pub fn claims(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// When a token expires, in seconds of Unix time, if it says so.
#[must_use]
pub fn expiry(token: &str) -> Option<i64> {
    claims(token)?["exp"].as_i64()
}
