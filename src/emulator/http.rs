//! Requests and answers as the emulator's providers see them, free of any server.

use bytes::Bytes;
use serde_json::{Value, json};
use time::OffsetDateTime;

/// What may be told of a query, besides its `$…`.
const PUBLIC: &[&str] = &["api-version", "export", "format"];

/// One request to the emulator.
#[derive(Debug, Clone)]
pub struct Call {
    /// GET, PUT, …
    pub method: String,
    /// The path, percent-decoded, without a trailing slash.
    pub path: String,
    /// Query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// Header names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Bytes,
    /// Scheme, host and port as the caller sees them, to build links with: `http://127.0.0.1:4280`.
    pub base: String,
    /// When it came.
    pub now: OffsetDateTime,
}

impl Call {
    /// The first query parameter of this name, matched without regard to case.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The first header of this name, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The query parameters that say what is asked for: `$…`, `api-version`, `export`, `format`.
    ///
    /// The others may hold signatures, and ids that differ each time.
    pub fn public_query(&self) -> impl Iterator<Item = (&str, &str)> {
        let public =
            |name: &str| name.starts_with('$') || PUBLIC.iter().any(|known| known.eq_ignore_ascii_case(name));
        self.query.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(move |(name, _)| public(name))
    }

    /// The body as JSON, or ARM's answer to a body that is none.
    pub fn json(&self) -> Result<Value, Answer> {
        serde_json::from_slice(&self.body).map_err(|e| {
            Answer::error(
                400,
                "InvalidRequestContent",
                &format!("The request content was invalid and could not be deserialized: '{e}'."),
            )
        })
    }
}

/// One answer of the emulator.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Self { status, headers, body: Bytes::from(body.to_string()) }
    }

    /// An answer without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// An error in ARM's usual shape.
    #[must_use]
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, &json!({"error": {"code": code, "message": message}}))
    }

    /// The same answer with one more header; the name in lower case.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
