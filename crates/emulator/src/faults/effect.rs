//! What a fault does to a request and to its response.
//!
//! What it does to the connection (`reset`, `drip`, `truncate`) is up to the server; see [`Effect::reset`] and
//! [`Effect::delivery`].

use std::num::NonZeroU32;

use bytes::Bytes;
use http::header::HeaderName;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::emulator::Emulator;
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};
use crate::state::Operation;
use crate::{front_door, timestamps};

/// The origin of links to another host; no server listens on port 1.
const UNREACHABLE_ORIGIN: &str = "http://127.0.0.1:1";

/// An absurd `retry-after`: a year, in seconds.
const ABSURD_PAUSE: u64 = 365 * 24 * 3600;

/// The headers that say where to poll an operation.
const POLL_HEADERS: [&str; 2] = ["location", "azure-asyncoperation"];

/// Everything that a rule does; the default is nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The error, or other status, that is sent instead of the right response.
    pub error: Option<InjectedError>,
    /// The pause that the client is asked to make.
    pub retry_after: Option<RetryAfter>,
    /// When the connection is reset, if it is.
    pub reset: Option<ResetMoment>,
    /// How many bytes of the body are sent per second.
    pub drip: Option<NonZeroU32>,
    /// How the body is damaged.
    pub body: Option<BodyFault>,
    /// The content type that the response claims.
    pub content_type: Option<String>,
    /// Whether a write to API Center becomes a long-running operation.
    pub accept: bool,
    /// What is wrong with a 202.
    pub accepted: Option<AcceptedFault>,
    /// How the operation ends that the request starts or polls.
    pub operation: Option<OperationOutcome>,
    /// Where the `nextLink` of a list leads.
    pub next_link: Option<NextLinkFault>,
    /// By how many seconds the service's clock is ahead.
    pub skew: Option<i64>,
    /// Whether the token of the request expires.
    pub expire: bool,
}

/// An error, or any other status, that is sent instead of the right response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InjectedError {
    /// The HTTP status, 200 to 599.
    pub status: u16,
    /// The error's code; none for the usual one of the status.
    pub code: Option<String>,
    /// Whether the request is carried out before.
    pub after_work: bool,
}

/// How a response asks for a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// `retry-after` in seconds.
    Seconds(u64),
    /// `x-ms-retry-after-ms`.
    Milliseconds(u64),
    /// `retry-after` with the date of a second later.
    Date,
    /// `retry-after` of a year.
    Absurd,
}

/// When a connection is reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetMoment {
    /// Before the request is carried out.
    Before,
    /// After the request was carried out.
    After,
}

/// How a body is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyFault {
    /// Its second half is missing, and the connection ends.
    Truncated,
    /// It has trailing bytes that do not belong to it.
    Overlong,
    /// It is not JSON.
    Garbage,
}

/// What is wrong with a 202.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptedFault {
    /// It does not say where to poll.
    NoLocation,
    /// It says to poll another host; a redirect leads there, too.
    Elsewhere,
    /// It is a 200.
    Ok,
}

/// How an operation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperationOutcome {
    /// It never ends.
    Stuck,
    /// It fails.
    Failed,
}

/// A `nextLink` that is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextLinkFault {
    /// It leads to the same page.
    Loop,
    /// It leads to another host.
    Elsewhere,
}

/// How the body of a response is sent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// How many bytes are sent per second; none for no limit.
    pub bytes_per_second: Option<NonZeroU32>,
    /// Whether only the first half is sent.
    pub truncate: bool,
}

impl Effect {
    /// How the body is sent.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        Delivery { bytes_per_second: self.drip, truncate: self.body == Some(BodyFault::Truncated) }
    }

    /// The response that replaces carrying the request out, if it is not to be carried out.
    #[must_use]
    pub fn replacement(&self, emulator: &Emulator, request: &ParsedRequest) -> Option<Response> {
        if let Some(skew) = self.skew {
            let mut skewed = request.clone();
            skewed.now += Duration::seconds(skew);
            if emulator.is_sign_in(&skewed) {
                return Some(emulator.respond(&skewed));
            }
            if let Err(refusal) = front_door::authenticate(&skewed, emulator.options()) {
                return Some(refusal);
            }
        }
        self.error.as_ref().filter(|error| !error.after_work).map(InjectedError::to_response)
    }

    /// Does what has to happen before the request is carried out.
    pub fn prepare(&self, emulator: &Emulator, request: &ParsedRequest) {
        self.decide_operation(emulator, &request.path);
    }

    /// The response to send instead of the right one, or of [`Effect::replacement`].
    #[must_use]
    pub fn apply(&self, emulator: &Emulator, request: &ParsedRequest, response: Response) -> Response {
        let response = if self.accept { start_operation(emulator, request, response) } else { response };
        if let Some(location) = response.header("location") {
            self.decide_operation(emulator, location);
        }
        let mut response = match &self.error {
            Some(error) if error.after_work => error.replace(&response),
            _ => response,
        };
        if response.status() == StatusCode::ACCEPTED
            && let Some(accepted) = self.accepted
        {
            accepted.apply(&mut response);
        }
        if response.status().is_redirection() && self.accepted == Some(AcceptedFault::Elsewhere) {
            response = response.with_header("location", on_unreachable_host(&request.url()));
        }
        if let Some(next_link) = self.next_link {
            next_link.apply(request, &mut response);
        }
        match self.body.filter(|_| !response.body().is_empty()) {
            Some(BodyFault::Overlong) => {
                let overlong = [&response.body()[..], b"\n]} and more"].concat();
                *response.body_mut() = overlong.into();
            }
            Some(BodyFault::Garbage) => *response.body_mut() = Bytes::from_static(b"{\"value\": [}"),
            // The response stays complete here; the server sends half of it.
            Some(BodyFault::Truncated) | None => {}
        }
        if let Some(content_type) = &self.content_type {
            response = response.without_header("content-type").with_header("content-type", content_type);
        }
        let now = request.now + Duration::seconds(self.skew.unwrap_or_default());
        if self.skew.is_some() {
            response = response.with_header("date", timestamps::http_date(now));
        }
        match self.retry_after {
            None => response,
            Some(retry_after) => retry_after
                .add_to(response.without_header("retry-after").without_header("x-ms-retry-after-ms"), now),
        }
    }

    /// Decides how an operation ends, if the path or URL is that of one.
    fn decide_operation(&self, emulator: &Emulator, path: &str) {
        let Some(outcome) = self.operation else { return };
        let path = path.split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        emulator.with_state(|state| {
            let Some(operation) = state.operations.get_mut(name) else { return };
            match outcome {
                OperationOutcome::Stuck => operation.polls_left = u32::MAX,
                OperationOutcome::Failed => {
                    let text = "The emulator was told to let this operation fail.";
                    operation.failure = Some(json!({"code": "OperationFailed", "message": text}));
                }
            }
        });
    }
}

