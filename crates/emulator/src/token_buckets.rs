//! Azure Resource Manager's rate limits: `--throttle arm`, or other sizes.
//!
//! ARM has a token bucket for reads, one for writes and one for deletes, for each subscription, principal and region. A
//! request takes a token; if the bucket is empty, it gets a 429 with the seconds to wait
//! (<https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>). The emulator
//! has one principal and one region, and one set of buckets for all subscriptions.

use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use http::Method;
use time::OffsetDateTime;

use crate::ids::TENANT_ID;
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};

/// The size of a token bucket.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BucketSize {
    /// The most tokens it holds.
    pub capacity: u32,
    /// How many tokens are added per second.
    pub refill_per_second: f64,
}

/// The sizes of the three buckets; a class without one is not limited.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RateLimits {
    reads: Option<BucketSize>,
    writes: Option<BucketSize>,
    deletes: Option<BucketSize>,
}

impl RateLimits {
    /// The sizes that ARM documents for a subscription.
    pub const ARM: Self = Self {
        reads: Some(BucketSize { capacity: 250, refill_per_second: 25.0 }),
        writes: Some(BucketSize { capacity: 200, refill_per_second: 10.0 }),
        deletes: Some(BucketSize { capacity: 200, refill_per_second: 10.0 }),
    };

    fn size(&self, class: RequestClass) -> Option<BucketSize> {
        match class {
            RequestClass::Read => self.reads,
            RequestClass::Write => self.writes,
            RequestClass::Delete => self.deletes,
        }
    }
}

impl FromStr for RateLimits {
    type Err = String;

    /// Parses `arm`, or such as `reads=250:25,writes=200:10`: capacity and refill per second.
    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("arm") {
            return Ok(Self::ARM);
        }
        let mut limits = Self::default();
        for part in text.split(',') {
            let invalid = || format!("'{part}' is neither arm nor such as reads=250:25");
            let (class, size) = part.split_once('=').ok_or_else(invalid)?;
            let (capacity, refill) = size.split_once(':').ok_or_else(invalid)?;
            let capacity: u32 = capacity.trim().parse().ok().filter(|n| *n > 0).ok_or_else(invalid)?;
            let refill_per_second: f64 =
                refill.trim().parse().ok().filter(|n| *n > 0.0 && *n < 1e9).ok_or_else(invalid)?;
            let size = Some(BucketSize { capacity, refill_per_second });
            match class.trim() {
                "reads" => limits.reads = size,
                "writes" => limits.writes = size,
                "deletes" => limits.deletes = size,
                _ => return Err(invalid()),
            }
        }
        Ok(limits)
    }
}

/// The classes of requests that have buckets of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RequestClass {
    Read,
    Write,
    Delete,
}

impl RequestClass {
    /// The class of a method; a POST action costs a write.
    fn of_method(method: &Method) -> Self {
        match method.as_str() {
            "GET" | "HEAD" => Self::Read,
            "DELETE" => Self::Delete,
            _ => Self::Write,
        }
    }

    /// How ARM's error messages name it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Delete => "delete",
        }
    }

    fn remaining_header(self) -> &'static str {
        match self {
            Self::Read => "x-ms-ratelimit-remaining-subscription-reads",
            Self::Write => "x-ms-ratelimit-remaining-subscription-writes",
            Self::Delete => "x-ms-ratelimit-remaining-subscription-deletes",
        }
    }

    /// The remaining requests to report without a limit: ARM's documented size, less the request itself.
    fn unlimited_remaining(self) -> u32 {
        if self == Self::Read { 249 } else { 199 }
    }
}

/// The token buckets of an emulator.
#[derive(Debug, Default)]
pub(crate) struct TokenBuckets {
    limits: RateLimits,
    /// The buckets of the classes that had requests.
    buckets: Mutex<Vec<Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    class: RequestClass,
    level: f64,
    updated: OffsetDateTime,
}

/// How many requests of a class remain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RemainingRequests {
    class: RequestClass,
    count: u32,
}

impl RemainingRequests {
    /// Adds the header that reports the remaining requests.
    #[must_use]
    pub(crate) fn add_header(self, response: Response) -> Response {
        response.with_header(self.class.remaining_header(), self.count.to_string())
    }
}

