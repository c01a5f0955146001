//! The order of API versions, which begin with a date.

/// Whether `version` is `first` or a later one.
///
/// A preview comes after the stable version of the same date.
#[must_use]
pub(crate) fn is_at_least(version: &str, first: &str) -> bool {
    version.to_ascii_lowercase().as_str() >= first
}
