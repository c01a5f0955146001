//! Requests as handlers read them: the HTTP request with its path and query decoded.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;
use time::OffsetDateTime;

use crate::response::{self, Response};

/// Query parameters besides `$…` that hold neither secrets nor random ids.
const PUBLIC_PARAMETERS: &[&str] = &["api-version", "export", "format"];

/// An HTTP request with its path and query decoded.
#[derive(Debug, Clone)]
pub struct ParsedRequest {
    /// The HTTP method.
    pub method: Method,
    /// The path, percent-decoded, without a trailing slash.
    pub path: String,
    /// The query parameters, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty if there is none.
    pub body: Bytes,
    /// Scheme, host and port as the client sees them: `http://127.0.0.1:4280`. Links in responses begin with it.
    pub origin: String,
    /// When the request arrived.
    pub now: OffsetDateTime,
}

impl ParsedRequest {
    /// Parses a request to the emulator at `origin`.
    #[must_use]
    pub fn new(request: http::Request<Bytes>, origin: String, now: OffsetDateTime) -> Self {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        Self {
            method: parts.method,
            path: decode_path(parts.uri.path().trim_end_matches('/')),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: parts.headers,
            body,
            origin,
            now,
        }
    }

    /// The first query parameter of this name, compared without regard to case.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The first header of this name, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    /// The query parameters that are safe to log: `$…`, `api-version`, `export`, `format`.
    ///
    /// The others may hold signatures, or ids that differ each time.
    pub fn public_query(&self) -> impl Iterator<Item = (&str, &str)> {
        let is_public = |name: &str| {
            name.starts_with('$') || PUBLIC_PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(name))
        };
        self.query.iter().map(|(n, v)| (n.as_str(), v.as_str())).filter(move |(name, _)| is_public(name))
    }

    /// The request's URL.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_with(self.query.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The request's URL with another query.
    pub fn url_with<'a>(&self, query: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        // `+` for a space is legal in a query, but not every client decodes it as one.
        let query = query.replace('+', "%20");
        let path: Vec<String> = self.path.split('/').map(encode_segment).collect();
        format!("{}{}?{query}", self.origin, path.join("/"))
    }

    /// The URL of the page of a list that starts after `skip` items and has at most `top`.
    #[must_use]
    pub fn url_of_page(&self, skip: usize, top: Option<usize>) -> String {
        let others = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let others = others
            .filter(|(name, _)| !name.eq_ignore_ascii_case("$skip") && !name.eq_ignore_ascii_case("$top"));
        let (skip, top) = (skip.to_string(), top.map(|top| top.to_string()));
        let top = top.as_deref().map(|top| ("$top", top));
        self.url_with(others.chain(top).chain([("$skip", skip.as_str())]))
    }

    /// The body as a JSON object, or ARM's error for a body that is not one.
    pub fn json(&self) -> Result<Value, Response> {
        let invalid = |reason: &str| {
            let text = format!("The request content was invalid and could not be deserialized: '{reason}'.");
            response::error(400, "InvalidRequestContent", &text)
        };
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(members)) => Ok(Value::Object(members)),
            Ok(_) => Err(invalid("The content is not a JSON object")),
            Err(error) => Err(invalid(&error.to_string())),
        }
    }
}

/// Scheme, host and port of an absolute URI, or else of the `Host` header over plain HTTP.
#[must_use]
pub(crate) fn origin(request: &http::Request<Bytes>) -> String {
    let uri = request.uri();
    if let Some((scheme, authority)) = uri.scheme_str().zip(uri.authority()) {
        return format!("{scheme}://{authority}");
    }
    let host = request.headers().get(http::header::HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}

fn encode_segment(segment: &str) -> String {
    url::form_urlencoded::byte_serialize(segment.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Percent-decodes a path; a `%` that starts no escape is kept, and invalid UTF-8 is replaced.
pub(crate) fn decode_path(path: &str) -> String {
    if !path.contains('%') {
        return path.to_owned();
    }
    let bytes = path.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = (bytes[index] == b'%').then(|| bytes.get(index + 1..index + 3)).flatten();
        let value = escape
            .filter(|hex| hex.iter().all(u8::is_ascii_hexdigit))
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(value.unwrap_or(bytes[index]));
        index += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_once_and_keeps_a_percent_sign_that_starts_no_escape() {
        let uri = "/apis/a%3Brev%3D2/%25/?$filter=name%20eq%20'a+b'";
        let request = http::Request::get(uri).body(Bytes::new()).expect("a request");
        let request = ParsedRequest::new(request, String::new(), OffsetDateTime::UNIX_EPOCH);
        assert_eq!(request.path, "/apis/a;rev=2/%");
        assert_eq!(request.query("$FILTER"), Some("name eq 'a b'"));
        assert_eq!(decode_path("/100%/%zz%c3%a9"), "/100%/%zzé");
    }
}
