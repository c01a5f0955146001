//! Names of revisions of an API in API Management.

/// What separates the name of an API from its revision.
const SEPARATOR: &str = ";rev=";

/// Splits the name of an API into the API's own name and its revision, if it has one: `weather;rev=2`.
///
/// Like every name in a resource id, the separator is case-insensitive.
#[must_use]
pub fn split_revision(name: &str) -> (&str, Option<&str>) {
    match name.to_ascii_lowercase().find(SEPARATOR) {
        Some(index) => (&name[..index], Some(&name[index + SEPARATOR.len()..])),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_is_separated_from_the_name_in_any_letter_case() {
        assert_eq!(split_revision("weather"), ("weather", None));
        for name in ["weather;rev=2", "weather;REV=2", "weather;Rev=2"] {
            assert_eq!(split_revision(name), ("weather", Some("2")));
        }
        assert_eq!(split_revision("ÄÖ;Rev=12"), ("ÄÖ", Some("12")));
    }
}
