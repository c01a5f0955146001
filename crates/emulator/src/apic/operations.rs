//! Long-running operations of API Center: accepted with 202, polled at `operationResults`.
//!
//! The work itself is done when the request is accepted, so its effect can be seen before the operation says so.

use serde_json::{Value, json};
use uuid::Uuid;

use super::errors;
use crate::context::{Context, HandlerResult};
use crate::response::{self, Response, ResponseExt as _};
use crate::state::Operation;
use crate::timestamps;

/// Accepts an operation on the resource `id`; `failure` is its end unless it succeeds.
pub fn accept(context: &mut Context<'_>, id: &str, failure: Option<Value>) -> Response {
    let now = context.request.now;
    let name = Uuid::new_v4().simple().to_string();
    let path = format!("{id}/operationResults/{name}");
    let operation =
        Operation { path: path.clone(), started: now, polls_left: context.options.polls, failure };
    context.state.operations.add(name, operation, now.unix_timestamp());
    paused(context, response::empty(202)).with_header("location", location(context, &path))
}

fn paused(context: &Context<'_>, answer: Response) -> Response {
    let pause = context.options.poll_pause_ms;
    answer
        .with_header("retry-after", pause.div_ceil(1000).max(1).to_string())
        .with_header("x-ms-retry-after-ms", pause.to_string())
}

/// The address of an operation's state, with a signature as the service adds one.
fn location(context: &Context<'_>, path: &str) -> String {
    let version = context.request.query("api-version").unwrap_or_default();
    let sign = Uuid::new_v4().simple().to_string();
    let (t, c, s) = (&sign[..12], &sign[12..24], &sign[20..]);
    format!("{}{path}?api-version={version}&t={t}&c={c}&s={s}&h={}", context.request.origin, &sign[8..20])
}

/// Answers a poll: 202 while the operation runs, then 200 with how it ended.
pub fn poll(context: &mut Context<'_>, name: &str) -> HandlerResult {
    if context.method() != "GET" {
        return Err(crate::arm_errors::method_not_allowed(context.method()));
    }
    let asked = &context.request.path;
    let operation = context
        .state
        .operations
        .get_mut(name)
        .filter(|operation| operation.path.eq_ignore_ascii_case(asked))
        .ok_or_else(errors::problem_404)?;
    let running = operation.polls_left > 0;
    operation.polls_left = operation.polls_left.saturating_sub(1);
    let operation = operation.clone();
    let status = match (running, &operation.failure) {
        (true, _) => "InProgress",
        (false, None) => "Succeeded",
        (false, Some(_)) => "Failed",
    };
    let mut body = json!({
        "id": shown_id(&operation.path),
        "name": name,
        "status": status,
        "startTime": timestamps::with_offset(operation.started),
    });
    if running {
        let again = location(context, &operation.path);
        return Ok(paused(context, response::json(202, &body)).with_header("location", again));
    }
    body["endTime"] = Value::from(timestamps::with_offset(context.request.now));
    if let Some(failure) = operation.failure {
        body["error"] = failure;
    }
    Ok(response::json(200, &body))
}

/// The id the service tells: for what is below an API it leaves the workspace out.
fn shown_id(path: &str) -> String {
    path.replacen("/workspaces/default/apis/", "/apis/", 1)
}
