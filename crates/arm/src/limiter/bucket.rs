//! How much of one class of requests is left, as far as the service's answers tell; pure, the time is given to it.
//!
//! What is known is the count in the newest answer, less what was sent since. The rate at which the service fills the
//! bucket up again is measured from the counts of two answers at least a second apart, and from how many requests
//! were answered between them. No size and no rate is taken for granted: those that ARM documents
//! (<https://aka.ms/arm-throttling>) are not those of every subscription, and others may draw on the same bucket.

use std::time::{Duration, Instant};

/// The share of the most ever told that is left in the bucket: below it requests are spaced.
const RESERVE: f64 = 0.05;
/// The share of the most ever told above which the bucket may be full, so that nothing shows of its rate.
const NEARLY_FULL: f64 = 0.9;
/// The shortest time to measure a rate over.
const WINDOW: Duration = Duration::from_secs(1);
/// Requests a second while nothing is known of the rate.
const CAREFUL: f64 = 4.0;
/// Requests a second that are tried even where the bucket does not seem to fill up at all.
const LEAST: f64 = 0.5;
/// How much faster a pace gets with each request that was not refused, where only refusals tell of a limit: at first,
/// and once so many were served that the limit is somewhere else.
const FASTER: (f64, f64) = (1.005, 1.05);
/// How many must be served for that.
const SERVED_WELL: u32 = 100;
/// The pace after a refusal, as a share of what was served since the one before.
const SLOWER: f64 = 0.95;
/// The pace, in requests a second, from which on there is no limit to be seen.
const UNLIMITED: f64 = 100.0;
/// How long the first answer is waited for, which tells what is left.
const FIRST_ANSWER: Duration = Duration::from_secs(1);
/// How often one who waits for it looks whether it came.
const FIRST_LOOK: Duration = Duration::from_millis(5);
/// The shortest and the longest time after which one who waits looks again.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(500));

/// What an answer says of the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// So many are left by this header.
    Left(&'static str, u32),
    /// The request was served, and nothing is said of what is left.
    Served,
    /// Nothing is to be learned: there was no answer, or a refusal.
    Nothing,
}

/// A bucket of the service, as seen from here.
#[derive(Debug)]
pub struct Bucket {
    /// How many requests were sent; a request's number is its ticket.
    sent: u64,
    /// How many of them are under way.
    under_way: u32,
    answered: u64,
    /// The newest ticket whose answer told what is left.
    newest: u64,
    first_sent: Option<Instant>,
    /// What is left at `as_of`; None where no answer told.
    left: Option<f64>,
    as_of: Instant,
    /// The most ever told.
    most: f64,
    /// The header that told.
    header: &'static str,
    rate: Option<f64>,
    since: Option<Mark>,
    closed_until: Option<Instant>,
    /// The pace for a limit that no header tells of.
    pace: Option<Pace>,
}

/// A pace that is felt out from refusals.
///
/// What was served between two refusals, over the time it took, is what the service takes: the pace follows that. A
/// fixed step down would follow each refusal that has nothing to do with the pace, and end in a crawl.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Requests a second.
    speed: f64,
    /// When the next request may go.
    next: Instant,
    /// When the last refusal came.
    since: Instant,
    /// How many were served since then.
    served: u32,
}

impl Pace {
    /// The pace after a refusal that closes the class until `next`, when so many were served since `since`; None
    /// where they were so many that the refusal had nothing to do with how many there were.
    ///
    /// The service says itself when to come again, so that one request in that time is never too much.
    fn after_refusal(served: u64, since: Instant, now: Instant, next: Instant) -> Option<Self> {
        let floor = 1.0 / (next - now).as_secs_f64().max(0.001);
        let past = now.saturating_duration_since(since).as_secs_f64().max(0.001);
        let served = f64::from(u32::try_from(served).unwrap_or(u32::MAX));
        let speed = (SLOWER * served / past).max(floor).max(LEAST);
        (speed < UNLIMITED).then_some(Self { speed, next, since: now, served: 0 })
    }

    /// The pace after a request was served; None where there is no limit to be seen any more.
    fn after_success(self) -> Option<Self> {
        let served = self.served + 1;
        let factor = if served < SERVED_WELL { FASTER.0 } else { FASTER.1 };
        let speed = self.speed * factor;
        (speed < UNLIMITED).then_some(Self { speed, served, ..self })
    }
}

/// A moment to measure the rate from.
#[derive(Debug, Clone, Copy)]
struct Mark {
    at: Instant,
    left: f64,
    answered: u64,
}

