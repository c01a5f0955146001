//! Long-running operations: `Azure-AsyncOperation`, `Location` and `provisioningState`.
//!
//! By ARM's rules, an accepted operation returns a URL to poll in `Azure-AsyncOperation` (its responses have a `status`)
//! or in `Location` (it responds 202 while the operation runs). A PUT with neither may show its state in
//! `properties.provisioningState`.
//!
//! azr stops polling after [`Timeouts::operation`](crate::timeouts::Timeouts::operation); the operation itself continues.

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::client::{Client, JsonResponse};
use crate::plan::Target;
use crate::service_error::parse_error_body;
use crate::transport::header_text;
use azr_core::error::{Error, Result, ServiceError};

/// The intervals between polls in seconds, unless the service asks for another; the last one repeats.
const POLL_INTERVALS: [u64; 7] = [1, 1, 1, 2, 3, 5, 10];
/// The shortest interval, even if the service asks for none.
const MIN_POLL_INTERVAL: Duration = Duration::from_millis(10);
/// The header with the URL of the operation's status.
const ASYNC_OPERATION: &str = "azure-asyncoperation";
/// The header with the URL of the operation's result.
const LOCATION: &str = "location";

/// Waits for the operation that `response` started, and returns its result.
///
/// `target` is the resource itself, from which the result of a PUT or PATCH is read. `on_state` is called with the state
/// after each poll. Fails if the operation does, if it does not end in time, and if a POST or a DELETE was accepted
/// without a URL to poll. A DELETE whose operation does not exist any more has succeeded.
pub async fn wait_for_operation(
    client: &Client,
    method: &Method,
    target: &Target,
    response: JsonResponse,
    on_state: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    match wait_for_result(client, method, target, response, on_state).await {
        // The operation of a deletion may disappear with the resource, as it does in API Management.
        Err(error) if *method == Method::DELETE && error.is_not_found() => Ok(Value::Null),
        outcome => outcome,
    }
}

async fn wait_for_result(
    client: &Client,
    method: &Method,
    target: &Target,
    response: JsonResponse,
    on_state: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    let is_resource_write = matches!(*method, Method::PUT | Method::PATCH);
    let status_url = url_in_header(client, &response.headers, ASYNC_OPERATION)?;
    let location = url_in_header(client, &response.headers, LOCATION)?;
    if let Some(url) = status_url {
        let last = poll_url(client, ASYNC_OPERATION, url, &response, on_state).await?;
        return if is_resource_write {
            Ok(client.send(Method::GET, target, None).await?.body)
        } else if let Some(location) = location {
            Ok(client.send_url(Method::GET, location, &[], None).await?.body)
        } else {
            Ok(last.get("properties").cloned().unwrap_or(Value::Null))
        };
    }
    let is_accepted = response.status == StatusCode::ACCEPTED;
    if let Some(url) = location.filter(|_| is_accepted || response.body.is_null()) {
        let last = poll_url(client, LOCATION, url, &response, on_state).await?;
        return if is_resource_write {
            Ok(client.send(Method::GET, target, None).await?.body)
        } else {
            Ok(last)
        };
    }
    if is_accepted && !is_resource_write {
        return Err(no_poll_url(method, target));
    }
    if is_accepted && provisioning_state(&response.body).is_none() {
        // The response does not say how far the operation is, but the resource does.
        let mut schedule = PollSchedule::start(client, &target.path);
        schedule.wait(&response.headers, "accepted").await?;
        let current = client.send(Method::GET, target, None).await?;
        return poll_resource(client, target, current, schedule, on_state).await;
    }
    if is_resource_write && provisioning_state(&response.body).is_some_and(|state| !is_final_state(state)) {
        let schedule = PollSchedule::start(client, &target.path);
        return poll_resource(client, target, response, schedule, on_state).await;
    }
    Ok(response.body)
}

/// The intervals between the polls of one operation, and its timeout.
struct PollSchedule<'a> {
    client: &'a Client,
    /// The path that is polled, for the error.
    path: String,
    started: Instant,
    polls: usize,
}

impl<'a> PollSchedule<'a> {
    fn start(client: &'a Client, path: &str) -> Self {
        Self { client, path: path.to_owned(), started: Instant::now(), polls: 0 }
    }

