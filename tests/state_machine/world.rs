//! An API Management service and a center in memory, and a transport that interrupts an import at any request.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::Service as _;

use azr_arm::transport::{Request, Response, Transport};
use azr_core::error::Result;
use azr_emulator::{Emulator, Options, State, sample};

use crate::entered::Entry;
use crate::people::PersonEdit;

/// The endpoint of the emulator.
pub(crate) const ENDPOINT: &str = "https://emulator.azr.localhost";
const GROUP: &str =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers";
/// The API version of API Center.
const APIC: &str = "2024-03-01";
/// The API version of API Management that has every kind of API.
const APIM: &str = "2025-09-01-preview";

/// The id of the API Management service.
pub(crate) fn service_id() -> String {
    format!("{GROUP}/Microsoft.ApiManagement/service/myAPIManagement")
}

/// The id of the center.
pub(crate) fn center_id() -> String {
    format!("{GROUP}/Microsoft.ApiCenter/services/myAPICenter")
}

/// The path of a resource below the workspace of the center.
pub(crate) fn center_path(path: &str) -> String {
    format!("{}/workspaces/default/{path}", center_id())
}

/// Both services.
#[derive(Clone)]
pub(crate) struct World {
    emulator: Emulator,
}

impl World {
    /// The sample's services without their APIs.
    pub(crate) async fn new() -> Self {
        let mut state = State::default();
        sample::load_sample(&mut state, time::OffsetDateTime::UNIX_EPOCH);
        sample::set_plan(&mut state, sample::Plan::Standard);
        let world =
            Self { emulator: Emulator::new(state, Options { poll_pause_ms: 0, ..Options::default() }) };
        for api in world.list(&format!("{}/apis", service_id())).await {
            world.delete(&format!("{}/apis/{}?deleteRevisions=true", service_id(), name_of(&api))).await;
        }
        for api in world.list(&center_path("apis")).await {
            world.delete(&center_path(&format!("apis/{}", name_of(&api)))).await;
        }
        let schema = json!({"properties": {"schema": "{\"type\":\"string\",\"title\":\"Team\"}",
            "assignedTo": [{"entity": "api", "required": false}]}});
        world.put(&format!("{}/metadataSchemas/team", center_id()), &schema).await;
        world
    }

    /// Sends a request past the transport.
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let version = if path.contains("Microsoft.ApiCenter") { APIC } else { APIM };
        let separator = if path.contains('?') { '&' } else { '?' };
        let url = format!("{ENDPOINT}{path}{separator}api-version={version}").parse().expect("a URL");
        let mut request = Request::new(method, url);
        request.headers.insert("authorization", HeaderValue::from_static("Bearer t"));
        if let Some(body) = body {
            request.headers.insert("content-type", HeaderValue::from_static("application/json"));
            request.body = Bytes::from(body.to_string());
        }
        self.forward(request).await
    }

    async fn forward(&self, request: Request) -> Response {
        let request: http::Request<Bytes> = request.try_into().expect("a request");
        let Ok(response) = self.emulator.clone().call(request).await;
        response.into()
    }

    /// Reads a resource; None if it does not exist.
    pub(crate) async fn get(&self, path: &str) -> Option<Value> {
        let response = self.send(Method::GET, path, None).await;
        response.status.is_success().then(|| serde_json::from_slice(&response.body).expect("JSON"))
    }

    /// Writes a resource, which must succeed.
    pub(crate) async fn put(&self, path: &str, body: &Value) {
        let response = self.send(Method::PUT, path, Some(body)).await;
        let text = String::from_utf8_lossy(&response.body).into_owned();
        assert!(response.status.is_success(), "PUT {path}: {} {text}", response.status);
    }

    /// Runs an action and returns the response.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let response = self.send(Method::POST, path, Some(body)).await;
        serde_json::from_slice(&response.body).unwrap_or_default()
    }

    /// The document of a definition; null if it does not have one.
    pub(crate) async fn document(&self, definition: &str) -> Value {
        self.post(&format!("{definition}/exportSpecification"), &json!({})).await["value"].take()
    }

    pub(crate) async fn delete(&self, path: &str) {
        self.send(Method::DELETE, path, None).await;
    }

    /// The items of a list; empty if the parent does not exist.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.unwrap_or_default();
            items.extend(page["value"].as_array().cloned().unwrap_or_default());
            next = page["nextLink"].as_str().and_then(|link| {
                let path = &link[link.find("/subscriptions")?..];
                Some(
                    path.replace(&format!("api-version={APIC}"), "")
                        .replace(&format!("api-version={APIM}"), ""),
                )
            });
        }
        items
    }

    async fn etag(&self, path: &str) -> Option<String> {
        let response = self.send(Method::GET, path, None).await;
        response.header("etag").map(str::to_owned)
    }
}

/// The name of a resource.
pub(crate) fn name_of(resource: &Value) -> &str {
    resource["name"].as_str().expect("a name")
}

/// What a request meets instead of its response.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// It is refused.
    Refused,
    /// It is carried out, but its response is lost, so that it is sent again.
    ResponseLost,
    /// It is not carried out, and has to be sent again.
    Unavailable,
    /// A write is refused, because somebody else has changed the resource.
    Changed,
    /// A write is refused, because the parent of the resource is not visible yet.
    NotVisible,
}

