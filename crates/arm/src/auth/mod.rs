//! Who azr is to Azure: the chain of credentials, and the tokens it gets from them.
//!
//! A token leaves this module only as a [`Secret`], to be sent where `may_carry_token` allows.

mod cache;
mod chain;
mod claims;
mod credential;
mod explain;
mod given;
pub mod login;
mod offer;
mod program;
mod secret;
#[cfg(test)]
mod tests;
mod token;
mod token_destination;
mod transport;

use async_trait::async_trait;

use azr_core::error::Result;

pub use chain::{Chain, Wanted, chain};
pub use claims::{Claims, claims};
pub use secret::Secret;
pub use token::Token;
pub(crate) use token_destination::may_carry_token;
pub use transport::AuthTransport;

/// Where access tokens come from.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is good for some minutes at least; the same one as before while it is.
    async fn token(&self) -> Result<Secret>;

    /// Another token, after the service refused this one with 401.
    ///
    /// Fails where there can be no other (`AZR_ACCESS_TOKEN`); the service's 401 then stands.
    async fn renew(&self, refused: &Secret) -> Result<Secret>;

    /// Which credential is used and why those before it are not, for `--verbose`.
    ///
    /// It knows more after the first token than before it.
    fn describe(&self) -> String;
}