impl InjectedError {
    /// The error with the headers that Resource Manager adds to every response, and no others of the right one.
    fn replace(&self, response: &Response) -> Response {
        let mut error = self.to_response();
        for (name, value) in response.headers() {
            if name.as_str().starts_with("x-ms-") || name == "cache-control" {
                error.headers_mut().append(name, value.clone());
            }
        }
        error
    }

    fn to_response(&self) -> Response {
        let usual_code = || {
            let status = StatusCode::from_u16(self.status).ok();
            let reason = status.and_then(|status| status.canonical_reason()).unwrap_or("Unknown");
            reason.chars().filter(char::is_ascii_alphanumeric).collect()
        };
        let code: String = self.code.clone().unwrap_or_else(usual_code);
        let text = format!("The emulator was told to answer {} here.", self.status);
        response::error(self.status, &code, &text)
    }
}

impl RetryAfter {
    fn add_to(self, response: Response, now: OffsetDateTime) -> Response {
        match self {
            Self::Seconds(seconds) => response.with_header("retry-after", seconds.to_string()),
            Self::Milliseconds(milliseconds) => {
                response.with_header("x-ms-retry-after-ms", milliseconds.to_string())
            }
            Self::Date => response.with_header("retry-after", timestamps::http_date(now + Duration::SECOND)),
            Self::Absurd => response.with_header("retry-after", ABSURD_PAUSE.to_string()),
        }
    }
}

impl AcceptedFault {
    fn apply(self, response: &mut Response) {
        match self {
            Self::NoLocation => remove_all(response.headers_mut(), &POLL_HEADERS),
            Self::Elsewhere => {
                for name in POLL_HEADERS {
                    let url = response.header(name).map(on_unreachable_host);
                    if let Some(value) = url.and_then(|url| HeaderValue::try_from(url).ok()) {
                        response.headers_mut().insert(HeaderName::from_static(name), value);
                    }
                }
            }
            Self::Ok => {
                *response.status_mut() = StatusCode::OK;
                remove_all(response.headers_mut(), &POLL_HEADERS);
                remove_all(response.headers_mut(), &["retry-after", "x-ms-retry-after-ms"]);
            }
        }
    }
}

fn remove_all(headers: &mut HeaderMap, names: &[&str]) {
    for name in names {
        headers.remove(*name);
    }
}

impl NextLinkFault {
    /// Changes the `nextLink` of a list; any other response is left as it is.
    fn apply(self, request: &ParsedRequest, response: &mut Response) {
        let Some(mut body) =
            serde_json::from_slice::<Value>(response.body()).ok().filter(|b| b["value"].is_array())
        else {
            return;
        };
        let this_page = request.url();
        body["nextLink"] = Value::from(match self {
            Self::Loop => this_page,
            Self::Elsewhere => on_unreachable_host(body["nextLink"].as_str().unwrap_or(&this_page)),
        });
        *response.body_mut() = body.to_string().into();
    }
}

/// Turns the response to a write that was carried out into the 202 of a long-running operation.
fn start_operation(emulator: &Emulator, request: &ParsedRequest, mut response: Response) -> Response {
    let is_write = matches!(request.method.as_str(), "PUT" | "PATCH" | "DELETE");
    if !is_write || !response.status().is_success() {
        return response;
    }
    let name = Uuid::new_v4().simple().to_string();
    let path = format!("{}/operationResults/{name}", request.path);
    let (polls_left, pause) = (emulator.options().polls, emulator.options().poll_pause_ms);
    let version = request.query("api-version").unwrap_or_default();
    let location = format!("{}{path}?api-version={version}", request.origin);
    let operation = Operation { path, started: request.now, polls_left, failure: None };
    emulator.with_state(|state| state.operations.add(name, operation, request.now.unix_timestamp()));
    *response.status_mut() = StatusCode::ACCEPTED;
    *response.body_mut() = Bytes::new();
    response.with_header("location", location).with_header("x-ms-retry-after-ms", pause.to_string())
}

/// The URL with its path on a host that cannot be reached.
fn on_unreachable_host(url: &str) -> String {
    let start = url.find("://").map_or(0, |index| index + 3);
    let path = url[start..].find('/').map_or("/", |index| &url[start + index..]);
    format!("{UNREACHABLE_ORIGIN}{path}")
}
