//! Parsing of JSON bodies within a memory limit.
//!
//! A parsed value can take seventy times the memory of its text, so a response of some megabytes could fill the memory of
//! the machine. The memory is estimated from the text before it is parsed.

use serde_json::Value;

use crate::html;
use crate::transport::Response;
use azr_core::error::{Error, Result};

/// The memory that the values of one response may take, in bytes.
pub(crate) const MAX_MEMORY: usize = 320 << 20;

/// Texts up to this length are not scanned, because they cannot exceed the limit.
const MAX_UNSCANNED: usize = 1 << 20;

/// The memory of a value, as a multiple of a text that is not scanned: resources are mostly strings.
const UNSCANNED_FACTOR: usize = 8;

/// The memory of an object with one member: its entries, its index and its key.
const OBJECT: usize = 560;
/// The memory of a list with one element.
const ARRAY: usize = 320;
/// The memory of a further member or element, with the spare capacity of its container.
const ELEMENT: usize = 224;

/// A parsed body, and an estimate of the memory that it takes.
#[derive(Debug)]
pub(crate) struct JsonBody {
    pub value: Value,
    pub memory: usize,
}

impl Response {
    /// The body as JSON, null if it is empty; `subject` is the request for messages.
    pub fn json(&self, subject: &str) -> Result<Value> {
        parse_json_body(self, subject).map(|body| body.value)
    }

    /// Whether the body is a web page, such as the sign-in page of a proxy.
    #[must_use]
    pub fn is_html(&self) -> bool {
        html::describe(&self.body).is_some()
    }
}

/// Parses the body of a response; an empty one is null. `subject` is the method and path of the request.
pub(crate) fn parse_json_body(response: &Response, subject: &str) -> Result<JsonBody> {
    if response.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(JsonBody { value: Value::Null, memory: 0 });
    }
    let memory = estimate_memory(&response.body);
    if memory > MAX_MEMORY {
        return Err(Error::limit_exceeded(format!(
            "{subject}: the response has too many values to read them into memory ({} MiB of JSON)",
            response.body.len() >> 20
        )));
    }
    let value = serde_json::from_slice(&response.body).map_err(|e| {
        let status = response.status.as_u16();
        if let Some(page) = html::describe(&response.body) {
            return Error::invalid_response(format!("{subject}: the response (HTTP {status}) is {page}"))
                .with_hint(html::HINT);
        }
        Error::invalid_response(format!("{subject}: the response (HTTP {status}) is not valid JSON: {e}"))
    })?;
    Ok(JsonBody { value, memory })
}

/// An estimate of the memory of the values in a JSON text.
fn estimate_memory(text: &[u8]) -> usize {
    if text.len() <= MAX_UNSCANNED {
        return text.len().saturating_mul(UNSCANNED_FACTOR);
    }
    let mut memory = text.len();
    let mut is_string = false;
    let mut is_escaped = false;
    for byte in text {
        if is_string {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => is_string = false,
                _ => {}
            }
            continue;
        }
        memory += match byte {
            b'"' => {
                is_string = true;
                0
            }
            b'{' => OBJECT,
            b'[' => ARRAY,
            b',' => ELEMENT,
            _ => 0,
        };
    }
    memory
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::response;

    fn parse(body: String) -> Result<JsonBody> {
        parse_json_body(&response(200, &[], body), "GET /x")
    }

    #[test]
    fn a_response_with_millions_of_values_is_rejected() {
        for element in [r#"{"a":{}}"#, r#"{"a":0}"#, "0", "[]"] {
            let body = format!("[{}]", vec![element; 2_000_000].join(","));
            let error = parse(body).expect_err("too many values");
            assert_eq!(error.code(), "LimitExceeded", "{element}");
        }
    }

    #[test]
    fn a_long_text_is_accepted() {
        let text = r#"{\"a\":[0,0,0]},"#.repeat(2_000_000);
        let body = parse(format!(r#"{{"value":"{text}"}}"#)).expect("a value");
        assert!(body.value["value"].is_string() && body.memory < 64 << 20);
        assert_eq!(parse(" \n".to_owned()).expect("nothing").value, Value::Null);
    }
}
