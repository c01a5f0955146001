//! Compares the APIs that API Center synchronizes from API Management with those that API Management has.
//!
//! No member of an API that is published says which source synchronized it. Published is that a synchronized API has a
//! deployment for each of its definitions, in the environment of the source, with a URL of the gateway. By that azr
//! recognizes it ([`LinkRule`]), and by the path of the URL which API of API Management it is. What azr itself imported
//! carries provenance, and is left out.
//!
//! Only what is documented as synchronized is compared: title, description, kind, and titles of versions. Documents are
//! not, because that would mean to export each of them.

mod compare;
mod read;
mod rule;
mod url_path;

pub use compare::{ApiComparison, ApiState, Difference, Matching, compare, match_apis};
pub use read::{CenterApi, read_center_apis, read_version_titles};
pub use rule::{LinkRule, LinkedApi};

#[cfg(test)]
mod tests;
