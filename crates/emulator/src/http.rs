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

    /// Its URL, as the caller may ask it again.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_with(self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// Its URL with another query.
    pub fn url_with<'a>(&self, query: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        // `+` for a space is legal in a query, but not every client reads it back as one.
        let query = query.replace('+', "%20");
        let path: Vec<String> = self.path.split('/').map(escaped).collect();
        format!("{}{}?{query}", self.base, path.join("/"))
    }

    /// Its URL, of the part of a list from `skip` on, with so many items at most.
    #[must_use]
    pub fn url_of_page(&self, skip: usize, top: Option<usize>) -> String {
        let others = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let others = others
            .filter(|(name, _)| !name.eq_ignore_ascii_case("$skip") && !name.eq_ignore_ascii_case("$top"));
        let (skip, top) = (skip.to_string(), top.map(|top| top.to_string()));
        let top = top.as_deref().map(|top| ("$top", top));
        self.url_with(others.chain(top).chain([("$skip", skip.as_str())]))
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

fn escaped(segment: &str) -> String {
    url::form_urlencoded::byte_serialize(segment.as_bytes()).collect::<String>().replace('+', "%20")
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

    /// The first header of this name, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The same answer without the headers of this name, given in lower case.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    /// The same answer with one more header; the name in lower case.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}
