//! What ARM answers: pages, long-running operations, errors, redirects, and the headers that ask for a pause.
//!
//! The first line of the input is the request; `===` on a line of its own begins an answer, which is its status,
//! its headers, a blank line and its body.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use azr_arm::auth::{Secret, TokenSource};
use azr_arm::client::Client;
use azr_arm::patience::Patience;
use azr_arm::plan::Target;
use azr_arm::retry::{self, Repeats};
use azr_arm::transport::{Request, Response, Transport};
use azr_arm::{lro, pager};
use azr_core::error::{Error, NetworkFault, Result};
use serde_json::json;
use url::Url;

const ENDPOINT: &str = "https://arm.example/";

/// A service that gives the answers of the input.
struct Recording(Mutex<VecDeque<Response>>);

#[async_trait]
impl Transport for Recording {
    async fn send(&self, request: Request) -> Result<Response> {
        let signed = request.headers.iter().any(|(name, _)| name == "authorization");
        let ours = request.url.origin() == Url::parse(ENDPOINT).expect("a URL").origin();
        assert!(ours || !signed, "the token went to {}", request.url);
        let next = self.0.lock().expect("no panic").pop_front();
        next.ok_or_else(|| Error::network("the end", NetworkFault::Permanent))
    }
}

struct Token;

#[async_trait]
impl TokenSource for Token {
    async fn token(&self) -> Result<Secret> {
        Ok(Secret::new("t"))
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        Err(Error::invalid("no other token"))
    }

    fn describe(&self) -> String {
        String::new()
    }
}

fn answer(text: &str) -> Option<Response> {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let status = lines.next()?.trim().parse().ok()?;
    let header = |line: &str| line.split_once(": ").map(|(n, v)| (n.to_ascii_lowercase(), v.to_owned()));
    let headers = lines.filter_map(header).collect();
    let response = Response { status, headers, body: body.trim_end_matches('\n').to_owned().into() };
    for attempt in [1, retry::MAX_ATTEMPTS, retry::MAX_THROTTLED] {
        for repeats in [Repeats::Nothing, Repeats::TheAction] {
            let verdict = retry::judge(repeats, &Ok(response.clone()), attempt);
            if let retry::Verdict::Again(pause) = verdict {
                assert!(pause <= retry::MAX_PAUSE * 2, "{pause:?}");
            }
        }
    }
    // The limiter goes by the clock of the machine, which does not stand still; its own tests cover it.
    let limited =
        matches!(status, 429 | 503) || response.headers.iter().any(|(n, _)| n.contains("ratelimit"));
    (!limited && (100..=999).contains(&status)).then_some(response)
}

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let mut parts = input.split("===\n");
    let request = parts.next().unwrap_or_default().trim();
    let answers: VecDeque<Response> = parts.filter_map(answer).collect();
    let transport = Arc::new(Recording(Mutex::new(answers)));
    let endpoint = Url::parse(ENDPOINT).expect("a URL");
    let pause = if cfg!(feature = "libfuzzer") { retry::MAX_PAUSE } else { Duration::from_millis(1) };
    let patience = Patience { pause, ..Patience::default() };
    let client = Client::new(transport, Arc::new(Token), endpoint, patience);
    let at = Target::new("/subscriptions/s/x", "2024-01-01");
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    // A paused clock skips every pause. Without it, pauses are short.
    #[cfg(feature = "libfuzzer")]
    runtime.start_paused(true);
    runtime.enable_time().build().expect("a runtime").block_on(async {
        let method = match request {
            "PUT" => "PUT",
            "POST" => "POST",
            "DELETE" => "DELETE",
            "fetch" => {
                return drop(client.fetch(&Url::parse("https://blob.example/d").expect("a URL")).await);
            }
            "list" => return drop(pager::list(&client, &at, None, None).await),
            "counted" => return drop(pager::list_counted(&client, &at, 4).await),
            token => return drop(pager::list(&client, &at, Some(3), Some(token)).await),
        };
        if let Ok(first) = client.send(method, &at, Some(&json!({}))).await {
            drop(lro::finish(&client, method, &at, first, &mut |_| {}).await);
        }
    });
}
