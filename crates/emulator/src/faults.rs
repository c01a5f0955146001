//! Faults that a served emulator is told to inject: rules that say which requests go wrong, how, and how often.
//!
//! A rule is `METHOD GLOB ACTION… WHEN`, such as `PUT */apis/* status=503 retry-after=1 p=0.1`; [`parse`] has the
//! grammar, [`effect`] what an action does. Rules are asked in order, and the first that strikes is taken; each counts
//! every request that it matches, taken or not. The same seed and the same requests bring the same faults.

pub mod effect;
mod parse;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::chance::Chance;
use super::http::Call;
use azr_core::glob;
use effect::Effect;

/// Which requests go wrong, and how.
#[derive(Debug, Default)]
pub struct Faults {
    rules: Vec<Counted>,
    seed: u64,
    expired: Mutex<HashSet<u64>>,
    /// Tokens are kept as hashes that mean nothing outside of this process.
    hashing: RandomState,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// What it does, as it was written; the fault's name in the log.
    pub name: String,
    /// What it does.
    pub effect: Effect,
    /// In upper case; none for any.
    methods: Vec<String>,
    /// For the path, or the path and its query.
    glob: String,
    when: When,
}

/// Which of the requests that a rule matches it strikes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    Always,
    /// By chance.
    Probably(f64),
    /// The one of this number, from one.
    Nth(u64),
    /// Each that this number divides.
    Every(u64),
    /// So many from the first.
    First(u64),
}

#[derive(Debug)]
struct Counted {
    rule: Rule,
    chance: Chance,
    matched: AtomicU64,
}

impl Faults {
    /// The seed of what is left to chance.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The rule that strikes a request, if one does.
    ///
    /// Where it lets the token expire, [`Faults::has_expired`] knows that from now on.
    pub fn strike(&self, call: &Call) -> Option<&Rule> {
        let mut struck = None;
        for counted in self.rules.iter().filter(|counted| counted.rule.matches(call)) {
            let strikes = counted.strikes(call);
            struck = struck.or(strikes.then_some(&counted.rule));
        }
        if struck.is_some_and(|rule| rule.effect.expire)
            && let Some(token) = self.token(call)
        {
            self.expired.lock().unwrap_or_else(PoisonError::into_inner).insert(token);
        }
        struck
    }

    /// Whether the token of a request has expired.
    #[must_use]
    pub fn has_expired(&self, call: &Call) -> bool {
        let expired = self.expired.lock().unwrap_or_else(PoisonError::into_inner);
        !expired.is_empty() && self.token(call).is_some_and(|token| expired.contains(&token))
    }

    fn token(&self, call: &Call) -> Option<u64> {
        call.header("authorization").map(|header| self.hashing.hash_one(header))
    }
}

impl Rule {
    fn matches(&self, call: &Call) -> bool {
        let method = self.methods.is_empty() || self.methods.contains(&call.method);
        method
            && (glob::matches_glob(&self.glob, &call.path)
                || glob::matches_glob(&self.glob, &with_query(call)))
    }
}

/// The path, and what may be told of the query, decoded: `/subscriptions?api-version=2022-12-01&$top=5`.
fn with_query(call: &Call) -> String {
    let query: Vec<String> = call.public_query().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{}?{}", call.path, query.join("&"))
}

impl Counted {
    fn strikes(&self, call: &Call) -> bool {
        let number = self.matched.fetch_add(1, Ordering::Relaxed) + 1;
        match self.rule.when {
            When::Always => true,
            When::Probably(probability) => self.chance.strikes(call, probability),
            When::Nth(n) => number == n,
            When::Every(n) => number.is_multiple_of(n),
            When::First(n) => number <= n,
        }
    }
}
