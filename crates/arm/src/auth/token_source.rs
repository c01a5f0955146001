//! Where the client gets access tokens from.

use async_trait::async_trait;

use super::Secret;
use azr_core::error::Result;

/// A source of access tokens.
#[async_trait]
pub trait TokenSource: Send + Sync {
    /// A token that is valid for some minutes at least; the same one as before while it is.
    async fn token(&self) -> Result<Secret>;

    /// Another token, after the service rejected this one with 401.
    ///
    /// Fails if there is no other (`AZR_ACCESS_TOKEN`); then the service's 401 is the error.
    async fn renew(&self, rejected: &Secret) -> Result<Secret>;

    /// Which credential is used and why those before it are not, for `--verbose`.
    ///
    /// The description is more precise after the first token.
    fn describe(&self) -> String;
}
