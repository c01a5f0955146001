use std::collections::VecDeque;

use super::*;

const WRITES: &str = "x-ms-ratelimit-remaining-subscription-writes";

/// A service with a token bucket, and workers that send to it through a [`Bucket`], in virtual time.
struct Simulation {
    capacity: f64,
    refill: f64,
    workers: usize,
    latency: u64,
    jitter: u64,
    headers: bool,
}

#[derive(Debug)]
struct Run {
    seconds: f64,
    refused: u32,
    served: u32,
}

const ARM: Simulation =
    Simulation { capacity: 200.0, refill: 10.0, workers: 16, latency: 50, jitter: 20, headers: true };

enum Answer {
    Served(u32),
    Refused(Duration),
}

impl Simulation {
    /// What it takes at least: the bucket is full at the start, and empty at the end.
    fn theory(&self, requests: u32) -> f64 {
        (f64::from(requests) - self.capacity) / self.refill
    }

    /// Millisecond after millisecond: what arrives is counted, what comes back is learned from, what may go goes.
    fn run(&self, requests: u32) -> Run {
        let start = Instant::now();
        let mut bucket = Bucket::new(start);
        let mut level = self.capacity;
        let mut waiting = requests;
        let mut look_at = 0;
        let mut sent: VecDeque<(u64, u64)> = VecDeque::new();
        let mut coming: Vec<(u64, u64, Answer)> = Vec::new();
        let mut run = Run { seconds: 0.0, refused: 0, served: 0 };
        let mut dice: u64 = 7;
        for ms in 0..10_000_000_u64 {
            let now = start + Duration::from_millis(ms);
            level = (level + self.refill / 1000.0).min(self.capacity);
            while let Some(&(at, ticket)) = sent.front()
                && at <= ms
            {
                sent.pop_front();
                dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let back = ms + self.latency / 2 + (dice >> 33) % (self.jitter + 1);
                let answer = if level >= 1.0 {
                    level -= 1.0;
                    #[expect(
                        clippy::cast_possible_truncation,
                        clippy::cast_sign_loss,
                        reason = "a small count"
                    )]
                    Answer::Served(level as u32)
                } else {
                    Answer::Refused(Duration::from_secs_f64(((1.0 - level) / self.refill).ceil().max(1.0)))
                };
                coming.push((back, ticket, answer));
            }
            coming.retain(|(at, ticket, answer)| {
                if *at > ms {
                    return true;
                }
                match answer {
                    Answer::Served(left) => {
                        run.served += 1;
                        let told = if self.headers { Told::Left(WRITES, *left) } else { Told::Served };
                        bucket.ended(*ticket, told, now);
                    }
                    Answer::Refused(pause) => {
                        run.refused += 1;
                        waiting += 1;
                        bucket.close(*pause, now);
                        bucket.ended(*ticket, Told::Nothing, now);
                    }
                }
                false
            });
            while waiting > 0 && ms >= look_at && sent.len() + coming.len() < self.workers {
                match bucket.admit(now) {
                    Ok(ticket) => {
                        sent.push_back((ms + self.latency / 2, ticket));
                        waiting -= 1;
                    }
                    Err(wait) => look_at = ms + u64::try_from(wait.as_millis()).unwrap_or(1).max(1),
                }
            }
            if run.served == requests {
                run.seconds = Duration::from_millis(ms).as_secs_f64();
                return run;
            }
        }
        panic!("it does not end: {run:?}");
    }

    /// Asserts that a run takes no longer than so many times the theory, with less than one refusal in a hundred.
    fn near(&self, requests: u32, factor: f64) {
        let run = self.run(requests);
        let most = self.theory(requests) * factor;
        assert!(run.seconds <= most, "{run:?}, and {most} s are allowed");
        assert!(run.refused * 100 < requests, "{run:?}");
    }
}

#[test]
fn two_thousand_writes_take_what_the_bucket_of_arm_allows() {
    ARM.near(2000, 1.05);
}

#[test]
fn near_and_far_services_of_other_sizes_do_as_well() {
    Simulation { latency: 4, jitter: 2, ..ARM }.near(2000, 1.05);
    Simulation { latency: 400, jitter: 200, ..ARM }.near(2000, 1.05);
    Simulation { capacity: 250.0, refill: 25.0, workers: 32, ..ARM }.near(5000, 1.05);
    Simulation { capacity: 40.0, refill: 20.0, ..ARM }.near(2000, 1.1);
    Simulation { capacity: 1200.0, refill: 1.0 / 3.0, ..ARM }.near(1500, 1.3);
}

