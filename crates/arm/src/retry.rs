//! Which requests are retried, and after which delay.
//!
//! `--timeout` limits each response, not their sum. A request is sent at most [`MAX_ATTEMPTS`] times (with other limits
//! for throttling, connections and timeouts), at most [`MAX_DELAY`] lies between two attempts, and none starts after
//! [`Timeouts::retry_window`](crate::timeouts::Timeouts::retry_window). So a response that never completes ends after
//! three times `--timeout`, and no request takes longer than half an hour and one response.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, Method, StatusCode};

use crate::plan::Target;
use crate::service_error::parse_error_body;
use crate::transport::{Response, header_text};
use azr_core::error::{ErrorKind, NetworkFault, Result};

/// How often a request is sent at most.
pub const MAX_ATTEMPTS: u32 = 6;
/// How often a throttled request is sent at most: its turn comes.
pub const MAX_THROTTLED_ATTEMPTS: u32 = 20;
/// How often a connection is attempted at most: a server that is down hardly comes up while a user waits.
const MAX_CONNECT_ATTEMPTS: u32 = 3;
/// How often a request is sent at most whose response times out: the user waits for the whole timeout each time.
const MAX_TIMED_OUT_ATTEMPTS: u32 = 3;
/// The longest delay between two attempts, even if the service asks for more.
pub const MAX_DELAY: Duration = Duration::from_secs(120);
/// The delay after the first failure, unless the service asks for one; it doubles with each attempt.
const FIRST_DELAY: Duration = Duration::from_millis(300);

/// What to do after an attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum RetryDecision {
    /// Keep the outcome.
    Stop,
    /// Send the request again after this delay.
    RetryAfter(Duration),
}

/// Whether a request that was carried out may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// It may: it reads, or it replaces a resource.
    Idempotent,
    /// It would repeat an action.
    NotIdempotent,
}

impl Idempotency {
    /// The idempotency of a method: POST starts an action.
    pub(crate) fn of_method(method: &Method) -> Self {
        if method == Method::POST { Self::NotIdempotent } else { Self::Idempotent }
    }
}

/// When a request is sent again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RetryPolicy {
    idempotency: Idempotency,
    /// The limit of attempts of the request itself.
    max_attempts: Option<u32>,
    /// Whether 412 is transient: API Management returns it for writes without a condition while it is busy.
    is_precondition_transient: bool,
}

impl RetryPolicy {
    /// A request that reads.
    pub(crate) const IDEMPOTENT: Self =
        Self { idempotency: Idempotency::Idempotent, max_attempts: None, is_precondition_transient: false };

    pub(crate) fn of_method(method: &Method) -> Self {
        Self { idempotency: Idempotency::of_method(method), ..Self::IDEMPOTENT }
    }

    pub(crate) fn of_target(target: &Target, method: &Method) -> Self {
        let idempotency =
            if target.idempotent { Idempotency::Idempotent } else { Idempotency::of_method(method) };
        let is_conditional =
            target.headers.iter().any(|(name, value)| name.starts_with("if-") && value != "*");
        let is_write = matches!(*method, Method::PUT | Method::PATCH | Method::DELETE);
        let is_api_management = target.path.to_ascii_lowercase().contains("/microsoft.apimanagement/");
        Self {
            idempotency,
            max_attempts: target.max_attempts,
            is_precondition_transient: is_write && is_api_management && !is_conditional,
        }
    }

    /// Decides what to do after an attempt; see [`decide`].
    pub(crate) fn decide(self, outcome: &Result<Response>, attempt: u32) -> RetryDecision {
        if self.max_attempts.is_some_and(|max| attempt >= max) && !is_throttled(outcome) {
            return RetryDecision::Stop;
        }
        let is_precondition_failed =
            outcome.as_ref().is_ok_and(|response| response.status == StatusCode::PRECONDITION_FAILED);
        if is_precondition_failed
            && self.is_precondition_transient
            && self.idempotency == Idempotency::Idempotent
            && attempt < MAX_ATTEMPTS
        {
            return RetryDecision::RetryAfter(backoff(attempt));
        }
        decide(self.idempotency, outcome, attempt)
    }
}

