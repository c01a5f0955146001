//! How a served emulator behaves between the request that it reads and the answer that it sends.
//!
//! [`Emulator::respond`](super::Emulator::respond) is a function from a request to an answer; what takes time, what
//! depends on other requests in flight, and what spoils a connection is here. In process there is none of it.

use std::time::Duration;

use super::faults::Faults;
use super::quirks::Quirks;
use super::request_log::RequestLog;

/// The manners of a served emulator; the default is to answer at once, and well.
#[derive(Debug, Default)]
pub struct Conduct {
    /// How long to wait before each answer.
    pub latency: Duration,
    /// What is to go wrong.
    pub faults: Faults,
    /// Whether, and how, it misbehaves as the real services do.
    pub quirks: Option<Quirks>,
    /// Where answered requests are noted.
    pub log: Option<RequestLog>,
}
