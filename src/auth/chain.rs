//! The chain of credentials: the first one that the environment offers is used.

use std::sync::Arc;

use async_trait::async_trait;

use super::{Secret, TokenSource};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::transport::Transport;

/// The credentials of one run.
pub struct Chain {
    given: Option<Secret>,
    how: &'static str,
}

/// The credentials that `context` offers for `tenant`, or for the tenant they belong to.
pub fn chain(context: &Context, _tenant: Option<&str>, _http: Arc<dyn Transport>) -> Result<Chain> {
    if context.cloud()?.is_emulator() {
        return Ok(Chain { given: Some(Secret::new("emulator")), how: "the emulator asks for none" });
    }
    Ok(Chain { given: context.var("AZR_ACCESS_TOKEN").map(Secret::new), how: "AZR_ACCESS_TOKEN" })
}

#[async_trait]
impl TokenSource for Chain {
    async fn token(&self) -> Result<Secret> {
        self.given.clone().ok_or_else(|| Error::Auth { message: "no credential".to_owned(), hint: None })
    }

    async fn renew(&self) -> Result<Secret> {
        self.token().await
    }

    fn describe(&self) -> String {
        self.how.to_owned()
    }
}