/// Decides what to do after an attempt, the first of which is number 1.
///
/// 408, 429, 500, 502, 503, 504 and lost connections are retried, and API Management's `ManagementApiRequestFailed`. A request that is not idempotent is retried only if the
/// service did nothing: after 429, after 503 with a delay, and after a conflict with another operation in progress.
pub fn decide(idempotency: Idempotency, outcome: &Result<Response>, attempt: u32) -> RetryDecision {
    let max_attempts = if is_throttled(outcome) { MAX_THROTTLED_ATTEMPTS } else { MAX_ATTEMPTS };
    if attempt >= max_attempts {
        return RetryDecision::Stop;
    }
    let is_idempotent = idempotency == Idempotency::Idempotent;
    let (is_retryable, delay) = match outcome {
        Ok(response) => {
            let delay = requested_delay(&response.headers);
            let is_retryable = match response.status.as_u16() {
                429 => true,
                503 => is_idempotent || delay.is_some(),
                408 | 500 | 502 | 504 => is_idempotent,
                409 => {
                    is_transient_conflict(&response.body)
                        || (is_idempotent && is_gateway_failure(&response.body))
                }
                422 => is_idempotent && is_gateway_failure(&response.body),
                _ => false,
            };
            (is_retryable, delay)
        }
        Err(error) => {
            let is_retryable = match error.kind() {
                ErrorKind::Network(NetworkFault::NotSent) => attempt < MAX_CONNECT_ATTEMPTS,
                ErrorKind::Network(NetworkFault::ConnectionLost) => is_idempotent,
                ErrorKind::Network(NetworkFault::TimedOut) => {
                    is_idempotent && attempt < MAX_TIMED_OUT_ATTEMPTS
                }
                _ => false,
            };
            (is_retryable, None)
        }
    };
    if is_retryable {
        RetryDecision::RetryAfter(delay.unwrap_or_else(|| backoff(attempt)))
    } else {
        RetryDecision::Stop
    }
}

/// Whether the service throttled the request, which then holds for all requests of its class.
pub(crate) fn is_throttled(outcome: &Result<Response>) -> bool {
    let Ok(response) = outcome else { return false };
    response.status == StatusCode::TOO_MANY_REQUESTS
        || (response.status == StatusCode::SERVICE_UNAVAILABLE
            && requested_delay(&response.headers).is_some())
}

/// Whether a 409 says that another write was in progress, and that this one was not carried out.
fn is_transient_conflict(body: &[u8]) -> bool {
    const CODES: [&str; 4] = [
        "PessimisticConcurrencyConflict",
        "ManagementApiRequestConflict",
        "AnotherOperationInProgress",
        "RetryableError",
    ];
    let text = String::from_utf8_lossy(body);
    CODES.iter().any(|code| text.contains(code)) || is_operation_in_progress(body)
}

/// Whether API Management rejects a request because another operation on the same API is in progress.
fn is_operation_in_progress(body: &[u8]) -> bool {
    parse_error(body).is_some_and(|(code, message)| {
        code == "Conflict" && message.to_ascii_lowercase().contains("in progress")
    })
}

/// Whether the gateway of API Management could not reach its own management API.
fn is_gateway_failure(body: &[u8]) -> bool {
    parse_error(body).is_some_and(|(code, _)| code == "ManagementApiRequestFailed")
}

/// Code and message of an error body; longer ones than errors have are not parsed.
fn parse_error(body: &[u8]) -> Option<(String, String)> {
    const MAX_ERROR: usize = 64 << 10;
    let body = Some(body).filter(|body| body.len() <= MAX_ERROR)?;
    parse_error_body(&serde_json::from_slice(body).ok()?)
}

