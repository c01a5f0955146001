//! Reading a conversation and holding it with the emulator.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use azr_emulator::{Emulator, Options, State, sample};
use bytes::Bytes;
use http::{Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::Service as _;

use crate::compare::{differences, matches};

const ENDPOINT: &str = "http://127.0.0.1:4280";

/// A conversation with a new service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversation {
    #[serde(rename = "about")]
    _about: String,
    steps: Vec<Step>,
}

/// A request and the response to it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    about: String,
    request: String,
    if_match: Option<String>,
    #[serde(default)]
    body: Value,
    status: u16,
    #[serde(default)]
    headers: Headers,
    response: Option<Value>,
    result: Option<Expected>,
}

/// A recorded response.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    status: u16,
    #[serde(default)]
    headers: Headers,
    response: Option<Value>,
}

/// Recorded headers; `None` for a header that the response does not have.
type Headers = BTreeMap<String, Option<String>>;

impl Step {
    /// The first response, which is followed by `result` if it starts an operation.
    fn expected(&self) -> Expected {
        Expected { status: self.status, headers: self.headers.clone(), response: self.response.clone() }
    }
}

/// The folder of the conversations.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

impl Conversation {
    /// Reads a file.
    pub(crate) fn read(name: &str) -> Self {
        let path = folder().join(name).with_extension("json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let text = text.replace("{service}", &service_id()).replace("{group}", &group_id());
        let subscription = format!("/subscriptions/{}", sample::SUBSCRIPTION);
        let text = text.replace("{subscription}", &subscription).replace("{endpoint}", ENDPOINT);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }

    /// Sends the requests; returns how the responses differ from the recorded ones.
    pub(crate) fn hold(&self) -> Vec<String> {
        let mut client = Client::new();
        self.steps.iter().flat_map(|step| client.send_step(step)).collect()
    }
}

fn group_id() -> String {
    format!("/subscriptions/{}/resourceGroups/{}", sample::SUBSCRIPTION, sample::GROUP)
}

fn service_id() -> String {
    format!("{}/providers/Microsoft.ApiManagement/service/recorded", group_id())
}

/// Sends requests to an emulator.
struct Client {
    emulator: Emulator,
    /// The last `ETag` of each resource.
    etags: HashMap<String, String>,
}

impl Client {
    /// A client of an emulator with one empty service.
    fn new() -> Self {
        let mut state = State::default();
        sample::load_minimal(&mut state);
        let mut client = Self { emulator: Emulator::new(state, Options::default()), etags: HashMap::new() };
        let body = json!({
            "location": "westus", "sku": {"name": "Consumption", "capacity": 0},
            "properties": {"publisherEmail": "apis@contoso.com", "publisherName": "Contoso"},
        });
        let created = client.send(&format!("PUT {}?api-version=2022-08-01", service_id()), None, &body);
        assert_eq!(created.status(), 201);
        client
    }

    fn send(&mut self, request: &str, if_match: Option<&str>, body: &Value) -> Response<Bytes> {
        let (method, target) = request.split_once(' ').expect("a method and a target");
        let uri =
            if target.starts_with(ENDPOINT) { target.to_owned() } else { format!("{ENDPOINT}{target}") };
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(if_match) = if_match {
            request = request.header("if-match", if_match);
        }
        if !body.is_null() {
            request = request.header("content-type", "application/json");
        }
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let response = self.emulator.call(request.body(body).expect("a request"));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(response).expect("a response")
    }

    fn send_step(&mut self, step: &Step) -> Vec<String> {
        let mut response = self.send(&step.request, step.if_match.as_deref(), &step.body);
        let mut problems = self.compare(&step.request, &step.expected(), &response);
        if let Some(result) = &step.result {
            while let Some(location) = header(&response, "location").filter(|_| is_in_progress(&response)) {
                response = self.send(&format!("GET {location}"), None, &Value::Null);
            }
            problems.extend(self.compare(&step.request, result, &response));
        }
        problems.into_iter().map(|problem| format!("{} ({}): {problem}", step.about, step.request)).collect()
    }

    fn compare(&mut self, request: &str, expected: &Expected, response: &Response<Bytes>) -> Vec<String> {
        let mut problems = Vec::new();
        let text = String::from_utf8_lossy(response.body());
        if response.status() != expected.status {
            problems.push(format!("the status is {}, not {}: {text}", response.status(), expected.status));
        }
        let target = request.split(' ').nth(1).unwrap_or_default();
        let resource = target.split('?').next().unwrap_or_default().replace("%3B", ";");
        for (name, value) in &expected.headers {
            let received = header(response, name);
            let previous = self.etags.get(&resource);
            let fits = match value.as_deref() {
                None => received.is_none(),
                Some("<same>") => received.is_some() && received == previous.map(String::as_str),
                Some("<new>") => received.is_some() && received != previous.map(String::as_str),
                Some(value) => received.is_some_and(|received| matches(value, received)),
            };
            if !fits {
                problems
                    .push(format!("the header {name} is {received:?}, not {value:?}; before: {previous:?}"));
            }
        }
        if let Some(etag) = header(response, "etag") {
            self.etags.insert(resource, etag.to_owned());
        }
        match &expected.response {
            Some(Value::String(empty)) if empty.is_empty() => {
                problems.extend((!text.is_empty()).then(|| format!("the body is not empty: {text}")));
            }
            Some(expected) => {
                let body = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{request}: {e}: {text}"));
                problems.extend(differences(expected, &body, ""));
            }
            None => {}
        }
        problems
    }
}

/// Whether a response says that an operation has not ended: by its status, or by its body.
fn is_in_progress(response: &Response<Bytes>) -> bool {
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    response.status() == 202 || body["status"] == "InProgress"
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> Option<&'a str> {
    response.headers().get(name).and_then(|value| value.to_str().ok())
}
