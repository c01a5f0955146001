//! Parsing of JSON bodies within a memory limit.
//!
//! A parsed value can take seventy times the memory of its text, so a response of some megabytes could fill the memory of
//! the machine. The memory is estimated from the text before it is parsed.

use serde_json::{Map, Value};

use crate::not_json;
use crate::transport::{MAX_RESPONSE, Response};
use azr_core::error::{Error, Result};
use azr_core::text::without_byte_order_mark;

/// The memory that the values of the longest response may take, and those of all pages of a list that is returned as a
/// whole, in bytes.
///
/// A command needs its text besides, or another copy of the values for its output, so this is a third of what azr may
/// take.
pub(crate) const MAX_MEMORY: usize = 3 * MAX_RESPONSE;

/// Texts up to this length are not scanned, because their values cannot take more than the limit of any response.
const MAX_UNSCANNED: usize = 128 << 10;

/// The memory of an object with one member: its entries, its index and its key.
const OBJECT: usize = 560;
/// The memory of a list with one element.
const ARRAY: usize = 320;
/// The memory of a further member or element, with the spare capacity of its container.
const ELEMENT: usize = 224;
/// The memory that the allocator needs for a text besides its characters.
const TEXT: usize = 24;

/// The memory that the values of a response with at most `max_body` bytes may take.
pub(crate) const fn max_memory(max_body: usize) -> usize {
    max_body * (MAX_MEMORY / MAX_RESPONSE)
}

impl Response {
    /// The body as JSON, null if it is empty; `subject` is the request for messages.
    ///
    /// Fails if the values would take too much memory.
    pub fn json(&self, subject: &str) -> Result<Value> {
        check_memory(self, subject, MAX_MEMORY)?;
        parse(self, subject)
    }

    /// Whether the body is a web page, such as the sign-in page of a proxy.
    #[must_use]
    pub fn is_html(&self) -> bool {
        not_json::is_html(&self.body)
    }
}

/// An estimate of the memory of the values in a body, in bytes; fails if it is more than `max_memory`.
pub(crate) fn check_memory(response: &Response, subject: &str, max_memory: usize) -> Result<usize> {
    let length = response.body.len();
    let memory = if length > MAX_UNSCANNED { estimate_memory(&response.body) } else { length };
    if memory > max_memory {
        return Err(Error::limit_exceeded(format!(
            "{subject}: the response has too many values to read them into memory ({} KiB of JSON; {} MiB of memory are allowed)",
            length >> 10,
            max_memory >> 20
        )));
    }
    Ok(memory)
}

/// Parses the body of a response whose memory was checked; an empty one is null.
pub(crate) fn parse(response: &Response, subject: &str) -> Result<Value> {
    // A byte order mark is not valid, but az accepts it.
    let body = without_byte_order_mark(&response.body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|e| {
        let status = response.status.as_u16();
        if let Some(content) = not_json::describe(body) {
            return Error::invalid_response(format!("{subject}: the response (HTTP {status}) is {content}"))
                .with_hint(not_json::HINT);
        }
        Error::invalid_response(format!("{subject}: the response (HTTP {status}) is not valid JSON: {e}"))
    })
}

/// The memory of a value, in bytes, with the spare capacity of its containers.
pub(crate) fn memory_of(value: &Value) -> usize {
    size_of::<Value>() + content_memory(value)
}

/// The memory of what a value contains.
fn content_memory(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Number(number) => TEXT + number.as_str().len(),
        Value::String(text) => TEXT + text.len(),
        Value::Array(items) => {
            items.capacity() * size_of::<Value>() + items.iter().map(content_memory).sum::<usize>()
        }
        Value::Object(members) => members_memory(members),
    }
}

fn members_memory(members: &Map<String, Value>) -> usize {
    members.iter().map(|(name, value)| 2 * size_of::<String>() + TEXT + name.len() + memory_of(value)).sum()
}

/// An estimate of the memory of the values in a JSON text.
fn estimate_memory(text: &[u8]) -> usize {
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
                TEXT
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

    fn parse_text(body: String) -> Result<Value> {
        response(200, &[], body).json("GET /x")
    }

    #[test]
    fn a_response_with_millions_of_values_is_rejected() {
        for element in [r#"{"a":{}}"#, r#"{"a":0}"#, "0", "[]", r#""""#] {
            let body = format!("[{}]", vec![element; 2_000_000].join(","));
            let error = parse_text(body).expect_err("too many values");
            assert_eq!(error.code(), "LimitExceeded", "{element}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_accepted_and_utf_16_is_named() {
        assert_eq!(parse_text("\u{feff}{}".to_owned()).expect("an object"), serde_json::json!({}));
        let body: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = response(200, &[], body).json("GET /x").expect_err("not JSON");
        assert_eq!(
            error.to_string(),
            "GET /x: the response (HTTP 200) is text in UTF-16 instead of JSON in UTF-8"
        );
    }

    #[test]
    fn a_long_text_is_accepted() {
        let text = r#"{\"a\":[0,0,0]},"#.repeat(2_000_000);
        let value = parse_text(format!(r#"{{"value":"{text}"}}"#)).expect("a value");
        assert!(value["value"].is_string() && memory_of(&value) < 64 << 20);
        assert_eq!(parse_text(" \n".to_owned()).expect("nothing"), Value::Null);
    }

    #[test]
    fn the_memory_of_a_value_is_not_larger_than_the_estimate() {
        for text in [
            r#"{"a":{}}"#,
            r#"[{"a":0},{"b":[1,2]},[],"text",null]"#,
            r#"{"id":"x","name":"y","properties":{}}"#,
            "[[[[[0]]]],[[[[0]]]],[[[[0]]]],[[[[0]]]],[[[[0]]]]]",
        ] {
            let value = serde_json::from_str(text).expect("JSON");
            let (memory, estimate) = (content_memory(&value), estimate_memory(text.as_bytes()));
            assert!(text.len() < memory && memory <= estimate, "{text}: {memory}, {estimate}");
        }
    }

    #[test]
    fn a_response_that_is_not_scanned_cannot_exceed_the_limit() {
        let text = "[".to_owned() + &r#"{"a":{}},"#.repeat(MAX_UNSCANNED / 9);
        assert!(
            estimate_memory(text.as_bytes()) < max_memory(MAX_RESPONSE / 8),
            "{}",
            estimate_memory(text.as_bytes())
        );
    }
}
