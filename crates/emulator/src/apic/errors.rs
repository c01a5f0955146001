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

/// 400 for parts of a request, each a target and a message.
///
/// Users quote this shape (<https://github.com/Azure/LogicAppsUX/issues/8495>): the messages name the member, because there
/// is no target. That it is in `error`, as Resource Manager demands, is assumed.
pub(super) fn invalid_all(problems: &[(String, String)]) -> Response {
    let describe = |(target, message): &(String, String)| {
        let member = target.rsplit('.').next().unwrap_or_default().to_lowercase();
        if message.to_lowercase().contains(&member) {
            message.clone()
        } else {
            format!("{target}: {message}")
        }
    };
    let details: Vec<Value> = problems.iter().map(|problem| json!({"message": describe(problem)})).collect();
    let message = "Invalid request";
    response::json(
        400,
        &json!({"error": {"code": "ValidationError", "message": message, "details": details}}),
    )
}

/// 400 for one member of the body.
pub(super) fn invalid(target: &str, message: impl Into<String>) -> Response {
    invalid_all(&[(target.to_owned(), message.into())])
}
