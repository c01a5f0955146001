//! Errors in the words of API Management, and of Azure Resource Manager where that responds for it.
//!
//! The shapes and most sentences are quoted in public issues of the Azure tools.

use serde_json::{Value, json};

use crate::response::{self, Response};

/// An error in API Management's own shape: like Resource Manager's, but always with `details`.
fn service_error(status: u16, code: &str, message: &str, details: &Value) -> Response {
    response::json(status, &json!({"error": {"code": code, "message": message, "details": details}}))
}

/// 404 for a resource in a service: "Api not found."
pub(super) fn not_found(label: &str) -> Response {
    service_error(404, "ResourceNotFound", &format!("{label} not found."), &Value::Null)
}

/// 400 for one member of the body.
pub(super) fn invalid(target: &str, message: &str) -> Response {
    invalid_all(&[(target.to_owned(), message.to_owned())])
}

/// 400 for members of the body, each a target and a message; an empty target is sent as null.
pub(super) fn invalid_all(problems: &[(String, String)]) -> Response {
    let details: Vec<Value> = problems
        .iter()
        .map(|(target, message)| {
            let target = if target.is_empty() { Value::Null } else { json!(target) };
            json!({"code": "ValidationError", "target": target, "message": message})
        })
        .collect();
    service_error(400, "ValidationError", "One or more fields contain incorrect values:", &json!(details))
}

/// 400 for the whole of a request.
pub(super) fn invalid_request(message: &str) -> Response {
    service_error(400, "ValidationError", message, &Value::Null)
}

/// 412 for an `If-Match` that is not the resource's `ETag`.
pub(super) fn precondition_failed() -> Response {
    service_error(412, "PreconditionFailed", "Resource was modified since last retrieval.", &Value::Null)
}

/// Resource Manager's 404 for a type that API Management does not have.
pub(super) fn unknown_type(api_version: &str) -> Response {
    let message = format!(
        "The resource type could not be found in the namespace 'Microsoft.ApiManagement' for api version '{api_version}'."
    );
    response::error(404, "InvalidResourceType", &message)
}

/// Resource Manager's 404 for a service that does not exist.
pub(super) fn service_not_found(name: &str, group: &str) -> Response {
    crate::arm_errors::resource_not_found("Microsoft.ApiManagement/service", name, group)
}

/// Resource Manager's 404 for a write below a service that does not exist.
pub(super) fn parent_not_found(types: &str, service_id: &str) -> Response {
    let message = format!(
        "Failed to perform 'write' on resource(s) of type '{types}', because the parent resource '{service_id}' could not be found."
    );
    response::error(404, "ParentResourceNotFound", &message)
}

/// 400 for a service whose body is not valid.
pub(super) fn invalid_service(message: &str) -> Response {
    service_error(400, "InvalidParameters", &format!("Invalid parameter: {message}"), &Value::Null)
}