#[test]
fn what_no_header_tells_is_found_out_from_refusals() {
    let run = Simulation { headers: false, ..ARM }.run(1000);
    assert!(run.seconds < 1.5 * ARM.theory(1000), "{run:?}");
    assert!(run.refused < 100, "{run:?}");
}

#[test]
fn refusals_that_have_nothing_to_do_with_the_pace_end_in_no_crawl() {
    let start = Instant::now();
    let mut bucket = Bucket::new(start);
    let mut now = start;
    let (mut served, mut asked) = (0, 0);
    while served < 2000 {
        match bucket.admit(now) {
            Err(wait) => now += wait,
            Ok(ticket) => {
                asked += 1;
                now += Duration::from_millis(1);
                // One in ten, though the bucket is full by what the others tell.
                if asked % 10 == 0 {
                    bucket.close(Duration::from_millis(100), now);
                    bucket.ended(ticket, Told::Nothing, now);
                } else {
                    served += 1;
                    bucket.ended(ticket, Told::Left(WRITES, 199), now);
                }
            }
        }
    }
    let seconds = (now - start).as_secs_f64();
    assert!(seconds < 300.0, "{seconds} s for {served} requests");
}

#[test]
fn without_limits_nothing_waits_but_for_the_first_answer() {
    let run = Simulation { capacity: 1e6, refill: 1e6, jitter: 0, ..ARM }.run(1600);
    assert!(run.seconds < 0.05 * 102.0 + 0.1, "{run:?}");
}

#[test]
fn one_refusal_closes_the_class_for_all() {
    let start = Instant::now();
    let mut bucket = Bucket::new(start);
    let ticket = bucket.admit(start).expect("the first may go");
    bucket.ended(ticket, Told::Left(WRITES, 100), start);
    let ticket = bucket.admit(start).expect("enough is left");
    bucket.close(Duration::from_secs(7), start);
    bucket.ended(ticket, Told::Nothing, start);
    assert_eq!(bucket.admit(start), Err(Duration::from_secs(7)));
    let later = start + Duration::from_secs(7);
    assert!(bucket.admit(later).is_ok());
    assert!(bucket.admit(later).is_err(), "the others wait for what the first is told");
}

fn answer(status: u16, headers: &[(&str, &str)]) -> Result<Response> {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Ok(Response { status, headers, body: bytes::Bytes::new() })
}

#[test]
fn the_least_of_the_headers_of_the_class_counts() {
    let both = answer(
        200,
        &[
            ("x-ms-ratelimit-remaining-subscription-global-writes", "2999"),
            (WRITES, "17"),
            ("x-ms-ratelimit-remaining-subscription-reads", "1"),
        ],
    );
    assert_eq!(Class::of("POST").told(&both), Told::Left(WRITES, 17));
    assert_eq!(Class::of("DELETE").told(&both), Told::Served);
    assert_eq!(Class::of("PUT").told(&answer(429, &[(WRITES, "0")])), Told::Nothing);
    assert_eq!(Class::of("PUT").told(&answer(200, &[(WRITES, "many")])), Told::Served);
}

#[test]
fn subscriptions_are_counted_apart() {
    assert_eq!(subscription_of("/subscriptions/S1/resourceGroups/rg"), "S1");
    assert_eq!(subscription_of("/tenants"), "");
    let limiter = Limiter::new(retry::MAX_PAUSE);
    assert!(Arc::ptr_eq(&limiter.scope("/subscriptions/S1/x"), &limiter.scope("/Subscriptions/s1")));
    assert!(!Arc::ptr_eq(&limiter.scope("/subscriptions/s2"), &limiter.scope("/subscriptions/s1")));
}

#[tokio::test]
async fn a_dropped_request_leaves_its_place() {
    let limiter = Limiter::new(retry::MAX_PAUSE);
    drop(limiter.admit("GET", "/tenants").await);
    let mut pass = limiter.admit("GET", "/tenants").await;
    pass.ended(&answer(200, &[("x-ms-ratelimit-remaining-tenant-reads", "9")]));
    pass.hold(Duration::from_millis(30));
    drop(pass);
    let began = Instant::now();
    drop(limiter.admit("PUT", "/tenants").await);
    assert!(began.elapsed() < Duration::from_millis(30), "another class goes on");
    drop(limiter.admit("GET", "/tenants").await);
    assert!(began.elapsed() >= Duration::from_millis(25));
}
