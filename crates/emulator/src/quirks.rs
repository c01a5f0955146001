//! Ways in which the real services misbehave that no fault rule can describe; see [`QuirkList`].
//!
//! They depend on other requests, or on the load of the service, so they belong to the server.

mod concurrency;
mod list;
mod pages;
mod propagation;

use std::time::Duration;

use serde_json::{Value, json};

use crate::apim;
use crate::emulator::Emulator;
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::rng::SeededRng;
use concurrency::{Concurrency, EXPORT_DELAY, Export, WRITE_DELAY, Write};
use list::Quirk;
pub use list::QuirkList;
use pages::ListChange;
use propagation::{Creation, Propagation};

/// The quirks that are reproduced, and the requests that they depend on.
#[derive(Debug)]
pub struct Quirks {
    list: QuirkList,
    rng: SeededRng,
    concurrency: Concurrency,
    propagation: Option<Propagation>,
}

/// A request in flight, until it is dropped. By default no quirk concerns it.
#[derive(Debug, Default)]
pub struct InFlight<'a> {
    /// The response of a request that is not handled, and the quirk that refuses it.
    refusal: Option<(Response, &'static str)>,
    /// The request to handle instead.
    replacement: Option<ParsedRequest>,
    write: Option<Write<'a>>,
    export: Option<Export<'a>>,
    creation: Option<Creation<'a>>,
    list_change: Option<ListChange>,
    /// Whether an error of Entra has line breaks and escapes.
    has_escapes: bool,
}

impl Quirks {
    /// These quirks; the random ones depend on the seed.
    #[must_use]
    pub fn new(list: &QuirkList, seed: u64) -> Self {
        Self {
            list: list.clone(),
            rng: SeededRng::new(seed),
            concurrency: Concurrency::default(),
            propagation: list.propagation().map(Propagation::new),
        }
    }

    /// Registers a request, which is in flight until the returned value is dropped.
    pub fn begin(&self, emulator: &Emulator, request: &ParsedRequest) -> InFlight<'_> {
        let refused = |response, name| InFlight { refusal: Some((response, name)), ..InFlight::default() };
        let mut in_flight = InFlight::default();
        if self.list.has(Quirk::Wsdl500) && apim::is_wsdl_link_export(request) {
            return refused(wsdl_error(), "wsdl-500");
        }
        if let Some(propagation) = &self.propagation {
            if let Some(refusal) = propagation.refusal(emulator, request) {
                return refused(refusal, "propagation");
            }
            in_flight.creation = propagation.creation(emulator, request);
        }
        if self.list.has(Quirk::Conflict) {
            match self.concurrency.begin_write(&self.rng, request) {
                Ok(write) => in_flight.write = write,
                Err(refusal) => return refused(refusal, "conflict"),
            }
        }
        if self.list.has(Quirk::ExportMixUp) {
            in_flight.export = self.concurrency.begin_export(emulator, request);
        }
        if self.list.has(Quirk::ShiftingPages) {
            in_flight.list_change = ListChange::shift(&self.rng, request);
            in_flight.replacement = in_flight.list_change.and_then(|change| change.request(request));
        }
        if self.list.has(Quirk::ShortLists) && in_flight.list_change.is_none() {
            in_flight.list_change = ListChange::shorten(&self.rng, request);
        }
        in_flight.has_escapes = self.list.has(Quirk::Escapes) && emulator.is_sign_in(request);
        in_flight
    }
}

impl InFlight<'_> {
    /// How long the request is delayed.
    #[must_use]
    pub fn delay(&self) -> Duration {
        match (&self.write, &self.export) {
            (Some(_), _) => WRITE_DELAY,
            (None, Some(_)) => EXPORT_DELAY,
            (None, None) => Duration::ZERO,
        }
    }

    /// The response that refuses the request, if it is not to be handled.
    #[must_use]
    pub fn refusal(&self) -> Option<Response> {
        self.refusal.as_ref().map(|(response, _)| response.clone())
    }

    /// The request to handle instead of the one that was sent, if there is one.
    #[must_use]
    pub fn replacement(&self) -> Option<&ParsedRequest> {
        self.replacement.as_ref()
    }

    /// The response to send, and the name of the quirk if it is not the right response.
    #[must_use]
    pub fn finish(self, mut response: Response) -> (Response, Option<&'static str>) {
        if let Some((_, name)) = self.refusal {
            return (response, Some(name));
        }
        if let Some(creation) = self.creation {
            creation.finish(&response);
        }
        if let Some(export) = self.export {
            let (response, is_mixed_up) = export.mix_up(response);
            return (response, is_mixed_up.then_some("export-mix-up"));
        }
        if let Some(change) = self.list_change {
            let is_changed = change.apply(&mut response);
            return (response, is_changed.then(|| change.name()));
        }
        if self.has_escapes && add_escapes(&mut response) {
            return (response, Some("escapes"));
        }
        (response, None)
    }
}

