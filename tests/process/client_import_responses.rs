//! `import-from-apim --mode client` through a proxy that reports success for what did not happen.

use serde_json::{Value, json};

use crate::client_import::import;
use crate::support::{APIM, Azure, CENTER, CENTER_ID, ProxiedRequest, Proxy, TOKEN, send_request};

/// Sends azr through a proxy that responds to some requests itself.
pub(crate) fn respond_instead(
    azure: &mut Azure,
    respond: impl Fn(&ProxiedRequest) -> Option<(u16, Value)> + Send + Sync + 'static,
) {
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| match respond(request) {
        Some((status, body)) => (status, body.to_string().into_bytes()),
        None => forward(),
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
}

pub(crate) fn is_request(request: &ProxiedRequest, method: &str, part: &str) -> bool {
    request.method == method && request.target.contains(part)
}

#[test]
fn a_write_that_succeeds_with_an_error_or_another_resource_has_failed() {
    let error = json!({"error": {"code": "Busy", "message": "not done"}});
    let other = json!({"id": format!("{CENTER_ID}/workspaces/default/apis/other"), "properties": {}});
    for (api, method, part, body, word) in [
        ("ticker", "PUT", "/apis/ticker?", &error, "not done"),
        ("ticker", "PUT", "/apis/ticker?", &other, "'other' instead of apis 'ticker'"),
        ("ticker", "PUT", "/deployments/", &error, "not done"),
        ("weather", "POST", "/importSpecification", &error, "not done"),
    ] {
        let mut azure = Azure::start();
        let body = body.clone();
        respond_instead(&mut azure, move |request| {
            is_request(request, method, part).then(|| (200, body.clone()))
        });
        let run = import(&azure, &format!("--apim-apis {api}"));
        assert_eq!(run.code, Some(4), "{run}");
        assert!(run.stderr.contains(word), "{run}");
    }
}

#[test]
fn a_read_that_returns_another_resource_is_an_error() {
    let mut azure = Azure::start();
    respond_instead(&mut azure, |request| {
        let other = json!({"id": format!("{CENTER_ID}/workspaces/default/apis/other"), "properties": {}});
        is_request(request, "GET", "/workspaces/default/apis/weather?").then_some((200, other))
    });
    let run = import(&azure, "--apim-apis weather");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("'other' instead of apis 'weather'"), "{run}");
}

#[test]
fn an_api_is_not_described_by_the_record_of_another_one() {
    for body in [
        json!({"id": "/x/apis/other", "properties": {"contact": {"name": "Not ours"}}}),
        json!({"id": "/x/apis/museum"}),
        Value::Null,
    ] {
        let mut azure = Azure::start();
        let response = body.clone();
        respond_instead(&mut azure, move |request| {
            is_request(request, "GET", "/myAPIManagement/apis/museum?").then(|| (200, response.clone()))
        });
        let run = import(&azure, "--apim-apis museum");
        assert_eq!(run.code, Some(4), "{body}: {run}");
        let reason = run.json()["problems"][0]["reason"].to_string();
        assert!(reason.starts_with("\"API museum: "), "{body}: {run}");
    }
}

#[test]
fn a_document_that_the_service_did_not_import_is_imported_by_the_next_run() {
    let mut azure = Azure::start();
    let endpoint = azure.endpoint().to_owned();
    respond_instead(&mut azure, |request| {
        is_request(request, "POST", "/importSpecification").then_some((200, Value::Null))
    });
    import(&azure, "--apim-apis weather").expect_success();
    azure.set("AZR_ARM_ENDPOINT", &endpoint);
    let run = import(&azure, "--apim-apis weather").expect_success();
    assert!(run.stderr.contains("document of definition openapi of original added"), "{run}");
    let definition = format!("{CENTER} --api-id weather --version-id original --definition-id openapi");
    azure.ok(format!("apic api definition export-specification {definition} --file-name -"));
    let run = import(&azure, "--apim-apis weather").expect_success();
    assert_eq!(run.json()["unchanged"], 1, "{run}");
}

#[test]
fn a_deletion_that_a_proxy_answers_with_a_page_has_failed() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    let proxy = Proxy::start(azure.endpoint(), |request, forward| {
        if is_request(request, "DELETE", "/apis/museum?") {
            return (200, b"<!doctype html><html><body>Please sign in</body></html>".to_vec());
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = import(&azure, "--apim-apis '*' --prune");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(!run.stderr.contains("API museum was deleted"), "{run}");
}

#[test]
fn an_api_that_people_edit_before_its_deletion_stays() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    let path = format!("{CENTER_ID}/workspaces/default/apis/museum");
    let api = azure.request_ok("GET", &path, "").json();
    let mut properties = api["properties"].clone();
    properties["summary"] = json!("Ours");
    let body = json!({"properties": properties}).to_string();
    let endpoint = azure.endpoint().to_owned();
    let reads = AtomicUsize::new(0);
    let proxy = Proxy::start(&endpoint.clone(), move |request, forward| {
        // The last look at the API before it is deleted.
        let is_read = is_request(request, "GET", "/apis/museum?") && request.target.contains("ApiCenter");
        if is_read && reads.fetch_add(1, Ordering::Relaxed) == 1 {
            send_request(&endpoint, TOKEN, "PUT", &format!("{path}?api-version=2024-03-01"), &body)
                .expect("a response");
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(run.stderr.contains("the API stays, because people edited its summary"), "{run}");
    assert_eq!(
        azure.request_ok("GET", &format!("{CENTER_ID}/workspaces/default/apis/museum"), "").json()["properties"]
            ["summary"],
        "Ours"
    );
}

#[test]
fn writes_that_are_always_refused_as_outdated_fail_with_the_reason() {
    let fault = "PUT */workspaces/default/apis/weather* status=412 code=PreconditionFailed";
    let azure = Azure::start_with_args(&["--sample", "--log", "log.jsonl", "--faults", fault]);
    let run = import(&azure, "--apim-apis weather ticker");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("somebody else keeps changing API weather"), "{run}");
    assert!(run.stderr.contains("1 created"), "{run}");
    let log = azure.log("log.jsonl");
    let refused = log.iter().filter(|request| request["status"] == 412).count();
    assert!((4..=16).contains(&refused), "{refused} writes were refused");
}
