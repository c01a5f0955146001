//! `AZR_ACCESS_TOKEN`: an access token from the environment.
//!
//! It is used as it is, and never stored.

use super::Secret;
use super::token::unix_now;
use azr_core::error::{Error, Result};
use azr_core::jwt;

/// The variable.
pub(super) const VARIABLE: &str = "AZR_ACCESS_TOKEN";

const HINT: &str =
    "Get one with az account get-access-token --query accessToken -o tsv, or unset AZR_ACCESS_TOKEN.";

/// Parses the value of the variable, which may have been pasted with `Bearer` in front.
pub(super) fn parse_access_token(text: &str) -> Result<Secret> {
    let text = text.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text).trim_start();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(invalid_access_token(
            "is not a valid access token: it is empty, or has spaces or unusual characters",
        ));
    }
    if jwt::expiry(text).is_some_and(|expiry| expiry <= unix_now()) {
        return Err(invalid_access_token("has expired"));
    }
    Ok(Secret::new(text))
}

/// The error for the variable; it never shows the value.
pub(super) fn invalid_access_token(reason: &str) -> Error {
    Error::authentication(format!("{VARIABLE} {reason}")).with_hint(HINT)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    fn token_expiring_at(expiry: i64) -> String {
        format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{expiry}}}")))
    }

    #[test]
    fn spaces_and_the_scheme_are_removed() {
        assert_eq!(parse_access_token(" Bearer abc\n").unwrap().expose(), "abc");
        let token = token_expiring_at(unix_now() + 60);
        assert_eq!(parse_access_token(&token).unwrap().expose(), token);
    }

    #[test]
    fn invalid_tokens_are_rejected_without_showing_them() {
        for invalid in ["", "two hush", "hush\u{e9}", token_expiring_at(1).as_str()] {
            let error = parse_access_token(invalid).unwrap_err();
            assert!(error.to_string().starts_with(VARIABLE));
            assert!(!format!("{error} {error:?}").contains("hush"));
        }
    }
}
