//! Error answers in the words of API Management, and of Resource Manager where that answers for it.
//!
//! The shapes and most sentences are those users quote in public issue threads of the Azure tools.

use serde_json::{Value, json};

use crate::response::{self, Response};

/// An error in API Management's own shape: like Resource Manager's, but with `details` always there.
fn service_error(status: u16, code: &str, message: &str, details: &Value) -> Response {
    response::json(status, &json!({"error": {"code": code, "message": message, "details": details}}))
}

/// 404 for something inside a service: "Api not found."
pub fn not_found(noun: &str) -> Response {
    service_error(404, "ResourceNotFound", &format!("{noun} not found."), &Value::Null)
}

/// 400 for one wrong member of the body.
pub fn invalid(target: &str, message: &str) -> Response {
    invalid_all(&[(target.to_owned(), message.to_owned())])
}

/// 400 for wrong members of the body, one detail each; an empty target is sent as null.
pub fn invalid_all(faults: &[(String, String)]) -> Response {
    let details: Vec<Value> = faults
        .iter()
        .map(|(target, message)| {
            let target = if target.is_empty() { Value::Null } else { json!(target) };
            json!({"code": "ValidationError", "target": target, "message": message})
        })
        .collect();
    service_error(400, "ValidationError", "One or more fields contain incorrect values:", &json!(details))
}

/// 412: the etag in If-Match is not the entity's.
pub fn modified() -> Response {
    service_error(412, "PreconditionFailed", "Resource was modified since last retrieval.", &Value::Null)
}

/// 405 for a method that the resource does not have.
pub fn method_not_allowed(method: &str) -> Response {
    let message = format!("The requested resource does not support http method '{method}'.");
    response::error(405, "MethodNotAllowed", &message)
}

/// Resource Manager's 404 for a type that API Management does not have.
pub fn unknown_type(api_version: &str) -> Response {
    let message = format!(
        "The resource type could not be found in the namespace 'Microsoft.ApiManagement' for api version '{api_version}'."
    );
    response::error(404, "InvalidResourceType", &message)
}

/// Resource Manager's 404 for a service that is not there.
pub fn no_service(name: &str, group: &str) -> Response {
    let message = format!(
        "The Resource 'Microsoft.ApiManagement/service/{name}' under resource group '{group}' was not found. \
         For more details please go to https://aka.ms/ARMResourceNotFoundFix"
    );
    response::error(404, "ResourceNotFound", &message)
}

/// Resource Manager's 404 for writing below a service that is not there.
pub fn no_parent(types: &str, service_id: &str) -> Response {
    let message = format!(
        "Failed to perform 'write' on resource(s) of type '{types}', because the parent resource '{service_id}' could not be found."
    );
    response::error(404, "ParentResourceNotFound", &message)
}

/// 400 for a service that cannot be as its body says.
pub fn invalid_service(message: &str) -> Response {
    service_error(400, "InvalidParameters", &format!("Invalid parameter: {message}"), &Value::Null)
}