impl TokenBuckets {
    /// Full buckets of these sizes.
    #[must_use]
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self { limits, buckets: Mutex::default() }
    }

    /// Takes a token for the request; returns what remains, and a 429 if the bucket was empty.
    pub(crate) fn take_token(&self, request: &ParsedRequest) -> (RemainingRequests, Option<Response>) {
        let class = RequestClass::of_method(&request.method);
        let Some(size) = self.limits.size(class) else {
            return (RemainingRequests { class, count: class.unlimited_remaining() }, None);
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let index = buckets.iter().position(|bucket| bucket.class == class).unwrap_or_else(|| {
            buckets.push(Bucket { class, level: f64::from(size.capacity), updated: request.now });
            buckets.len() - 1
        });
        let bucket = &mut buckets[index];
        // The clock may be set back, and requests may overtake each other.
        let elapsed = (request.now - bucket.updated).as_seconds_f64().max(0.0);
        bucket.level = (bucket.level + elapsed * size.refill_per_second).min(f64::from(size.capacity));
        bucket.updated = bucket.updated.max(request.now);
        if bucket.level < 1.0 {
            let pause = ((1.0 - bucket.level) / size.refill_per_second).ceil().max(1.0);
            let refusal = too_many_requests(class, request, truncate(pause));
            return (RemainingRequests { class, count: 0 }, Some(refusal));
        }
        bucket.level -= 1.0;
        (RemainingRequests { class, count: truncate(bucket.level) }, None)
    }
}

/// The integer part of a number that is in the range of `u32`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn truncate(number: f64) -> u32 {
    number as u32
}

/// ARM's 429, as clients report it.
fn too_many_requests(class: RequestClass, request: &ParsedRequest, seconds: u32) -> Response {
    let mut segments = request.path.split('/').skip(1);
    let subscription = match (segments.next(), segments.next()) {
        (Some(first), Some(id)) if first.eq_ignore_ascii_case("subscriptions") => id,
        _ => TENANT_ID,
    };
    let text = format!(
        "Number of '{}' requests for subscription '{subscription}' actor '{TENANT_ID}' exceeded. Please try again \
         after '{seconds}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for \
         additional information.",
        class.as_str(),
    );
    response::error(429, "SubscriptionRequestsThrottled", &text)
        .with_header("retry-after", seconds.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::build_request;

    fn request_at(method: &str, milliseconds: i64) -> ParsedRequest {
        let mut request = build_request(method, "/subscriptions/s1/resourcegroups/rg");
        request.now += time::Duration::milliseconds(milliseconds);
        request
    }

    fn take(buckets: &TokenBuckets, method: &str, milliseconds: i64) -> Result<u32, String> {
        let (remaining, refusal) = buckets.take_token(&request_at(method, milliseconds));
        let Some(response) = refusal else { return Ok(remaining.count) };
        assert_eq!((response.status().as_u16(), remaining.count), (429, 0));
        let text = String::from_utf8(response.body().to_vec()).expect("text");
        assert!(text.contains("SubscriptionRequestsThrottled") && text.contains("'s1'"), "{text}");
        Err(response.header("retry-after").expect("a pause").to_owned())
    }

    #[test]
    fn a_bucket_empties_and_fills_up_again() {
        let buckets = TokenBuckets::new("writes=2:4".parse().expect("limits"));
        assert_eq!(take(&buckets, "PUT", 0), Ok(1));
        assert_eq!(take(&buckets, "POST", 0), Ok(0));
        assert_eq!(take(&buckets, "PATCH", 100), Err("1".to_owned()));
        assert_eq!(take(&buckets, "PUT", 260), Ok(0));
        assert_eq!(take(&buckets, "PUT", 250), Err("1".to_owned()), "a clock that is set back adds nothing");
        assert_eq!(take(&buckets, "PUT", 60_000), Ok(1), "not more than its capacity");
        assert_eq!(take(&buckets, "GET", 60_000), Ok(249), "another class is not limited");
    }

    #[test]
    fn a_slow_bucket_asks_for_a_long_pause() {
        let buckets = TokenBuckets::new("deletes=1:0.1".parse().expect("limits"));
        assert_eq!(take(&buckets, "DELETE", 0), Ok(0));
        assert_eq!(take(&buckets, "DELETE", 0), Err("10".to_owned()));
    }

    #[test]
    fn limits_are_those_of_arm_or_explicit_sizes() {
        assert_eq!("ARM".parse(), Ok(RateLimits::ARM));
        assert_eq!("reads=250:25,writes=200:10,deletes=200:10".parse(), Ok(RateLimits::ARM));
        for invalid in [
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
            assert!(invalid.parse::<RateLimits>().is_err(), "{invalid}");
        }
    }
}
