use std::collections::VecDeque;

use super::*;
use crate::retry::MAX_DELAY;

const WRITES: &str = "x-ms-ratelimit-remaining-subscription-writes";

/// A service with a token bucket, and workers that send to it through a [`Bucket`], in virtual time.
struct Simulation {
    capacity: f64,
    refill: f64,
    workers: usize,
    latency: u64,
    jitter: u64,
    has_headers: bool,
}

#[derive(Debug)]
struct Run {
    seconds: f64,
    refused: u32,
    served: u32,
}

const ARM: Simulation =
    Simulation { capacity: 200.0, refill: 10.0, workers: 16, latency: 50, jitter: 20, has_headers: true };

enum Reply {
    Served(u32),
    Refused(Duration),
}

impl Simulation {
    /// The least time in seconds: the bucket is full at the start and empty at the end.
    fn minimum_seconds(&self, requests: u32) -> f64 {
        (f64::from(requests) - self.capacity) / self.refill
    }

    /// Simulates each millisecond: requests arrive at the service, responses return, and workers send.
    fn run(&self, requests: u32) -> Run {
        let start = Instant::now();
        let mut bucket = Bucket::new(start);
        let mut tokens = self.capacity;
        let mut waiting = requests;
        let mut next_try = 0;
        let mut sent: VecDeque<(u64, u64)> = VecDeque::new();
        let mut replies: Vec<(u64, u64, Reply)> = Vec::new();
        let mut run = Run { seconds: 0.0, refused: 0, served: 0 };
        let mut random: u64 = 7;
        for ms in 0..10_000_000_u64 {
            let now = start + Duration::from_millis(ms);
            tokens = (tokens + self.refill / 1000.0).min(self.capacity);
            while let Some(&(at, ticket)) = sent.front()
                && at <= ms
            {
                sent.pop_front();
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let returned = ms + self.latency / 2 + (random >> 33) % (self.jitter + 1);
                let reply = if tokens >= 1.0 {
                    tokens -= 1.0;
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a small count"
                    )]
                    Reply::Served(tokens as u32)
                } else {
                    Reply::Refused(Duration::from_secs_f64(((1.0 - tokens) / self.refill).ceil().max(1.0)))
                };
                replies.push((returned, ticket, reply));
            }
            replies.retain(|(at, ticket, reply)| {
                if *at > ms {
                    return true;
                }
                match reply {
                    Reply::Served(remaining) => {
                        run.served += 1;
                        let outcome =
                            if self.has_headers { remaining_writes(*remaining) } else { Outcome::Served };
                        bucket.record(*ticket, outcome, now);
                    }
                    Reply::Refused(pause) => {
                        run.refused += 1;
                        waiting += 1;
                        bucket.pause(*pause, now);
                        bucket.record(*ticket, Outcome::Unknown, now);
                    }
                }
                false
            });
            while waiting > 0 && ms >= next_try && sent.len() + replies.len() < self.workers {
                match bucket.try_acquire(now) {
                    Ok(ticket) => {
                        sent.push_back((ms + self.latency / 2, ticket));
                        waiting -= 1;
                    }
                    Err(wait) => next_try = ms + u64::try_from(wait.as_millis()).unwrap_or(1).max(1),
                }
            }
            if run.served == requests {
                run.seconds = Duration::from_millis(ms).as_secs_f64();
                return run;
            }
        }
        panic!("the run does not end: {run:?}");
    }

    /// Asserts that a run takes at most `factor` times the least time, with less than one refusal in a hundred requests.
    fn assert_near_minimum(&self, requests: u32, factor: f64) {
        let run = self.run(requests);
        let limit = self.minimum_seconds(requests) * factor;
        assert!(run.seconds <= limit, "{run:?} took longer than {limit} s");
        assert!(run.refused * 100 < requests, "{run:?}");
    }
}

#[test]
fn two_thousand_writes_take_as_long_as_the_bucket_of_arm_requires() {
    ARM.assert_near_minimum(2000, 1.05);
}

#[test]
fn other_latencies_and_bucket_sizes_work_as_well() {
    Simulation { latency: 4, jitter: 2, ..ARM }.assert_near_minimum(2000, 1.05);
    Simulation { latency: 400, jitter: 200, ..ARM }.assert_near_minimum(2000, 1.05);
    Simulation { capacity: 250.0, refill: 25.0, workers: 32, ..ARM }.assert_near_minimum(5000, 1.05);
    Simulation { capacity: 40.0, refill: 20.0, ..ARM }.assert_near_minimum(2000, 1.1);
    Simulation { capacity: 1200.0, refill: 1.0 / 3.0, ..ARM }.assert_near_minimum(1500, 1.3);
}

