//! Who signed in, as the id token says.
//!
//! It came from the authority itself over its own connection, which vouches for it in place of its signature:
//! <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>, step 6.

use crate::auth::claims::payload;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name to sign in with.
    pub name: String,
    /// The tenant that was signed in to.
    pub tenant: String,
}

impl Person {
    /// The user of an id token; none where it is not one of Entra's.
    #[must_use]
    pub fn of(id_token: &str) -> Option<Self> {
        let claims = payload(id_token)?;
        let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        // Guests and personal accounts may lack the first.
        let name = text("preferred_username").or_else(|| text("email")).or_else(|| text("oid"))?;
        Some(Self { name, tenant: text("tid")? })
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn a_user_has_a_name_and_a_tenant() {
        let token = |claims: &str| format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let me = Person { name: "me@x.example".to_owned(), tenant: "t".to_owned() };
        assert_eq!(
            Person::of(&token(r#"{"preferred_username":"me@x.example","tid":"t","oid":"o"}"#)),
            Some(me)
        );
        assert_eq!(Person::of(&token(r#"{"oid":"o","tid":"t"}"#)).map(|p| p.name).as_deref(), Some("o"));
        for bad in ["", "a.b", "a.!.c", &token("[]"), &token(r#"{"preferred_username":"me"}"#)] {
            assert_eq!(Person::of(bad), None, "{bad}");
        }
    }
}
