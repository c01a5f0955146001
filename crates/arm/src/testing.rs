//! A service that answers what a test says, and a client of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;
use url::Url;

use super::client::Client;
use super::patience::Patience;
use crate::auth::{Secret, TokenSource};
use crate::transport::{Request, Response, Transport};
use azr_core::error::Result;

/// Where it is.
const HOST: &str = "https://management.example";

/// An answer: its status, one header beside the pause, and its body.
pub type Said = (u16, Option<(&'static str, &'static str)>, Value);

/// Gives its answers in order, and remembers what it was asked.
#[derive(Default)]
pub struct Service {
    answers: Mutex<VecDeque<Said>>,
    asked: Mutex<Vec<String>>,
}

impl Service {
    /// Methods and paths of what it was asked so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

#[async_trait]
impl Transport for Service {
    async fn send(&self, request: Request) -> Result<Response> {
        let asked = format!("{} {}", request.method, request.url.path());
        self.asked.lock().expect("no panic").push(asked);
        let mut answers = self.answers.lock().expect("no panic");
        // The last answer is given again and again.
        let said = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let (status, header, body) = said.expect("an answer");
        let mut headers = vec![("x-ms-retry-after-ms".to_owned(), "1".to_owned())];
        headers.extend(header.map(|(name, value)| (name.to_owned(), format!("{HOST}{value}"))));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Ok(Response { status, headers, body: body.into() })
    }
}

struct Anybody;

#[async_trait]
impl TokenSource for Anybody {
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

/// A service of these answers, the last of which it gives again and again; and a client of it.
pub fn service(answers: &[Said], patience: Patience) -> (Arc<Service>, Client) {
    let service = Arc::new(Service { answers: Mutex::new(answers.to_vec().into()), ..Service::default() });
    let endpoint = Url::parse(HOST).expect("a URL");
    let client = Client::new(Arc::clone(&service) as _, Arc::new(Anybody), endpoint, patience);
    (service, client)
}