#[test]
fn a_limit_without_headers_is_derived_from_refusals() {
    let run = Simulation { has_headers: false, ..ARM }.run(1000);
    assert!(run.seconds < 1.5 * ARM.minimum_seconds(1000), "{run:?}");
    assert!(run.refused < 100, "{run:?}");
}

#[test]
fn unrelated_refusals_do_not_slow_requests_to_a_crawl() {
    let start = Instant::now();
    let mut bucket = Bucket::new(start);
    let mut now = start;
    let (mut served, mut sent) = (0, 0);
    while served < 2000 {
        match bucket.try_acquire(now) {
            Err(wait) => now += wait,
            Ok(ticket) => {
                sent += 1;
                now += Duration::from_millis(1);
                // One in ten is refused, although the other responses report a full bucket.
                if sent % 10 == 0 {
                    bucket.pause(Duration::from_millis(100), now);
                    bucket.record(ticket, Outcome::Unknown, now);
                } else {
                    served += 1;
                    bucket.record(ticket, remaining_writes(199), now);
                }
            }
        }
    }
    let seconds = (now - start).as_secs_f64();
    assert!(seconds < 300.0, "{seconds} s for {served} requests");
}

#[test]
fn without_limits_requests_wait_only_for_the_first_response() {
    let run = Simulation { capacity: 1e6, refill: 1e6, jitter: 0, ..ARM }.run(1600);
    assert!(run.seconds < 0.05 * 102.0 + 0.1, "{run:?}");
}

#[test]
fn one_refusal_pauses_the_whole_class() {
    let start = Instant::now();
    let mut bucket = Bucket::new(start);
    let ticket = bucket.try_acquire(start).expect("the first may be sent");
    bucket.record(ticket, remaining_writes(100), start);
    let ticket = bucket.try_acquire(start).expect("enough remain");
    bucket.pause(Duration::from_secs(7), start);
    bucket.record(ticket, Outcome::Unknown, start);
    assert_eq!(bucket.try_acquire(start), Err(Duration::from_secs(7)));
    let later = start + Duration::from_secs(7);
    assert!(bucket.try_acquire(later).is_ok());
    assert!(bucket.try_acquire(later).is_err(), "the others wait for the response to the first");
}

fn remaining_writes(remaining: u32) -> Outcome {
    Outcome::Remaining { header: WRITES, remaining }
}

fn outcome(status: u16, headers: &[(&'static str, &str)]) -> Result<Response> {
    Ok(crate::testing::response(status, headers, ""))
}

#[test]
fn the_lowest_header_of_the_class_counts() {
    let both = outcome(
        200,
        &[
            ("x-ms-ratelimit-remaining-subscription-global-writes", "2999"),
            (WRITES, "17"),
            ("x-ms-ratelimit-remaining-subscription-reads", "1"),
        ],
    );
    assert_eq!(RequestClass::of_method(&Method::POST).read_outcome(&both), remaining_writes(17));
    assert_eq!(RequestClass::of_method(&Method::DELETE).read_outcome(&both), Outcome::Served);
    assert_eq!(
        RequestClass::of_method(&Method::PUT).read_outcome(&outcome(429, &[(WRITES, "0")])),
        Outcome::Unknown
    );
    assert_eq!(
        RequestClass::of_method(&Method::PUT).read_outcome(&outcome(200, &[(WRITES, "many")])),
        Outcome::Served
    );
}

#[test]
fn subscriptions_have_separate_limits() {
    assert_eq!(subscription_in("/subscriptions/S1/resourceGroups/rg"), "S1");
    assert_eq!(subscription_in("/tenants"), "");
    let limiter = Limiter::new(MAX_DELAY);
    assert!(Arc::ptr_eq(&limiter.scope("/subscriptions/S1/x"), &limiter.scope("/Subscriptions/s1")));
    assert!(!Arc::ptr_eq(&limiter.scope("/subscriptions/s2"), &limiter.scope("/subscriptions/s1")));
}

#[tokio::test]
async fn a_dropped_permit_lets_others_continue() {
    let limiter = Limiter::new(MAX_DELAY);
    drop(limiter.acquire(&Method::GET, "/tenants").await);
    let mut permit = limiter.acquire(&Method::GET, "/tenants").await;
    permit.record(&outcome(200, &[("x-ms-ratelimit-remaining-tenant-reads", "9")]));
    permit.pause_class(Duration::from_millis(30));
    drop(permit);
    let start = Instant::now();
    drop(limiter.acquire(&Method::PUT, "/tenants").await);
    assert!(start.elapsed() < Duration::from_millis(30), "another class continues");
    drop(limiter.acquire(&Method::GET, "/tenants").await);
    assert!(start.elapsed() >= Duration::from_millis(25));
}
