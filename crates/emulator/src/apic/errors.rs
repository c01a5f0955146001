//! The errors of API Center, in the shapes that were recorded.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::response::{self, Response};

/// 404 for a path that API Center does not have.
pub(super) fn problem_details_404() -> Response {
    let id = Uuid::new_v4().simple().to_string();
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.5",
        "title": "Not Found",
        "status": 404,
        "traceId": format!("00-{id}-{}-00", &id[..16]),
    });
    response::json(404, &body)
}

/// Resource Manager's 404 for a request below a center that does not exist.
pub(super) fn parent_not_found(operation: &str, types: &str, parent: &str) -> Response {
    let text = format!(
        "Failed to perform '{operation}' on resource(s) of type '{types}', because the parent resource '{parent}' could \
         not be found."
    );
    response::error(404, "ParentResourceNotFound", &text)
}

/// 400 for members of the body, each a target and a message.
///
/// No refused body was recorded; the shape is that of API Management.
pub(super) fn invalid_all(problems: &[(String, String)]) -> Response {
    let details: Vec<Value> = problems
        .iter()
        .map(|(target, message)| json!({"code": "ValidationError", "target": target, "message": message}))
        .collect();
    let message = "One or more fields contain incorrect values:";
    response::json(
        400,
        &json!({"error": {"code": "ValidationError", "message": message, "details": details}}),
    )
}

/// 400 for one member of the body.
pub(super) fn invalid(target: &str, message: impl Into<String>) -> Response {
    invalid_all(&[(target.to_owned(), message.into())])
}
