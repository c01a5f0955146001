//! Responses of ARM: pages, long-running operations, errors, redirects, and headers that ask for a delay.
//!
//! The first line of the input is the method, or the kind of list to read. A line with `===` starts a response: its
//! status, its headers, a blank line and its body.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use azr_arm::auth::{Secret, TokenSource};
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_arm::retry::{self, Idempotency, RetryDecision};
use azr_arm::timeouts::Timeouts;
use azr_arm::transport::{Request, Response, Transport};
use azr_arm::{HeaderMap, Method, StatusCode, lro, pager};
use azr_core::error::{Error, NetworkFault, Result};
use serde_json::json;
use url::Url;

const ENDPOINT: &str = "https://arm.example/";

/// A service that returns the responses of the input in order.
struct FakeService(Mutex<VecDeque<Response>>);

#[async_trait]
impl Transport for FakeService {
    async fn send(&self, request: Request) -> Result<Response> {
        let has_token = request.headers.contains_key("authorization");
        let is_endpoint = request.url.origin() == Url::parse(ENDPOINT).expect("a URL").origin();
        assert!(is_endpoint || !has_token, "the token was sent to {}", request.url);
        let next = self.0.lock().expect("nobody panicked").pop_front();
        next.ok_or_else(|| Error::network("there are no more responses", NetworkFault::Permanent))
    }
}

struct FakeTokens;

#[async_trait]
impl TokenSource for FakeTokens {
    async fn token(&self) -> Result<Secret> {
        Ok(Secret::new("t"))
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        Err(Error::invalid("there is no other token"))
    }

    fn describe(&self) -> String {
        String::new()
    }
}

fn parse_response(text: &str) -> Option<Response> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let status = StatusCode::from_u16(lines.next()?.trim().parse().ok()?).ok()?;
    let mut headers = HeaderMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) {
            headers.append(name, value);
        }
    }
    let response = Response { status, headers, body: body.trim_end_matches('\n').to_owned().into() };
    for attempt in [1, retry::MAX_ATTEMPTS, retry::MAX_THROTTLED_ATTEMPTS] {
        for idempotency in [Idempotency::Idempotent, Idempotency::NotIdempotent] {
            let decision = retry::decide(idempotency, &Ok(response.clone()), attempt);
            if let RetryDecision::RetryAfter(delay) = decision {
                assert!(delay <= retry::MAX_DELAY * 2, "{delay:?}");
            }
        }
    }
    // The limiter uses the clock of the machine, which cannot be paused; its own tests cover it.
    let is_limited = matches!(status.as_u16(), 429 | 503)
        || response.headers.keys().any(|name| name.as_str().contains("ratelimit"));
    (!is_limited).then_some(response)
}

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let mut parts = input.split("===\n");
    let command = parts.next().unwrap_or_default().trim();
    let responses: VecDeque<Response> = parts.filter_map(parse_response).collect();
    let transport = Arc::new(FakeService(Mutex::new(responses)));
    let endpoint = Url::parse(ENDPOINT).expect("a URL");
    let max_delay = if cfg!(feature = "libfuzzer") { retry::MAX_DELAY } else { Duration::from_millis(1) };
    let timeouts = Timeouts { max_delay, ..Timeouts::default() };
    let client = Client::new(transport, Arc::new(FakeTokens), endpoint, timeouts);
    let target = Target::new("/subscriptions/s/x", "2024-01-01");
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    // A paused clock skips every delay. Without it, delays are short.
    #[cfg(feature = "libfuzzer")]
    runtime.start_paused(true);
    runtime.enable_time().build().expect("a runtime").block_on(async {
        let method = match command {
            "PUT" => Method::PUT,
            "POST" => Method::POST,
            "DELETE" => Method::DELETE,
            "fetch" => {
                return drop(client.fetch(&Url::parse("https://blob.example/d").expect("a URL")).await);
            }
            "list" => return drop(pager::list(&client, &target, None, None).await),
            "counted" => return drop(pager::list_counted(&client, &target, 4).await),
            token => return drop(pager::list(&client, &target, Some(3), Some(token)).await),
        };
        if let Ok(response) = client.send(method.clone(), &target, Some(&json!({}))).await {
            drop(lro::wait_for_operation(&client, &method, &target, response, &mut |_| {}).await);
        }
    });
}
