//! What is left to chance, the same way each time for the same seed.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use super::http::Call;

/// Dice that fall by seed, by request, and by how often the same request came before.
///
/// So the order in which requests that differ reach the emulator changes nothing, and a client that asks several at
/// once meets the same luck every time. Requests are the same when method, path and [`Call::public_query`] are.
#[derive(Debug)]
pub struct Chance {
    seed: u64,
    /// How often each request came, by its hash.
    seen: Mutex<HashMap<u64, u32>>,
}

impl Chance {
    /// Dice of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, seen: Mutex::default() }
    }

    /// Whether something of this probability (0 to 1) happens to the request.
    pub fn strikes(&self, call: &Call, probability: f64) -> bool {
        let mut hasher = DefaultHasher::new();
        (self.seed, &call.method, &call.path).hash(&mut hasher);
        call.public_query().for_each(|pair| pair.hash(&mut hasher));
        let request = hasher.finish();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let times = seen.entry(request).or_default();
        *times += 1;
        let mut hasher = DefaultHasher::new();
        (request, *times).hash(&mut hasher);
        // 32 bits of a hash are enough of a die, and the most that an `f64` is made from without loss.
        let die = f64::from((hasher.finish() >> 32) as u32) / f64::from(u32::MAX);
        die < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    fn struck(seed: u64, paths: impl Iterator<Item = u32>) -> Vec<u32> {
        let chance = Chance::new(seed);
        let mut struck: Vec<u32> =
            paths.filter(|n| chance.strikes(&call("PUT", &format!("/apis/{n}")), 0.1)).collect();
        struck.sort_unstable();
        struck
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests_in_any_order() {
        let first = struck(7, 0..1000);
        assert!((70..130).contains(&first.len()), "{}", first.len());
        assert_eq!(first, struck(7, (0..1000).rev()));
        assert_ne!(first, struck(8, 0..1000));
    }

    #[test]
    fn a_request_that_is_sent_again_has_another_chance() {
        let chance = Chance::new(1);
        let request = call("GET", "/apis/one");
        let struck = (0..1000).filter(|_| chance.strikes(&request, 0.5)).count();
        assert!((400..600).contains(&struck), "{struck}");
        assert!((0..100).all(|_| !chance.strikes(&request, 0.0)));
    }
}
