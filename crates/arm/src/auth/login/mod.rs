//! Signing in without another program: with a browser, with a code on another device, or as an application.
//!
//! The protocol is the `oauth2` crate's; what it sends is carried by azr's transport to the authority, and to nobody
//! else.

mod browser;
mod claims;
mod device;
mod loopback;
mod newcomer;
mod protocol;
mod vault;

pub use browser::{Browser, can_open};
pub use claims::Person;
pub use newcomer::{Newcomer, leave};
pub use protocol::{Granted, Protocol, SIGN_IN_AGAIN};
pub use vault::{HAS_KEYRING, Vault};

/// The variable that names another application to sign in as.
pub const CLIENT_VARIABLE: &str = "AZR_CLIENT_ID";

/// The application that users sign in as where [`CLIENT_VARIABLE`] names no other: "Microsoft Azure CLI", a public
/// client without a secret that every tenant knows, which may ask for Resource Manager's tokens on behalf of a user.
///
/// Its id is public: <https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>.
/// Conditional access policies and the log of sign-ins show it as Azure CLI, as they do for az.
pub const AZURE_CLI: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// The word for "the tenant of whoever signs in".
pub const ANY_TENANT: &str = "organizations";
