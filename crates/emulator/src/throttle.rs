//! Azure Resource Manager's token buckets: `--throttle arm`, or sizes of one's own.
//!
//! ARM has a bucket for reads, one for writes and one for deletes, for each subscription and principal and region; one
//! request takes a token, an empty bucket answers 429 with the seconds to wait
//! (<https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>). The emulator
//! has one principal and one region, and one set of buckets for all subscriptions.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use time::OffsetDateTime;

use super::http::{Answer, Call};
use super::stamp::TENANT;

/// How many requests a bucket holds, and how many come in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// The most it holds.
    pub capacity: u32,
    /// What comes in a second.
    pub refill: f64,
}

/// The sizes of the three buckets; a class without one is not limited.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Limits {
    reads: Option<Size>,
    writes: Option<Size>,
    deletes: Option<Size>,
}

impl Limits {
    /// The sizes that ARM documents for a subscription.
    pub const ARM: Self = Self {
        reads: Some(Size { capacity: 250, refill: 25.0 }),
        writes: Some(Size { capacity: 200, refill: 10.0 }),
        deletes: Some(Size { capacity: 200, refill: 10.0 }),
    };

    fn of(&self, class: &'static str) -> Option<Size> {
        match class {
            "reads" => self.reads,
            "deletes" => self.deletes,
            _ => self.writes,
        }
    }
}

impl FromStr for Limits {
    type Err = String;

    /// `arm`, or such as `reads=250:25,writes=200:10`: how many a bucket holds, and how many come in a second.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("arm") {
            return Ok(Self::ARM);
        }
        let mut limits = Self::default();
        for part in text.split(',') {
            let wrong = || format!("'{part}' is neither arm nor such as reads=250:25");
            let (class, size) = part.split_once('=').ok_or_else(wrong)?;
            let (capacity, refill) = size.split_once(':').ok_or_else(wrong)?;
            let capacity: u32 = capacity.trim().parse().ok().filter(|n| *n > 0).ok_or_else(wrong)?;
            let refill: f64 =
                refill.trim().parse().ok().filter(|n| *n > 0.0 && *n < 1e9).ok_or_else(wrong)?;
            let size = Some(Size { capacity, refill });
            match class.trim() {
                "reads" => limits.reads = size,
                "writes" => limits.writes = size,
                "deletes" => limits.deletes = size,
                _ => return Err(wrong()),
            }
        }
        Ok(limits)
    }
}

/// What a class holds where nothing is taken from it: ARM's documented sizes, less the request that asks.
fn untouched(class: &'static str) -> u32 {
    if class == "reads" { 249 } else { 199 }
}

/// The class of a method as ARM's headers call it; a POST action costs a write.
fn class_of(method: &str) -> &'static str {
    match method {
        "GET" | "HEAD" => "reads",
        "DELETE" => "deletes",
        _ => "writes",
    }
}

/// The buckets of a running emulator.
#[derive(Debug, Default)]
pub struct Throttle {
    limits: Limits,
    /// Classes whose bucket was drawn on.
    buckets: Mutex<Vec<Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    class: &'static str,
    level: f64,
    at: OffsetDateTime,
}

/// What is left of the class of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    class: &'static str,
    count: u32,
}

impl Left {
    /// The answer with the header that tells.
    #[must_use]
    pub fn stamp(self, answer: Answer) -> Answer {
        let name = format!("x-ms-ratelimit-remaining-subscription-{}", self.class);
        answer.with(&name, self.count.to_string())
    }
}

