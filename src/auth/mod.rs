//! Who azr is to Azure: the chain of credentials, and the tokens it gets from them.
//!
//! A token leaves this module only as a [`Secret`], to be sent where [`allowed`] says.

mod allowed;
mod chain;
mod secret;

use async_trait::async_trait;

use crate::error::Result;

pub use allowed::allowed;
pub use chain::{Chain, chain};
pub use secret::Secret;

/// Where access tokens come from.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is good for some minutes at least; the same one as before while it is.
    async fn token(&self) -> Result<Secret>;

    /// Another token, after the service refused the last one with 401.
    async fn renew(&self) -> Result<Secret>;

    /// Which credential is used and why those before it are not, for `--verbose`.
    fn describe(&self) -> String;
}
