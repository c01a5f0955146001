//! What a fault does to a request and to its answer.
//!
//! What it does to the connection (`reset`, `drip`, `truncate`) is up to the server; see [`Effect::reset`] and
//! [`Effect::delivery`].

use std::num::NonZeroU32;

use axum::http::StatusCode;
use bytes::Bytes;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::http::{Answer, Call};
use crate::world::Operation;
use crate::{Emulator, gate, stamp};

/// The host of links that lead elsewhere: nobody listens on port 1.
const ELSEWHERE: &str = "http://127.0.0.1:1";

/// An absurd pause: a year, in seconds.
const ABSURD_PAUSE: u64 = 365 * 24 * 3600;

/// Everything that a rule does; the default is nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Another answer than the right one.
    pub refusal: Option<Refusal>,
    /// The pause that the client is asked to make.
    pub pause: Option<Pause>,
    /// The connection is reset instead of an answer.
    pub reset: Option<Moment>,
    /// How many bytes of the body are sent in a second.
    pub drip: Option<NonZeroU32>,
    /// What becomes of the body.
    pub body: Option<Spoilt>,
    /// What the body is said to be.
    pub content_type: Option<String>,
    /// Whether a write of API Center becomes an operation: a 202 that says where to ask.
    pub accept: bool,
    /// What becomes of a 202.
    pub accepted: Option<Accepted>,
    /// How the operation ends that the request began, or asks about.
    pub operation: Option<End>,
    /// Where the `nextLink` of a list leads.
    pub next: Option<Next>,
    /// By how many seconds the service's clock is ahead.
    pub skew: Option<i64>,
    /// Whether the token of the request expires.
    pub expire: bool,
}

/// An error, or any other status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status, 200 to 599.
    pub status: u16,
    /// The error's code; none for the usual one of the status.
    pub code: Option<String>,
    /// Whether the request is carried out all the same.
    pub carried_out: bool,
}

/// A pause, as a header tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
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
pub enum Moment {
    /// Nothing was done.
    Before,
    /// Everything was done.
    After,
}

/// A body that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoilt {
    /// Its second half is missing, and the connection ends.
    Truncated,
    /// Something follows that does not belong to it.
    Overlong,
    /// It is not JSON.
    Garbage,
}

/// A 202 that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It does not say where to ask.
    NoLocation,
    /// It says to ask another host; so does a redirect.
    Elsewhere,
    /// It is a 200.
    Ok,
}

/// How an operation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It goes on for ever.
    Never,
    /// It fails.
    Failed,
}

/// A `nextLink` that leads astray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// To the same page.
    Itself,
    /// To another host.
    Elsewhere,
}

/// How the body of an answer is sent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// How many bytes a second; none for all at once.
    pub rate: Option<NonZeroU32>,
    /// Whether only half of it is sent.
    pub cut: bool,
}

impl Effect {
    /// How the body is sent.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        Delivery { rate: self.drip, cut: self.body == Some(Spoilt::Truncated) }
    }

    /// The answer in place of carrying the request out, if that is not to be done.
    #[must_use]
    pub fn instead(&self, emulator: &Emulator, call: &Call) -> Option<Answer> {
        if let Some(skew) = self.skew {
            let mut then = call.clone();
            then.now += Duration::seconds(skew);
            if emulator.is_login(&then) {
                return Some(emulator.respond(&then));
            }
            if let Err(refused) = gate::authenticate(&then, emulator.options()) {
                return Some(refused);
            }
        }
        self.refusal.as_ref().filter(|refusal| !refusal.carried_out).map(Refusal::answer)
    }

    /// What is done before the request is carried out.
    pub fn prepare(&self, emulator: &Emulator, call: &Call) {
        self.settle(emulator, &call.path);
    }

    /// The answer that goes out in place of the right one, or of the one from [`Effect::instead`].
    #[must_use]
    pub fn spoil(&self, emulator: &Emulator, call: &Call, answer: Answer) -> Answer {
        let answer = if self.accept { begin(emulator, call, answer) } else { answer };
        if let Some(location) = answer.header("location") {
            self.settle(emulator, location);
        }
        let mut answer = match &self.refusal {
            Some(refusal) if refusal.carried_out => refusal.hide(&answer),
            _ => answer,
        };
        if answer.status == 202
            && let Some(accepted) = self.accepted
        {
            accepted.apply(&mut answer);
        }
        if (300..400).contains(&answer.status) && self.accepted == Some(Accepted::Elsewhere) {
            answer = answer.with("location", elsewhere(&call.url()));
        }
        if let Some(next) = self.next {
            next.apply(call, &mut answer);
        }
        match self.body.filter(|_| !answer.body.is_empty()) {
            Some(Spoilt::Overlong) => answer.body = [&answer.body[..], b"\n]} and more"].concat().into(),
            Some(Spoilt::Garbage) => answer.body = "{\"value\": [}".into(),
            // The answer is whole; the server sends half of it.
            Some(Spoilt::Truncated) | None => {}
        }
        if let Some(content_type) = &self.content_type {
            answer = answer.without("content-type").with("content-type", content_type.clone());
        }
        let now = call.now + Duration::seconds(self.skew.unwrap_or_default());
        if self.skew.is_some() {
            answer = answer.with("date", stamp::http_date(now));
        }
        match self.pause {
            None => answer,
            Some(pause) => pause.tell(answer.without("retry-after").without("x-ms-retry-after-ms"), now),
        }
    }

    /// Decides how an operation ends, if there is one of this path or URL.
    fn settle(&self, emulator: &Emulator, path: &str) {
        let Some(end) = self.operation else { return };
        let path = path.split('?').next().unwrap_or_default();
        let name = path.rsplit('/').next().unwrap_or_default();
        emulator.with_world(|world| {
            let Some(operation) = world.operations.get_mut(name) else { return };
            match end {
                End::Never => operation.polls_left = u32::MAX,
                End::Failed => {
                    let text = "The emulator was told to let this operation fail.";
                    operation.failure = Some(json!({"code": "OperationFailed", "message": text}));
                }
            }
        });
    }
}

