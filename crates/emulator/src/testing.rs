//! Helpers of the unit tests: requests to an emulator, and what its responses hold.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;
use time::OffsetDateTime;

use crate::request::ParsedRequest;
use crate::response::Response;
use crate::state::State;
use crate::{Emulator, Options, subscriptions};

/// The resource group of the tests.
pub(crate) const GROUP: &str = "/subscriptions/s1/resourceGroups/rg";
/// The API center of the tests.
pub(crate) const CENTER: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiCenter/services/center";

/// A request without a body.
pub(crate) fn build_request(method: &str, url: &str) -> ParsedRequest {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut query: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if !query.iter().any(|(n, _)| n == "api-version") {
        query.push(("api-version".to_owned(), "2024-06-01-preview".to_owned()));
    }
    ParsedRequest {
        method: Method::from_bytes(method.as_bytes()).expect("a method"),
        path: path.to_owned(),
        query,
        headers: HeaderMap::new(),
        body: Bytes::new(),
        origin: "http://emulator.test".to_owned(),
        now: OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000),
    }
}

/// Replaces the bearer token of a request.
pub(crate) fn set_token(request: &mut ParsedRequest, token: &str) {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header value");
    request.headers.insert("authorization", value);
}

/// Gives a request a body.
pub(crate) fn set_body(request: &mut ParsedRequest, body: &Value) {
    request.headers.insert("content-type", HeaderValue::from_static("application/json"));
    request.body = Bytes::from(body.to_string());
}

/// An emulator with one subscription, group and API center.
pub(crate) fn emulator(options: Options) -> Emulator {
    let emulator = Emulator::new(State::default(), options);
    emulator.with_state(|state| {
        subscriptions::add_subscription(state, "s1", "Test");
        subscriptions::add_group(state, "s1", "rg", "eastus");
    });
    let created = ask(&emulator, "PUT", CENTER, Some(serde_json::json!({"location": "eastus"})));
    assert_eq!(created.status(), 201);
    emulator
}

/// Sends one request with a token.
pub(crate) fn ask(emulator: &Emulator, method: &str, url: &str, body: Option<Value>) -> Response {
    let mut request = build_request(method, url);
    set_token(&mut request, "test");
    if let Some(body) = body {
        set_body(&mut request, &body);
    }
    emulator.respond(&request)
}

/// The response's body as JSON; null for none.
pub(crate) fn body(response: &Response) -> Value {
    serde_json::from_slice(response.body()).unwrap_or(Value::Null)
}
