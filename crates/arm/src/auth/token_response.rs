//! Responses of the authority, in the form that OAuth specifies.
//!
//! The SDK and the `oauth2` crate describe any other form as a mistake in JSON. Gateways, other authorities and Entra itself
//! have others: a description with half of a surrogate pair, lists, nested errors, a success without a token.

use serde_json::{Map, Value, json};
use url::Url;

use crate::not_json;
use crate::transport::{Response, redact_url};
use azr_core::error::{Error, Result};

/// The lifetime of an access token if the authority does not return it, in seconds.
pub(super) const DEFAULT_LIFETIME: u64 = 3600;

/// How deep a reason may be nested.
const MAX_DEPTH: usize = 4;

/// The longest text that is shown of a refusal that is not JSON, in characters.
const MAX_TEXT: usize = 300;

/// Whether a URL is the token endpoint of Entra, and not of a metadata service, which has responses of its own.
pub(super) fn is_token_endpoint(url: &Url) -> bool {
    url.path().ends_with("/oauth2/v2.0/token")
}

/// A response to a POST to `url` with a body as OAuth specifies it; an error if it has neither a token nor a reason.
///
/// What may be sent again is left as it is. The body is shown only if it is that of a refusal: another may have a token.
pub(super) fn normalize(url: &Url, mut response: Response) -> Result<Response> {
    let status = response.status;
    if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
        return Ok(response);
    }
    let host = url.host_str().unwrap_or_default();
    let invalid = |reason: String| {
        Error::invalid_response(format!("the response of {host} (HTTP {}) {reason}", status.as_u16()))
            .with_hint(not_json::HINT)
    };
    if status.is_redirection() {
        let target = response.header("location").and_then(|location| url.join(location).ok());
        let target = target.map_or_else(|| "another address".to_owned(), |target| redact_url(&target));
        return Err(invalid(format!("redirects to {target}")));
    }
    let text = String::from_utf8_lossy(&response.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(invalid("is empty".to_owned()));
    }
    let Some(value) = parse(text) else {
        let shown = if status.is_client_error() { format!(": {}", one_line(text)) } else { String::new() };
        return Err(invalid(format!("is not valid JSON{shown}")));
    };
    let has_error = value.get("error").is_some_and(|error| !error.is_null());
    let body = if status.is_client_error() || has_error {
        if !status.is_client_error() {
            response.status = http::StatusCode::BAD_REQUEST;
        }
        refusal(value).ok_or_else(|| invalid("has no reason".to_owned()))?
    } else if url.path().ends_with("/token") {
        token(value).ok_or_else(|| invalid("does not have an access token".to_owned()))?
    } else {
        value
    };
    response.body = body.to_string().into();
    Ok(response)
}

/// Parses JSON in which a text may have half of a surrogate pair.
fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&replace_surrogates(text)).ok())
}

/// Replaces escapes of surrogates by that of U+FFFD.
fn replace_surrogates(text: &str) -> String {
    let mut parts = text.split("\\u");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let unit = part.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        match unit {
            Some(0xd800..0xe000) => out.extend(["\\ufffd", &part[4..]]),
            _ => out.extend(["\\u", part]),
        }
    }
    out
}

/// The body of a refusal, with the reason as its description; None if it has none.
fn refusal(value: Value) -> Option<Value> {
    let mut members = match value {
        Value::Object(members) => members,
        other => Map::from_iter([("error_description".to_owned(), other)]),
    };
    let code = members.get("error").and_then(Value::as_str).map(str::to_owned);
    let description = ["error_description", "error", "message", "detail"]
        .iter()
        .find_map(|name| members.get(*name).and_then(|value| reason(value, 0)))?;
    members.insert("error".to_owned(), json!(code.as_deref().unwrap_or("invalid_request")));
    members.insert("error_description".to_owned(), json!(description));
    Some(Value::Object(members))
}

/// The reason in a value: a text, or that of an error within it, which may be JSON in a text.
fn reason(value: &Value, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return None;
    }
    match value {
        Value::String(text) => {
            let nested = if text.trim_start().starts_with(['{', '[']) { parse(text) } else { None };
            let text = nested.and_then(|nested| reason(&nested, depth + 1)).unwrap_or_else(|| text.clone());
            (!text.trim().is_empty()).then_some(text)
        }
        Value::Array(values) => values.iter().find_map(|value| reason(value, depth + 1)),
        Value::Object(members) => ["error_description", "message", "detail", "error", "code"]
            .iter()
            .find_map(|name| members.get(*name).and_then(|value| reason(value, depth + 1))),
        _ => None,
    }
}

