//! Requests that no client should send: whatever they contain, they are refused in Resource Manager's form.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::response::Response;
use crate::testing::{build_request, set_body, set_token};
use crate::{Emulator, Options, State, sample};

const GROUP: &str =
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers";
const APIM: &str = "Microsoft.ApiManagement/service/myAPIManagement";
const CENTER: &str = "Microsoft.ApiCenter/services/myAPICenter";

/// A resource of each kind that has fields, with properties that are accepted.
fn resources() -> Vec<(String, &'static str, Value)> {
    let apim = |path: &str, properties: Value| (format!("{GROUP}/{APIM}/{path}"), "2024-05-01", properties);
    let center = |path: &str, properties: Value| {
        (format!("{GROUP}/{CENTER}/{path}"), "2024-06-01-preview", properties)
    };
    vec![
        apim(
            "apis/x1",
            json!({"displayName": "X", "path": "x1", "protocols": ["https"], "contact": {"name": "N"}}),
        ),
        apim("apis/my-api/operations/x1", json!({"displayName": "X", "method": "GET", "urlTemplate": "/x1"})),
        apim(
            "apis/my-api/schemas/x1",
            json!({"contentType": "application/json", "document": {"value": "{}"}}),
        ),
        apim("apis/my-api/policies/policy", json!({"value": "<policies />", "format": "xml"})),
        apim("apis/my-api/releases/x1", json!({"apiId": "/apis/my-api", "notes": "X"})),
        apim("apiVersionSets/x1", json!({"displayName": "X", "versioningScheme": "Segment"})),
        apim("products/x1", json!({"displayName": "X", "subscriptionsLimit": 1})),
        apim("namedValues/x1", json!({"displayName": "X", "value": "x"})),
        apim("backends/x1", json!({"url": "https://x.example.com", "protocol": "http"})),
        apim("gateways/x1", json!({"locationData": {"name": "X"}})),
        center(
            "workspaces/default/apis/x-1",
            json!({"title": "X", "kind": "rest", "contacts": [{"name": "X"}]}),
        ),
        center("workspaces/default/environments/x-1", json!({"title": "X", "kind": "testing"})),
        center("metadataSchemas/x-1", json!({"schema": "{\"type\":\"string\"}"})),
        center(
            "workspaces/default/authConfigs/x-1",
            json!({"title": "X", "securityScheme": "oauth2", "oauth2": {}}),
        ),
        center(
            "workspaces/default/apiSources/x-1",
            json!({"azureApiManagementSource": {"resourceId": format!("{GROUP}/{APIM}")}}),
        ),
        center("workspaces/default/analyzerConfigs/x-1", json!({"analyzerType": "Spectral"})),
    ]
}

fn values() -> Vec<Value> {
    let text = "x".repeat(100_000);
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!(text),
        json!([]),
        json!([null]),
        json!([[]]),
        json!({}),
        json!({"a": {"b": [1]}}),
        json!("\u{0}\u{202e}"),
    ]
}

struct Sender(Emulator);

impl Sender {
    fn new() -> Self {
        let mut state = State::default();
        sample::load_sample(&mut state, time::OffsetDateTime::UNIX_EPOCH);
        Self(Emulator::new(state, Options::default()))
    }

    fn send(&self, method: &str, url: &str, prepare: impl FnOnce(&mut crate::ParsedRequest)) -> Response {
        let mut request = build_request(method, url);
        set_token(&mut request, "test");
        prepare(&mut request);
        let response = self.0.respond(&request);
        let status = response.status().as_u16();
        assert!(status < 500, "{method} {url}: {status} {:?}", response.body());
        if status >= 400 && method != "HEAD" {
            let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
            // API Center has two other forms of a 404, as recorded.
            let code = [&body["error"]["code"], &body["code"], &body["title"]];
            assert!(code.iter().any(|code| code.is_string()), "{method} {url}: {:?}", response.body());
        }
        response
    }
}

#[test]
fn properties_of_any_type_are_handled() {
    let sender = Sender::new();
    for (id, version, properties) in resources() {
        let url = format!("{id}?api-version={version}");
        let put =
            |body: &Value| sender.send("PUT", &url, |request| set_body(request, body)).status().as_u16();
        let accepted = put(&json!({"properties": properties}));
        assert!([200, 201, 202].contains(&accepted), "{url}: {accepted}");
        for value in values() {
            for member in properties.as_object().expect("an object").keys() {
                let mut changed = properties.clone();
                changed[member] = value.clone();
                put(&json!({"properties": changed}));
            }
            put(&json!({"properties": value}));
            if !value.is_object() {
                assert_eq!(put(&value), 400, "{url} {value}");
            }
        }
        assert!(put(&json!({"properties": properties, "other": 1})) < 300, "{url}");
    }
}

#[test]
fn bodies_methods_names_and_queries_are_handled() {
    let sender = Sender::new();
    for (id, version, properties) in resources() {
        let url = format!("{id}?api-version={version}");
        let deep = "[".repeat(100_000);
        for body in [&b""[..], b"{", b"\xef\xbb\xbf{}", b"\xff\xfe{\0", b"nul", deep.as_bytes()] {
            let status = sender.send("PUT", &url, |request| {
                set_body(request, &json!({}));
                request.body = Bytes::copy_from_slice(body);
            });
            assert_eq!(status.status(), 400, "{url} {:?}", &body[..body.len().min(20)]);
        }
        for method in ["POST", "OPTIONS", "TRACE", "LINK"] {
            assert_eq!(sender.send(method, &url, |_| {}).status(), 405, "{method} {url}");
        }
        let (collection, _) = id.rsplit_once('/').expect("a collection");
        for name in ["", "..", "\u{0}", "\u{fffd}", "a b", "a?b", "ü", "%", "\\", "*", &"x".repeat(10_000)] {
            for method in ["GET", "HEAD", "PUT", "DELETE"] {
                let url = format!("{collection}/?api-version={version}");
                sender.send(method, &url, |request| {
                    request.path = format!("{collection}/{name}");
                    if method == "PUT" {
                        set_body(request, &json!({"properties": properties}));
                    }
                });
            }
        }
        let filter = format!("$filter={}", "(".repeat(5000));
        for query in [
            "$top=0",
            "$top=-1",
            "$top=99999999999999999999",
            "$skip=18446744073709551615",
            "$filter=name eq",
            "$filter=a/b/c eq null",
            "$orderby=name desc",
            "$count=true",
            "$search=\"",
            &filter,
            "$top=1&$top=2",
        ] {
            sender.send("GET", &format!("{collection}?api-version={version}&{query}"), |_| {});
        }
    }
}
