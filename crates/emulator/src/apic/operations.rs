//! Long-running operations of API Center: accepted with 202, polled at `operationResults`.
//!
//! The work is done when the request is accepted, so its effect is visible before the operation has succeeded.

use serde_json::{Value, json};
use uuid::Uuid;

use super::errors;
use crate::arm_errors;
use crate::context::Context;
use crate::resources::with_retry_after;
use crate::response::{self, HandlerResult, Response, ResponseExt as _};
use crate::state::Operation;
use crate::timestamps;

/// Accepts an operation on the resource `id`; it fails with `failure` if there is one.
pub(super) fn accept(context: &mut Context<'_>, id: &str, failure: Option<Value>) -> Response {
    let now = context.request.now;
    let name = Uuid::new_v4().simple().to_string();
    let path = format!("{id}/operationResults/{name}");
    let operation =
        Operation { path: path.clone(), started: now, polls_left: context.options.polls, failure };
    context.state.operations.add(name, operation, now.unix_timestamp());
    with_retry_after(context, response::empty(202)).with_header("location", location(context, &path))
}

/// The URL of an operation's status, with a signature such as the service adds.
fn location(context: &Context<'_>, path: &str) -> String {
    let version = context.request.query("api-version").unwrap_or_default();
    let signature = Uuid::new_v4().simple().to_string();
    let (t, c, s) = (&signature[..12], &signature[12..24], &signature[20..]);
    format!(
        "{}{path}?api-version={version}&t={t}&c={c}&s={s}&h={}",
        context.request.origin,
        &signature[8..20]
    )
}

/// Handles a poll: 202 while the operation runs, then 200 with its outcome.
pub(super) fn poll(context: &mut Context<'_>, name: &str) -> HandlerResult {
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let path = &context.request.path;
    let operation = context
        .state
        .operations
        .get_mut(name)
        .filter(|operation| operation.path.eq_ignore_ascii_case(path))
        .ok_or_else(errors::problem_details_404)?;
    let is_running = operation.poll(context.options, context.request.now);
    let operation = operation.clone();
    let status = match (is_running, &operation.failure) {
        (true, _) => "InProgress",
        (false, None) => "Succeeded",
        (false, Some(_)) => "Failed",
    };
    let mut body = json!({
        "id": without_workspace(&operation.path),
        "name": name,
        "status": status,
        "startTime": timestamps::with_offset(operation.started),
    });
    if is_running {
        let next = location(context, &operation.path);
        return Ok(with_retry_after(context, response::json(202, &body)).with_header("location", next));
    }
    body["endTime"] = Value::from(timestamps::with_offset(context.request.now));
    if let Some(failure) = operation.failure {
        body["error"] = failure;
    }
    Ok(response::json(200, &body))
}

/// The id in the body of an operation: below an API, the service leaves the workspace out.
fn without_workspace(path: &str) -> String {
    path.replacen("/workspaces/default/apis/", "/apis/", 1)
}
