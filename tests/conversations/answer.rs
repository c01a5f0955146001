//! What the server answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::case::Exchange;

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Answer {
    /// The response of an exchange.
    pub(crate) fn from_exchange(exchange: &Exchange) -> Self {
        let body = match &exchange.response {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            json => json.to_string(),
        };
        let mut answer = Self::json(exchange.status, body);
        answer.headers.extend(exchange.headers.clone());
        if exchange.status == 202 {
            // Operations are polled at once.
            answer.headers.insert("retry-after".to_owned(), "0".to_owned());
        }
        answer
    }

    /// The response to a read that az does not send: a service with an identity, an empty list, or 404 for any other
    /// resource.
    pub(crate) fn to_unknown_read(path: &str) -> Self {
        let lower = path.to_lowercase();
        let kind: Vec<&str> = lower.rsplit("/providers/").next().unwrap_or_default().split('/').collect();
        let body = match kind.as_slice() {
            ["microsoft.apicenter", _, _] => json!({
                "id": path,
                "name": path.rsplit('/').next(),
                "type": "Microsoft.ApiCenter/services",
                "location": "eastus",
                "identity": {
                    "type": "SystemAssigned",
                    "principalId": "33333333-3333-3333-3333-333333333333",
                    "tenantId": "22222222-2222-2222-2222-222222222222"
                },
                "properties": {"provisioningState": "Succeeded"}
            }),
            segments if segments.len() % 2 == 0 => json!({"value": []}),
            _ => return Self::not_found(),
        };
        Self::json(200, body.to_string())
    }

    /// 404 of the Resource Manager.
    pub(crate) fn not_found() -> Self {
        let body = json!({"error": {"code": "ResourceNotFound", "message": "not in the conversation"}});
        Self::json(404, body.to_string())
    }

    fn json(status: u16, body: String) -> Self {
        let content_type = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
        Self { status, headers: BTreeMap::from([content_type]), body }
    }
}
