//! Tokens of Azure Policy for changes that an external evaluation must approve.
//!
//! The token is for one request, and is sent with it. Like az, azr acquires one for every request but GET.

use http::HeaderName;
use http::header::HeaderValue;
use serde_json::{Value, json};

use crate::plan::Target;
use crate::transport::Request;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// The header that the token is sent in.
pub(crate) const POLICY_TOKEN: HeaderName = HeaderName::from_static("x-ms-policy-external-evaluations");

/// The header that relates the request for the token to the request that it is for.
pub(crate) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-ms-correlation-request-id");

/// The API version of `acquirePolicyToken`.
const API_VERSION: &str = "2025-11-01";

/// Requests a policy token for every change.
#[derive(Debug, Clone)]
pub struct PolicyTokens {
    /// The subscription that the tokens are acquired in.
    pub subscription: String,
    /// The change that the requests belong to, in the system that approves it.
    pub change_reference: Option<String>,
}

impl PolicyTokens {
    /// Where to acquire a token.
    pub(crate) fn target(&self, correlation_id: &str) -> Target {
        let scope = ResourceId::subscription_scope(&self.subscription);
        let path = format!("{scope}/providers/Microsoft.Authorization/acquirePolicyToken");
        Target::new(path, API_VERSION)
            .header("x-ms-force-sync", "true")
            .header("x-ms-correlation-request-id", correlation_id)
    }

    /// The request for a token, as JSON.
    pub(crate) fn body(&self, request: &Request) -> Value {
        json!({
            "operation": {
                "uri": request.url.as_str(),
                "httpMethod": request.method.as_str(),
                "content": serde_json::from_slice::<Value>(&request.body).unwrap_or_default(),
            },
            "changeReference": self.change_reference,
        })
    }
}

/// The value of the header for a response to `acquirePolicyToken`.
pub(crate) fn read_token(response: &Value) -> Result<HeaderValue> {
    let token = response["token"].as_str().filter(|token| !token.is_empty());
    let header = token.and_then(|token| HeaderValue::from_str(token).ok());
    let mut header = header.ok_or_else(|| {
        let reason = response["message"].as_str().unwrap_or("the service returned none");
        Error::invalid_response(format!("no policy token was issued: {reason}"))
    })?;
    header.set_sensitive(true);
    Ok(header)
}
