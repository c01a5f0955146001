//! The seam between the ARM client and what carries its requests: a network, or an emulator in the same process.

pub mod http;
mod reason;
#[cfg(test)]
mod tests;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use azr_core::error::{Error, NetworkFault, Result};

pub use http::HttpTransport;

/// A request as the wire sees it.
///
/// Its `Debug` form shows the method, the host and the path only: headers hold the bearer token, queries hold
/// signatures of links, and bodies hold secrets.
#[derive(Clone)]
pub struct Request {
    /// GET, PUT, …
    pub method: &'static str,
    /// The absolute URL with its query.
    pub url: url::Url,
    /// Header names in lower case, with their values. Never printed: they hold the bearer token.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Bytes,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &place(&self.url))
            .finish_non_exhaustive()
    }
}

/// Where a URL points, without what may be secret in it: the query, the fragment, user and password.
#[must_use]
pub fn place(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}{}", url.scheme(), url.path()),
        None => format!("{}://{host}{}", url.scheme(), url.path()),
    }
}

/// An answer as the wire saw it.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("length", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl Response {
    /// The first header of this name, given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Something that carries one request and brings back its answer, without retries and without following redirects.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends the request.
    ///
    /// Fails with [`ErrorKind::Network`](azr_core::error::ErrorKind::Network) when no complete answer came.
    async fn send(&self, request: Request) -> Result<Response>;

    /// Sends the request, and takes no answer whose body is longer than so many bytes.
    ///
    /// A network gives such an answer up while it comes.
    async fn send_within(&self, request: Request, limit: usize) -> Result<Response> {
        let what = format!("{} {}", request.method, place(&request.url));
        let answer = self.send(request).await?;
        if answer.body.len() > limit { Err(too_large(&what, limit)) } else { Ok(answer) }
    }
}

/// The error for an answer that is longer than it may be.
fn too_large(what: &str, limit: usize) -> Error {
    Error::network(format!("{what}: the answer is larger than {} MiB", limit >> 20), NetworkFault::Permanent)
}
