//! The credentials, one per file, in the order in which they are tried.

mod az;
mod azd;
pub(super) mod azr_login;
mod certificate;
mod client_certificate;
mod client_secret;
mod cloud_shell;
mod github;
mod managed_identity;
mod oidc;
mod pipelines;
mod workload_identity;

use super::credential_source::{CredentialSource, SignInContext};

/// The name of a credential, and the function that checks whether it can be used.
pub(super) type CredentialKind = (&'static str, fn(&SignInContext) -> CredentialSource);

/// All credentials but `AZR_ACCESS_TOKEN`, which comes first.
///
/// What is configured for this run comes before the identity of the machine, and that before a login that happens to
/// exist. azr's own login comes before those of other programs: a user who signed in with azr wants to use it.
pub(super) const CREDENTIALS: &[CredentialKind] = &[
    ("service principal with a secret", client_secret::source),
    ("service principal with a certificate", client_certificate::source),
    ("workload identity", workload_identity::source),
    ("GitHub Actions", github::source),
    ("Azure Pipelines", pipelines::source),
    ("Cloud Shell", cloud_shell::source),
    ("managed identity", managed_identity::source),
    ("azr login", azr_login::source),
    ("az login", az::source),
    ("azd auth login", azd::source),
];

#[cfg(test)]
pub(super) use certificate::test_pem;
