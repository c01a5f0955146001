//! A fake service with canned responses, and a client for it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::Value;
use url::Url;

use crate::auth::{Secret, TokenSource};
use crate::client::Client;
use crate::timeouts::Timeouts;
use crate::transport::{Request, Response, Transport};
use azr_core::error::Result;

const HOST: &str = "https://management.example";

/// A canned response: its status, a header whose value is a URL of the service, and its body.
pub(crate) type Canned = (u16, Option<(&'static str, &'static str)>, Value);

/// A service that returns its canned responses in order, the last one again and again, and records its requests.
#[derive(Default)]
pub(crate) struct FakeService {
    responses: Mutex<VecDeque<Canned>>,
    requests: Mutex<Vec<Request>>,
}

impl FakeService {
    /// Methods and paths of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.requests.lock().expect("no panic");
        requests.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect()
    }

    /// The requests so far.
    pub(crate) fn full_requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }
}

#[async_trait]
impl Transport for FakeService {
    async fn send(&self, request: Request) -> Result<Response> {
        self.requests.lock().expect("no panic").push(request);
        let mut responses = self.responses.lock().expect("no panic");
        let canned = if responses.len() > 1 { responses.pop_front() } else { responses.front().cloned() };
        let (status, header, body) = canned.expect("a response");
        let value = header.map(|(name, path)| (name, format!("{HOST}{path}")));
        let mut headers = vec![("x-ms-retry-after-ms", "1")];
        headers.extend(value.as_ref().map(|(name, url)| (*name, url.as_str())));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Ok(response(status, &headers, body))
    }
}

struct FakeTokens;

#[async_trait]
impl TokenSource for FakeTokens {
    async fn token(&self) -> Result<Secret> {
        Ok(Secret::new("hush"))
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        Ok(Secret::new("hush"))
    }

    fn describe(&self) -> String {
        String::new()
    }
}

/// A service with these responses, and a client for it.
pub(crate) fn fake_service(responses: &[Canned], timeouts: Timeouts) -> (Arc<FakeService>, Client) {
    let service =
        Arc::new(FakeService { responses: Mutex::new(responses.to_vec().into()), ..FakeService::default() });
    let endpoint = Url::parse(HOST).expect("a URL");
    let client = Client::new(Arc::clone(&service) as _, Arc::new(FakeTokens), endpoint, timeouts);
    (service, client)
}

/// A response with these headers, whose names are in lower case.
pub(crate) fn response(status: u16, headers: &[(&'static str, &str)], body: impl Into<Bytes>) -> Response {
    let headers = headers.iter().map(|(name, value)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a header value"))
    });
    Response {
        status: StatusCode::from_u16(status).expect("a status"),
        headers: headers.collect(),
        body: body.into(),
    }
}
