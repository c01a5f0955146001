//! Long-running operations of API Management: a request returns 202, and its `Location` is the resource itself with
//! `asyncId` and `asyncCode`. A GET there returns 202 while the operation runs, then the resource with that status.
//! Which requests do depends on the API version.
//!
//! The work is done when the request is accepted, so its effect is visible before the operation has succeeded. Refusals
//! of imported documents are not known before they have been read, so they are the result of the operation, as recorded.

use http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use super::kinds::PROVIDER;
use super::service;
use crate::context::Context;
use crate::request::ParsedRequest;
use crate::resources::{self, with_retry_after};
use crate::response::{self, HandlerResult, Response, ResponseExt as _};
use crate::state::Operation;

/// The first API version in which a write returns the resource at once: its published types have no 202.
const SYNC_WRITE_SINCE: &str = "2024-05-01";

/// Whether a write is an operation in the API version of the request.
pub(super) fn is_write_async(request: &ParsedRequest) -> bool {
    request.query("api-version").unwrap_or_default() < SYNC_WRITE_SINCE
}

/// Accepts a write to the resource in the path, if it is an operation; it ends with this status.
pub(super) fn accept_write(context: &mut Context<'_>, status: u16) -> Option<Response> {
    is_write_async(context.request).then(|| accept(context, status))
}

/// Accepts a change of the resource in the path; it ends with this status.
pub(super) fn accept(context: &mut Context<'_>, status: u16) -> Response {
    add(context, status, None)
}

/// Accepts a write that ends with a refusal.
pub(super) fn accept_refused(context: &mut Context<'_>, status: u16, refusal: &Response) -> Response {
    add(context, status, Some(serde_json::from_slice(refusal.body()).unwrap_or_default()))
}

fn add(context: &mut Context<'_>, status: u16, failure: Option<Value>) -> Response {
    let request = context.request;
    let name = Uuid::new_v4().simple().to_string()[..24].to_owned();
    let (path, polls_left) = (request.path.clone(), context.options.polls);
    let operation = Operation { path, started: request.now, polls_left, failure };
    context.state.operations.add(name.clone(), operation, request.now.unix_timestamp());
    let version = request.query("api-version").unwrap_or_default();
    let status = status.to_string();
    let query = [("api-version", version), ("asyncId", &name), ("asyncCode", &status)];
    let location = request.url_with(query.into_iter());
    with_retry_after(context, response::empty(202).with_header("location", location))
}

/// Handles a poll; `None` if the request is not one.
pub(super) fn poll(context: &mut Context<'_>) -> Option<HandlerResult> {
    let request = context.request;
    let id = request.query("asyncId").filter(|_| context.method() == "GET")?;
    let operation = context.state.operations.get_mut(id)?;
    if !operation.path.eq_ignore_ascii_case(&request.path) {
        return None;
    }
    if operation.polls_left > 0 {
        operation.polls_left -= 1;
        let response = response::empty(202).with_header("location", request.url());
        return Some(Ok(with_retry_after(context, response)));
    }
    if let Some(failure) = &operation.failure {
        return Some(Err(response::json(400, failure)));
    }
    let status = request.query("asyncCode").and_then(|status| status.parse().ok()).unwrap_or(StatusCode::OK);
    if status == StatusCode::NO_CONTENT {
        return Some(Ok(response::empty(204)));
    }
    let route = context.route;
    let id = service::id(context, route.rest.get(1).copied().unwrap_or_default());
    let resource = resources::handle(context, &PROVIDER, &id, route.rest.get(2..).unwrap_or_default());
    Some(resource.map(|mut response| {
        *response.status_mut() = status;
        response
    }))
}
