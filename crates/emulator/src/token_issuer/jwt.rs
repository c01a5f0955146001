//! JSON Web Tokens (JWTs) signed with a key of this process.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

/// A token with these claims, signed with HMAC-SHA256.
pub(super) fn sign(key: &hmac::Key, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&json!({"typ": "JWT", "alg": "HS256"})), encode(claims));
    let signature = hmac::sign(key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of a token, if it was signed with this key.
pub(super) fn verify(key: &hmac::Key, token: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    hmac::verify(key, signed.as_bytes(), &signature).ok()?;
    Some(UnverifiedJwt::parse(token)?.claims)
}

/// A JWT whose signature was not checked.
pub(super) struct UnverifiedJwt {
    pub(super) header: Value,
    pub(super) claims: Value,
}

impl UnverifiedJwt {
    /// Parses a text, if it has the form of a JWT.
    pub(super) fn parse(token: &str) -> Option<Self> {
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { return None };
        let decode = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        let (header, claims): (Value, Value) = (decode(header)?, decode(claims)?);
        (header.is_object() && claims.is_object() && !signature.is_empty()).then_some(Self { header, claims })
    }
}
