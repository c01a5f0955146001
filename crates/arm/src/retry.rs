//! When a request is sent again, and after which pause.
//!
//! What bounds a request in all: `--timeout` bounds each answer, not their sum. A request is sent [`MAX_ATTEMPTS`] times
//! at the most ([`MAX_THROTTLED`], [`MAX_CONNECTS`] and [`MAX_LATE`] have their reasons), with no more than
//! [`MAX_PAUSE`] between two attempts, and none begins when
//! [`Patience::retrying`](super::patience::Patience::retrying) is over since the first. So what drips for ever ends
//! after three times `--timeout`, and nothing takes longer than half an hour and one answer.

use std::time::{Duration, SystemTime};

use crate::transport::Response;
use azr_core::error::{ErrorKind, NetworkFault, Result};

/// How often a request is sent in all.
pub const MAX_ATTEMPTS: u32 = 6;
/// How often a request is sent in all that the service turns away because there are too many: its turn comes.
pub const MAX_THROTTLED: u32 = 20;
/// How often a connection is tried in all: what is not there will hardly come while somebody waits.
pub const MAX_CONNECTS: u32 = 3;
/// How often a request is sent in all whose answer does not come in time: somebody has waited for it each time.
pub const MAX_LATE: u32 = 3;
/// The longest pause between two attempts, even where the service asks for more.
pub const MAX_PAUSE: Duration = Duration::from_secs(120);
/// The pause after the first failure where the service names none; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(300);

/// What to do with the outcome of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Take it as it is.
    Done,
    /// Send the request again after this pause.
    Again(Duration),
}

/// What it would do to send a request again that was carried out already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// Nothing: it reads, or it replaces what is there.
    Nothing,
    /// The action, a second time.
    TheAction,
}

/// Judges the `attempt`-th outcome (the first is 1) of a request.
///
/// 408, 429, 500, 502, 503 and 504 and lost connections are tried again. What would repeat an action is tried again
/// only where the service said that it did nothing: 429, 503 with a pause named, and ARM's own conflict of two writers.
pub fn judge(repeats: Repeats, outcome: &Result<Response>, attempt: u32) -> Verdict {
    let most = if is_throttled(outcome) { MAX_THROTTLED } else { MAX_ATTEMPTS };
    if attempt >= most {
        return Verdict::Done;
    }
    let idempotent = repeats == Repeats::Nothing;
    match outcome {
        Ok(response) => {
            let asked = asked_pause(response);
            let again = match response.status {
                429 => true,
                503 => idempotent || asked.is_some(),
                408 | 500 | 502 | 504 => idempotent,
                409 => conflict_that_passes(&response.body),
                _ => false,
            };
            if again { Verdict::Again(asked.unwrap_or_else(|| backoff(attempt))) } else { Verdict::Done }
        }
        Err(error) => {
            let again = match error.kind() {
                ErrorKind::Network(NetworkFault::NotSent) => attempt < MAX_CONNECTS,
                ErrorKind::Network(NetworkFault::ConnectionLost) => idempotent,
                ErrorKind::Network(NetworkFault::TimedOut) => idempotent && attempt < MAX_LATE,
                _ => false,
            };
            if again { Verdict::Again(backoff(attempt)) } else { Verdict::Done }
        }
    }
}

/// Whether the service refused the request because there were too many: what goes for one goes for the others.
#[must_use]
pub fn is_throttled(outcome: &Result<Response>) -> bool {
    let Ok(response) = outcome else { return false };
    response.status == 429 || (response.status == 503 && asked_pause(response).is_some())
}

/// Codes of a 409 that say that another write was under way, and this one was not done.
fn conflict_that_passes(body: &[u8]) -> bool {
    const CODES: [&str; 4] = [
        "PessimisticConcurrencyConflict",
        "ManagementApiRequestConflict",
        "AnotherOperationInProgress",
        "RetryableError",
    ];
    let text = String::from_utf8_lossy(body);
    CODES.iter().any(|code| text.contains(code))
}

fn backoff(attempt: u32) -> Duration {
    let base = FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(8)).min(MAX_PAUSE);
    // Jitter of up to a quarter, so that runs that failed together do not come back together.
    let dice = uuid::Uuid::new_v4().as_bytes()[0];
    base + base / 4 * u32::from(dice) / 255
}

