//! `AZR_ACCESS_TOKEN`: a token that the user brings along.
//!
//! It is used as it is and written nowhere.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::Secret;
use super::token::now;
use azr_core::error::{Error, Result};

/// The variable.
pub const VARIABLE: &str = "AZR_ACCESS_TOKEN";

/// How to get another one.
pub const MEND: &str =
    "Get one with az account get-access-token --query accessToken -o tsv, or unset AZR_ACCESS_TOKEN.";

/// The token in the variable's text, which may have been pasted with `Bearer` before it.
pub fn parse(text: &str) -> Result<Secret> {
    let text = text.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text).trim_start();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(refused("is not an access token: it is empty, or holds blanks or unusual characters"));
    }
    if expiry(text).is_some_and(|end| end <= now()) {
        return Err(refused("has expired"));
    }
    Ok(Secret::new(text))
}

/// The error for the variable; it never shows the value.
pub fn refused(why: &str) -> Error {
    Error::authentication(format!("{VARIABLE} {why}")).with_hint(MEND)
}

/// The end of a token's life, where the token says so (Azure's do, though nobody promised).
pub fn expiry(token: &str) -> Option<i64> {
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<serde_json::Value>(&claims).ok()?["exp"].as_i64()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(exp: i64) -> String {
        format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(format!("{{\"exp\":{exp}}}")))
    }

    #[test]
    fn blanks_and_the_scheme_are_taken_off() {
        assert_eq!(parse(" Bearer abc\n").unwrap().expose(), "abc");
        assert_eq!(parse(&jwt(now() + 60)).unwrap().expose(), jwt(now() + 60));
    }

    #[test]
    fn what_cannot_work_is_refused_without_showing_it() {
        for bad in ["", "two hush", "hush\u{e9}", jwt(1).as_str()] {
            let error = parse(bad).unwrap_err();
            assert!(error.to_string().starts_with(VARIABLE));
            assert!(!format!("{error} {error:?}").contains("hush"));
        }
    }
}
