//! The identity in an access token, for display only: the service decides.
//!
//! Names of claims: <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference>.

use std::fmt;

use serde_json::Value;

use super::Secret;
use azr_core::jwt;

/// The identity that a token was issued to, as far as the token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The user's name, such as `ada@example.com`.
    pub user: Option<String>,
    /// The application id.
    pub application: Option<String>,
    /// The object id of the user or the service principal, which roles are assigned to.
    pub object: Option<String>,
    /// The tenant id.
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

/// The identity in a JSON web token; None for a token of another kind.
#[must_use]
pub fn claims(token: &Secret) -> Option<Claims> {
    let claims = jwt::claims(token.expose()).filter(Value::is_object)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    Some(Claims {
        user: text("upn").or_else(|| text("unique_name")).or_else(|| text("preferred_username")),
        application: text("appid").or_else(|| text("azp")),
        object: text("oid"),
        tenant: text("tid"),
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn identities_are_read_from_json_web_tokens_only() {
        let payload = BASE64_URL_SAFE_NO_PAD.encode(r#"{"upn": "ada@example.com", "oid": "o", "tid": "t"}"#);
        let user = claims(&Secret::new(format!("e30.{payload}.sig"))).expect("claims");
        assert_eq!(user.user.as_deref(), Some("ada@example.com"));
        assert_eq!((user.object.as_deref(), user.application.as_deref()), (Some("o"), None));
        assert_eq!(user.to_string(), "ada@example.com, object o, tenant t");
        let application = Claims { user: None, application: Some("a".to_owned()), ..user };
        assert_eq!(application.to_string(), "application a, object o, tenant t");
        for other in ["", "opaque", "a.b.c", "e30.IjEi.x"] {
            assert_eq!(claims(&Secret::new(other)), None, "{other}");
        }
    }
}
