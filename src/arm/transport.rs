//! The seam between the ARM client and what carries its requests: a network, or an emulator in the same process.

use async_trait::async_trait;
use bytes::Bytes;

use crate::error::Result;

/// A request as the wire sees it.
#[derive(Debug, Clone)]
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

/// An answer as the wire saw it.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Bytes,
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
    /// Fails with [`Error::Network`](crate::error::Error::Network) when no complete answer came.
    async fn send(&self, request: Request) -> Result<Response>;
}