impl Bucket {
    /// A bucket of which nothing is known.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            sent: 0,
            under_way: 0,
            answered: 0,
            newest: 0,
            first_sent: None,
            left: None,
            as_of: now,
            most: 0.0,
            header: "",
            rate: None,
            since: None,
            closed_until: None,
            pace: None,
        }
    }

    /// Lets a request go and gives its ticket, or says how long to wait before asking again.
    pub fn admit(&mut self, now: Instant) -> Result<u64, Duration> {
        if let Some(until) = self.closed_until {
            if now < until {
                return Err(until - now);
            }
            self.closed_until = None;
        }
        if self.left.is_none() && self.answered == 0 && self.under_way > 0 {
            let patience = self.first_sent.map_or(FIRST_ANSWER, |first| first + FIRST_ANSWER - now);
            if !patience.is_zero() {
                return Err(patience.min(FIRST_LOOK));
            }
        }
        if let Some(pace) = self.pace.filter(|pace| now < pace.next) {
            return Err((pace.next - now).clamp(LOOK_AGAIN.0, LOOK_AGAIN.1));
        }
        self.fill_up(now);
        let floor = self.reserve() + 1.0;
        if let Some(left) = self.left.filter(|left| *left < floor) {
            let wait = Duration::from_secs_f64((floor - left) / self.speed());
            return Err(wait.clamp(LOOK_AGAIN.0, LOOK_AGAIN.1));
        }
        if let Some(left) = &mut self.left {
            *left -= 1.0;
        }
        if let Some(pace) = &mut self.pace {
            pace.next = now + Duration::from_secs_f64(1.0 / pace.speed);
        }
        self.first_sent.get_or_insert(now);
        self.sent += 1;
        self.under_way += 1;
        Ok(self.sent)
    }

    /// Learns from the end of the request with this ticket; every request admitted must end here.
    pub fn ended(&mut self, ticket: u64, told: Told, now: Instant) {
        self.under_way = self.under_way.saturating_sub(1);
        if told == Told::Nothing {
            return;
        }
        self.answered += 1;
        self.pace = self.pace.and_then(Pace::after_success);
        let Told::Left(header, left) = told else { return };
        let told = f64::from(left);
        if header != self.header {
            self.header = header;
            (self.most, self.since, self.rate, self.newest) = (told, None, None, 0);
        }
        self.most = self.most.max(told);
        self.fill_up(now);
        // Those under way may be in the count already; to think that they are not errs on the safe side.
        let left = told - f64::from(self.under_way);
        if ticket > self.newest || self.left.is_none_or(|known| left < known) {
            self.left = Some(left);
            self.as_of = now;
        }
        if ticket > self.newest {
            self.newest = ticket;
            self.measure(told, now);
        }
    }

    /// Closes the class for this long: the service refused a request.
    pub fn close(&mut self, pause: Duration, now: Instant) {
        let until = now + pause;
        let foretold = self.left.is_some_and(|left| left < self.reserve() + 1.0 + f64::from(self.under_way));
        if self.closed_until.is_none_or(|closed| closed < until) {
            // The first to come afterwards may go; those that follow wait for what its answer says.
            if self.left.is_some() {
                self.left = Some(self.reserve() + 1.0);
                self.as_of = until;
            }
            if !foretold && self.closed_until.is_none() {
                let first = self.first_sent.unwrap_or(now);
                let (served, since) =
                    self.pace.map_or((self.answered, first), |pace| (u64::from(pace.served), pace.since));
                self.pace = Pace::after_refusal(served, since, now, until);
            }
            self.closed_until = Some(until);
        }
    }

    fn reserve(&self) -> f64 {
        (self.most * RESERVE).floor()
    }

    fn speed(&self) -> f64 {
        self.rate.unwrap_or(CAREFUL).max(LEAST)
    }

    fn fill_up(&mut self, now: Instant) {
        let past = now.saturating_duration_since(self.as_of);
        if let Some(left) = self.left.filter(|_| !past.is_zero()) {
            let filled = left + past.as_secs_f64() * self.rate.unwrap_or(CAREFUL);
            // More than the most ever told is hearsay: the next answer will tell.
            self.left = Some(filled.min(self.most.max(left)));
            self.as_of = now;
        }
    }

    /// Measures how fast the bucket fills up: what came in since the mark is what is more, and what went out.
    fn measure(&mut self, told: f64, now: Instant) {
        if told > self.most * NEARLY_FULL {
            self.since = None;
            return;
        }
        let mark = Mark { at: now, left: told, answered: self.answered };
        let Some(since) = self.since else {
            self.since = Some(mark);
            return;
        };
        let past = now.saturating_duration_since(since.at);
        if past < WINDOW {
            return;
        }
        let out = u32::try_from(self.answered - since.answered).unwrap_or(u32::MAX);
        let measured = ((told - since.left + f64::from(out)) / past.as_secs_f64()).max(0.0);
        self.rate = Some(self.rate.map_or(measured, |rate| f64::midpoint(rate, measured)));
        self.since = Some(mark);
    }
}
