//! Short ways to talk to an emulator in unit tests.

use bytes::Bytes;
use serde_json::Value;
use time::OffsetDateTime;

use super::http::{Answer, Call};
use super::world::World;
use super::{Emulator, Options};

/// The resource group the tests work in.
pub const GROUP: &str = "/subscriptions/s1/resourceGroups/rg";
/// The API center the tests work in.
pub const CENTER: &str = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiCenter/services/center";

/// A request without a body.
pub fn call(method: &str, url: &str) -> Call {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let mut query: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    if !query.iter().any(|(n, _)| n == "api-version") {
        query.push(("api-version".to_owned(), "2024-06-01-preview".to_owned()));
    }
    Call {
        method: method.to_owned(),
        path: path.to_owned(),
        query,
        headers: Vec::new(),
        body: Bytes::new(),
        base: "http://emulator.test".to_owned(),
        now: OffsetDateTime::UNIX_EPOCH + time::Duration::days(20_000),
    }
}

/// An emulator with one subscription, group and API center.
pub fn emulator(options: Options) -> Emulator {
    let emulator = Emulator::new(World::default(), options);
    emulator.with_world(|world| {
        super::groups::add_subscription(world, "s1", "Test");
        super::groups::add_group(world, "s1", "rg", "eastus");
    });
    let made = ask(&emulator, "PUT", CENTER, Some(serde_json::json!({"location": "eastus"})));
    assert_eq!(made.status, 201);
    emulator
}

/// Sends one request, signed in.
pub fn ask(emulator: &Emulator, method: &str, url: &str, body: Option<Value>) -> Answer {
    let mut call = call(method, url);
    call.headers.push(("authorization".to_owned(), "Bearer test".to_owned()));
    if let Some(body) = body {
        call.body = Bytes::from(body.to_string());
    }
    emulator.respond(&call)
}

/// The answer's body as JSON; null for none.
pub fn body(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
}
