//! Long-running operations of API Management: a request returns 202, and its `Location` is the resource itself with
//! `asyncId` and `asyncCode`. A GET there returns 202 while the operation runs, then the resource with that status.
//! Which requests do depends on the API version.
//!
//! Operations on services have their own URL, in `Azure-AsyncOperation` and `Location`.
//!
//! The work is done when the request is accepted, so its effect is visible before the operation has succeeded. Refusals
//! of imported documents are not known before they have been read, so they are the result of the operation, as recorded.

use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::kinds::PROVIDER;
use super::{errors, service};
use crate::arm_errors;
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

/// Accepts a write to the resource with this path, if it is an operation; it ends with this status.
pub(super) fn accept_write_to(context: &mut Context<'_>, path: String, status: u16) -> Option<Response> {
    is_write_async(context.request).then(|| add(context, path, status, None))
}

/// Accepts a change of the resource in the path; it ends with this status.
pub(super) fn accept(context: &mut Context<'_>, status: u16) -> Response {
    add(context, context.request.path.clone(), status, None)
}

/// Accepts a write that ends with a refusal.
pub(super) fn accept_refused(context: &mut Context<'_>, status: u16, refusal: &Response) -> Response {
    let failure = serde_json::from_slice(refusal.body()).unwrap_or_default();
    add(context, context.request.path.clone(), status, Some(failure))
}

fn add(context: &mut Context<'_>, path: String, status: u16, failure: Option<Value>) -> Response {
    let request = ParsedRequest { path: path.clone(), ..context.request.clone() };
    let name = Uuid::new_v4().simple().to_string()[..24].to_owned();
    let polls_left = context.options.polls;
    let operation = Operation { path, started: request.now, polls_left, failure };
    context.state.operations.add(name.clone(), operation, request.now.unix_timestamp());
    let version = request.query("api-version").unwrap_or_default();
    let status = status.to_string();
    let query = [("api-version", version), ("asyncId", &name), ("asyncCode", &status)];
    let location = request.url_with(query.into_iter());
    with_retry_after(context, response::empty(202).with_header("location", location))
}

/// Adds the URL of an operation on a service to the response that starts it.
pub(super) fn add_to_service(context: &mut Context<'_>, id: &str, response: Response) -> Response {
    let request = context.request;
    let name = Uuid::new_v4().simple().to_string();
    let path = format!("{id}/operationresults/{name}");
    let version = request.query("api-version").unwrap_or_default();
    let url = format!("{}{path}?api-version={version}&asyncResponse", request.origin);
    let polls_left = context.options.polls;
    let operation = Operation { path, started: request.now, polls_left, failure: None };
    context.state.operations.add(name, operation, request.now.unix_timestamp());
    let response = response.with_header("azure-asyncoperation", &url).with_header("location", &url);
    with_retry_after(context, response)
}

/// Handles a poll of an operation on a service, which has the operation's status in the body.
///
/// When the operation of a deletion has ended, the service does not exist any more, and neither does its operation.
pub(super) fn poll_service(context: &mut Context<'_>, service: &str, name: &str) -> HandlerResult {
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let (request, group) = (context.request, context.route.group.unwrap_or_default());
    let id = service::id(context, service);
    let service_not_found =
        || Err(errors::service_not_found(service, group).with_header("x-ms-failure-cause", "gateway"));
    let operation = context.state.operations.get_mut(name);
    let Some(operation) = operation.filter(|operation| operation.path.eq_ignore_ascii_case(&request.path))
    else {
        return service_not_found();
    };
    if operation.poll(context.options, request.now) {
        let url = request.url();
        let response = response::json(200, &json!({"status": "InProgress"}));
        let response = response.with_header("azure-asyncoperation", &url).with_header("location", &url);
        return Ok(with_retry_after(context, response));
    }
    if let Some(failure) = &operation.failure {
        return Ok(response::json(200, &json!({"status": "Failed", "error": failure})));
    }
    if context.state.store.get(&id).is_none() {
        return service_not_found();
    }
    Ok(response::json(200, &json!({"status": "Succeeded", "error": {"code": "", "message": ""}})))
}

/// Handles a poll; `None` if the request is not one.
pub(super) fn poll(context: &mut Context<'_>) -> Option<HandlerResult> {
    let request = context.request;
    let id = request.query("asyncId").filter(|_| context.method() == "GET")?;
    let operation = context.state.operations.get_mut(id)?;
    if !operation.path.eq_ignore_ascii_case(&request.path) {
        return None;
    }
    if operation.poll(context.options, request.now) {
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