/// The body of a success, with its lifetime as a number; None if it has no token.
fn token(mut value: Value) -> Option<Value> {
    let members = value.as_object_mut()?;
    members.get("access_token").and_then(Value::as_str).filter(|token| !token.is_empty())?;
    let lifetime = match members.get("expires_in") {
        None | Some(Value::Null) => Some(DEFAULT_LIFETIME),
        Some(Value::String(text)) => seconds(text),
        Some(Value::Number(number)) => seconds(&number.to_string()),
        Some(_) => None,
    };
    members.insert("expires_in".to_owned(), json!(lifetime.unwrap_or(0)));
    if !members.get("token_type").is_some_and(Value::is_string) {
        members.insert("token_type".to_owned(), json!("Bearer"));
    }
    Some(value)
}

/// The seconds of a lifetime such as `3599` or `3599.5`.
fn seconds(text: &str) -> Option<u64> {
    text.trim().split('.').next()?.parse().ok()
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::response;

    fn normalized(status: u16, body: &str) -> Result<Value> {
        let url = Url::parse("https://login.example/t/oauth2/v2.0/token").expect("a URL");
        let response = normalize(&url, response(status, &[], body.to_owned()))?;
        assert!(status != 200 || response.status.as_u16() != 200 || body.contains("access_token"));
        Ok(serde_json::from_slice(&response.body).expect("JSON"))
    }

    #[test]
    fn the_reason_of_a_refusal_is_found_in_every_form() {
        for (body, expected) in [
            (r#"{"error":"invalid_client","error_description":"AADSTS1: a"}"#, "AADSTS1: a"),
            (r#"{"error":"invalid_client"}"#, "invalid_client"),
            (r#"{"error":"x","error_description":["AADSTS1: a","b"]}"#, "AADSTS1: a"),
            (r#"{"error":{"code":"c","message":"AADSTS1: a","innerError":{}}}"#, "AADSTS1: a"),
            (r#"[{"error":"x","error_description":"AADSTS1: a"}]"#, "AADSTS1: a"),
            (r#"{"error":"x","error_description":"{\"error\":{\"message\":\"AADSTS1: a\"}}"}"#, "AADSTS1: a"),
            (r#""AADSTS1: a""#, "AADSTS1: a"),
            (r#"{"message":"Not found"}"#, "Not found"),
            ("\u{feff} {\"error\":\"x\",\"error_description\":\"AADSTS1: a\"}", "AADSTS1: a"),
            (
                r#"{"error":"x","error_description":"AADSTS1: \ud800 a\uDFffb"}"#,
                "AADSTS1: \u{fffd} a\u{fffd}b",
            ),
        ] {
            assert_eq!(normalized(400, body).expect(body)["error_description"], expected, "{body}");
        }
        let pending =
            r#"{"error":"authorization_pending","error_description":"AADSTS70016: pending","interval":5}"#;
        let pending = normalized(400, pending).expect("a refusal");
        assert_eq!((&pending["error"], &pending["interval"]), (&json!("authorization_pending"), &json!(5)));
        let success = normalized(200, r#"{"error":"invalid_client","error_description":"AADSTS1: a"}"#);
        assert_eq!(success.expect("a refusal")["error"], "invalid_client");
    }

    #[test]
    fn a_response_without_a_reason_or_a_token_says_so() {
        for (status, body, expected) in [
            (401, "", "the response of login.example (HTTP 401) is empty"),
            (200, " ", "the response of login.example (HTTP 200) is empty"),
            (400, "[]", "(HTTP 400) has no reason"),
            (400, r#"{"error":{}}"#, "(HTTP 400) has no reason"),
            (400, "Bad \n Request", "(HTTP 400) is not valid JSON: Bad Request"),
            (200, "secret", "(HTTP 200) is not valid JSON"),
            (200, r#"{"token_type":"Bearer"}"#, "(HTTP 200) does not have an access token"),
            (200, r#"{"access_token":null}"#, "(HTTP 200) does not have an access token"),
            (200, r#"{"access_token":""}"#, "(HTTP 200) does not have an access token"),
            (302, "", "(HTTP 302) redirects to another address"),
        ] {
            let error = normalized(status, body).expect_err(body);
            assert!(error.to_string().ends_with(expected), "{body}: {error}");
        }
    }

    #[test]
    fn the_lifetime_is_a_number() {
        for (lifetime, expected) in [
            ("", 3600),
            (r#","expires_in":"3599""#, 3599),
            (r#","expires_in":3599.5"#, 3599),
            (r#","expires_in":-5"#, 0),
            (r#","expires_in":null"#, 3600),
        ] {
            let body = format!(r#"{{"access_token":"t"{lifetime}}}"#);
            let token = normalized(200, &body).expect(&body);
            assert_eq!((&token["expires_in"], &token["token_type"]), (&json!(expected), &json!("Bearer")));
        }
    }
}
