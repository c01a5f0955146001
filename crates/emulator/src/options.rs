//! Settings of the emulator where the real services depend on load, distance or other systems.

use std::time::Duration;

use crate::token_buckets::RateLimits;
use crate::token_issuer::TokenIssuer;

/// Fetches the document behind a link to another host; the error says why it could not be fetched.
///
/// It may block; the server calls it off its event loop.
pub type FetchDocument = Box<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// The settings of an emulator.
pub struct Options {
    /// Whether a request without a bearer token is refused.
    pub require_token: bool,
    /// A token that is treated as expired, besides the literal `expired`.
    pub expired_token: Option<String>,
    /// Issues tokens, and decides which are accepted; without it, the emulator has no sign-in endpoints.
    pub token_issuer: Option<TokenIssuer>,
    /// How many items a page of an API Center list has.
    pub page_size: usize,
    /// How many polls of a long-running operation answer that it is still in progress.
    pub polls: u32,
    /// How long a long-running operation takes at least, however often it is polled.
    pub operation_time: Duration,
    /// How long an API source of a center does not notice changes after it has synchronized.
    pub synchronization_delay: Duration,
    /// The pause between polls that the client is asked to make, in milliseconds.
    pub poll_pause_ms: u32,
    /// The rate limits; by default there are none.
    pub rate_limits: RateLimits,
    /// Fetches documents from other hosts; without it, importing from such a link fails.
    pub fetch: Option<FetchDocument>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            require_token: false,
            expired_token: None,
            token_issuer: None,
            page_size: 50,
            polls: 1,
            operation_time: Duration::ZERO,
            synchronization_delay: Duration::ZERO,
            poll_pause_ms: 10,
            rate_limits: RateLimits::default(),
            fetch: None,
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("require_token", &self.require_token)
            .field("page_size", &self.page_size)
            .field("polls", &self.polls)
            .field("operation_time", &self.operation_time)
            .field("poll_pause_ms", &self.poll_pause_ms)
            .field("rate_limits", &self.rate_limits)
            .field("fetch", &self.fetch.is_some())
            .finish_non_exhaustive()
    }
}
