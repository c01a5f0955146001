//! Error answers of ARM and the services behind it, in all the shapes they come in.

use serde_json::Value;

use crate::transport::Response;
use azr_core::error::ServiceError;

/// The longest message that is shown, in characters.
const MAX_MESSAGE: usize = 2000;

/// The longest code that is shown, in characters; those that there are have some forty.
const MAX_CODE: usize = 200;

/// Reads an error answer; `request` names method and path.
#[must_use]
pub fn from_response(response: &Response, request: String) -> ServiceError {
    let body: Option<Value> = serde_json::from_slice(&response.body).ok();
    let (code, message) = body.as_ref().and_then(read).unwrap_or_default();
    let code = if code.is_empty() { format!("HTTP {}", response.status) } else { code };
    let message = match (message.is_empty(), &body) {
        (false, _) => message,
        (true, None) if !response.body.is_empty() => plain(&response.body),
        (true, _) => meaning(response.status).to_owned(),
    };
    let request_id = ["x-ms-request-id", "x-ms-correlation-request-id"]
        .iter()
        .find_map(|name| response.header(name))
        .map(str::to_owned);
    ServiceError { status: response.status, code, message: cut(&message, MAX_MESSAGE), request_id, request }
}

/// Code and message of an error body, or of a failed operation's `error` member, both cut to what is shown.
#[must_use]
pub fn read(body: &Value) -> Option<(String, String)> {
    let error = match body.get("error") {
        // Some services wrap their JSON in a string.
        Some(Value::String(text)) => {
            let message = text_of(body, "error_description");
            return Some((cut(text, MAX_CODE), cut(&message, MAX_MESSAGE)));
        }
        Some(inner @ Value::Object(_)) => inner,
        _ => body,
    };
    error.as_object()?;
    let code = ["code", "Code", "title"].iter().map(|n| text_of(error, n)).find(|t| !t.is_empty());
    let mut message = ["message", "Message", "detail"]
        .iter()
        .map(|n| text_of(error, n))
        .find(|t| !t.is_empty())
        .unwrap_or_default();
    for detail in error.get("details").and_then(Value::as_array).into_iter().flatten() {
        // Each is looked for in all before it, so a body full of them would take forever.
        if message.len() > MAX_MESSAGE {
            break;
        }
        let more = text_of(detail, "message");
        if !more.is_empty() && !message.contains(&more) {
            if !message.is_empty() {
                message.push(' ');
            }
            message.push_str(&more);
        }
    }
    Some((cut(&code.unwrap_or_default(), MAX_CODE), cut(&message, MAX_MESSAGE)))
}

fn text_of(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn plain(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        // What was cut before stays as it is.
        Some((end, _)) if &text[end..] != "…" => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The service refused the request without a reason.",
        401 => "The service did not accept the token.",
        403 => "The identity may not do this.",
        404 => "The resource does not exist.",
        409 => "The resource is in a state that does not allow this.",
        412 => "The resource has changed since it was read.",
        429 => "Too many requests.",
        500..=599 => "The service failed.",
        _ => "The service answered something unexpected.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &'static str) -> ServiceError {
        let headers = vec![("x-ms-request-id".to_owned(), "r1".to_owned())];
        from_response(&Response { status, headers, body: body.into() }, "GET /x".to_owned())
    }

    #[test]
    fn reads_every_shape_that_was_seen() {
        let arm =
            error(409, r#"{"error":{"code":"A","message":"m","details":[{"code":"B","message":"why"}]}}"#);
        assert_eq!((arm.code.as_str(), arm.message.as_str()), ("A", "m why"));
        assert_eq!(arm.request_id.as_deref(), Some("r1"));
        assert_eq!(error(404, r#"{"code":"404"}"#).message, "The resource does not exist.");
        assert_eq!(error(404, r#"{"title":"Not Found","status":404}"#).code, "Not Found");
        assert_eq!(error(400, r#"{"error":{"code":"C","message":"m","details":null}}"#).message, "m");
        assert_eq!(error(502, "<html>\n bad\u{7} gateway</html>").message, "<html> bad gateway</html>");
        assert_eq!(error(500, "").code, "HTTP 500");
    }

    #[test]
    fn an_error_of_megabytes_is_cut_soon() {
        let details: Vec<Value> =
            (0..300_000).map(|n| serde_json::json!({"message": format!("{n:06}")})).collect();
        let body =
            serde_json::json!({"error": {"code": "C".repeat(1 << 20), "message": "é", "details": details}});
        let response = Response { status: 400, headers: Vec::new(), body: body.to_string().into() };
        let error = from_response(&response, "GET /x".to_owned());
        assert_eq!(
            (error.code.chars().count(), error.message.chars().count()),
            (MAX_CODE + 1, MAX_MESSAGE + 1)
        );
        assert!(error.message.starts_with("é 000000 000001 ") && error.message.ends_with('…'));
    }
}