/// What happens during an import, by the number of the request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Events {
    /// azr is killed; with true after the request was carried out.
    pub(crate) kill: Option<(usize, bool)>,
    pub(crate) faults: BTreeMap<usize, Fault>,
    pub(crate) edits: BTreeMap<usize, Vec<PersonEdit>>,
}

/// The requests of the machines that import at the same time, and the events that they meet.
pub(crate) struct Requests {
    pub(crate) world: World,
    pub(crate) events: Events,
    pub(crate) killed: Arc<Notify>,
    /// What people have entered, each with the number of the request before which they did.
    pub(crate) applied: Mutex<Vec<(usize, Entry)>>,
    /// The paths that azr read; that of an action counts as well.
    pub(crate) read: Mutex<Vec<Access>>,
    /// The paths that were deleted.
    pub(crate) deleted: Mutex<Vec<Access>>,
    /// The number of requests; locked during each, so that they are carried out in the order of their numbers.
    pub(crate) count: tokio::sync::Mutex<usize>,
}

/// A request that succeeded.
pub(crate) struct Access {
    number: usize,
    machine: usize,
    path: String,
}

/// The transport of one machine.
pub(crate) struct MachineTransport {
    pub(crate) machine: usize,
    pub(crate) requests: Arc<Requests>,
}

impl Requests {
    /// Whether a machine deleted a path, or what it is below, without another look at what people entered in between.
    pub(crate) fn has_deleted(&self, path: &str, entered_at: usize, entry: &Entry) -> bool {
        let (read, deleted) =
            (self.read.lock().expect("not poisoned"), self.deleted.lock().expect("not poisoned"));
        let source = entry.read_path();
        let is_seen = |deletion: &Access| {
            let is_between = |read: &Access| (entered_at..deletion.number).contains(&read.number);
            read.iter()
                .any(|read| read.machine == deletion.machine && read.path == source && is_between(read))
        };
        let is_above = |deleted: &str| format!("{path}/").starts_with(&format!("{deleted}/"));
        deleted
            .iter()
            .any(|deletion| entered_at <= deletion.number && is_above(&deletion.path) && !is_seen(deletion))
    }

    async fn kill(&self) -> ! {
        self.killed.notify_one();
        std::future::pending().await
    }

    async fn respond(&self, number: usize, machine: usize, request: Request) -> Response {
        let path = request.url.path().to_owned();
        if let Some(expected) = request.headers.get("if-match").filter(|_| request.method != Method::GET) {
            let current = self.world.etag(&path).await;
            if current.as_deref() != expected.to_str().ok() {
                return response(412, "PreconditionFailed");
            }
        }
        let is_deletion = request.method == Method::DELETE;
        let response = self.world.forward(request).await;
        // A deletion that was not carried out loses nothing that people have added.
        if is_deletion && response.status.is_success() {
            self.deleted.lock().expect("not poisoned").push(Access { number, machine, path });
        }
        response
    }

    async fn send(&self, machine: usize, request: Request) -> Response {
        let mut count = self.count.lock().await;
        let number = *count;
        *count += 1;
        for edit in self.events.edits.get(&number).into_iter().flatten() {
            if let Some(entry) = edit.apply(&self.world).await {
                self.applied.lock().expect("not poisoned").push((number, entry));
            }
        }
        match self.events.kill {
            Some((at, false)) if at <= number => self.kill().await,
            Some((at, true)) if at <= number => {
                self.respond(number, machine, request).await;
                self.kill().await;
            }
            _ => {}
        }
        let is_write = request.method != Method::GET && request.url.path().contains("Microsoft.ApiCenter");
        let is_below_api = request.url.path().rsplit("/apis/").next().is_some_and(|rest| rest.contains('/'));
        let path = request.url.path().to_owned();
        let response = match self.events.faults.get(&number) {
            Some(Fault::Changed) if is_write => response(412, "PreconditionFailed"),
            Some(Fault::NotVisible) if is_write && is_below_api => response(404, "ParentResourceNotFound"),
            Some(Fault::Refused) => response(400, "ValidationError"),
            Some(Fault::Unavailable) => response(503, "ServiceUnavailable"),
            Some(Fault::ResponseLost) => {
                self.respond(number, machine, request).await;
                response(503, "ServiceUnavailable")
            }
            Some(Fault::Changed | Fault::NotVisible) | None => self.respond(number, machine, request).await,
        };
        if response.status.is_success() {
            self.read.lock().expect("not poisoned").push(Access { number, machine, path });
        }
        response
    }
}

#[async_trait]
impl Transport for MachineTransport {
    async fn send(&self, request: Request) -> Result<Response> {
        Ok(self.requests.send(self.machine, request).await)
    }
}

fn response(status: u16, code: &str) -> Response {
    let body = json!({"error": {"code": code, "message": "an event of the test"}});
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    Response {
        status: StatusCode::from_u16(status).expect("a status"),
        headers,
        body: Bytes::from(body.to_string()),
    }
}
