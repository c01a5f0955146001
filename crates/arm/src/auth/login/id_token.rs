//! The user in an id token.
//!
//! Its signature need not be verified, because it is received from the authority itself over TLS:
//! <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>, step 6.

use azr_core::jwt;

/// The user who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedInUser {
    /// The name to sign in with.
    pub name: String,
    /// The tenant that the user signed in to.
    pub tenant: String,
}

impl SignedInUser {
    /// The user of an id token; None if it is not one of Entra's.
    pub(super) fn from_id_token(id_token: &str) -> Option<Self> {
        let claims = jwt::claims(id_token)?;
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
    fn an_id_token_has_a_name_and_a_tenant() {
        let token = |claims: &str| format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims));
        let me = SignedInUser { name: "me@x.example".to_owned(), tenant: "t".to_owned() };
        assert_eq!(
            SignedInUser::from_id_token(&token(
                r#"{"preferred_username":"me@x.example","tid":"t","oid":"o"}"#
            )),
            Some(me)
        );
        assert_eq!(
            SignedInUser::from_id_token(&token(r#"{"oid":"o","tid":"t"}"#)).map(|p| p.name).as_deref(),
            Some("o")
        );
        for bad in ["", "a.b", "a.!.c", &token("[]"), &token(r#"{"preferred_username":"me"}"#)] {
            assert_eq!(SignedInUser::from_id_token(bad), None, "{bad}");
        }
    }
}
