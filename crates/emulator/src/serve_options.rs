//! Options of serving an emulator that concern the connection, or other requests in flight.
//!
//! [`Emulator::respond`](super::Emulator::respond) is a function from a request to a response; whatever takes time,
//! depends on concurrent requests, or breaks connections is here. In process there is none of it.

use std::time::Duration;

use super::faults::Faults;
use super::quirks::Quirks;
use super::request_log::RequestLog;

/// How long receiving the head of a request may take by default, and its body.
const RECEIVE_TIMEOUT: Duration = Duration::from_secs(30);

/// Options of serving an emulator; by default it responds at once and without faults.
#[derive(Debug)]
pub struct ServeOptions {
    /// A host name that clients may use besides those of this machine.
    pub host: Option<String>,
    /// How long to wait for the head of a request, and for its body, before the connection is closed.
    pub receive_timeout: Duration,
    /// How long to wait before each response.
    pub latency: Duration,
    /// The faults to inject.
    pub faults: Faults,
    /// The misbehavior of the real services under load, if it is emulated.
    pub quirks: Option<Quirks>,
    /// Where requests are logged.
    pub log: Option<RequestLog>,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            host: None,
            receive_timeout: RECEIVE_TIMEOUT,
            latency: Duration::ZERO,
            faults: Faults::default(),
            quirks: None,
            log: None,
        }
    }
}
