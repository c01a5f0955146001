//! The errors of API Center, in the shapes it answers with.

use serde_json::{Value, json};
use uuid::Uuid;

use super::kinds::{Kind, Missing};
use super::shape::Problems;
use crate::response::{self, Response};

/// The answer for a resource that is not there.
#[must_use]
pub fn missing(kind: &Kind) -> Response {
    match kind.missing {
        Missing::Bare => response::json(404, &json!({"code": "404"})),
        Missing::Said(message) => response::json(404, &json!({"code": "404", "message": message})),
        Missing::Problem => problem_404(),
    }
}

/// The answer for a path that API Center does not have.
#[must_use]
pub fn problem_404() -> Response {
    let id = Uuid::new_v4().simple().to_string();
    let body = json!({
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.5",
        "title": "Not Found",
        "status": 404,
        "traceId": format!("00-{id}-{}-00", &id[..16]),
    });
    response::json(404, &body)
}

/// The answer for a child of an API center that is not there, as ARM words it.
#[must_use]
pub fn no_parent(verb: &str, types: &str, parent: &str) -> Response {
    let text = format!(
        "Failed to perform '{verb}' on resource(s) of type '{types}', because the parent resource '{parent}' could \
         not be found."
    );
    response::error(404, "ParentResourceNotFound", &text)
}

/// The answer to a body with problems.
///
/// No refused body was recorded; the shape is the one API Management answers with.
#[must_use]
pub fn invalid(problems: &Problems) -> Response {
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

/// The answer to a body with one problem.
#[must_use]
pub fn invalid_one(target: &str, message: impl Into<String>) -> Response {
    invalid(&vec![(target.to_owned(), message.into())])
}

/// The answer when the plan allows no more.
#[must_use]
pub fn limit(kind: &Kind, most: usize, plan: &str) -> Response {
    let text = format!("The limit of {most} {} resources in the {plan} plan has been reached.", kind.word);
    response::error(400, "QuotaExceeded", &text)
}