impl Throttle {
    /// Full buckets of these sizes.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, buckets: Mutex::default() }
    }

    /// Takes a token for the request; says what is left, and the refusal where none was.
    pub fn take(&self, call: &Call) -> (Left, Option<Answer>) {
        let class = class_of(&call.method);
        let Some(size) = self.limits.of(class) else {
            return (Left { class, count: untouched(class) }, None);
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let index = buckets.iter().position(|bucket| bucket.class == class).unwrap_or_else(|| {
            buckets.push(Bucket { class, level: f64::from(size.capacity), at: call.now });
            buckets.len() - 1
        });
        let bucket = &mut buckets[index];
        // The clock may be set back, and requests may overtake each other.
        let past = (call.now - bucket.at).as_seconds_f64().max(0.0);
        bucket.level = (bucket.level + past * size.refill).min(f64::from(size.capacity));
        bucket.at = bucket.at.max(call.now);
        if bucket.level < 1.0 {
            let pause = ((1.0 - bucket.level) / size.refill).ceil().max(1.0);
            return (Left { class, count: 0 }, Some(refusal(class, call, whole(pause))));
        }
        bucket.level -= 1.0;
        (Left { class, count: whole(bucket.level) }, None)
    }
}

/// The whole part of something that is not negative and was made from a `u32`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast keeps to the range")]
fn whole(number: f64) -> u32 {
    number as u32
}

/// ARM's answer to one request too many, as clients of it report it.
fn refusal(class: &'static str, call: &Call, seconds: u32) -> Answer {
    let mut segments = call.path.split('/').skip(1);
    let subscription = match (segments.next(), segments.next()) {
        (Some(first), Some(id)) if first.eq_ignore_ascii_case("subscriptions") => id,
        _ => TENANT,
    };
    let text = format!(
        "Number of '{}' requests for subscription '{subscription}' actor '{TENANT}' exceeded. Please try again after \
         '{seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for \
         additional information.",
        class.trim_end_matches('s'),
    );
    Answer::error(429, "SubscriptionRequestsThrottled", &text).with("retry-after", seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    fn after(method: &str, milliseconds: i64) -> Call {
        let mut request = call(method, "/subscriptions/s1/resourcegroups/rg");
        request.now += time::Duration::milliseconds(milliseconds);
        request
    }

    fn left(throttle: &Throttle, method: &str, milliseconds: i64) -> Result<u32, String> {
        let (left, refused) = throttle.take(&after(method, milliseconds));
        match refused {
            None => Ok(left.count),
            Some(answer) => {
                assert_eq!((answer.status, left.count), (429, 0));
                let text = String::from_utf8(answer.body.to_vec()).expect("text");
                assert!(text.contains("SubscriptionRequestsThrottled") && text.contains("'s1'"), "{text}");
                Err(answer.headers.iter().find(|(n, _)| n == "retry-after").expect("a pause").1.clone())
            }
        }
    }

    #[test]
    fn a_bucket_empties_and_fills_up_again() {
        let throttle = Throttle::new("writes=2:4".parse().expect("limits"));
        assert_eq!(left(&throttle, "PUT", 0), Ok(1));
        assert_eq!(left(&throttle, "POST", 0), Ok(0));
        assert_eq!(left(&throttle, "PATCH", 100), Err("1".to_owned()));
        assert_eq!(left(&throttle, "PUT", 260), Ok(0));
        assert_eq!(left(&throttle, "PUT", 250), Err("1".to_owned()), "a clock set back brings nothing");
        assert_eq!(left(&throttle, "PUT", 60_000), Ok(1), "no more than it holds");
        assert_eq!(left(&throttle, "GET", 60_000), Ok(249), "another class is not limited");
    }

    #[test]
    fn a_slow_bucket_asks_for_a_long_pause() {
        let throttle = Throttle::new("deletes=1:0.1".parse().expect("limits"));
        assert_eq!(left(&throttle, "DELETE", 0), Ok(0));
        assert_eq!(left(&throttle, "DELETE", 0), Err("10".to_owned()));
    }

    #[test]
    fn sizes_are_those_of_arm_or_ones_own() {
        assert_eq!("ARM".parse(), Ok(Limits::ARM));
        assert_eq!("reads=250:25,writes=200:10,deletes=200:10".parse(), Ok(Limits::ARM));
        for wrong in [
            "",
            "much",
            "reads",
            "reads=1",
            "reads=0:1",
            "reads=1:0",
            "reads=1:-1",
            "posts=1:1",
            "reads=1:NaN",
        ] {
            assert!(wrong.parse::<Limits>().is_err(), "{wrong}");
        }
    }
}
