//! Time limits, so that every command ends whatever the service does.
//!
//! - One response: `--timeout`, from the connection to the last byte; see
//!   [`NetworkTransport`](crate::transport::network::NetworkTransport).
//! - One request with its retries: a number of attempts and [`Timeouts::retry_window`]; see [`retry`](crate::retry).
//! - One long-running operation: [`Timeouts::operation`]; see [`lro`](crate::lro).

use std::time::Duration;

use crate::retry::MAX_DELAY;
use azr_core::context::Context;
use azr_core::error::Result;

/// How long a request is retried, from its first attempt: half an hour.
const RETRY_WINDOW: Duration = Duration::from_secs(30 * 60);

/// How long an operation may take, unless `AZR_OPERATION_TIMEOUT` is set: a day.
///
/// Creating an API Management service takes an hour or so; several of them with networks in several regions, longer.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(24 * 60 * 60);

/// The time limits of one run.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// The longest delay between two attempts or two polls.
    pub max_delay: Duration,
    /// How long after the first attempt of a request another one may start.
    pub retry_window: Duration,
    /// How long a long-running operation may take.
    pub operation: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { max_delay: MAX_DELAY, retry_window: RETRY_WINDOW, operation: OPERATION_TIMEOUT }
    }
}

impl Timeouts {
    /// The time limits that the environment sets.
    ///
    /// Fails if a variable is not a number.
    pub fn from_context(context: &Context) -> Result<Self> {
        let default = Self::default();
        Ok(Self {
            // Only shorter: a service that asks for a delay gets it.
            max_delay: context
                .max_test_pause()?
                .map_or(default.max_delay, |delay| delay.min(default.max_delay)),
            operation: context.operation_timeout()?.unwrap_or(default.operation),
            ..default
        })
    }
}
