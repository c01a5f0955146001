//! The boundary between the ARM client and what carries its requests: the network, or an emulator in the same process.

pub mod network;
mod network_error;
mod proxy_check;
mod resolver;
mod roots;
#[cfg(test)]
mod tests;

pub use roots::ROOT_VARIABLES;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use azr_core::error::{Error, Result};

/// The longest response body that is read from ARM, in bytes: 64 MiB.
pub(crate) const MAX_RESPONSE: usize = 64 << 20;

/// An HTTP request.
///
/// Its `Debug` form shows only the method and the URL without its query: headers hold bearer tokens, queries hold
/// signatures, and bodies hold secrets.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute URL with its query.
    pub url: Url,
    /// The headers, which hold the bearer token.
    pub headers: HeaderMap,
    /// The body; empty for none.
    pub body: Bytes,
    /// Whether the host must be on the internet: a link of a service must not lead into this machine or its network.
    pub is_public_only: bool,
    /// Whether the request may be sent again, only because its response is too large to be read now.
    pub(crate) is_repeatable: bool,
    /// The longest response body that the client accepts, in bytes.
    pub(crate) max_body: usize,
}

impl Request {
    /// A request without headers and body.
    #[must_use]
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            is_repeatable: method == Method::GET,
            method,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            is_public_only: false,
            max_body: MAX_RESPONSE,
        }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &redact_url(&self.url))
            .finish_non_exhaustive()
    }
}

impl TryFrom<Request> for http::Request<Bytes> {
    type Error = Error;

    fn try_from(request: Request) -> Result<Self> {
        let mut converted = http::Request::new(request.body);
        *converted.uri_mut() = request.url.as_str().parse().map_err(|e| {
            Error::unexpected(format!("{} is not a valid URI: {e}", redact_url(&request.url)))
        })?;
        *converted.method_mut() = request.method;
        *converted.headers_mut() = request.headers;
        Ok(converted)
    }
}

/// An HTTP response with its complete body.
///
/// Its `Debug` form shows only the status and the length of the body.
#[derive(Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl Response {
    /// The first header of this name, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header_text(&self.headers, name)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl From<http::Response<Bytes>> for Response {
    fn from(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status, headers: parts.headers, body }
    }
}

/// The first header of this name, if it is text.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok()
}

/// A URL without the parts that may be secret: the query, the fragment, the user name and the password.
#[must_use]
pub(crate) fn redact_url(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}{}", url.scheme(), url.path()),
        None => format!("{}://{host}{}", url.scheme(), url.path()),
    }
}

/// Sends one request and returns its response, without retries and without following redirects.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends the request.
    ///
    /// Fails with [`ErrorKind::Network`](azr_core::error::ErrorKind::Network) without a complete response.
    async fn send(&self, request: Request) -> Result<Response>;

    /// Whether the name of a host leads to an internal address, such as that of a private endpoint.
    async fn resolves_to_internal_address(&self, _url: &Url) -> bool {
        false
    }

    /// Sends the request, and rejects a response whose body is longer than `max_body` bytes.
    ///
    /// The network stops reading such a response early.
    async fn send_limited(&self, request: Request, max_body: usize) -> Result<Response> {
        let subject = format!("{} {}", request.method, redact_url(&request.url));
        let response = self.send(request).await?;
        if response.body.len() > max_body { Err(too_large(&subject, max_body)) } else { Ok(response) }
    }
}

/// The error for a response with a body longer than `max_body` bytes.
fn too_large(subject: &str, max_body: usize) -> Error {
    Error::limit_exceeded(format!("{subject}: the response is larger than {} MiB", max_body >> 20))
}
