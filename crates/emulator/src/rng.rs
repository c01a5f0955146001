//! Random decisions that are the same each time for the same seed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use crate::request::ParsedRequest;

/// A random number generator that depends on the seed, the request, and how often the same request came before.
///
/// The order in which different requests arrive makes no difference, so a client that sends several at once gets the
/// same result every time. Requests are the same if method, path and [`ParsedRequest::public_query`] are.
#[derive(Debug)]
pub(crate) struct SeededRng {
    seed: u64,
    /// How often each request came, by its hash.
    counts: Mutex<HashMap<u64, u32>>,
}

impl SeededRng {
    /// A generator with this seed.
    #[must_use]
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, counts: Mutex::default() }
    }

    /// Decides whether an event of this probability (0 to 1) happens to the request.
    pub(crate) fn decide(&self, request: &ParsedRequest, probability: f64) -> bool {
        let mut hasher = DefaultHasher::new();
        (self.seed, request.method.as_str(), &request.path).hash(&mut hasher);
        request.public_query().for_each(|pair| pair.hash(&mut hasher));
        let request_hash = hasher.finish();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(request_hash).or_default();
        *count += 1;
        let mut hasher = DefaultHasher::new();
        (request_hash, *count).hash(&mut hasher);
        // The upper 32 bits, because every `u32` is exact in an `f64`.
        let number = f64::from((hasher.finish() >> 32) as u32) / f64::from(u32::MAX);
        number < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::build_request;

    fn hits(seed: u64, paths: impl Iterator<Item = u32>) -> Vec<u32> {
        let rng = SeededRng::new(seed);
        let mut hits: Vec<u32> =
            paths.filter(|n| rng.decide(&build_request("PUT", &format!("/apis/{n}")), 0.1)).collect();
        hits.sort_unstable();
        hits
    }

    #[test]
    fn the_same_seed_selects_the_same_requests_in_any_order() {
        let first = hits(7, 0..1000);
        assert!((70..130).contains(&first.len()), "{}", first.len());
        assert_eq!(first, hits(7, (0..1000).rev()));
        assert_ne!(first, hits(8, 0..1000));
    }

    #[test]
    fn a_repeated_request_is_decided_anew() {
        let rng = SeededRng::new(1);
        let request = build_request("GET", "/apis/one");
        let hits = (0..1000).filter(|_| rng.decide(&request, 0.5)).count();
        assert!((400..600).contains(&hits), "{hits}");
        assert!((0..100).all(|_| !rng.decide(&request, 0.0)));
    }
}
