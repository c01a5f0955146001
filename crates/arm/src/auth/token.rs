//! Access tokens and their lifetime.

use azure_core::credentials::AccessToken;
use time::OffsetDateTime;

use super::Secret;

/// How many seconds before its expiry a token is no longer used: long-running operations are polled with it.
pub(super) const RENEWAL_MARGIN: i64 = 5 * 60;

/// An access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The text of the token.
    pub secret: Secret,
    /// When it expires, in seconds of Unix time.
    pub expires: i64,
}

impl Token {
    /// Whether it is valid for longer than [`RENEWAL_MARGIN`].
    pub(crate) fn is_fresh(&self) -> bool {
        self.is_valid_for(RENEWAL_MARGIN)
    }

    /// Whether it is valid for more than this many seconds.
    pub(crate) fn is_valid_for(&self, seconds: i64) -> bool {
        self.expires - unix_now() > seconds
    }

    /// When to get another one: [`RENEWAL_MARGIN`] before the expiry, or half-way for a token with a short life.
    pub(crate) fn renewal_time(&self) -> i64 {
        let lifetime = self.expires - unix_now();
        self.expires - RENEWAL_MARGIN.min(lifetime / 2)
    }
}

impl From<AccessToken> for Token {
    fn from(token: AccessToken) -> Self {
        Self { secret: Secret::new(token.token.secret()), expires: token.expires_on.unix_timestamp() }
    }
}

/// The current time in seconds of Unix time.
pub(super) fn unix_now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