fn backoff(attempt: u32) -> Duration {
    let base = FIRST_DELAY.saturating_mul(1 << (attempt - 1).min(8)).min(MAX_DELAY);
    // Jitter of up to a quarter, so that runs that failed together do not retry together.
    let random = uuid::Uuid::new_v4().as_bytes()[0];
    base + base / 4 * u32::from(random) / 255
}

/// The delay that a response asks for: `x-ms-retry-after-ms`, `retry-after-ms`, `retry-after` in seconds or as a date.
///
/// None without such a header or with an invalid one. At most [`MAX_DELAY`]. A date is compared with the response's own
/// `Date` if it has one, because the clocks of the two machines may differ by hours.
pub(crate) fn requested_delay(headers: &HeaderMap) -> Option<Duration> {
    for name in ["x-ms-retry-after-ms", "retry-after-ms"] {
        if let Some(ms) = header_text(headers, name).and_then(|v| v.trim().parse::<u64>().ok()) {
            return Some(Duration::from_millis(ms).min(MAX_DELAY));
        }
    }
    let text = header_text(headers, "retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(MAX_DELAY));
    }
    let then = parse_http_date(text)?;
    let now = header_text(headers, "date").and_then(parse_http_date).unwrap_or_else(SystemTime::now);
    Some(then.duration_since(now).unwrap_or_default().min(MAX_DELAY))
}

