//! An access token and how long it is good for.

use azure_core::credentials::AccessToken;
use time::OffsetDateTime;

use super::Secret;

/// Seconds before its end at which a token is no longer handed out: long operations are polled with it.
pub const MARGIN: i64 = 5 * 60;

/// An access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What is sent.
    pub secret: Secret,
    /// The end of its life, in seconds of Unix time.
    pub expires: i64,
}

impl Token {
    /// Whether it is good for another [`MARGIN`].
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.is_good_for(MARGIN)
    }

    /// Whether it is good for so many seconds more.
    #[must_use]
    pub fn is_good_for(&self, seconds: i64) -> bool {
        self.expires - now() > seconds
    }

    /// When another one is wanted: [`MARGIN`] before its end, or half-way for a token that lives shortly.
    #[must_use]
    pub fn renewal(&self) -> i64 {
        let life = self.expires - now();
        self.expires - MARGIN.min(life / 2)
    }
}

impl From<AccessToken> for Token {
    fn from(token: AccessToken) -> Self {
        Self { secret: Secret::new(token.token.secret()), expires: token.expires_on.unix_timestamp() }
    }
}

/// Now, in seconds of Unix time.
pub fn now() -> i64 {
    OffsetDateTime::now_utc().unix_timestamp()
}