/// The pause that an answer asks for: `x-ms-retry-after-ms`, `retry-after-ms`, `retry-after` in seconds or as a date.
///
/// None where it asks for none, or for something that is no pause. Never more than [`MAX_PAUSE`]. A date counts from
/// the answer's own `Date`, where it has one: the clocks here and there may differ by hours.
#[must_use]
pub fn asked_pause(response: &Response) -> Option<Duration> {
    for name in ["x-ms-retry-after-ms", "retry-after-ms"] {
        if let Some(ms) = response.header(name).and_then(|v| v.trim().parse::<u64>().ok()) {
            return Some(Duration::from_millis(ms).min(MAX_PAUSE));
        }
    }
    let text = response.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(MAX_PAUSE));
    }
    let at = date(text)?;
    let now = response.header("date").and_then(date).unwrap_or_else(SystemTime::now);
    Some(at.duration_since(now).unwrap_or_default().min(MAX_PAUSE))
}

/// The time that a header such as `Date` names.
#[must_use]
pub fn date(text: &str) -> Option<SystemTime> {
    let at = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc2822).ok()?;
    Some(SystemTime::from(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::error::Error;

    fn answer(status: u16, headers: &[(&str, &str)], body: &'static str) -> Response {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Response { status, headers, body: body.into() }
    }

    fn repeats(method: &str) -> Repeats {
        if method == "POST" { Repeats::TheAction } else { Repeats::Nothing }
    }

    fn again(method: &str, response: Response) -> bool {
        matches!(judge(repeats(method), &Ok(response), 1), Verdict::Again(_))
    }

    #[test]
    fn what_passes_is_tried_again_and_what_does_not_is_not() {
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(again("GET", answer(status, &[], "")), "{status}");
        }
        for status in [200, 400, 401, 403, 404, 409, 412, 501] {
            assert!(!again("PUT", answer(status, &[], "")), "{status}");
        }
        assert!(again("PUT", answer(409, &[], r#"{"error":{"code":"PessimisticConcurrencyConflict"}}"#)));
    }

    #[test]
    fn an_action_is_tried_again_only_where_nothing_was_done() {
        assert!(again("POST", answer(429, &[], "")));
        assert!(again("POST", answer(503, &[("retry-after", "1")], "")));
        assert!(!again("POST", answer(503, &[], "")));
        assert!(!again("POST", answer(500, &[], "")));
    }

    fn network(fault: NetworkFault) -> Result<Response> {
        Err(Error::network("connection reset", fault))
    }

    #[test]
    fn a_lost_request_is_sent_again_only_where_that_repeats_nothing() {
        assert_eq!(judge(Repeats::TheAction, &network(NetworkFault::ConnectionLost), 1), Verdict::Done);
        assert!(matches!(
            judge(Repeats::Nothing, &network(NetworkFault::ConnectionLost), 1),
            Verdict::Again(_)
        ));
        assert!(matches!(judge(Repeats::TheAction, &network(NetworkFault::NotSent), 1), Verdict::Again(_)));
        assert_eq!(judge(Repeats::Nothing, &network(NetworkFault::NotSent), MAX_CONNECTS), Verdict::Done);
        assert_eq!(judge(Repeats::Nothing, &network(NetworkFault::Permanent), 1), Verdict::Done);
        assert!(matches!(judge(Repeats::Nothing, &network(NetworkFault::TimedOut), 1), Verdict::Again(_)));
        assert_eq!(judge(Repeats::Nothing, &network(NetworkFault::TimedOut), MAX_LATE), Verdict::Done);
        assert_eq!(judge(Repeats::TheAction, &network(NetworkFault::TimedOut), 1), Verdict::Done);
    }

    #[test]
    fn it_ends() {
        assert_eq!(judge(Repeats::Nothing, &Ok(answer(500, &[], "")), MAX_ATTEMPTS), Verdict::Done);
        assert_eq!(judge(Repeats::Nothing, &Ok(answer(429, &[], "")), MAX_THROTTLED), Verdict::Done);
    }

    #[test]
    fn the_named_pause_is_kept_within_reason() {
        let pause = |name, value| asked_pause(&answer(429, &[(name, value)], ""));
        assert_eq!(pause("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(pause("retry-after-ms", "70"), Some(Duration::from_millis(70)));
        assert_eq!(pause("retry-after", "86400"), Some(MAX_PAUSE));
        assert_eq!(pause("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(pause("retry-after", "soon"), None);
    }

    #[test]
    fn a_date_counts_from_the_clock_that_tells_it() {
        let headers =
            [("retry-after", "Wed, 21 Oct 2099 07:28:05 GMT"), ("date", "Wed, 21 Oct 2099 07:28:00 GMT")];
        assert_eq!(asked_pause(&answer(503, &headers, "")), Some(Duration::from_secs(5)));
        assert_eq!(asked_pause(&answer(503, &headers[..1], "")), Some(MAX_PAUSE));
    }
}
