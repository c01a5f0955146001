//! The errors of the endpoints that issue tokens.
//!
//! Entra's error codes: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use serde_json::json;
use uuid::Uuid;

use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::timestamps;

/// An error of Microsoft Entra.
pub(super) struct EntraError {
    /// The number after `AADSTS`.
    pub(super) number: u32,
    /// The OAuth error code.
    pub(super) error: &'static str,
    pub(super) status: u16,
    pub(super) text: String,
}

impl EntraError {
    /// A 400: the request is invalid.
    pub(super) fn bad_request(number: u32, error: &'static str, text: impl Into<String>) -> Self {
        Self { number, error, status: 400, text: text.into() }
    }

    /// A 400: a parameter is missing.
    pub(super) fn missing_parameter(name: &str) -> Self {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        Self::bad_request(900_144, "invalid_request", text)
    }

    /// A 401: the client failed to authenticate.
    pub(super) fn invalid_client(number: u32, text: impl Into<String>) -> Self {
        Self { number, error: "invalid_client", status: 401, text: text.into() }
    }

    /// The response in Entra's shape.
    pub(super) fn to_response(&self, request: &ParsedRequest) -> Response {
        let (trace, correlation) = (Uuid::new_v4().to_string(), Uuid::new_v4().to_string());
        let time = timestamps::utc(request.now).replace('T', " ");
        let time = format!("{}Z", time.split(['.', 'Z']).next().unwrap_or_default());
        let Self { number, error, status, text } = self;
        response::json(
            *status,
            &json!({
                "error": error,
                "error_description": format!(
                    "AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}"
                ),
                "error_codes": [number],
                "timestamp": time,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": format!("{}/error?code={number}", request.origin),
            }),
        )
    }
}

/// An error of a managed identity endpoint.
pub(super) fn managed_identity_error(status: u16, error: &str, text: &str) -> Response {
    response::json(status, &json!({"error": error, "error_description": text}))
}

/// An error of a pipeline service.
pub(super) fn pipeline_error(status: u16, text: &str) -> Response {
    response::json(status, &json!({"message": text}))
}
