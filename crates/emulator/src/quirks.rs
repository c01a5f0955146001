//! Two ways in which the real services misbehave under load: exports that are mixed up, and writes that conflict.
//!
//! Both depend on what else is in flight, so they belong to the server; a request is held for a moment, that requests
//! sent at once overlap however fast they are answered.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use super::chance::Chance;
use super::http::{Answer, Call};
use super::route::Route;
use super::{Emulator, apim};

/// How long an export is held.
const EXPORT_HOLD: Duration = Duration::from_millis(20);

/// How long a write is held.
const WRITE_HOLD: Duration = Duration::from_millis(4);

/// How many of the writes conflict with something that nobody sees.
const UNSEEN_CONFLICTS: f64 = 1.0 / 40.0;

/// What is in flight.
#[derive(Debug)]
pub struct Quirks {
    chance: Chance,
    exports: Mutex<HashMap<String, Family>>,
    /// The APIs that are being written to, by id in lower case.
    written: Mutex<HashSet<String>>,
}

/// Exports in flight that are mixed up with each other.
#[derive(Debug, Default)]
struct Family {
    members: usize,
    /// The link in the answer of the first that was answered.
    link: Arc<OnceLock<Value>>,
}

/// A request under way; dropping it ends that.
#[derive(Debug)]
pub enum Turn<'a> {
    /// Nothing is peculiar about it.
    Plain,
    /// A write that must not be carried out.
    Conflict,
    /// A write.
    Write(Write<'a>),
    /// An export.
    Export(Export<'a>),
}

/// A write under way, the only one to its API.
#[derive(Debug)]
pub struct Write<'a> {
    quirks: &'a Quirks,
    api: String,
}

/// An export under way.
#[derive(Debug)]
pub struct Export<'a> {
    quirks: &'a Quirks,
    family: String,
    link: Arc<OnceLock<Value>>,
}

impl Quirks {
    /// Quirks that are left to chance by this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { chance: Chance::new(seed), exports: Mutex::default(), written: Mutex::default() }
    }

    /// Takes a request into account, which is under way until the turn is dropped.
    pub fn enter(&self, emulator: &Emulator, call: &Call) -> Turn<'_> {
        if let Some(api) = written_api(call) {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            if self.chance.strikes(call, UNSEEN_CONFLICTS) || !written.insert(api.clone()) {
                return Turn::Conflict;
            }
            return Turn::Write(Write { quirks: self, api });
        }
        match emulator.with_world(|world| apim::export_family(world, call)) {
            None => Turn::Plain,
            Some(family) => {
                let mut exports = self.exports.lock().unwrap_or_else(PoisonError::into_inner);
                let entry = exports.entry(family.clone()).or_default();
                entry.members += 1;
                Turn::Export(Export { quirks: self, family, link: entry.link.clone() })
            }
        }
    }
}

impl Turn<'_> {
    /// How long the request is to be held before it is answered.
    #[must_use]
    pub fn hold(&self) -> Duration {
        match self {
            Self::Plain | Self::Conflict => Duration::ZERO,
            Self::Write(_) => WRITE_HOLD,
            Self::Export(_) => EXPORT_HOLD,
        }
    }

    /// The answer in place of carrying the request out, if that is not to be done.
    #[must_use]
    pub fn refusal(&self) -> Option<Answer> {
        matches!(self, Self::Conflict).then(conflict)
    }

    /// What becomes of the answer, and the name of the quirk if it is not the right one.
    #[must_use]
    pub fn leave(self, answer: Answer) -> (Answer, Option<&'static str>) {
        match self {
            Self::Conflict => (answer, Some("conflict")),
            Self::Export(export) => export.mixed(answer),
            Self::Plain | Self::Write(_) => (answer, None),
        }
    }
}

impl Export<'_> {
    /// The answer with the link of whichever of the family was answered first; the id stays that of the API asked for.
    fn mixed(&self, mut answer: Answer) -> (Answer, Option<&'static str>) {
        let Some(mut body) =
            serde_json::from_slice::<Value>(&answer.body).ok().filter(|_| answer.status == 200)
        else {
            return (answer, None);
        };
        let own = ["/value/link", "/properties/value/link"].into_iter().find(|at| body.pointer(at).is_some());
        let Some(link) = own.and_then(|at| body.pointer_mut(at)) else { return (answer, None) };
        let first = self.link.get_or_init(|| link.clone());
        if first == link {
            return (answer, None);
        }
        *link = first.clone();
        answer.body = body.to_string().into();
        (answer, Some("export-mix-up"))
    }
}

impl Drop for Write<'_> {
    fn drop(&mut self) {
        self.quirks.written.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.api);
    }
}

impl Drop for Export<'_> {
    fn drop(&mut self) {
        let mut exports = self.quirks.exports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(family) = exports.get_mut(&self.family) {
            family.members -= 1;
            if family.members == 0 {
                exports.remove(&self.family);
            }
        }
    }
}

/// API Management's answer to a write while another is under way, as users quote it; it has done nothing.
fn conflict() -> Answer {
    let error = json!({
        "code": "PessimisticConcurrencyConflict",
        "message": "Operation on the API is in progress",
        "details": null,
    });
    Answer::json(409, &json!({"error": error}))
}

/// The API, of a center or of API Management, that a request writes to or below; the same for all its revisions.
fn written_api(call: &Call) -> Option<String> {
    let route = Route::parse(&call.path);
    let reads = match call.method.as_str() {
        // The actions that change nothing.
        "POST" => route.rest.last().is_some_and(|action| action.to_ascii_lowercase().starts_with("export")),
        method => !matches!(method, "PUT" | "PATCH" | "DELETE"),
    };
    let is = |part: &str, name: &str| part.eq_ignore_ascii_case(name);
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
    // A part of the path is a slice of it, so its address tells where the id ends.
    let end = name.as_ptr() as usize - call.path.as_ptr() as usize + name.len();
    (!reads).then(|| call.path[..end].to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::testing::{GROUP, call, emulator};

    fn write(path: &str) -> Call {
        call("PUT", &format!("{GROUP}/providers/{path}"))
    }

    #[test]
    fn only_what_changes_an_api_is_a_write_to_it() {
        let api = |method: &str, path: &str| {
            written_api(&call(method, &format!("{GROUP}/providers/{path}"))).map(|id| {
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
    fn two_writes_to_an_api_conflict_for_as_long_as_both_are_under_way() {
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(0));
        let one = write("Microsoft.ApiManagement/service/s/apis/one");
        let part = write("Microsoft.ApiManagement/service/s/apis/ONE;rev=2/operations/o");
        let two = write("Microsoft.ApiManagement/service/s/apis/two");
        let first = quirks.enter(&azure, &one);
        assert!(first.refusal().is_none() && !first.hold().is_zero());
        let refused = quirks.enter(&azure, &part).refusal().expect("a conflict");
        assert_eq!(refused.status, 409);
        assert!(quirks.enter(&azure, &two).refusal().is_none());
        drop(first);
        assert!(quirks.enter(&azure, &part).refusal().is_none());
    }

    #[test]
    fn some_writes_conflict_by_chance() {
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(3));
        let conflicts = (0..4000)
            .filter(|n| {
                quirks
                    .enter(&azure, &write(&format!("Microsoft.ApiManagement/service/s/apis/a{n}")))
                    .refusal()
                    .is_some()
            })
            .count();
        assert!((60..140).contains(&conflicts), "{conflicts}");
    }
}
