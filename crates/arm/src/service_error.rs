//! Parsing of error responses of ARM and the services behind it.

use serde_json::Value;

use crate::not_json;
use crate::transport::Response;
use azr_core::error::ServiceError;

/// The longest message, in characters.
const MAX_MESSAGE: usize = 2000;

/// The longest code, in characters; real ones have about forty.
const MAX_CODE: usize = 200;

/// Parses an error response; `request` is its method and path.
#[must_use]
pub(crate) fn parse_error_response(response: &Response, request: String) -> ServiceError {
    let status = response.status.as_u16();
    let body: Option<Value> = response.json(&request).ok();
    let (code, message) = body.as_ref().and_then(parse_error_body).unwrap_or_default();
    let challenge = if status == 401 { challenge(response) } else { None };
    let code = match &challenge {
        Some((error, _)) if code.is_empty() => error.clone(),
        _ if code.is_empty() => format!("HTTP {status}"),
        _ => code,
    };
    let message = match (message.is_empty(), &body) {
        (false, _) => message,
        (true, Some(_))
            if let Some((_, description)) = challenge
                && !description.is_empty() =>
        {
            description
        }
        (true, None) if !response.body.is_empty() => match not_json::describe(&response.body) {
            Some(content) => format!("The response is {content}. {}", not_json::HINT),
            None => single_line(&response.body),
        },
        (true, _) => default_message(status).to_owned(),
    };
    let request_id = request_id(response).map(str::to_owned);
    ServiceError { status, code, message: truncate(&message, MAX_MESSAGE), request_id, request }
}

/// Error and description of the header that names what is wrong with a token.
fn challenge(response: &Response) -> Option<(String, String)> {
    let header = response.header("www-authenticate")?;
    let member = |name: &str| {
        let start = header.find(&format!("{name}=\""))? + name.len() + 2;
        header[start..].split('"').next().map(str::trim)
    };
    let error = member(" error").or_else(|| member(",error"))?;
    let description = member("error_description").unwrap_or_default();
    Some((truncate(error, MAX_CODE), truncate(description, MAX_MESSAGE)))
}

/// The id that the service gave a request, with which its support finds the request.
pub(crate) fn request_id(response: &Response) -> Option<&str> {
    ["x-ms-request-id", "x-ms-correlation-request-id"].iter().find_map(|name| response.header(name))
}

/// Code and message of an error body, or of the `error` member of a failed operation; both are truncated.
#[must_use]
pub(crate) fn parse_error_body(body: &Value) -> Option<(String, String)> {
    let error = match body.get("error") {
        // OAuth's error responses.
        Some(Value::String(code)) => {
            let message = text_member(body, "error_description");
            return Some((truncate(code, MAX_CODE), truncate(&message, MAX_MESSAGE)));
        }
        Some(inner @ Value::Object(_)) => inner,
        _ => body,
    };
    error.as_object()?;
    let first_text = |names: [&str; 3]| {
        names.iter().map(|name| text_member(error, name)).find(|text| !text.is_empty()).unwrap_or_default()
    };
    let code = first_text(["code", "Code", "title"]);
    let mut message = first_text(["message", "Message", "detail"]);
    let mut separator = ": ";
    for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
        // Each detail is searched for in the message so far, which takes quadratic time without a limit.
        if message.len() > MAX_MESSAGE {
            break;
        }
        let detail = text_member(detail, "message");
        if !detail.is_empty() && !message.contains(&detail) {
            if message.ends_with(['.', ':', '!', '?']) {
                message.push(' ');
            } else if !message.is_empty() {
                message.push_str(separator);
            }
            message.push_str(&detail);
            separator = "; ";
        }
    }
    Some((truncate(&code, MAX_CODE), truncate(&message, MAX_MESSAGE)))
}

fn text_member(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn single_line(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn truncate(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        // Text that was truncated before stays as it is.
        Some((end, _)) if &text[end..] != "…" => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

fn default_message(status: u16) -> &'static str {
    match status {
        400 => "The service rejected the request without a reason.",
        401 => "The service rejected the access token.",
        403 => "The identity is not allowed to do this.",
        404 => "The resource does not exist.",
        409 => "The state of the resource does not allow this.",
        412 => "The resource has changed since it was read.",
        429 => "Too many requests.",
        500..=599 => "The service failed.",
        _ => "The service returned an unexpected response.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::response;

    fn parse(status: u16, body: &'static str) -> ServiceError {
        parse_error_response(&response(status, &[("x-ms-request-id", "r1")], body), "GET /x".to_owned())
    }

    #[test]
    fn a_challenge_explains_a_refusal_without_a_body() {
        let parse = |challenge: &str, body: &'static str| {
            parse_error_response(
                &response(401, &[("www-authenticate", challenge)], body),
                "GET /x".to_owned(),
            )
        };
        let claims = parse(r#"Bearer realm="", error="insufficient_claims", claims="eyJ9""#, "");
        assert_eq!(claims.code, "insufficient_claims");
        assert_eq!(claims.message, "The service rejected the access token.");
        let invalid = parse(r#"Bearer error="invalid_token", error_description="The token is old.""#, "{}");
        assert_eq!((&*invalid.code, &*invalid.message), ("invalid_token", "The token is old."));
        let body = parse(r#"Bearer error="invalid_token""#, r#"{"error":{"code":"A","message":"m"}}"#);
        assert_eq!((&*body.code, &*body.message), ("A", "m"));
        assert_eq!(parse("Negotiate", "").code, "HTTP 401");
    }

    #[test]
    fn every_shape_that_was_seen_is_parsed() {
        let arm =
            parse(409, r#"{"error":{"code":"A","message":"m","details":[{"code":"B","message":"why"}]}}"#);
        assert_eq!((arm.code.as_str(), arm.message.as_str()), ("A", "m: why"));
        assert_eq!(arm.request_id.as_deref(), Some("r1"));
        assert_eq!(parse(404, r#"{"code":"404"}"#).message, "The resource does not exist.");
        assert_eq!(parse(404, r#"{"title":"Not Found","status":404}"#).code, "Not Found");
        assert_eq!(parse(400, r#"{"error":{"code":"C","message":"m","details":null}}"#).message, "m");
        assert_eq!(parse(502, "<x>\n bad\u{7} gateway</x>").message, "<x> bad gateway</x>");
        let page = parse(403, "<html><title>Access denied</title>");
        assert!(
            page.message.starts_with("The response is a web page (HTML: 'Access denied') instead of JSON. ")
        );
        assert_eq!(page.code, "HTTP 403");
        assert_eq!(parse(500, "").code, "HTTP 500");
    }

    #[test]
    fn an_error_of_megabytes_is_truncated_quickly() {
        let details: Vec<Value> =
            (0..100_000).map(|n| serde_json::json!({"message": format!("{n:06}")})).collect();
        let body =
            serde_json::json!({"error": {"code": "C".repeat(1 << 20), "message": "é", "details": details}});
        let error = parse_error_response(&response(400, &[], body.to_string()), "GET /x".to_owned());
        assert_eq!(
            (error.code.chars().count(), error.message.chars().count()),
            (MAX_CODE + 1, MAX_MESSAGE + 1)
        );
        assert!(error.message.starts_with("é: 000000; 000001; ") && error.message.ends_with('…'));
    }
}
