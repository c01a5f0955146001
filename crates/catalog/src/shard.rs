//! One of several equal shares of an import, so that several machines can work on it.

use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// The largest number of shards; more than the jobs a pipeline's matrix may have.
const MAX_SHARDS: u64 = 1000;

/// One of `count` shares of an import, written `K/N`: the second of three is `2/3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    number: u64,
    count: u64,
}

impl Shard {
    /// Whether an API with this name in the center belongs to this shard; every name belongs to exactly one.
    #[must_use]
    pub fn contains(self, name: &str) -> bool {
        let digest = Sha256::digest(name.to_ascii_lowercase().as_bytes());
        let start = digest.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        start % self.count == self.number - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Parses `K/N`, where K is from 1 to N.
    fn from_str(text: &str) -> Result<Self, String> {
        let invalid =
            || format!("not a shard K/N such as 1/4, where K is from 1 to N and N is at most {MAX_SHARDS}");
        let (number, count) = text.split_once('/').ok_or_else(invalid)?;
        let parse = |text: &str| text.trim().parse::<u64>().map_err(|_| invalid());
        let shard = Self { number: parse(number)?, count: parse(count)? };
        if shard.number == 0 || shard.number > shard.count || shard.count > MAX_SHARDS {
            return Err(invalid());
        }
        Ok(shard)
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(text: &str) -> Shard {
        text.parse().expect("a shard")
    }

    #[test]
    fn every_name_belongs_to_one_shard() {
        let shards: Vec<Shard> = (1..=4).map(|k| shard(&format!("{k}/4"))).collect();
        let mut sizes = [0; 4];
        for number in 0..1000 {
            let name = format!("API-{number}");
            let matching: Vec<usize> = (0..4).filter(|index| shards[*index].contains(&name)).collect();
            assert_eq!(matching.len(), 1, "{name}");
            assert!(shards[matching[0]].contains(&name.to_lowercase()));
            sizes[matching[0]] += 1;
        }
        assert!(sizes.iter().all(|size| *size > 150), "{sizes:?}");
        assert!(shard("1/1").contains("anything"));
    }

    #[test]
    fn an_invalid_shard_is_refused() {
        for invalid in ["", "1", "0/3", "4/3", "a/b", "1/0", "-1/3", "1/2/3", "1/1001"] {
            assert!(invalid.parse::<Shard>().is_err(), "{invalid}");
        }
        assert_eq!(shard("2/3").to_string(), "2/3");
    }
}
