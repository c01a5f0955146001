//! Which of a service's APIs are meant.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

use super::source::SourceApi;
use azr_core::error::{Error, Result};
use azr_core::glob::Selection;

/// The APIs that are meant: by name, and by what they are tagged with and sold in.
#[derive(Debug, Clone)]
pub struct Choice {
    names: Selection,
    /// The names, in lower case, of those that the tags and products leave; None where none are given.
    members: Option<HashSet<String>>,
}

impl Choice {
    /// Those with names that are meant, of these members if there are any to choose from.
    #[must_use]
    pub fn new(names: Selection, members: Option<HashSet<String>>) -> Self {
        Self { names, members }
    }

    /// Whether an API, with all its revisions, is meant.
    #[must_use]
    pub fn holds(&self, api: &SourceApi) -> bool {
        self.holds_name(api.root())
    }

    /// Whether an API of this name is meant.
    #[must_use]
    pub fn holds_name(&self, name: &str) -> bool {
        self.names.matches(name) && self.members.as_ref().is_none_or(|m| m.contains(&name.to_lowercase()))
    }
}

/// A part of an inventory, for one machine of several: the second of three is `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    of: u64,
}

impl Shard {
    /// Reads `K/N`, where K is from 1 to N.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::usage(format!("--shard: '{text}' is not a part such as 1/4"))
                .with_hint("Give K/N, where K is from 1 to N, and N at most 1000.")
        };
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let count = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
        let shard = Self { number: count(number)?, of: count(of)? };
        if shard.number == 0 || shard.number > shard.of || shard.of > MOST_SHARDS {
            return Err(wrong());
        }
        Ok(shard)
    }

    /// Whether an API with this name in the center is in this part; every name is in just one.
    #[must_use]
    pub fn holds(self, name: &str) -> bool {
        let digest = Sha256::digest(name.to_ascii_lowercase().as_bytes());
        let start = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        start % self.of == self.number - 1
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

/// The most parts: as many as a matrix of pipelines may have, and some more.
const MOST_SHARDS: u64 = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_in_one_part() {
        let parts: Vec<Shard> = (1..=4).map(|k| Shard::parse(&format!("{k}/4")).expect("a part")).collect();
        let mut sizes = [0; 4];
        for number in 0..1000 {
            let name = format!("API-{number}");
            let of: Vec<usize> = (0..4).filter(|at| parts[*at].holds(&name)).collect();
            assert_eq!(of.len(), 1, "{name}");
            assert!(parts[of[0]].holds(&name.to_lowercase()));
            sizes[of[0]] += 1;
        }
        assert!(sizes.iter().all(|size| *size > 150), "{sizes:?}");
        assert!(Shard::parse("1/1").expect("all").holds("anything"));
    }

    #[test]
    fn parts_that_are_none_are_refused() {
        for wrong in ["", "1", "0/3", "4/3", "a/b", "1/0", "-1/3", "1/2/3", "1/1001"] {
            assert!(Shard::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Shard::parse("2/3").expect("a part").to_string(), "2/3");
    }
}
