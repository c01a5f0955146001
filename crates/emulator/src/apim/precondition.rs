//! Etags: on every answer about one entity, and in `If-Match` before it is changed.

use super::errors;
use crate::request::ParsedRequest;
use crate::response::Response;
use crate::store::Entry;

/// The entity's etag as the `etag` header carries it.
pub fn quoted(entry: &Entry) -> String {
    format!("\"{}\"", entry.etag)
}

/// Refuses a request whose `If-Match` names another state of the entity.
///
/// A PUT that creates may say `*`; one that names an etag expects something to be there.
pub fn check(request: &ParsedRequest, entry: Option<&Entry>) -> Result<(), Response> {
    let Some(wanted) = request.header("if-match") else { return Ok(()) };
    let wanted = wanted.trim();
    let plain = wanted.trim_start_matches("W/").trim_matches('"');
    match entry {
        _ if plain == "*" => Ok(()),
        Some(entry) if entry.etag == plain => Ok(()),
        _ => Err(errors::modified()),
    }
}

/// The same, for requests that API Management refuses without an `If-Match` (PATCH, DELETE).
///
/// The reference marks the header as required for both; `*` means whatever state it is in.
pub fn require(request: &ParsedRequest, entry: Option<&Entry>) -> Result<(), Response> {
    if request.header("if-match").is_none() {
        return Err(errors::invalid("If-Match", "The If-Match header is required: an etag, or * for any."));
    }
    check(request, entry)
}
