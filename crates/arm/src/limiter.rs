//! Slows requests down before the service throttles them, and pauses them when it has.
//!
//! Azure Resource Manager counts requests per subscription and principal in three classes (reads, writes, deletes) and
//! returns how many requests of the class remain, in headers that start with `x-ms-ratelimit-remaining-`. An empty
//! token bucket responds 429 with `Retry-After` (<https://aka.ms/arm-throttling>). A [`Limiter`] has a [`Bucket`] for
//! each class of each subscription. Requests are sent at once while enough remain. When few remain, they are spaced at
//! the rate at which the service refills the bucket. After a 429 the whole class waits.

mod bucket;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::Method;

use bucket::{Bucket, Outcome};

use crate::retry::requested_delay;
use crate::transport::{Response, header_text};
use azr_core::error::Result;
use azr_core::throttling::RateLimitWait;

/// A class of requests with a token bucket of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RequestClass {
    /// GET and HEAD.
    Read,
    /// PUT, PATCH, and POST: an action counts as a write.
    Write,
    /// DELETE.
    Delete,
}

impl RequestClass {
    fn of_method(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD => Self::Read,
            Method::DELETE => Self::Delete,
            _ => Self::Write,
        }
    }

    /// The headers with the remaining requests of the class.
    ///
    /// The `global` ones count all regions together. The `resource` ones count reads that the resource provider serves
    /// from its cache, which ARM counts separately.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Read => &[
                "x-ms-ratelimit-remaining-subscription-reads",
                "x-ms-ratelimit-remaining-subscription-global-reads",
                "x-ms-ratelimit-remaining-subscription-resource-requests",
                "x-ms-ratelimit-remaining-subscription-resource-entities-read",
                "x-ms-ratelimit-remaining-tenant-reads",
                "x-ms-ratelimit-remaining-tenant-resource-requests",
                "x-ms-ratelimit-remaining-tenant-resource-entities-read",
            ],
            Self::Write => &[
                "x-ms-ratelimit-remaining-subscription-writes",
                "x-ms-ratelimit-remaining-subscription-global-writes",
                "x-ms-ratelimit-remaining-tenant-writes",
            ],
            Self::Delete => &[
                "x-ms-ratelimit-remaining-subscription-deletes",
                "x-ms-ratelimit-remaining-subscription-global-deletes",
                "x-ms-ratelimit-remaining-tenant-deletes",
            ],
        }
    }

    /// What a response says about the class: the lowest of its headers.
    fn read_outcome(self, outcome: &Result<Response>) -> Outcome {
        let Ok(response) = outcome else { return Outcome::Unknown };
        if is_refusal(response) {
            return Outcome::Unknown;
        }
        let remaining = |name| header_text(&response.headers, name)?.trim().parse::<u32>().ok();
        self.headers()
            .iter()
            .filter_map(|name| Some((remaining(name)?, *name)))
            .min()
            .map_or(Outcome::Served, |(remaining, header)| Outcome::Remaining { header, remaining })
    }
}

fn is_refusal(response: &Response) -> bool {
    matches!(response.status.as_u16(), 429 | 503)
}

/// The rate limits of one client, shared by all its requests.
#[derive(Debug)]
pub(crate) struct Limiter {
    scopes: Mutex<Vec<Arc<Scope>>>,
    max_pause: Duration,
}

/// A subscription, or everything outside of subscriptions.
#[derive(Debug)]
struct Scope {
    subscription: String,
    classes: [ClassLimiter; 3],
}

#[derive(Debug)]
struct ClassLimiter {
    bucket: Mutex<Bucket>,
    /// Locked by the request at the head of the queue, so that requests are sent in order.
    queue: tokio::sync::Mutex<()>,
}

/// Permission to send one request.
///
/// Without a call to [`Permit::record`] its request counts as unanswered.
#[derive(Debug)]
pub(crate) struct Permit {
    scope: Arc<Scope>,
    class: RequestClass,
    ticket: u64,
    outcome: Outcome,
    max_pause: Duration,
}

impl Limiter {
    /// A limiter that knows no limits yet; a refusal pauses a class for at most `max_pause`.
    pub(crate) fn new(max_pause: Duration) -> Self {
        Self { scopes: Mutex::default(), max_pause }
    }

    /// Waits until a request may be sent.
    pub(crate) async fn acquire(&self, method: &Method, path: &str) -> Permit {
        let scope = self.scope(path);
        let class = RequestClass::of_method(method);
        let ticket = scope.classes[class as usize].acquire().await;
        Permit { scope, class, ticket, outcome: Outcome::Unknown, max_pause: self.max_pause }
    }

    fn scope(&self, path: &str) -> Arc<Scope> {
        let subscription = subscription_in(path);
        let mut scopes = lock(&self.scopes);
        if let Some(known) = scopes.iter().find(|s| s.subscription.eq_ignore_ascii_case(subscription)) {
            return known.clone();
        }
        let class = || ClassLimiter {
            bucket: Mutex::new(Bucket::new(Instant::now())),
            queue: tokio::sync::Mutex::new(()),
        };
        let scope =
            Arc::new(Scope { subscription: subscription.to_owned(), classes: [class(), class(), class()] });
        scopes.push(scope.clone());
        scope
    }
}

impl ClassLimiter {
    async fn acquire(&self) -> u64 {
        let head = self.queue.try_lock();
        // If nobody waits, and no wait is necessary, this is all.
        if head.is_ok()
            && let Ok(ticket) = lock(&self.bucket).try_acquire(Instant::now())
        {
            return ticket;
        }
        let waiting = RateLimitWait::start();
        let _head = match head {
            Ok(head) => head,
            Err(_) => self.queue.lock().await,
        };
        loop {
            let wait = match lock(&self.bucket).try_acquire(Instant::now()) {
                Ok(ticket) => return ticket,
                Err(wait) => wait,
            };
            if wait > Duration::from_secs(1) {
                tracing::info!("the service throttles requests: waiting {wait:?}");
            }
            waiting.announce(wait);
            tokio::time::sleep(wait).await;
        }
    }
}

impl Permit {
    /// Pauses the whole class, because the service refused the request.
    pub(crate) fn pause_class(&self, pause: Duration) {
        lock(&self.class_limiter().bucket).pause(pause.min(self.max_pause), Instant::now());
    }

    /// Records how the request ended; a refusal with a delay pauses the whole class.
    pub(crate) fn record(&mut self, outcome: &Result<Response>) {
        self.outcome = self.class.read_outcome(outcome);
        let refusal = outcome.as_ref().ok().filter(|response| is_refusal(response));
        if let Some(pause) = refusal.and_then(|response| requested_delay(&response.headers)) {
            self.pause_class(pause);
        }
    }

    fn class_limiter(&self) -> &ClassLimiter {
        &self.scope.classes[self.class as usize]
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        lock(&self.class_limiter().bucket).record(self.ticket, self.outcome, Instant::now());
    }
}

/// The subscription in a path; empty without one.
fn subscription_in(path: &str) -> &str {
    let mut segments = path.trim_start_matches('/').splitn(3, '/');
    match (segments.next(), segments.next()) {
        (Some(first), Some(id)) if first.eq_ignore_ascii_case("subscriptions") => id,
        _ => "",
    }
}

/// Locks a mutex that a panic elsewhere cannot leave inconsistent.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
