//! Security identifiers: how Windows names users and groups.

use std::fmt;

/// The identifier of a user or group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sid {
    authority: u64,
    sub_authorities: Vec<u32>,
}

impl Sid {
    /// The identifier with these numbers: `S-1-AUTHORITY-SUBAUTHORITY-…`.
    #[must_use]
    pub fn new(authority: u64, sub_authorities: &[u32]) -> Self {
        Self { authority, sub_authorities: sub_authorities.to_vec() }
    }

    /// Everybody.
    #[must_use]
    pub fn everyone() -> Self {
        Self::new(1, &[0])
    }

    /// The operating system.
    #[must_use]
    pub fn system() -> Self {
        Self::new(5, &[18])
    }

    /// The administrators of the machine, who own what they create with elevated rights.
    #[must_use]
    pub fn administrators() -> Self {
        Self::new(5, &[32, 544])
    }

    /// The owner of the file, whoever that is.
    pub(crate) fn owner_rights() -> Self {
        Self::new(3, &[4])
    }

    /// The creator of a file in the folder, in entries that files inherit.
    pub(crate) fn creator_owner() -> Self {
        Self::new(3, &[0])
    }

    /// The English name of a group that every Windows has, or the numbers.
    #[must_use]
    pub fn name(&self) -> String {
        match (self.authority, &*self.sub_authorities) {
            (1, [0]) => "Everyone".to_owned(),
            (5, [11]) => "Authenticated Users".to_owned(),
            (5, [32, 545]) => "Users".to_owned(),
            (5, [32, 546]) => "Guests".to_owned(),
            _ => self.to_string(),
        }
    }

    /// Reads the binary form at the start of `bytes`.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [1, count, authority @ ..] = bytes else { return None };
        let (authority, rest) = authority.split_at_checked(6)?;
        let authority = authority.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
        let (numbers, _) = rest.split_at_checked(usize::from(*count) * 4)?;
        let (numbers, _) = numbers.as_chunks::<4>();
        Some(Self { authority, sub_authorities: numbers.iter().copied().map(u32::from_le_bytes).collect() })
    }

    /// The binary form.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        // Windows allows 15 numbers.
        let count = u8::try_from(self.sub_authorities.len()).unwrap_or(u8::MAX);
        let mut bytes = vec![1, count];
        bytes.extend_from_slice(&self.authority.to_be_bytes()[2..]);
        bytes.extend(self.sub_authorities.iter().take(usize::from(count)).flat_map(|n| n.to_le_bytes()));
        bytes
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-{}", self.authority)?;
        self.sub_authorities.iter().try_for_each(|number| write!(f, "-{number}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_form_is_that_of_windows() {
        let bytes = [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];
        assert_eq!(Sid::parse(&bytes), Some(Sid::administrators()));
        assert_eq!(Sid::administrators().to_bytes(), bytes);
        assert_eq!(Sid::administrators().to_string(), "S-1-5-32-544");
        assert_eq!((Sid::everyone().name(), Sid::system().name()), ("Everyone".into(), "S-1-5-18".into()));
        for length in 0..bytes.len() {
            assert_eq!(Sid::parse(&bytes[..length]), None, "{length}");
        }
        assert_eq!(Sid::parse(&[2, 0, 0, 0, 0, 0, 0, 5]), None, "another revision");
    }
}
