//! How API Management words its errors and lays out its resources.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::errors;
use crate::context::Context;
use crate::resources::{BodyParts, Dialect, Problem, Reason, ResourceKind};
use crate::response::Response;
use crate::store::Entry;

/// The dialect of API Management.
pub(super) struct ApiManagement;

impl Dialect for ApiManagement {
    fn unknown_type(&self, context: &Context<'_>) -> Response {
        errors::unknown_type(context.request.query("api-version").unwrap_or_default())
    }

    fn root_not_found(&self, context: &Context<'_>, root_id: &str) -> Response {
        let rest = &context.route.rest;
        if matches!(context.method(), "PUT" | "PATCH") {
            let types: Vec<&str> = rest.iter().step_by(2).copied().collect();
            return errors::parent_not_found(&types.join("/"), root_id);
        }
        errors::service_not_found(
            rest.get(1).copied().unwrap_or_default(),
            context.route.group.unwrap_or_default(),
        )
    }

    fn not_found(&self, kind: &ResourceKind) -> Response {
        errors::not_found(kind.label)
    }

    fn invalid(&self, details: &[(String, String)]) -> Response {
        errors::invalid_all(details)
    }

    fn name_target(&self) -> &'static str {
        "identifier"
    }

    fn describe(&self, problem: &Problem) -> (String, String) {
        let path = if problem.path.is_empty() { "properties" } else { &problem.path };
        let message = match &problem.reason {
            Reason::Required => format!("'{path}' is required."),
            Reason::WrongType(expected) => format!("'{path}' must be {expected}."),
            Reason::Length { min, actual, .. } if actual < min => format!("'{path}' must not be empty."),
            Reason::Length { max, actual, .. } => {
                format!("'{path}' has {actual} characters; at most {max} are allowed.")
            }
            Reason::NotAllowed { value, choices } => {
                format!("'{path}' is '{value}'; it must be one of: {}.", choices.join(", "))
            }
            Reason::TooManyItems(max) => format!("'{path}' has too many items; at most {max} are allowed."),
            // The problem of a whole resource has no target.
            Reason::Other(message) => return (problem.path.clone(), message.clone()),
        };
        (path.to_owned(), message)
    }

    fn precondition_failed(&self) -> Response {
        errors::precondition_failed()
    }

    fn quota_exceeded(&self, kind: &ResourceKind, limit: usize, _plan: &str) -> Response {
        errors::invalid("", &format!("The limit of {limit} for {} has been reached.", kind.collection()))
    }

    fn etag(&self, entry: &Entry) -> String {
        format!("\"{}\"", etag_value(entry))
    }

    fn body(&self, parts: BodyParts<'_>) -> Value {
        json!({
            "id": parts.id,
            "type": parts.provider.full_type(parts.id),
            "name": parts.id.rsplit('/').next(),
            "properties": parts.properties,
        })
    }
}

/// The `ETag` of a resource without quotes: 64 bits in base64, as recorded.
pub(super) fn etag_value(entry: &Entry) -> String {
    let number = entry.etag.get(..8).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    BASE64_STANDARD.encode(number.unwrap_or_default().to_be_bytes())
}
