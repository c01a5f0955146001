//! JSON Web Tokens (JWTs) signed with the key of the emulator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::signing_key::signing_key;

/// A token with these claims, signed with RS256.
pub(super) fn sign(claims: &Value) -> String {
    let key = signing_key();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": key.id()});
    let signed = format!("{}.{}", encode(&header), encode(claims));
    let signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The claims of a token, if it was signed with the key of the emulator.
pub(super) fn verify(token: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !signing_key().verifies(signed.as_bytes(), &signature) {
        return None;
    }
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
