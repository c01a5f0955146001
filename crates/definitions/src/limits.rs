//! The limits of API Center, and truncation of texts to them.
//!
//! The lengths are those of the resource types of 2024-03-01, in UTF-16 code units, as in .NET.

/// The length of titles of APIs, versions, definitions and deployments.
pub const TITLE: usize = 50;
/// The length of an API's summary.
pub const SUMMARY: usize = 200;
/// The length of an API's description.
pub const DESCRIPTION: usize = 1000;
/// The length of a deployment's description.
pub const DEPLOYMENT_DESCRIPTION: usize = 500;
/// The length of URLs.
pub const URL: usize = 200;
/// The length of names and addresses of contacts, and of names of licenses.
pub const NAME: usize = 100;
/// The length of the SPDX expression of a license.
pub const LICENSE_ID: usize = 50;
/// The number of deployments of an API.
pub const DEPLOYMENTS: usize = 10;

pub use azr_core::text::truncate_utf16 as truncate;
