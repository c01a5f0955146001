//! What the environment offers to sign in with.

use std::sync::Arc;

use azure_core::credentials::TokenCredential;

use super::transport::AuthTransport;
use azr_core::context::Context;
use azr_core::error::Result;

/// What a credential looks at to see whether it can be used.
pub struct Setup<'a> {
    /// Variables and folders.
    pub context: &'a Context,
    /// The tenant of the subscription, where it is known.
    pub tenant: Option<&'a str>,
    /// Whose login of azr's own may sign in.
    pub own: Own<'a>,
    /// The subscription to ask az for, where it is not az's default.
    pub subscription: Option<&'a str>,
    /// Whether az itself names the subscription: it then knows the tenant.
    pub is_login: bool,
    /// The transport and the authority.
    pub wire: AuthTransport,
}

/// Which of azr's own logins a subscription is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own<'a> {
    /// That of the tenant, else the active one.
    Any,
    /// The account of this name, which found the subscription.
    Account(&'a str),
    /// None: az knows the subscription, and azr's own logins do not.
    Nobody,
}

impl Setup<'_> {
    /// A variable, or the sentence that it is not set.
    pub fn need(&self, name: &str) -> Result<&str, String> {
        self.context.var(name).ok_or_else(|| format!("{name} is not set"))
    }

    /// The tenant of a service principal: `AZURE_TENANT_ID`, else that of the subscription.
    pub fn principal_tenant(&self) -> Result<&str, String> {
        self.need("AZURE_TENANT_ID").or_else(|why| self.tenant.ok_or(why))
    }
}

/// Whether a credential can be used.
pub enum Offer {
    /// It can.
    Ready(Candidate),
    /// It is not meant to be.
    Absent(String),
    /// Somebody began to set it up: worth a word when nothing else works.
    Incomplete(String),
}

impl Offer {
    /// Ready, or incomplete for the reason given.
    pub fn complete(candidate: Result<Candidate, String>) -> Self {
        match candidate {
            Ok(candidate) => Self::Ready(candidate),
            Err(why) => Self::Incomplete(why),
        }
    }
}

/// Makes the SDK's credential anew for each token, so that none comes out of a memory of its own.
pub type Make = Box<dyn Fn() -> azure_core::Result<Arc<dyn TokenCredential>> + Send + Sync>;

/// A credential that can be used.
pub struct Candidate {
    /// What it is and who it signs in, such as `service principal with a secret (client …, tenant …)`.
    pub label: String,
    /// What tells its tokens from others in the cache; hashed, so it may hold secrets.
    pub key: Vec<String>,
    /// A login held by another program: it may turn out not to be there, and the next is tried.
    pub is_login: bool,
    /// Makes the credential.
    pub make: Make,
}
