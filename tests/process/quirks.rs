//! `emulator start --quirks`: errors of the real services under concurrent requests.

use std::thread;

use serde_json::Value;

use crate::support::{APIM, APIM_ID, Azure, CENTER_ID, Response, download};

/// The latency is high enough that concurrent requests overlap on any machine.
const QUIRKS: &str = "--sample --quirks --latency-ms 200";

/// The responses to concurrent requests.
fn request_concurrently(azure: &Azure, requests: &[(&str, String, &str)]) -> Vec<Response> {
    thread::scope(|scope| {
        let threads: Vec<_> = requests
            .iter()
            .map(|(method, path, body)| scope.spawn(move || azure.request(method, path, body)))
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("a response")).collect()
    })
}

fn export(api: &str) -> (&'static str, String, &'static str) {
    ("GET", format!("{APIM_ID}/apis/{api}?export=true&format=openapi%2Bjson-link"), "")
}

/// The id in the response to an export, and the exported document.
fn exported(response: &Response) -> (String, Value) {
    let body = response.json();
    let link = body["properties"]["value"]["link"].as_str().expect("a link");
    let document: Value = serde_json::from_slice(&download(link)).expect("JSON");
    (body["id"].as_str().expect("an id").to_owned(), document)
}

#[test]
fn concurrent_exports_of_a_version_set_are_mixed_up() {
    let azure = Azure::start_with(&format!("{QUIRKS} --log log.jsonl"));
    let responses =
        request_concurrently(&azure, &[export("orders-v1"), export("orders-v2"), export("my-api")]);
    let [v1, v2, other] = &responses.iter().map(exported).collect::<Vec<_>>()[..] else { panic!("three") };
    assert!(v1.0.ends_with("/apis/orders-v1") && v2.0.ends_with("/apis/orders-v2"), "{} {}", v1.0, v2.0);
    assert_eq!(v1.1["info"], v2.1["info"], "the documents differ");
    assert_eq!(other.1["info"]["title"], "City Library");
    let mix_ups = azure.log("log.jsonl").iter().filter(|line| line["fault"] == "export-mix-up").count();
    assert_eq!(mix_ups, 1);
    // One after the other, each is correct.
    for (api, version) in [("orders-v1", "v1"), ("orders-v2", "v2")] {
        let (method, path, body) = export(api);
        assert_eq!(exported(&azure.request_ok(method, &path, body)).1["info"]["version"], version);
    }
}

#[test]
fn concurrent_exports_of_two_revisions_are_mixed_up() {
    let azure = Azure::start_with(QUIRKS);
    let responses = request_concurrently(&azure, &[export("weather"), export("weather;rev=2")]);
    let (one, two) = (exported(&responses[0]), exported(&responses[1]));
    assert!(one.0.ends_with("/weather") && two.0.ends_with("/weather;rev=2"), "{} {}", one.0, two.0);
    assert_eq!(one.1["paths"], two.1["paths"]);
}

#[test]
fn without_quirks_concurrent_exports_are_correct() {
    let azure = Azure::start();
    let responses = request_concurrently(&azure, &[export("orders-v1"), export("orders-v2")]);
    assert_eq!(exported(&responses[0]).1["info"]["version"], "v1");
    assert_eq!(exported(&responses[1]).1["info"]["version"], "v2");
}

#[test]
fn concurrent_writes_below_one_api_conflict() {
    let azure = Azure::start_with(&format!("{QUIRKS} --log log.jsonl"));
    let api = format!("{CENTER_ID}/workspaces/default/apis/swagger-petstore");
    let version = r#"{"properties": {"title": "A version", "lifecycleStage": "design"}}"#;
    let writes: Vec<_> =
        ["one", "two", "three"].map(|name| ("PUT", format!("{api}/versions/{name}"), version)).into();
    let responses = request_concurrently(&azure, &writes);
    let refused: Vec<&Response> = responses.iter().filter(|response| response.status == 409).collect();
    assert!(
        !refused.is_empty() && refused.iter().all(|response| response.header("x-ms-request-id").is_some())
    );
    assert_eq!(refused[0].json()["error"]["code"], "PessimisticConcurrencyConflict");
    // The refused writes had no effect.
    let versions = azure.request_ok("GET", &format!("{api}/versions"), "").json();
    let done = responses.iter().filter(|response| response.status == 200).count();
    assert_eq!(versions["value"].as_array().map(Vec::len), Some(1 + done));
    assert_eq!(done + refused.len(), 3);
    let conflicts = azure.log("log.jsonl").iter().filter(|line| line["fault"] == "conflict").count();
    assert_eq!(conflicts, refused.len());
}

