//! How long azr waits, so that every command ends, whatever the service does.
//!
//! - One answer: `--timeout`, from the connection to the last byte; see
//!   [`HttpTransport`](crate::transport::HttpTransport).
//! - One request with its repetitions: a number of attempts and [`Patience::retrying`]; see [`retry`](super::retry).
//! - One operation: [`Patience::operation`]; see [`lro`](super::lro).

use std::time::Duration;

use super::retry::MAX_PAUSE;
use azr_core::context::Context;
use azr_core::error::Result;

/// For how long a request is sent again, counted from its first attempt: half an hour.
const RETRYING: Duration = Duration::from_secs(30 * 60);

/// How long an operation may take where `AZR_OPERATION_TIMEOUT` says nothing: a day.
///
/// A service of API Management takes an hour or so to be made, and several with networks in several regions.
const OPERATION: Duration = Duration::from_secs(24 * 60 * 60);

/// The bounds of one run.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// The longest pause between two attempts or two polls.
    pub pause: Duration,
    /// How long after a request's first attempt another may begin.
    pub retrying: Duration,
    /// How long an operation may take.
    pub operation: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { pause: MAX_PAUSE, retrying: RETRYING, operation: OPERATION }
    }
}

impl Patience {
    /// The bounds that `context` sets.
    ///
    /// Fails where a variable is no number.
    pub fn of(context: &Context) -> Result<Self> {
        let usual = Self::default();
        Ok(Self {
            // Never longer: whoever asks for a pause gets it.
            pause: context.max_test_pause()?.map_or(usual.pause, |pause| pause.min(usual.pause)),
            operation: context.operation_timeout()?.unwrap_or(usual.operation),
            ..usual
        })
    }
}