/// The time in a header such as `Date`.
pub(crate) fn parse_http_date(text: &str) -> Option<SystemTime> {
    let time = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc2822).ok()?;
    Some(SystemTime::from(time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::response;
    use azr_core::error::Error;

    fn decide_first(idempotency: Idempotency, outcome: &Result<Response>) -> RetryDecision {
        decide(idempotency, outcome, 1)
    }

    fn is_retried(method: &Method, response: Response) -> bool {
        let decision = decide_first(Idempotency::of_method(method), &Ok(response));
        matches!(decision, RetryDecision::RetryAfter(_))
    }

    #[test]
    fn transient_failures_are_retried_and_permanent_ones_are_not() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(is_retried(&Method::GET, response(status, &[], "")), "{status}");
        }
        for status in [200, 400, 401, 403, 404, 409, 412, 501] {
            assert!(!is_retried(&Method::PUT, response(status, &[], "")), "{status}");
        }
        let conflict = r#"{"error":{"code":"PessimisticConcurrencyConflict"}}"#;
        assert!(is_retried(&Method::PUT, response(409, &[], conflict)));
    }

    #[test]
    fn transient_errors_of_api_management_are_retried() {
        let body = |code: &str, message: &str| {
            serde_json::json!({"error": {"code": code, "message": message}}).to_string()
        };
        let in_progress = || body("Conflict", "Operation on the API is in progress");
        let failed = || body("ManagementApiRequestFailed", "Failed to connect to management endpoint.");
        assert!(is_retried(&Method::PUT, response(409, &[], in_progress())));
        assert!(is_retried(&Method::POST, response(409, &[], in_progress())));
        for status in [409, 422] {
            assert!(is_retried(&Method::PUT, response(status, &[], failed())), "{status}");
            assert!(!is_retried(&Method::POST, response(status, &[], failed())), "{status}");
        }
        assert!(!is_retried(&Method::PUT, response(409, &[], body("Conflict", "The name is in use."))));
        assert!(!is_retried(&Method::PUT, response(422, &[], body("ValidationError", "in progress"))));
    }

    #[test]
    fn an_action_is_retried_only_if_nothing_was_done() {
        assert!(is_retried(&Method::POST, response(429, &[], "")));
        assert!(is_retried(&Method::POST, response(503, &[("retry-after", "1")], "")));
        assert!(!is_retried(&Method::POST, response(503, &[], "")));
        assert!(!is_retried(&Method::POST, response(500, &[], "")));
    }

    #[test]
    fn a_lost_request_is_sent_again_only_if_it_is_idempotent() {
        use Idempotency::{Idempotent, NotIdempotent};
        use NetworkFault::{ConnectionLost, NotSent, Permanent, TimedOut};
        for (idempotency, fault, attempt, retried) in [
            (NotIdempotent, ConnectionLost, 1, false),
            (Idempotent, ConnectionLost, 1, true),
            (NotIdempotent, NotSent, 1, true),
            (Idempotent, NotSent, MAX_CONNECT_ATTEMPTS, false),
            (Idempotent, Permanent, 1, false),
            (Idempotent, TimedOut, 1, true),
            (Idempotent, TimedOut, MAX_TIMED_OUT_ATTEMPTS, false),
            (NotIdempotent, TimedOut, 1, false),
        ] {
            let decision = decide(idempotency, &Err(Error::network("failed", fault)), attempt);
            assert_eq!(decision != RetryDecision::Stop, retried, "{idempotency:?} {fault:?} {attempt}");
        }
    }

    #[test]
    fn retries_end() {
        let stops = |status, attempt| {
            decide(Idempotency::Idempotent, &Ok(response(status, &[], "")), attempt) == RetryDecision::Stop
        };
        assert!(stops(500, MAX_ATTEMPTS) && stops(429, MAX_THROTTLED_ATTEMPTS));
    }

    #[test]
    fn a_request_with_an_alternative_has_fewer_attempts() {
        let target = Target::new("/x", "1").max_attempts(2);
        let policy = RetryPolicy::of_target(&target, &Method::GET);
        let stops =
            |status, attempt| policy.decide(&Ok(response(status, &[], "")), attempt) == RetryDecision::Stop;
        assert!(!stops(500, 1) && stops(500, 2) && !stops(429, 2));
    }

    #[test]
    fn a_failed_precondition_is_retried_if_there_was_none() {
        let is_retried = |path: &str, method: Method, headers: &[(&'static str, &str)]| {
            let target = headers
                .iter()
                .fold(Target::new(path, "1"), |target, (name, value)| target.header(name, *value));
            let policy = RetryPolicy::of_target(&target, &method);
            policy.decide(&Ok(response(412, &[], "")), 1) != RetryDecision::Stop
        };
        let api = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/m/apis/a";
        assert!(is_retried(api, Method::PUT, &[]) && is_retried(api, Method::DELETE, &[("if-match", "*")]));
        assert!(!is_retried(api, Method::PUT, &[("if-match", "\"1\"")]));
        assert!(!is_retried(api, Method::POST, &[]) && !is_retried(api, Method::GET, &[]));
        assert!(!is_retried("/subscriptions/s", Method::PUT, &[]));
    }

    #[test]
    fn the_requested_delay_is_limited() {
        let delay = |name, value| requested_delay(&response(429, &[(name, value)], "").headers);
        assert_eq!(delay("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(delay("retry-after-ms", "70"), Some(Duration::from_millis(70)));
        assert_eq!(delay("retry-after", "86400"), Some(MAX_DELAY));
        assert_eq!(delay("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        // Ten years, and more than any clock has.
        for long in ["315360000", "18446744073709551615", "Fri, 31 Dec 9999 23:59:59 GMT"] {
            assert_eq!(delay("retry-after", long), Some(MAX_DELAY), "{long}");
        }
        for invalid in ["soon", "", "-5", "NaN", "1e9", "99999999999999999999", "31 Dec 9999"] {
            assert_eq!(delay("retry-after", invalid), None, "{invalid}");
        }
    }

    #[test]
    fn a_date_is_compared_with_the_clock_of_the_service() {
        let headers =
            [("retry-after", "Wed, 21 Oct 2099 07:28:05 GMT"), ("date", "Wed, 21 Oct 2099 07:28:00 GMT")];
        let delay = |headers: &[(&'static str, &str)]| requested_delay(&response(503, headers, "").headers);
        assert_eq!(delay(&headers), Some(Duration::from_secs(5)));
        assert_eq!(delay(&headers[..1]), Some(MAX_DELAY));
    }
}
