//! A model of one token bucket of the service, built from its responses. It is pure: the caller passes the time.
//!
//! What remains is the count in the newest response, less the requests sent since. The refill rate is measured from the
//! counts of two responses at least a second apart, and from how many requests were answered in between. No size and no
//! rate is assumed: those that ARM documents (<https://aka.ms/arm-throttling>) are not those of every subscription, and
//! other clients may use the same bucket.

use std::time::{Duration, Instant};

/// Below this share of the highest count, requests are spaced.
const RESERVE: f64 = 0.05;
/// Above this share of the highest count, the bucket may be full, and says nothing about its rate.
const NEARLY_FULL: f64 = 0.9;
/// The shortest time to measure a rate over.
const MIN_SAMPLE_TIME: Duration = Duration::from_secs(1);
/// The refill rate while it is unknown, in requests per second.
const INITIAL_RATE: f64 = 4.0;
/// The lowest rate, even if the bucket does not seem to refill at all, in requests per second.
const MIN_RATE: f64 = 0.5;
/// The factor on a pace after each served request.
const SPEEDUP: f64 = 1.005;
/// The factor once [`MANY_SERVED`] requests were served: the limit is elsewhere.
const FAST_SPEEDUP: f64 = 1.05;
/// See [`FAST_SPEEDUP`].
const MANY_SERVED: u32 = 100;
/// The pace after a refusal, as a share of the rate that was served since the previous one.
const SLOWDOWN: f64 = 0.95;
/// From this pace on, in requests per second, there is no limit to follow.
const MAX_PACE: f64 = 100.0;
/// How long the first response, which says what remains, is waited for before more requests are sent.
const FIRST_RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);
/// How often a request that waits for the first response checks for it.
const FIRST_RESPONSE_POLL: Duration = Duration::from_millis(5);
/// The shortest and the longest time after which a waiting request tries again.
const MIN_WAIT: Duration = Duration::from_millis(2);
const MAX_WAIT: Duration = Duration::from_millis(500);

/// What a response says about the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The number of remaining requests, and the header with this number.
    Remaining { header: &'static str, remaining: u32 },
    /// The request was served; its response does not say what remains.
    Served,
    /// Nothing: there was no response, or a refusal.
    Unknown,
}

/// A token bucket of the service.
#[derive(Debug)]
pub(super) struct Bucket {
    /// The number of requests sent so far; the number of a request is its ticket.
    sent: u64,
    in_flight: u32,
    answered: u64,
    /// The newest ticket whose response said what remains.
    newest_ticket: u64,
    first_sent: Option<Instant>,
    /// What remains at `as_of`; None if no response said so.
    remaining: Option<f64>,
    as_of: Instant,
    highest: f64,
    /// The header that the counts come from.
    header: &'static str,
    refill_rate: Option<f64>,
    last_sample: Option<Sample>,
    paused_until: Option<Instant>,
    /// The pace for a limit that no header reports.
    pace: Option<Pace>,
}

/// A request rate derived from refusals.
///
/// The service accepts what it served between two refusals, over the time in between. A fixed step down would react to
/// refusals that have nothing to do with the rate, and end in a crawl.
#[derive(Debug, Clone, Copy)]
struct Pace {
    requests_per_second: f64,
    next_request: Instant,
    last_refusal: Instant,
    served_since_refusal: u32,
}

impl Pace {
    /// The pace after a refusal that pauses requests until `resume`, when `served` requests were served since `since`.
    ///
    /// None if they were so many that the refusal had nothing to do with their number. One request in each pause is never
    /// too much, because the service itself says when to come again.
    fn after_refusal(served: u64, since: Instant, now: Instant, resume: Instant) -> Option<Self> {
        let floor = 1.0 / (resume - now).as_secs_f64().max(0.001);
        let elapsed = now.saturating_duration_since(since).as_secs_f64().max(0.001);
        let served = f64::from(u32::try_from(served).unwrap_or(u32::MAX));
        let requests_per_second = (SLOWDOWN * served / elapsed).max(floor).max(MIN_RATE);
        (requests_per_second < MAX_PACE).then_some(Self {
            requests_per_second,
            next_request: resume,
            last_refusal: now,
            served_since_refusal: 0,
        })
    }

    /// The pace after a served request; None if there is no limit any more.
    fn after_success(self) -> Option<Self> {
        let served_since_refusal = self.served_since_refusal + 1;
        let factor = if served_since_refusal < MANY_SERVED { SPEEDUP } else { FAST_SPEEDUP };
        let requests_per_second = self.requests_per_second * factor;
        (requests_per_second < MAX_PACE).then_some(Self { requests_per_second, served_since_refusal, ..self })
    }
}

/// A point to measure the refill rate from.
#[derive(Debug, Clone, Copy)]
struct Sample {
    time: Instant,
    remaining: f64,
    answered: u64,
}