    /// Waits until the next poll is due, after a response with these headers and this state; fails after the timeout.
    async fn wait(&mut self, headers: &HeaderMap, state: &str) -> Result<()> {
        let interval = Duration::from_secs(POLL_INTERVALS[self.polls.min(POLL_INTERVALS.len() - 1)]);
        let interval = self.client.requested_delay_or(headers, interval).max(MIN_POLL_INTERVAL);
        let timeout = self.client.timeouts().operation;
        let left = timeout.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            return Err(Error::timeout(format!(
                "{}: the operation did not end within {} seconds; its state is {state}",
                self.path,
                timeout.as_secs()
            ))
            .with_hint(
                "It may still be running: check the resource before you start again. AZR_OPERATION_TIMEOUT sets the timeout in seconds.",
            ));
        }
        self.polls += 1;
        // However long the interval, there is one last poll at the timeout.
        tokio::time::sleep(interval.min(left)).await;
        Ok(())
    }
}

/// Polls the URL until the operation has ended; responses may have the next URL in the same header.
///
/// A response without a `status` is the result, except for a 202 at a `Location`.
async fn poll_url(
    client: &Client,
    header: &str,
    url: Url,
    first: &JsonResponse,
    on_state: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    let mut url = url;
    let mut schedule = PollSchedule::start(client, url.path());
    schedule.wait(&first.headers, "accepted").await?;
    loop {
        let response = client.send_url(Method::GET, url.clone(), &[], None).await?;
        let is_running = header == LOCATION && response.status == StatusCode::ACCEPTED;
        let default_state = if is_running { "Running" } else { "Succeeded" };
        let state = response.body.get("status").and_then(Value::as_str).unwrap_or(default_state).to_owned();
        on_state(&state);
        if is_final_state(&state) {
            return operation_result(&state, response.body, url.path());
        }
        if let Some(next) = url_in_header(client, &response.headers, header)? {
            url = next;
        }
        schedule.wait(&response.headers, &state).await?;
    }
}

async fn poll_resource(
    client: &Client,
    target: &Target,
    first: JsonResponse,
    mut schedule: PollSchedule<'_>,
    on_state: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    let mut response = first;
    loop {
        let state = provisioning_state(&response.body).unwrap_or("Succeeded").to_owned();
        on_state(&state);
        if is_final_state(&state) {
            return operation_result(&state, response.body, &target.path);
        }
        schedule.wait(&response.headers, &state).await?;
        response = client.send(Method::GET, target, None).await?;
    }
}

/// The provisioning state of a resource.
#[must_use]
pub(crate) fn provisioning_state(resource: &Value) -> Option<&str> {
    resource.get("properties")?.get("provisioningState")?.as_str()
}

/// Whether an operation in this state has ended.
#[must_use]
fn is_final_state(state: &str) -> bool {
    ["succeeded", "failed", "canceled", "cancelled"].iter().any(|s| s.eq_ignore_ascii_case(state))
}

/// The result of an operation that has ended in this state, or its error.
fn operation_result(state: &str, body: Value, path: &str) -> Result<Value> {
    if state.eq_ignore_ascii_case("succeeded") {
        return Ok(body);
    }
    let (code, message) = parse_error_body(&body).unwrap_or_default();
    // API Center explains the failure of a ruleset import in a comment.
    let comment = || body.pointer("/properties/comment").and_then(Value::as_str).map(str::to_owned);
    let message = Some(message).filter(|message| !message.is_empty()).or_else(comment);
    Err(Error::failed_operation(ServiceError {
        status: 400,
        code: if code.is_empty() { state.to_owned() } else { code },
        message: message.unwrap_or_else(|| format!("The operation ended as {state}.")),
        request_id: body.get("name").and_then(Value::as_str).map(str::to_owned),
        request: format!("the operation at {path}"),
    }))
}

fn no_poll_url(method: &Method, target: &Target) -> Error {
    Error::invalid_response(format!(
        "{method} {}: the service accepted the request, but returned no URL to poll",
        target.path
    ))
    .with_hint("It may still be carried out: check the resource before you send the request again.")
}

fn url_in_header(client: &Client, headers: &HeaderMap, name: &str) -> Result<Option<Url>> {
    let Some(text) = header_text(headers, name) else { return Ok(None) };
    let url = client.endpoint().join(text).map_err(|e| {
        Error::invalid_response(format!("the service returned a {name} header that is not a valid URL: {e}"))
    })?;
    Ok(Some(url))
}
