//! Options of serving an emulator that concern the connection, or other requests in flight.
//!
//! [`Emulator::respond`](super::Emulator::respond) is a function from a request to a response; whatever takes time,
//! depends on concurrent requests, or breaks connections is here. In process there is none of it.

use std::time::Duration;

use super::faults::Faults;
use super::quirks::Quirks;
use super::request_log::RequestLog;

/// Options of serving an emulator; by default it responds at once and without faults.
#[derive(Debug, Default)]
pub struct ServeOptions {
    /// How long to wait before each response.
    pub latency: Duration,
    /// The faults to inject.
    pub faults: Faults,
    /// The misbehavior of the real services under load, if it is emulated.
    pub quirks: Option<Quirks>,
    /// Where requests are logged.
    pub log: Option<RequestLog>,
}
