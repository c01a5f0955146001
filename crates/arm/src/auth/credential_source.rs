//! What the environment has to sign in with.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;

use super::transport::AuthTransport;
use azr_core::context::Context;

/// What decides whether a credential can be used.
pub(super) struct SignInContext<'a> {
    /// Variables and folders.
    pub context: &'a Context,
    /// The tenant of the subscription, if it is known.
    pub tenant: Option<&'a str>,
    /// Which of azr's own logins may sign in.
    pub azr_login: AzrLogin<'a>,
    /// The subscription to request a token for from az, if it is not az's default.
    pub az_subscription: Option<&'a str>,
    /// Whether az knows the subscription, and with it the tenant.
    pub is_known_to_az: bool,
    /// The transport and the authority.
    pub transport: AuthTransport,
}

/// Which of azr's own logins a subscription is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AzrLogin<'a> {
    /// The login for the tenant, or else the active one.
    Any,
    /// The account with this name, which the subscription was found with.
    Account(&'a str),
    /// None: the subscription is known to az only.
    None,
}

impl SignInContext<'_> {
    /// A variable, or the message that it is not set.
    pub(super) fn require(&self, name: &str) -> Result<&str, String> {
        self.context.var(name).ok_or_else(|| format!("{name} is not set"))
    }

    /// The tenant of a service principal: `AZURE_TENANT_ID`, or else that of the subscription.
    pub(super) fn principal_tenant(&self) -> Result<&str, String> {
        self.require("AZURE_TENANT_ID").or_else(|reason| self.tenant.ok_or(reason))
    }
}

/// Whether a credential can be used.
pub(super) enum CredentialSource {
    /// It can.
    Ready(Candidate),
    /// It is not configured, for this reason.
    NotConfigured(String),
    /// It is configured in part: the reason is part of the error if no other credential works.
    Incomplete(String),
}

impl CredentialSource {
    /// Ready, or incomplete for the reason in the error.
    pub(super) fn from_candidate(candidate: Result<Candidate, String>) -> Self {
        match candidate {
            Ok(candidate) => Self::Ready(candidate),
            Err(reason) => Self::Incomplete(reason),
        }
    }
}

/// Creates the SDK's credential anew for each token, so that no token comes from a cache of its own.
pub(super) type CredentialFactory =
    Box<dyn Fn() -> azure_core::Result<Arc<dyn TokenCredential>> + Send + Sync>;

/// A credential that can be used.
pub(super) struct Candidate {
    /// What it is and whom it signs in, such as `service principal with a secret (client …, tenant …)`.
    pub label: String,
    /// The key of its tokens in the cache; it is hashed, so it may contain secrets.
    pub key: Vec<String>,
    /// Whether it is the login of another program: if it does not work, the next candidate is tried.
    pub is_external_login: bool,
    /// Creates the credential.
    pub create: CredentialFactory,
}
