//! Two ways in which the real services misbehave under load: exports that are mixed up, and writes that conflict.
//!
//! Both depend on concurrent requests, so they belong to the server. Requests are delayed a little, so that those sent
//! at the same time overlap however fast the emulator is.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Emulator, apim};
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::rng::SeededRng;
use crate::route::Route;

/// How long an export is delayed.
const EXPORT_DELAY: Duration = Duration::from_millis(20);

/// How long a write is delayed.
const WRITE_DELAY: Duration = Duration::from_millis(4);

/// The share of writes that conflict with an operation of the service itself.
const RANDOM_CONFLICTS: f64 = 1.0 / 40.0;

/// The requests in flight that quirks depend on.
#[derive(Debug)]
pub struct Quirks {
    rng: SeededRng,
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

/// A request in flight, until it is dropped.
#[derive(Debug)]
pub enum InFlight<'a> {
    /// A request that no quirk concerns.
    Other,
    /// A write that conflicts with another and is refused.
    Conflict,
    /// A write.
    Write(Write<'a>),
    /// An export.
    Export(Export<'a>),
}

/// A write in flight, the only one to its API.
#[derive(Debug)]
pub struct Write<'a> {
    quirks: &'a Quirks,
    api: String,
}

/// An export in flight.
#[derive(Debug)]
pub struct Export<'a> {
    quirks: &'a Quirks,
    group: String,
    first_link: Arc<OnceLock<Value>>,
}

impl Quirks {
    /// Quirks whose random conflicts depend on this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { rng: SeededRng::new(seed), exports: Mutex::default(), writes: Mutex::default() }
    }

    /// Registers a request, which is in flight until the returned value is dropped.
    pub fn begin(&self, emulator: &Emulator, request: &ParsedRequest) -> InFlight<'_> {
        if let Some(api) = written_api(request) {
            let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
            if self.rng.decide(request, RANDOM_CONFLICTS) || !writes.insert(api.clone()) {
                return InFlight::Conflict;
            }
            return InFlight::Write(Write { quirks: self, api });
        }
        match emulator.with_state(|state| apim::export_family(state, request)) {
            None => InFlight::Other,
            Some(group) => {
                let mut exports = self.exports.lock().unwrap_or_else(PoisonError::into_inner);
                let entry = exports.entry(group.clone()).or_default();
                entry.members += 1;
                InFlight::Export(Export { quirks: self, group, first_link: entry.first_link.clone() })
            }
        }
    }
}

impl InFlight<'_> {
    /// How long the request is delayed.
    #[must_use]
    pub fn delay(&self) -> Duration {
        match self {
            Self::Other | Self::Conflict => Duration::ZERO,
            Self::Write(_) => WRITE_DELAY,
            Self::Export(_) => EXPORT_DELAY,
        }
    }

    /// The response that refuses the request, if it is not to be handled.
    #[must_use]
    pub fn refusal(&self) -> Option<Response> {
        matches!(self, Self::Conflict).then(conflict)
    }

    /// The response to send, and the name of the quirk if it is not the right response.
    #[must_use]
    pub fn finish(self, response: Response) -> (Response, Option<&'static str>) {
        match self {
            Self::Conflict => (response, Some("conflict")),
            Self::Export(export) => export.mix_up(response),
            Self::Other | Self::Write(_) => (response, None),
        }
    }
}

impl Export<'_> {
    /// The response with the link of the first response in the group; the id stays that of the requested API.
    fn mix_up(&self, mut response: Response) -> (Response, Option<&'static str>) {
        let Some(mut body) =
            serde_json::from_slice::<Value>(response.body()).ok().filter(|_| response.status() == 200)
        else {
            return (response, None);
        };
        let pointer =
            ["/value/link", "/properties/value/link"].into_iter().find(|p| body.pointer(p).is_some());
        let Some(link) = pointer.and_then(|p| body.pointer_mut(p)) else { return (response, None) };
        let first = self.first_link.get_or_init(|| link.clone());
        if first == link {
            return (response, None);
        }
        *link = first.clone();
        *response.body_mut() = body.to_string().into();
        (response, Some("export-mix-up"))
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.quirks.writes.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.api);
    }
}

impl Drop for Export<'_> {
    fn drop(&mut self) {
        let mut exports = self.quirks.exports.lock().unwrap_or_else(PoisonError::into_inner);
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
    use crate::Options;
    use crate::testing::{GROUP, build_request, emulator};

    fn write(path: &str) -> ParsedRequest {
        build_request("PUT", &format!("{GROUP}/providers/{path}"))
    }

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

    #[test]
    fn two_writes_to_an_api_conflict_while_both_are_in_flight() {
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(0));
        let one = write("Microsoft.ApiManagement/service/s/apis/one");
        let part = write("Microsoft.ApiManagement/service/s/apis/ONE;rev=2/operations/o");
        let two = write("Microsoft.ApiManagement/service/s/apis/two");
        let first = quirks.begin(&azure, &one);
        assert!(first.refusal().is_none() && !first.delay().is_zero());
        let refused = quirks.begin(&azure, &part).refusal().expect("a conflict");
        assert_eq!(refused.status(), 409);
        assert!(quirks.begin(&azure, &two).refusal().is_none());
        drop(first);
        assert!(quirks.begin(&azure, &part).refusal().is_none());
    }

    #[test]
    fn some_writes_conflict_randomly() {
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(3));
        let conflicts = (0..4000)
            .filter(|n| {
                quirks
                    .begin(&azure, &write(&format!("Microsoft.ApiManagement/service/s/apis/a{n}")))
                    .refusal()
                    .is_some()
            })
            .count();
        assert!((60..140).contains(&conflicts), "{conflicts}");
    }
}
