//! `If-Match`: a change is made only if the resource is still in the state that the client has seen.

use super::Dialect;
use crate::request::ParsedRequest;
use crate::response::Response;
use crate::store::Entry;

/// Refuses a request whose `If-Match` is not the resource's `ETag`.
///
/// `*` matches anything, and also a resource that is about to be created. A request without the header is carried out;
/// the specification requires the header for PATCH and DELETE, but the service does not.
pub(crate) fn check_if_match(
    request: &ParsedRequest,
    dialect: &dyn Dialect,
    entry: Option<&Entry>,
) -> Result<(), Response> {
    let Some(expected) = request.header("if-match").map(str::trim) else { return Ok(()) };
    let plain = |etag: &str| etag.trim_start_matches("W/").trim_matches('"').to_owned();
    let expected = plain(expected);
    if expected == "*" || entry.is_some_and(|entry| plain(&dialect.etag(entry)) == expected) {
        return Ok(());
    }
    Err(dialect.precondition_failed())
}
