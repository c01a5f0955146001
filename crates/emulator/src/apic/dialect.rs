//! How API Center words its errors and lays out its resources.

use serde_json::{Value, json};

use super::errors;
use crate::context::Context;
use crate::resources::{BodyParts, Dialect, NotFound, Problem, Reason, ResourceKind, SystemData};
use crate::response::{self, Response};
use crate::store::Entry;
use crate::timestamps;

/// The dialect of API Center.
pub(super) struct ApiCenter;

impl Dialect for ApiCenter {
    fn unknown_type(&self, _: &Context<'_>) -> Response {
        errors::problem_details_404()
    }

    fn root_not_found(&self, context: &Context<'_>, root_id: &str) -> Response {
        let operation = match context.method() {
            "GET" | "HEAD" => "read",
            "DELETE" => "delete",
            "POST" => "action",
            _ => "write",
        };
        let mut types = vec!["services"];
        types.extend(context.route.rest.iter().skip(2).step_by(2));
        errors::parent_not_found(operation, &types.join("/"), root_id)
    }

    fn not_found(&self, kind: &ResourceKind) -> Response {
        match kind.not_found {
            NotFound::Usual => response::json(404, &json!({"code": "404"})),
            NotFound::Message(message) => response::json(404, &json!({"code": "404", "message": message})),
            NotFound::ProblemDetails => errors::problem_details_404(),
        }
    }

    fn invalid(&self, details: &[(String, String)]) -> Response {
        errors::invalid_all(details)
    }

    fn name_target(&self) -> &'static str {
        "name"
    }

    fn describe(&self, problem: &Problem) -> (String, String) {
        let target = match problem.path.as_str() {
            "" => "properties".to_owned(),
            path => format!("properties.{path}"),
        };
        let member = target.rsplit('.').next().unwrap_or_default();
        let mut chars = member.chars();
        let field: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
        let message = match &problem.reason {
            Reason::Required => format!("The {field} field is required."),
            Reason::WrongType(expected) => format!("The field {field} must be {expected}."),
            Reason::Length { min, max, actual } => {
                let (bound, length) = if actual > max { ("maximum", max) } else { ("minimum", min) };
                format!(
                    "The field {field} must be a string or array type with a {bound} length of '{length}'."
                )
            }
            Reason::NotAllowed { value, choices } => {
                let choices = choices.join(", ");
                format!("The value '{value}' of the field {field} is not valid. Allowed values: {choices}.")
            }
            Reason::TooManyItems(max) => {
                format!("The field {field} must be a string or array type with a maximum length of '{max}'.")
            }
            Reason::Other(message) => message.clone(),
        };
        (target, message)
    }

    fn precondition_failed(&self) -> Response {
        response::error(412, "PreconditionFailed", "The resource was modified since it was last read.")
    }

    fn quota_exceeded(&self, kind: &ResourceKind, limit: usize, plan: &str) -> Response {
        let text =
            format!("The limit of {limit} {} resources in the {plan} plan has been reached.", kind.label);
        response::error(400, "QuotaExceeded", &text)
    }

    fn etag(&self, entry: &Entry) -> String {
        entry.etag.clone()
    }

    fn body(&self, parts: BodyParts<'_>) -> Value {
        let now = timestamps::utc(parts.now);
        let created = parts.previous.and_then(|e| e.body["systemData"]["createdAt"].as_str()).unwrap_or(&now);
        let mut body = json!({
            "type": parts.provider.full_type(parts.id),
            "properties": parts.properties,
            "id": parts.id,
            "name": parts.id.rsplit('/').next(),
        });
        match parts.kind.system_data {
            SystemData::CreatedAndModified => {
                body["systemData"] = json!({"createdAt": created, "lastModifiedAt": now});
            }
            SystemData::Created => body["systemData"] = json!({"createdAt": created}),
            SystemData::None => {}
        }
        body
    }
}
