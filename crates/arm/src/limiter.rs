//! Slows a client down before the service has to, and stops it where the service did.
//!
//! Azure Resource Manager counts requests by subscription and principal in three classes (reads, writes, deletes) and
//! says in each answer how many are left of its class, in headers that start with `x-ms-ratelimit-remaining-`; an
//! empty bucket answers 429 with `Retry-After` (<https://aka.ms/arm-throttling>). A [`Limiter`] has a [`Bucket`] for
//! each class of each subscription. Requests go as they come while there is enough; when little is left they are
//! spaced at the rate at which the service fills the bucket up; after a refusal all of the class wait.

mod bucket;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use bucket::{Bucket, Told};

use super::retry;
use crate::transport::Response;
use azr_core::error::Result;

/// What ARM counts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// GET and HEAD.
    Read,
    /// PUT, PATCH, and POST: an action costs a write.
    Write,
    /// DELETE.
    Delete,
}

impl Class {
    /// The class of a method.
    #[must_use]
    pub fn of(method: &str) -> Self {
        match method {
            "GET" | "HEAD" => Self::Read,
            "DELETE" => Self::Delete,
            _ => Self::Write,
        }
    }

    /// The headers that tell what is left of the class.
    ///
    /// The `global` ones are those of all regions together; the `resource` ones are reads that the provider answers
    /// from its cache, which ARM counts apart.
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

    /// What an answer tells of the class: the least of what its headers say.
    #[must_use]
    pub fn told(self, outcome: &Result<Response>) -> Told {
        let Ok(response) = outcome else { return Told::Nothing };
        if matches!(response.status, 429 | 503) {
            return Told::Nothing;
        }
        self.headers()
            .iter()
            .filter_map(|name| Some((response.header(name)?.trim().parse::<u32>().ok()?, *name)))
            .min()
            .map_or(Told::Served, |(left, name)| Told::Left(name, left))
    }
}

/// The limits of one client, for all that it has under way.
#[derive(Debug)]
pub struct Limiter {
    scopes: Mutex<Vec<Arc<Scope>>>,
    longest_pause: Duration,
}

/// One subscription, or what is in none.
#[derive(Debug)]
struct Scope {
    subscription: String,
    lanes: [Lane; 3],
}

#[derive(Debug)]
struct Lane {
    bucket: Mutex<Bucket>,
    /// Held by the one who waits at the head of the queue: they go in the order they came.
    turn: tokio::sync::Mutex<()>,
}

/// Leave to send one request; dropped without an answer, nothing is learned from it.
#[derive(Debug)]
pub struct Pass {
    scope: Arc<Scope>,
    class: Class,
    ticket: u64,
    told: Told,
    longest_pause: Duration,
}

impl Limiter {
    /// Limits that are not known yet; a refusal closes a class for no longer than `longest_pause`.
    #[must_use]
    pub fn new(longest_pause: Duration) -> Self {
        Self { scopes: Mutex::default(), longest_pause }
    }

    /// Waits until a request may go.
    pub async fn admit(&self, method: &str, path: &str) -> Pass {
        let scope = self.scope(path);
        let class = Class::of(method);
        let ticket = scope.lanes[class as usize].admit().await;
        Pass { scope, class, ticket, told: Told::Nothing, longest_pause: self.longest_pause }
    }

    fn scope(&self, path: &str) -> Arc<Scope> {
        let subscription = subscription_of(path);
        let mut scopes = lock(&self.scopes);
        if let Some(known) = scopes.iter().find(|s| s.subscription.eq_ignore_ascii_case(subscription)) {
            return known.clone();
        }
        let lane =
            || Lane { bucket: Mutex::new(Bucket::new(Instant::now())), turn: tokio::sync::Mutex::new(()) };
        let scope =
            Arc::new(Scope { subscription: subscription.to_owned(), lanes: [lane(), lane(), lane()] });
        scopes.push(scope.clone());
        scope
    }
}

impl Lane {
    async fn admit(&self) -> u64 {
        let _turn = match self.turn.try_lock() {
            Ok(turn) => {
                // Nobody waits: what may go, goes at once.
                if let Ok(ticket) = lock(&self.bucket).admit(Instant::now()) {
                    return ticket;
                }
                turn
            }
            Err(_) => self.turn.lock().await,
        };
        loop {
            let wait = match lock(&self.bucket).admit(Instant::now()) {
                Ok(ticket) => return ticket,
                Err(wait) => wait,
            };
            if wait > Duration::from_secs(1) {
                tracing::info!("the service asked for a pause: {wait:?}");
            }
            tokio::time::sleep(wait).await;
        }
    }
}

impl Pass {
    /// Holds up the whole class: the service refused the request, and a pause is due.
    pub fn hold(&self, pause: Duration) {
        lock(&self.lane().bucket).close(pause.min(self.longest_pause), Instant::now());
    }

    /// Learns from how the request ended; a refusal that names a pause holds up the whole class.
    pub fn ended(&mut self, outcome: &Result<Response>) {
        self.told = self.class.told(outcome);
        let refused = outcome.as_ref().ok().filter(|r| matches!(r.status, 429 | 503));
        if let Some(pause) = refused.and_then(retry::asked_pause) {
            self.hold(pause);
        }
    }

    fn lane(&self) -> &Lane {
        &self.scope.lanes[self.class as usize]
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        lock(&self.lane().bucket).ended(self.ticket, self.told, Instant::now());
    }
}

/// The subscription in a path; empty where it is in none.
fn subscription_of(path: &str) -> &str {
    let mut segments = path.trim_start_matches('/').splitn(3, '/');
    match (segments.next(), segments.next()) {
        (Some(first), Some(id)) if first.eq_ignore_ascii_case("subscriptions") => id,
        _ => "",
    }
}

/// A panic elsewhere leaves counts whole: each is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
