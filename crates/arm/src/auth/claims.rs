//! Whom an access token speaks for, as a person wants to know it.
//!
//! Names of claims: <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>. The signature
//! is not looked at: nothing is decided by this, the service decides.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use super::Secret;

/// What a token says of who holds it; what it does not say is None.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The user's name, such as `ada@example.com`.
    pub user: Option<String>,
    /// The application's id.
    pub application: Option<String>,
    /// The object id of the user or the service principal, by which roles are given.
    pub object: Option<String>,
    /// The tenant.
    pub tenant: Option<String>,
}

/// `ada@example.com, object …, tenant …`.
impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let application = || self.application.as_ref().map(|id| format!("application {id}"));
        let parts = [
            self.user.clone().or_else(application),
            self.object.as_ref().map(|id| format!("object {id}")),
            self.tenant.as_ref().map(|id| format!("tenant {id}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// The claims of a JSON web token; None for a token of another kind.
#[must_use]
pub fn claims(token: &Secret) -> Option<Claims> {
    let said = payload(token.expose())?;
    let text = |name: &str| said.get(name).and_then(Value::as_str).map(str::to_owned);
    let claims = Claims {
        user: text("upn").or_else(|| text("unique_name")).or_else(|| text("preferred_username")),
        application: text("appid").or_else(|| text("azp")),
        object: text("oid"),
        tenant: text("tid"),
    };
    said.is_object().then_some(claims)
}

/// What a JSON web token says; None for text of another kind.
pub fn payload(token: &str) -> Option<Value> {
    let payload = token.split('.').nth(1)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_other_tokens_have_none() {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(r#"{"upn": "ada@example.com", "oid": "o", "tid": "t"}"#);
        let found = claims(&Secret::new(format!("e30.{payload}.sig"))).expect("claims");
        assert_eq!(found.user.as_deref(), Some("ada@example.com"));
        assert_eq!((found.object.as_deref(), found.application.as_deref()), (Some("o"), None));
        assert_eq!(found.to_string(), "ada@example.com, object o, tenant t");
        let program = Claims { user: None, application: Some("a".to_owned()), ..found };
        assert_eq!(program.to_string(), "application a, object o, tenant t");
        for other in ["", "opaque", "a.b.c", "e30.IjEi.x"] {
            assert_eq!(claims(&Secret::new(other)), None, "{other}");
        }
    }
}
