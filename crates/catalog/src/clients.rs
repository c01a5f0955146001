//! The clients of an import.

use azr_arm::client::Client;

/// The clients of the two sides of an import; the same client if both are reached with the same credentials.
#[derive(Clone, Copy)]
pub struct Clients<'a> {
    /// Reads API Management.
    pub source: &'a Client,
    /// Reads and writes the center.
    pub center: &'a Client,
}
