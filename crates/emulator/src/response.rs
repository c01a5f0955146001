//! Responses of the emulator: constructors for the common ones, and short ways to read and add headers.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::json;

/// A response with its whole body.
pub(crate) type Response = http::Response<Bytes>;

/// A handler's result; the error is the response that refuses the request.
pub(crate) type HandlerResult = Result<Response, Response>;

/// Most bodies are smaller.
const USUAL_BODY_BYTES: usize = 1024;

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// A response with a JSON body.
#[must_use]
pub(crate) fn json(status: u16, body: &impl Serialize) -> Response {
    let mut text = Vec::with_capacity(USUAL_BODY_BYTES);
    if let Err(error) = serde_json::to_writer(&mut text, body) {
        // Only a map with keys other than strings cannot be written.
        tracing::error!("a response could not be written as JSON: {error}");
        return empty(500);
    }
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    *response.body_mut() = Bytes::from(text);
    response
}

/// A response without a body.
#[must_use]
pub(crate) fn empty(status: u16) -> Response {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// An error in ARM's usual shape.
#[must_use]
pub(crate) fn error(status: u16, code: &str, message: &str) -> Response {
    json(status, &json!({"error": {"code": code, "message": message}}))
}

/// Short ways to read and change the headers of a response.
pub(crate) trait ResponseExt {
    /// The first header of this name, if it is text.
    fn header(&self, name: &str) -> Option<&str>;

    /// The response without the headers of this name.
    #[must_use]
    fn without_header(self, name: &'static str) -> Self;

    /// The response with one more header; the name in lower case.
    #[must_use]
    fn with_header(self, name: &'static str, value: impl AsRef<str>) -> Self;
}

impl ResponseExt for Response {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok())
    }

    fn without_header(mut self, name: &'static str) -> Self {
        self.headers_mut().remove(name);
        self
    }

    fn with_header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let value = value.as_ref();
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers_mut().append(HeaderName::from_static(name), value);
        } else {
            tracing::warn!("the response header {name} is not valid and was left out: {value:?}");
        }
        self
    }
}
