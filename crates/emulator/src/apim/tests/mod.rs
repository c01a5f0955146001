//! Conversations with the emulated API Management.

mod apis;
mod children;
mod exports;
mod imports;
mod services;

use bytes::Bytes;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::handle;
use crate::request::ParsedRequest;
use crate::response::{Response, ResponseExt as _};
use crate::state::State;

const SCOPE: &str = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service";

/// A state with one service, `apim1`.
struct Bench {
    state: State,
    headers: Vec<(String, String)>,
    version: &'static str,
}

/// What came back: status, body, etag.
#[derive(Debug)]
struct Seen {
    status: u16,
    body: Value,
    etag: String,
}

impl Bench {
    fn new() -> Self {
        let mut bench = Self { state: State::default(), headers: Vec::new(), version: "2022-08-01" };
        let made = bench.absolute("PUT", &format!("{SCOPE}/apim1"), &service());
        assert_eq!(made.status, 201, "{made:?}");
        bench
    }

    /// A request to something in the service; `*` goes as If-Match where one is needed.
    fn send(&mut self, method: &str, below: &str, body: &Value) -> Seen {
        self.absolute(method, &format!("{SCOPE}/apim1/{below}"), body)
    }

    fn put(&mut self, below: &str, properties: &Value) -> Seen {
        self.send("PUT", below, &json!({"properties": properties}))
    }

    fn get(&mut self, below: &str) -> Seen {
        self.send("GET", below, &Value::Null)
    }

    fn delete(&mut self, below: &str) -> u16 {
        self.send("DELETE", below, &Value::Null).status
    }

    fn absolute(&mut self, method: &str, target: &str, body: &Value) -> Seen {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        pairs.push(("api-version".to_owned(), self.version.to_owned()));
        let mut headers = self.headers.clone();
        if matches!(method, "DELETE" | "PATCH") && headers.is_empty() {
            headers.push(("if-match".to_owned(), "*".to_owned()));
        }
        let request = ParsedRequest {
            method: method.parse().expect("a method"),
            path: path.to_owned(),
            query: pairs,
            headers: headers
                .iter()
                .map(|(n, v)| (n.parse().expect("a name"), v.parse().expect("a value")))
                .collect(),
            body: if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) },
            origin: "http://127.0.0.1:4280".to_owned(),
            now: OffsetDateTime::UNIX_EPOCH,
        };
        seen(&handle(&mut self.state, &request))
    }
}

fn seen(answer: &Response) -> Seen {
    let etag = answer.header("etag").unwrap_or_default().to_owned();
    let body = if answer.body().is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(answer.body()).expect("a body of JSON")
    };
    Seen { status: answer.status().as_u16(), body, etag }
}

fn service() -> Value {
    json!({
        "location": "eastus",
        "sku": {"name": "developer", "capacity": 1},
        "properties": {"publisherEmail": "a@b.c", "publisherName": "Contoso"},
    })
}

fn names(list: &Seen) -> Vec<&str> {
    list.body["value"].as_array().into_iter().flatten().filter_map(|v| v["name"].as_str()).collect()
}
