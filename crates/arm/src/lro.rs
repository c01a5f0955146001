//! Long-running operations: `Azure-AsyncOperation`, `Location` and `provisioningState`.
//!
//! ARM's rules: an accepted operation names a URL to ask at in `Azure-AsyncOperation` (a body with `status`) or in
//! `Location` (202 while it runs); a PUT without either may show its state in `properties.provisioningState`.
//!
//! An operation that has not ended when [`Patience::operation`](super::patience::Patience::operation) is over is given
//! up, and goes on by itself.

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use serde_json::Value;
use url::Url;

use super::client::{Answer, Client};
use super::plan::Target;
use super::service_error;
use azr_core::error::{Error, Result, ServiceError};

/// The pause between two polls where the service names none: it grows from the first to the last of these.
const PAUSES: [u64; 7] = [1, 1, 1, 2, 3, 5, 10];
/// The least pause between two polls, even where the service asks for none.
const LEAST_PAUSE: Duration = Duration::from_millis(10);
/// The header that names where the operation's state is.
const ASYNC_OPERATION: &str = "azure-asyncoperation";
/// The header that names where the operation's result will be.
const LOCATION: &str = "location";

/// Waits for the operation that `first` started, and returns its result.
///
/// `at` is where the resource itself is, to read a PUT's or PATCH's result from. `progress` is called with
/// the state after each poll. Fails where the operation does, where it has not ended in time, and where a POST or a
/// DELETE was accepted without a word on where to ask.
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
    if first.status == 202 && !writes_resource {
        return Err(nowhere_to_ask(method, at));
    }
    if first.status == 202 && state_of(&first.body).is_none() {
        // What was accepted tells nothing; the resource tells how far it is.
        let mut clock = Clock::start(client, &at.path);
        clock.pause(&first, "accepted").await?;
        let read = client.send("GET", at, None).await?;
        return poll_resource(client, at, read, clock, progress).await;
    }
    if writes_resource && state_of(&first.body).is_some_and(|s| !is_final(s)) {
        let clock = Clock::start(client, &at.path);
        return poll_resource(client, at, first, clock, progress).await;
    }
    Ok(first.body)
}

/// The pauses between the polls of one operation, and its end.
struct Clock<'a> {
    client: &'a Client,
    /// Whose operation it is, for the error.
    path: String,
    started: Instant,
    polls: usize,
}

impl<'a> Clock<'a> {
    fn start(client: &'a Client, path: &str) -> Self {
        Self { client, path: path.to_owned(), started: Instant::now(), polls: 0 }
    }

    /// Waits until it is time to ask again after `answer`, which says `state`; fails where it has taken too long.
    async fn pause(&mut self, answer: &Answer, state: &str) -> Result<()> {
        let usual = Duration::from_secs(PAUSES[self.polls.min(PAUSES.len() - 1)]);
        let pause = self.client.pause_after(&answer.raw, usual).max(LEAST_PAUSE);
        let limit = self.client.patience().operation;
        let left = limit.saturating_sub(self.started.elapsed());
        if left.is_zero() {
            return Err(Error::timeout(format!(
                "the operation at {} has not ended within {} seconds; it says: {state}",
                self.path,
                limit.as_secs()
            ))
            .with_hint(
                "It may still go on: look at the resource before you begin again. AZR_OPERATION_TIMEOUT allows more seconds.",
            ));
        }
        self.polls += 1;
        // It is asked once more at the end, however long the pause was to be.
        tokio::time::sleep(pause.min(left)).await;
        Ok(())
    }
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
    let mut clock = Clock::start(client, url.path());
    clock.pause(first, "accepted").await?;
    loop {
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
        clock.pause(&answer, &status).await?;
    }
}

async fn poll_resource(
    client: &Client,
    at: &Target,
    first: Answer,
    mut clock: Clock<'_>,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<Value> {
    let mut answer = first;
    loop {
        let state = state_of(&answer.body).unwrap_or("Succeeded").to_owned();
        progress(&state);
        if is_final(&state) {
            return ended(&state, answer.body, &at.path);
        }
        clock.pause(&answer, &state).await?;
        answer = client.send("GET", at, None).await?;
    }
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
    Err(Error::failed_operation(ServiceError {
        status: 400,
        code: if code.is_empty() { status.to_owned() } else { code },
        message: if message.is_empty() { format!("The operation ended as {status}.") } else { message },
        request_id: body.get("name").and_then(Value::as_str).map(str::to_owned),
        request: format!("the operation at {path}"),
    }))
}

fn nowhere_to_ask(method: &str, at: &Target) -> Error {
    Error::invalid_response(format!(
        "{method} {}: the service accepted the request, but does not say where to ask how it ends",
        at.path
    ))
    .with_hint("It may still be carried out: look at the resource before you send it again.")
}

fn url_in(client: &Client, answer: &Answer, header: &str) -> Result<Option<Url>> {
    let Some(text) = answer.raw.header(header) else { return Ok(None) };
    let url = client
        .endpoint()
        .join(text)
        .map_err(|e| Error::invalid_response(format!("the service's {header} header is not a URL ({e})")))?;
    Ok(Some(url))
}
