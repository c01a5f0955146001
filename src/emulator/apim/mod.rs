//! API Management: not here yet.

use super::http::{Answer, Call};
use super::world::World;

/// Answers for every path of `Microsoft.ApiManagement`.
pub fn handle(_world: &mut World, call: &Call) -> Answer {
    Answer::error(404, "ResourceNotFound", &format!("The emulator has nothing at '{}'.", call.path))
}

/// The document of an API, with the specification's name and version.
#[must_use]
pub fn export_document(_world: &World, _api_id: &str) -> Option<(String, &'static str, String)> {
    None
}