impl Bucket {
    /// A bucket with unknown limits.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            sent: 0,
            in_flight: 0,
            answered: 0,
            newest_ticket: 0,
            first_sent: None,
            remaining: None,
            as_of: now,
            highest: 0.0,
            header: "",
            refill_rate: None,
            last_sample: None,
            paused_until: None,
            pace: None,
        }
    }

    /// The ticket of a request that may be sent now, or how long to wait before the next try.
    pub(super) fn try_acquire(&mut self, now: Instant) -> Result<u64, Duration> {
        if let Some(until) = self.paused_until {
            if now < until {
                return Err(until - now);
            }
            self.paused_until = None;
        }
        if self.remaining.is_none() && self.answered == 0 && self.in_flight > 0 {
            let wait = self.first_sent.map_or(FIRST_RESPONSE_TIMEOUT, |first| {
                (first + FIRST_RESPONSE_TIMEOUT).saturating_duration_since(now)
            });
            if !wait.is_zero() {
                return Err(wait.min(FIRST_RESPONSE_POLL));
            }
        }
        if let Some(pace) = self.pace.filter(|pace| now < pace.next_request) {
            return Err((pace.next_request - now).clamp(MIN_WAIT, MAX_WAIT));
        }
        self.refill(now);
        let threshold = self.reserve() + 1.0;
        if let Some(remaining) = self.remaining.filter(|remaining| *remaining < threshold) {
            let rate = self.refill_rate.unwrap_or(INITIAL_RATE).max(MIN_RATE);
            let wait = Duration::from_secs_f64((threshold - remaining) / rate);
            return Err(wait.clamp(MIN_WAIT, MAX_WAIT));
        }
        if let Some(remaining) = &mut self.remaining {
            *remaining -= 1.0;
        }
        if let Some(pace) = &mut self.pace {
            pace.next_request = now + Duration::from_secs_f64(1.0 / pace.requests_per_second);
        }
        self.first_sent.get_or_insert(now);
        self.sent += 1;
        self.in_flight += 1;
        Ok(self.sent)
    }

    /// Records the end of the request with this ticket; every ticket must end here.
    pub(super) fn record(&mut self, ticket: u64, outcome: Outcome, now: Instant) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if outcome == Outcome::Unknown {
            return;
        }
        self.answered += 1;
        self.pace = self.pace.and_then(Pace::after_success);
        let Outcome::Remaining { header, remaining: count } = outcome else { return };
        let count = f64::from(count);
        if header != self.header {
            self.header = header;
            (self.highest, self.last_sample, self.refill_rate, self.newest_ticket) = (count, None, None, 0);
        }
        self.highest = self.highest.max(count);
        self.refill(now);
        // Requests in flight may be in the count already; assuming that they are not is the safe side.
        let remaining = count - f64::from(self.in_flight);
        if ticket > self.newest_ticket || self.remaining.is_none_or(|known| remaining < known) {
            self.remaining = Some(remaining);
            self.as_of = now;
        }
        if ticket > self.newest_ticket {
            self.newest_ticket = ticket;
            self.measure_refill_rate(count, now);
        }
    }

    /// Pauses the class, because the service refused a request.
    pub(super) fn pause(&mut self, pause: Duration, now: Instant) {
        let until = now + pause;
        let threshold = self.reserve() + 1.0;
        let is_expected =
            self.remaining.is_some_and(|remaining| remaining < threshold + f64::from(self.in_flight));
        if self.paused_until.is_none_or(|paused| paused < until) {
            // The first request after the pause may be sent; the next ones wait for its response.
            if self.remaining.is_some() {
                self.remaining = Some(threshold);
                self.as_of = until;
            }
            if !is_expected && self.paused_until.is_none() {
                let first = self.first_sent.unwrap_or(now);
                let (served, since) = self.pace.map_or((self.answered, first), |pace| {
                    (u64::from(pace.served_since_refusal), pace.last_refusal)
                });
                self.pace = Pace::after_refusal(served, since, now, until);
            }
            self.paused_until = Some(until);
        }
    }

    fn reserve(&self) -> f64 {
        (self.highest * RESERVE).floor()
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.as_of);
        if let Some(remaining) = self.remaining.filter(|_| !elapsed.is_zero()) {
            let refilled = remaining + elapsed.as_secs_f64() * self.refill_rate.unwrap_or(INITIAL_RATE);
            // More than the highest count is a guess, which the next response corrects.
            self.remaining = Some(refilled.min(self.highest.max(remaining)));
            self.as_of = now;
        }
    }

    /// Measures the refill rate: what was added since the last sample is what the count grew by and what was taken out.
    fn measure_refill_rate(&mut self, count: f64, now: Instant) {
        if count > self.highest * NEARLY_FULL {
            self.last_sample = None;
            return;
        }
        let sample = Sample { time: now, remaining: count, answered: self.answered };
        let Some(last) = self.last_sample else {
            self.last_sample = Some(sample);
            return;
        };
        let elapsed = now.saturating_duration_since(last.time);
        if elapsed < MIN_SAMPLE_TIME {
            return;
        }
        let taken = u32::try_from(self.answered - last.answered).unwrap_or(u32::MAX);
        let measured = ((count - last.remaining + f64::from(taken)) / elapsed.as_secs_f64()).max(0.0);
        self.refill_rate = Some(self.refill_rate.map_or(measured, |rate| f64::midpoint(rate, measured)));
        self.last_sample = Some(sample);
    }
}
