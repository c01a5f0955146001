//! Errors of the real services under concurrent requests: exports that are mixed up, and writes that conflict.
//!
//! Requests are delayed a little, so that those sent at the same time overlap however fast the emulator is.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use crate::apim;
use crate::emulator::Emulator;
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::rng::SeededRng;
use crate::route::Route;

/// How long an export is delayed.
pub(super) const EXPORT_DELAY: Duration = Duration::from_millis(20);

/// How long a write is delayed.
pub(super) const WRITE_DELAY: Duration = Duration::from_millis(4);

/// The share of writes that conflict with an operation of the service itself.
const RANDOM_CONFLICTS: f64 = 1.0 / 40.0;

/// The requests in flight that may disturb each other.
#[derive(Debug, Default)]
pub(super) struct Concurrency {
    exports: Mutex<HashMap<String, ExportGroup>>,
    /// The APIs that are being written to, by id in lower case.
    writes: Mutex<HashSet<String>>,
}

/// Exports in flight that are mixed up with each other.
#[derive(Debug, Default)]
struct ExportGroup {
    members: usize,
    /// The link in the first response.
    first_link: Arc<OnceLock<Value>>,
}

/// A write in flight, the only one to its API.
#[derive(Debug)]
pub(super) struct Write<'a> {
    concurrency: &'a Concurrency,
    api: String,
}

/// An export in flight.
#[derive(Debug)]
pub(super) struct Export<'a> {
    concurrency: &'a Concurrency,
    group: String,
    first_link: Arc<OnceLock<Value>>,
}

impl Concurrency {
    /// Registers a write to an API; the error is the response to one that conflicts with another.
    pub(super) fn begin_write(
        &self,
        rng: &SeededRng,
        request: &ParsedRequest,
    ) -> Result<Option<Write<'_>>, Response> {
        let Some(api) = written_api(request) else { return Ok(None) };
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        if rng.decide(request, RANDOM_CONFLICTS) || !writes.insert(api.clone()) {
            return Err(conflict());
        }
        Ok(Some(Write { concurrency: self, api }))
    }

    /// Registers an export.
    pub(super) fn begin_export(&self, emulator: &Emulator, request: &ParsedRequest) -> Option<Export<'_>> {
        let group = emulator.with_state(|state| apim::export_family(state, request))?;
        let mut exports = self.exports.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = exports.entry(group.clone()).or_default();
        entry.members += 1;
        Some(Export { concurrency: self, group, first_link: entry.first_link.clone() })
    }
}

impl Export<'_> {
    /// The response with the link of the first response in the group, and whether it differs; the id stays that of the requested API.
    pub(super) fn mix_up(&self, mut response: Response) -> (Response, bool) {
        let Some(mut body) =
            serde_json::from_slice::<Value>(response.body()).ok().filter(|_| response.status() == 200)
        else {
            return (response, false);
        };
        let pointer =
            ["/value/link", "/properties/value/link"].into_iter().find(|p| body.pointer(p).is_some());
        let Some(link) = pointer.and_then(|p| body.pointer_mut(p)) else { return (response, false) };
        let first = self.first_link.get_or_init(|| link.clone());
        if first == link {
            return (response, false);
        }
        *link = first.clone();
        *response.body_mut() = body.to_string().into();
        (response, true)
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.concurrency.writes.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.api);
    }
}

impl Drop for Export<'_> {
    fn drop(&mut self) {
        let mut exports = self.concurrency.exports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = exports.get_mut(&self.group) {
            group.members -= 1;
            if group.members == 0 {
                exports.remove(&self.group);
            }
        }
    }
}

/// API Management's response to a write during another, as users quote it; the write was not carried out.
fn conflict() -> Response {
    let error = json!({
        "code": "PessimisticConcurrencyConflict",
        "message": "Operation on the API is in progress",
        "details": null,
    });
    response::json(409, &json!({"error": error}))
}

/// The API, of a center or of API Management, that a request writes to or below; the same for all its revisions.
fn written_api(request: &ParsedRequest) -> Option<String> {
    let route = Route::parse(&request.path);
    let is_read = match request.method.as_str() {
        // Actions that change nothing.
        "POST" => route.rest.last().is_some_and(|action| action.to_ascii_lowercase().starts_with("export")),
        method => !matches!(method, "PUT" | "PATCH" | "DELETE"),
    };
    let is = |segment: &str, name: &str| segment.eq_ignore_ascii_case(name);
    let name = match route.rest[..] {
        [_, _, workspaces, _, apis, name, ..]
            if route.is("Microsoft.ApiCenter") && is(workspaces, "workspaces") && is(apis, "apis") =>
        {
            name
        }
        [_, _, apis, name, ..] if route.is("Microsoft.ApiManagement") && is(apis, "apis") => {
            apim::api_name(name)
        }
        _ => return None,
    };
    // A segment is a slice of the path, so its address tells where the id ends.
    let end = name.as_ptr() as usize - request.path.as_ptr() as usize + name.len();
    (!is_read).then(|| request.path[..end].to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{GROUP, build_request};

    #[test]
    fn only_changes_of_an_api_are_writes_to_it() {
        let api = |method: &str, path: &str| {
            written_api(&build_request(method, &format!("{GROUP}/providers/{path}"))).map(|id| {
                let below = id.strip_prefix(&GROUP.to_ascii_lowercase()).expect("below the group");
                below.trim_start_matches("/providers/microsoft.").to_owned()
            })
        };
        let center = "apicenter/services/c/workspaces/default/apis/one";
        let management = "apimanagement/service/s/apis/one";
        for (method, path, id) in [
            ("PUT", "Microsoft.ApiCenter/services/c/workspaces/default/apis/One", center),
            ("DELETE", "Microsoft.ApiCenter/services/c/workspaces/default/apis/one/versions/v", center),
            (
                "POST",
                "Microsoft.ApiCenter/services/c/workspaces/default/apis/one/versions/v/definitions/d/importSpecification",
                center,
            ),
            ("PATCH", "Microsoft.ApiManagement/service/s/apis/one;rev=2/operations/o", management),
        ] {
            assert_eq!(api(method, path).as_deref(), Some(id), "{method} {path}");
        }
        for (method, path) in [
            ("GET", "Microsoft.ApiCenter/services/c/workspaces/default/apis/one"),
            (
                "POST",
                "Microsoft.ApiCenter/services/c/workspaces/default/apis/one/versions/v/definitions/d/exportSpecification",
            ),
            ("PUT", "Microsoft.ApiCenter/services/c/workspaces/default/environments/e"),
            ("PUT", "Microsoft.ApiManagement/service/s/products/p/apis/one"),
        ] {
            assert_eq!(api(method, path), None, "{method} {path}");
        }
    }
}
