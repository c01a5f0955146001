//! Faults that a served emulator injects: rules for which requests fail, how, and how often.
//!
//! A rule is `METHOD GLOB ACTION… WHEN`, such as `PUT */apis/* status=503 retry-after=1 p=0.1`; [`parse`] describes the
//! syntax, [`effect`] the actions. Rules are tried in order, and the first that applies is used; each counts every
//! request that it matches, used or not. The same seed and the same requests give the same faults.

pub mod effect;
mod parse;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use azr_core::glob;

use crate::request::ParsedRequest;
use crate::rng::SeededRng;
use effect::Effect;

/// Which requests fail, and how.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Vec<CountedRule>,
    seed: u64,
    /// The hashes of the tokens that have expired.
    expired_tokens: Mutex<HashSet<u64>>,
    /// Keyed at random, so that the hashes mean nothing outside of this process.
    token_hasher: RandomState,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its actions as they were written; the fault's name in the log.
    pub name: String,
    /// Its actions.
    pub effect: Effect,
    /// In upper case; empty for any.
    methods: Vec<String>,
    /// For the path, or the path and its query.
    glob: String,
    frequency: Frequency,
}

/// Which of the requests that a rule matches it applies to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Frequency {
    Always,
    /// Each with this probability.
    Probability(f64),
    /// The one with this number, counted from one.
    Nth(u64),
    /// Each whose number is a multiple of this one.
    Every(u64),
    /// The first ones, up to this number.
    First(u64),
}

/// A rule, and how many requests it has matched.
#[derive(Debug)]
struct CountedRule {
    rule: Rule,
    rng: SeededRng,
    matched: AtomicU64,
}

impl Faults {
    /// The seed of the random decisions.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The rule that applies to a request, if one does.
    ///
    /// If it expires the token, [`Faults::has_expired`] is true for that token from now on.
    pub fn select(&self, request: &ParsedRequest) -> Option<&Rule> {
        let mut selected = None;
        for counted in self.rules.iter().filter(|counted| counted.rule.matches(request)) {
            let applies = counted.count(request);
            selected = selected.or(applies.then_some(&counted.rule));
        }
        if selected.is_some_and(|rule| rule.effect.expire)
            && let Some(token) = self.token_hash(request)
        {
            self.expired_tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(token);
        }
        selected
    }

    /// Whether the token of a request has expired.
    #[must_use]
    pub fn has_expired(&self, request: &ParsedRequest) -> bool {
        let expired = self.expired_tokens.lock().unwrap_or_else(PoisonError::into_inner);
        !expired.is_empty() && self.token_hash(request).is_some_and(|token| expired.contains(&token))
    }

    fn token_hash(&self, request: &ParsedRequest) -> Option<u64> {
        request.header("authorization").map(|header| self.token_hasher.hash_one(header))
    }
}

impl Rule {
    fn matches(&self, request: &ParsedRequest) -> bool {
        let method =
            self.methods.is_empty() || self.methods.iter().any(|method| request.method == method.as_str());
        method
            && (glob::matches_glob(&self.glob, &request.path)
                || glob::matches_glob(&self.glob, &path_and_public_query(request)))
    }
}

/// The path with the public part of the query, decoded: `/subscriptions?api-version=2022-12-01&$top=5`.
fn path_and_public_query(request: &ParsedRequest) -> String {
    let query: Vec<String> = request.public_query().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}?{}", request.path, query.join("&"))
}

impl CountedRule {
    /// Counts a request that the rule matches; true if the rule applies to it.
    fn count(&self, request: &ParsedRequest) -> bool {
        let number = self.matched.fetch_add(1, Ordering::Relaxed) + 1;
        match self.rule.frequency {
            Frequency::Always => true,
            Frequency::Probability(probability) => self.rng.decide(request, probability),
            Frequency::Nth(n) => number == n,
            Frequency::Every(n) => number.is_multiple_of(n),
            Frequency::First(n) => number <= n,
        }
    }
}
