//! Conversations with the emulated API Management.

mod apis;
mod children;
mod exports;
mod gateways;
mod imports;
mod mcp_and_a2a;
mod services;
mod tags;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::handle;
use crate::Options;
use crate::context::Context;
use crate::request::ParsedRequest;
use crate::response::{Response, ResponseExt as _};
use crate::route::Route;
use crate::state::State;

const SCOPE: &str = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service";

/// A state with one service, `apim1`, and how requests are sent to it.
struct TestService {
    state: State,
    /// The `If-Match` of requests; `None` for `*` where one is needed.
    if_match: Option<String>,
    /// The API version of requests.
    version: &'static str,
    /// When requests are sent.
    now: OffsetDateTime,
    operation_time: Duration,
}

/// A response: status, body, and two of the headers.
#[derive(Debug)]
struct Received {
    status: u16,
    body: Value,
    etag: String,
    location: String,
}

impl TestService {
    fn new() -> Self {
        let mut service = Self {
            state: State::default(),
            if_match: None,
            version: "2022-08-01",
            now: OffsetDateTime::UNIX_EPOCH,
            operation_time: Duration::ZERO,
        };
        let created = service.absolute("PUT", &format!("{SCOPE}/apim1"), &service_body());
        assert_eq!(created.status, 201, "{created:?}");
        service
    }

    /// Sends a request to a resource of the service.
    fn send(&mut self, method: &str, path: &str, body: &Value) -> Received {
        self.absolute(method, &format!("{SCOPE}/apim1/{path}"), body)
    }

    /// Creates or replaces a resource, and waits for the end of the operation.
    fn put(&mut self, path: &str, properties: &Value) -> Received {
        let accepted = self.send("PUT", path, &json!({"properties": properties}));
        self.wait(accepted)
    }

    /// Polls a response with 202 to the end of the operation.
    fn wait(&mut self, mut received: Received) -> Received {
        while received.status == 202 {
            let location = received.location.strip_prefix("http://127.0.0.1:4280").expect("the same host");
            received = self.absolute("GET", &location.replace("%3B", ";"), &Value::Null);
        }
        received
    }

    fn get(&mut self, path: &str) -> Received {
        self.send("GET", path, &Value::Null)
    }

    fn delete(&mut self, path: &str) -> u16 {
        self.send("DELETE", path, &Value::Null).status
    }

    fn absolute(&mut self, method: &str, target: &str, body: &Value) -> Received {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut query: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        query.push(("api-version".to_owned(), self.version.to_owned()));
        let mut headers = HeaderMap::new();
        let any = matches!(method, "DELETE" | "PATCH").then_some("*");
        if let Some(etag) = self.if_match.as_deref().or(any).filter(|etag| !etag.is_empty()) {
            headers.insert("if-match", HeaderValue::from_str(etag).expect("a header value"));
        }
        let request = ParsedRequest {
            method: Method::from_bytes(method.as_bytes()).expect("a method"),
            path: path.to_owned(),
            query,
            headers,
            body: if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) },
            origin: "http://127.0.0.1:4280".to_owned(),
            now: self.now,
        };
        let route = Route::parse(&request.path);
        let options = Options { operation_time: self.operation_time, ..Options::default() };
        let mut context = Context {
            state: &mut self.state,
            request: &request,
            route: &route,
            options: &options,
            fetched: None,
        };
        let response = handle(&mut context).unwrap_or_else(|refusal| refusal);
        receive(&response, method == "HEAD")
    }
}

/// Reads a response; the server leaves out the body of a response to HEAD.
fn receive(response: &Response, is_head: bool) -> Received {
    let body = if response.body().is_empty() || is_head {
        Value::Null
    } else {
        serde_json::from_slice(response.body()).expect("a body of JSON")
    };
    let header = |name| response.header(name).unwrap_or_default().to_owned();
    Received { status: response.status().as_u16(), body, etag: header("etag"), location: header("location") }
}

fn service_body() -> Value {
    json!({
        "location": "eastus",
        "sku": {"name": "developer", "capacity": 1},
        "properties": {"publisherEmail": "a@b.c", "publisherName": "Contoso"},
    })
}

fn names(list: &Received) -> Vec<&str> {
    list.body["value"].as_array().into_iter().flatten().filter_map(|v| v["name"].as_str()).collect()
}
