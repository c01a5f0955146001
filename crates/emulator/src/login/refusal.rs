//! Refusals in the shapes of those who give out tokens.
//!
//! Entra's codes: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use serde_json::json;
use uuid::Uuid;

use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::timestamps;

/// Why Entra gives no token: its number, the error of OAuth and the status that go with it, and the text.
pub struct Refusal {
    pub number: u32,
    pub error: &'static str,
    pub status: u16,
    pub text: String,
}

impl Refusal {
    /// The request lacks something or has it wrong: status 400.
    pub fn of_request(number: u32, error: &'static str, text: impl Into<String>) -> Self {
        Self { number, error, status: 400, text: text.into() }
    }

    /// The client is not who it says: status 401.
    pub fn of_client(number: u32, text: impl Into<String>) -> Self {
        Self { number, error: "invalid_client", status: 401, text: text.into() }
    }

    /// As Entra says it.
    pub fn answer(&self, request: &ParsedRequest) -> Response {
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

/// The refusal of a machine's endpoint.
pub fn of_machine(status: u16, error: &str, text: &str) -> Response {
    response::json(status, &json!({"error": error, "error_description": text}))
}

/// The refusal of a pipeline's service.
pub fn of_pipeline(status: u16, text: &str) -> Response {
    response::json(status, &json!({"message": text}))
}
