//! How an emulator behaves where the real service depends on load, distance or the state outside.

use super::login::Login;
use super::token_buckets::RateLimits;

/// Fetches the document behind a link of another host: the text, or why it could not be had.
///
/// It may block; a server calls the emulator off its event loop when there is one.
pub type Fetch = Box<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// The settings of an emulator.
pub struct Options {
    /// Whether a request without a bearer token is refused. On over HTTP; in process there is nobody to tell apart.
    pub require_token: bool,
    /// A token that is treated as expired, besides the literal `expired`.
    pub expired_token: Option<String>,
    /// Who gives out tokens; nobody in process, where nobody signs in.
    pub login: Option<Login>,
    /// How many items a page of an API Center list holds.
    pub page_size: usize,
    /// How many polls of an accepted operation answer that it is still running.
    pub polls: u32,
    /// The pause a client is asked to make between polls, in milliseconds.
    pub poll_pause_ms: u32,
    /// The rate limits; by default there are none.
    pub rate_limits: RateLimits,
    /// Reaches documents of other hosts; without it an import from such a link fails.
    pub fetch: Option<Fetch>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            require_token: false,
            expired_token: None,
            login: None,
            page_size: 50,
            polls: 1,
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
            .field("poll_pause_ms", &self.poll_pause_ms)
            .field("rate_limits", &self.rate_limits)
            .field("fetch", &self.fetch.is_some())
            .finish_non_exhaustive()
    }
}
