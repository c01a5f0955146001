//! A name that a completion offers.

/// A name that a completion offers, with its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub name: String,
    pub title: Option<String>,
}