#[test]
fn azr_exports_the_right_documents_nevertheless() {
    let azure = Azure::start_with("--apis 40 --quirks");
    azure.ok(format!(
        "apim api export {APIM} --api-id orders-* weather --export-format OpenApiJsonFile -f out --concurrency 8"
    ));
    for (file, version) in [("orders-v1_openapi+json.json", "v1"), ("orders-v2_openapi+json.json", "v2")] {
        let text = azure.read(&format!("out/{file}"));
        let document: Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(document["info"]["version"], version);
    }
}

/// The names and the count in the response to a list.
fn listed(response: &Response) -> (Vec<String>, Value) {
    let body = response.json();
    let items = body["value"].as_array().expect("a list");
    let name = |item: &Value| item["name"].as_str().expect("a name").to_owned();
    (items.iter().map(name).collect(), body["count"].clone())
}

#[test]
fn children_of_a_new_resource_are_not_found_at_first() {
    let azure = Azure::start_with("--sample --quirks propagation=600");
    let api = format!("{CENTER_ID}/workspaces/default/apis/new-api");
    azure.request_ok("PUT", &api, r#"{"properties": {"title": "New", "kind": "rest"}}"#);
    let response = azure.request("GET", &format!("{api}/versions"), "");
    assert_eq!((response.status, &response.json()["error"]["code"]), (404, &"ParentResourceNotFound".into()));
    azure.request_ok("GET", &api, "");
}

#[test]
fn a_later_page_misses_or_repeats_an_item() {
    let azure = Azure::start_with("--apis 150 --quirks shifting-pages");
    let first = azure.request_ok("GET", &format!("{APIM_ID}/apis"), "");
    let (names, count) = listed(&first);
    assert_eq!(names.len(), 100);
    let count = count.as_u64().expect("a count");
    let (later, later_count) = listed(&azure.request_ok("GET", &format!("{APIM_ID}/apis?$skip=100"), ""));
    let repeats = later.first() == names.last();
    let expected = if repeats { count + 1 } else { count - 1 };
    assert_eq!(later_count, expected);
    assert_eq!((names.len() + later.len()) as u64, expected);
}

#[test]
fn some_lists_lack_an_item() {
    let azure = Azure::start_with("--sample --quirks short-lists");
    let responses: Vec<_> =
        (0..40).map(|_| listed(&azure.request_ok("GET", &format!("{APIM_ID}/apis"), ""))).collect();
    let full = responses.iter().map(|(names, _)| names.len()).max().expect("responses");
    let has = |length: usize, count: &Value| responses.iter().any(|(n, c)| n.len() == length && c == count);
    assert!(has(full, &full.into()) && has(full - 1, &full.into()) && has(full - 1, &Value::Null));
}

#[test]
fn exports_of_wsdl_as_a_link_fail() {
    let azure = Azure::start_with("--sample --quirks wsdl-500 --log log.jsonl");
    let export =
        |format| azure.request("GET", &format!("{APIM_ID}/apis/stock?export=true&format={format}"), "");
    assert_eq!(export("wsdl-link").status, 500);
    let inline = export("wsdl").json();
    assert!(inline["properties"]["value"].as_str().is_some_and(|text| text.contains("<wsdl:definitions")));
    assert_eq!(azure.log("log.jsonl").iter().filter(|line| line["fault"] == "wsdl-500").count(), 1);
}

#[test]
fn an_unknown_quirk_is_refused() {
    let azure = Azure::start();
    let run = azure.run("emulator start --quirks conflict,nope");
    assert!(run.code == Some(2) && run.stderr.contains("'nope' is not a quirk"), "{run}");
}