/// API Management's response to an export of WSDL as a link; only its status is documented.
fn wsdl_error() -> Response {
    let error =
        json!({"code": "InternalServerError", "message": "An internal error occurred.", "details": null});
    response::json(500, &json!({"error": error}))
}

/// Writes an error of Entra as Entra does: with a line for each part, and apostrophes escaped.
fn add_escapes(response: &mut Response) -> bool {
    let Ok(mut body) = serde_json::from_slice::<Value>(response.body()) else { return false };
    let Some(text) = body["error_description"].as_str() else { return false };
    let text = ["Trace ID:", "Correlation ID:", "Timestamp:"]
        .iter()
        .fold(text.to_owned(), |text, part| text.replace(&format!(" {part}"), &format!("\r\n{part}")));
    body["error_description"] = json!(text);
    *response.body_mut() = body.to_string().replace('\'', "\\u0027").into();
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::testing::{CENTER, GROUP, ask, body, build_request, emulator};

    fn write(path: &str) -> ParsedRequest {
        build_request("PUT", &format!("{GROUP}/providers/{path}"))
    }

    #[test]
    fn two_writes_to_an_api_conflict_while_both_are_in_flight() {
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(&QuirkList::default(), 0));
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
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(&QuirkList::default(), 3));
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

    #[test]
    fn children_of_a_new_resource_are_not_found_at_first() {
        let list = "propagation=10".parse().expect("a list");
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(&list, 0));
        let api = format!("{CENTER}/workspaces/default/apis/one");
        let create = build_request("PUT", &api);
        assert_eq!(quirks.begin(&azure, &create).finish(response::empty(400)).1, None);
        let mut child = build_request("PUT", &format!("{}/Versions/v1", api.to_uppercase()));
        assert!(quirks.begin(&azure, &child).refusal().is_none(), "nothing was created");
        let (_, name) = quirks.begin(&azure, &create).finish(response::empty(200));
        assert_eq!(name, None);
        let refusal = quirks.begin(&azure, &child).refusal().expect("refused");
        assert_eq!(
            (refusal.status().as_u16(), &body(&refusal)["error"]["code"]),
            (404, &json!("ParentResourceNotFound"))
        );
        assert!(quirks.begin(&azure, &create).refusal().is_none(), "the resource itself");
        child.now += Duration::from_secs(11);
        assert!(quirks.begin(&azure, &child).refusal().is_none());
    }

    #[test]
    fn a_new_role_of_a_center_has_no_effect_at_first() {
        let list = "propagation=10".parse().expect("a list");
        let (azure, quirks) = (emulator(Options::default()), Quirks::new(&list, 0));
        let center = json!({"location": "eastus", "identity": {"type": "SystemAssigned"}});
        let center = body(&ask(&azure, "PUT", CENTER, Some(center)));
        let principal = center["identity"]["principalId"].as_str().expect("a principal");
        let role = format!("{GROUP}/providers/Microsoft.Authorization/roleAssignments/r");
        let mut assign = build_request("PUT", &role);
        assign.body = json!({"properties": {"principalId": principal}}).to_string().into();
        let mut import = build_request("POST", &format!("{CENTER}/importFromApim"));
        assert!(quirks.begin(&azure, &import).refusal().is_none());
        let _ = quirks.begin(&azure, &assign).finish(response::empty(201));
        assert_eq!(
            quirks.begin(&azure, &import).refusal().map(|refusal| refusal.status().as_u16()),
            Some(403)
        );
        import.now += Duration::from_secs(11);
        assert!(quirks.begin(&azure, &import).refusal().is_none());
    }

    #[test]
    fn errors_of_entra_have_line_breaks_and_escapes() {
        let text = "AADSTS1: the client 'x'. Trace ID: 1 Correlation ID: 2 Timestamp: 3";
        let mut response = response::json(400, &json!({"error": "e", "error_description": text}));
        assert!(add_escapes(&mut response));
        let sent = String::from_utf8_lossy(response.body()).into_owned();
        assert!(sent.contains(r"the client \u0027x\u0027.\r\nTrace ID: 1\r\nCorrelation"), "{sent}");
    }
}
