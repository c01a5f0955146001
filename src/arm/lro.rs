//! Long-running operations: `Azure-AsyncOperation`, `Location` and `provisioningState`.
//!
//! ARM's rules: an accepted operation names a URL to ask at in `Azure-AsyncOperation` (a body with `status`) or in
//! `Location` (202 while it runs); a PUT without either may show its state in `properties.provisioningState`.

use std::time::Duration;

use serde_json::Value;
use url::Url;

use super::client::{Answer, Client, pause_after};
use super::plan::Target;
use super::service_error;
use crate::error::{Error, Result, ServiceError};

/// The pause between two polls where the service names none: it grows from the first to the last of these.
const PAUSES: [u64; 6] = [1, 1, 2, 3, 5, 10];
/// How often an operation is asked for its state before azr gives up (at the longest pause: about two days).
const MAX_POLLS: usize = 20_000;
/// The header that names where the operation's state is.
const ASYNC_OPERATION: &str = "azure-asyncoperation";
/// The header that names where the operation's result will be.
const LOCATION: &str = "location";

/// Waits for the operation that `first` started, and returns its result.
///
/// `ended_at` is where the resource itself is, to read a PUT's or PATCH's result from. `progress` is called with
/// the state after each poll.
pub async fn finish(
    client: &Client,
    method: &str,
    at: &Target,
    first: Answer,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    let writes_resource = matches!(method, "PUT" | "PATCH");
    let status_url = url_in(client, &first, ASYNC_OPERATION)?;
    let location = url_in(client, &first, LOCATION)?;
    if let Some(url) = status_url {
        let last = poll_url(client, ASYNC_OPERATION, url, &first, progress).await?;
        return if writes_resource {
            Ok(client.send("GET", at, None).await?.body)
        } else if let Some(location) = location {
            Ok(client.send_url("GET", location, &[], None).await?.body)
        } else {
            Ok(last.get("properties").cloned().unwrap_or(Value::Null))
        };
    }
    if let Some(url) = location.filter(|_| first.status == 202 || first.body.is_null()) {
        let last = poll_url(client, LOCATION, url, &first, progress).await?;
        return if writes_resource { Ok(client.send("GET", at, None).await?.body) } else { Ok(last) };
    }
    if writes_resource && state_of(&first.body).is_some_and(|s| !is_final(s)) {
        return poll_resource(client, at, first, progress).await;
    }
    Ok(first.body)
}

/// Asks at the URL until the operation has ended; answers may name the next URL in the same header.
///
/// An answer without a `status` counts as the result, but for a 202 at a `Location`.
async fn poll_url(
    client: &Client,
    header: &str,
    url: Url,
    first: &Answer,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    let mut url = url;
    let mut pause = pause_after(&first.raw, default_pause(0));
    for poll in 0..MAX_POLLS {
        tokio::time::sleep(pause).await;
        let answer = client.send_url("GET", url.clone(), &[], None).await?;
        let silent = if header == LOCATION && answer.status == 202 { "Running" } else { "Succeeded" };
        let status = answer.body.get("status").and_then(Value::as_str).unwrap_or(silent).to_owned();
        progress(&status);
        if is_final(&status) {
            return ended(&status, answer.body, url.path());
        }
        if let Some(next) = url_in(client, &answer, header)? {
            url = next;
        }
        pause = pause_after(&answer.raw, default_pause(poll));
    }
    Err(never_ends(url.path()))
}

async fn poll_resource(
    client: &Client,
    at: &Target,
    first: Answer,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    let mut answer = first;
    for poll in 0..MAX_POLLS {
        let state = state_of(&answer.body).unwrap_or("Succeeded").to_owned();
        progress(&state);
        if is_final(&state) {
            return ended(&state, answer.body, &at.path);
        }
        tokio::time::sleep(pause_after(&answer.raw, default_pause(poll))).await;
        answer = client.send("GET", at, None).await?;
    }
    Err(never_ends(&at.path))
}

/// The provisioning state of a resource.
#[must_use]
pub fn state_of(body: &Value) -> Option<&str> {
    body.get("properties")?.get("provisioningState")?.as_str()
}

/// Whether an operation in this state has ended.
#[must_use]
pub fn is_final(state: &str) -> bool {
    ["succeeded", "failed", "canceled", "cancelled"].iter().any(|s| s.eq_ignore_ascii_case(state))
}

fn ended(status: &str, body: Value, path: &str) -> Result<Value> {
    if status.eq_ignore_ascii_case("succeeded") {
        return Ok(body);
    }
    let (code, message) = service_error::read(&body).unwrap_or_default();
    Err(ServiceError {
        status: 400,
        code: if code.is_empty() { status.to_owned() } else { code },
        message: if message.is_empty() { format!("The operation ended as {status}.") } else { message },
        request_id: body.get("name").and_then(Value::as_str).map(str::to_owned),
        request: format!("the operation at {path}"),
    }
    .into())
}

fn never_ends(path: &str) -> Error {
    Error::Unexpected(format!("the operation at {path} did not end"))
}

fn default_pause(poll: usize) -> Duration {
    Duration::from_secs(PAUSES[poll.min(PAUSES.len() - 1)])
}

fn url_in(client: &Client, answer: &Answer, header: &str) -> Result<Option<Url>> {
    let Some(text) = answer.raw.header(header) else { return Ok(None) };
    let url = client
        .endpoint()
        .join(text)
        .map_err(|e| Error::Unexpected(format!("the service's {header} header is not a URL ({e})")))?;
    Ok(Some(url))
}
