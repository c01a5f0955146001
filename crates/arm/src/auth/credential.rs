//! The credentials, one file each, in the order in which they are looked at.

mod az;
mod azd;
mod certificate;
mod client_certificate;
mod client_secret;
mod cloud_shell;
mod github;
mod managed_identity;
mod oidc;
pub mod own;
mod pipelines;
mod workload_identity;

use super::offer::{Offer, Setup};

/// A credential's name and how to see whether it can be used.
pub type Kind = (&'static str, fn(&Setup) -> Offer);

/// Every credential but `AZR_ACCESS_TOKEN`, which comes before them.
///
/// What somebody set up for this run goes before what the machine has, and that before a login that merely lies
/// around. azr's own goes before those of others: whoever signed in with azr meant azr.
pub const ORDER: &[Kind] = &[
    ("service principal with a secret", client_secret::offer),
    ("service principal with a certificate", client_certificate::offer),
    ("workload identity", workload_identity::offer),
    ("GitHub Actions", github::offer),
    ("Azure Pipelines", pipelines::offer),
    ("Cloud Shell", cloud_shell::offer),
    ("managed identity", managed_identity::offer),
    ("azr login", own::offer),
    ("az login", az::offer),
    ("azd auth login", azd::offer),
];

#[cfg(test)]
pub use certificate::test_pem;
