//! What API Center takes, and text cut to it.
//!
//! Lengths are those of the resource types of 2024-03-01. They are counted in UTF-16 units, as .NET counts.

/// Titles of APIs, versions, definitions and deployments.
pub const TITLE: usize = 50;
/// An API's summary.
pub const SUMMARY: usize = 200;
/// An API's description.
pub const DESCRIPTION: usize = 1000;
/// A deployment's description.
pub const DEPLOYMENT_DESCRIPTION: usize = 500;
/// Every URL.
pub const URL: usize = 200;
/// Names and addresses of contacts, names of licenses.
pub const NAME: usize = 100;
/// The SPDX expression of a license.
pub const LICENSE_ID: usize = 50;
/// Deployments of one API.
pub const DEPLOYMENTS: usize = 10;

/// The start of `text` that fits into `limit`.
#[must_use]
pub fn cut(text: &str, limit: usize) -> &str {
    let mut units = 0;
    for (at, char) in text.char_indices() {
        units += char.len_utf16();
        if units > limit {
            return &text[..at];
        }
    }
    text
}
