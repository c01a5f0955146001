//! JWTs with a signature of this process: `header.claims.HMAC-SHA256`, each part in base64url.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Value, json};

/// A token with these claims.
pub fn signed(key: &hmac::Key, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&json!({"typ": "JWT", "alg": "HS256"})), part(claims));
    let signature = hmac::sign(key, text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of a token that was signed with this key.
pub fn verified(key: &hmac::Key, token: &str) -> Option<Value> {
    let (text, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    hmac::verify(key, text.as_bytes(), &signature).ok()?;
    Some(Unverified::parse(token)?.claims)
}

/// What a JWT says, whoever signed it.
pub struct Unverified {
    /// The first part.
    pub header: Value,
    /// The second.
    pub claims: Value,
}

impl Unverified {
    /// The parts of a text that has the form of a JWT.
    pub fn parse(token: &str) -> Option<Self> {
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { return None };
        let part = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
        let (header, claims): (Value, Value) = (part(header)?, part(claims)?);
        (header.is_object() && claims.is_object() && !signature.is_empty()).then_some(Self { header, claims })
    }
}