impl Refusal {
    /// The refusal with what Resource Manager adds to every answer, but nothing else of the one that it hides.
    fn hide(&self, answer: &Answer) -> Answer {
        let mut refusal = self.answer();
        let added =
            answer.headers.iter().filter(|(name, _)| name.starts_with("x-ms-") || name == "cache-control");
        refusal.headers.extend(added.cloned());
        refusal
    }

    fn answer(&self) -> Answer {
        let usual = || {
            let status = StatusCode::from_u16(self.status).ok();
            let reason = status.and_then(|status| status.canonical_reason()).unwrap_or("Unknown");
            reason.chars().filter(char::is_ascii_alphanumeric).collect()
        };
        let code: String = self.code.clone().unwrap_or_else(usual);
        Answer::error(self.status, &code, &format!("The emulator was told to answer {} here.", self.status))
    }
}

impl Pause {
    fn tell(self, answer: Answer, now: OffsetDateTime) -> Answer {
        match self {
            Self::Seconds(seconds) => answer.with("retry-after", seconds.to_string()),
            Self::Milliseconds(milliseconds) => answer.with("x-ms-retry-after-ms", milliseconds.to_string()),
            Self::Date => answer.with("retry-after", stamp::http_date(now + Duration::SECOND)),
            Self::Absurd => answer.with("retry-after", ABSURD_PAUSE.to_string()),
        }
    }
}

impl Accepted {
    fn apply(self, answer: &mut Answer) {
        let is_address =
            |name: &str| ["location", "azure-asyncoperation"].iter().any(|a| a.eq_ignore_ascii_case(name));
        match self {
            Self::NoLocation => answer.headers.retain(|(name, _)| !is_address(name)),
            Self::Elsewhere => {
                for (_, url) in answer.headers.iter_mut().filter(|(name, _)| is_address(name)) {
                    *url = elsewhere(url);
                }
            }
            Self::Ok => {
                answer.status = 200;
                answer.headers.retain(|(name, _)| {
                    !is_address(name) && !["retry-after", "x-ms-retry-after-ms"].contains(&name.as_str())
                });
            }
        }
    }
}

impl Next {
    /// Leads a list astray; what is no list stays as it is.
    fn apply(self, call: &Call, answer: &mut Answer) {
        let Some(mut body) =
            serde_json::from_slice::<Value>(&answer.body).ok().filter(|b| b["value"].is_array())
        else {
            return;
        };
        let itself = call.url();
        body["nextLink"] = Value::from(match self {
            Self::Itself => itself,
            Self::Elsewhere => elsewhere(body["nextLink"].as_str().unwrap_or(&itself)),
        });
        answer.body = body.to_string().into();
    }
}

/// The answer to a write that was carried out, as that of an operation of which it was not known at once.
fn begin(emulator: &Emulator, call: &Call, mut answer: Answer) -> Answer {
    let writes = matches!(call.method.as_str(), "PUT" | "PATCH" | "DELETE");
    if !writes || !(200..300).contains(&answer.status) {
        return answer;
    }
    let name = Uuid::new_v4().simple().to_string();
    let path = format!("{}/operationResults/{name}", call.path);
    let (polls_left, pause) = (emulator.options().polls, emulator.options().poll_pause_ms);
    let version = call.query("api-version").unwrap_or_default();
    let location = format!("{}{path}?api-version={version}", call.base);
    let operation = Operation { path, started: call.now, polls_left, failure: None };
    emulator.with_world(|world| world.operations.add(name, operation, call.now.unix_timestamp()));
    answer.status = 202;
    answer.body = Bytes::new();
    answer.with("location", location).with("x-ms-retry-after-ms", pause.to_string())
}

/// The same URL on another host.
fn elsewhere(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let path = url[start..].find('/').map_or("/", |at| &url[start + at..]);
    format!("{ELSEWHERE}{path}")
}
