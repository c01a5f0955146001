//! `import-from-apim --mode client` while API Management and the center change, and lists are incomplete.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::client_import::{counts, import};
use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Proxy, TOKEN, send_request, strings};

const API_VERSION: &str = "api-version=2024-03-01";

fn api_names(azure: &Azure) -> Vec<String> {
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    strings(&names).into_iter().map(str::to_owned).collect()
}

fn center_api(name: &str) -> String {
    format!("{CENTER_ID}/workspaces/default/apis/{name}")
}

/// Sends azr through a proxy that writes an API of the center once, before a request that `is_moment` selects.
fn people_write_before(
    azure: &mut Azure,
    api: &'static str,
    properties: &Value,
    is_moment: impl Fn(&str, &str) -> bool + Send + Sync + 'static,
) {
    let endpoint = azure.endpoint().to_owned();
    let is_done = AtomicBool::new(false);
    let body = json!({"properties": properties}).to_string();
    let proxy = Proxy::start(&endpoint.clone(), move |request, forward| {
        if is_moment(&request.method, &request.target) && !is_done.swap(true, Ordering::Relaxed) {
            let path = format!("{}?{API_VERSION}", center_api(api));
            let response = send_request(&endpoint, TOKEN, "PUT", &path, &body).expect("a response");
            assert!(response.status < 300, "{}", response.status);
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
}

#[test]
fn prune_does_not_believe_an_incomplete_list() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let (endpoint, before) = (azure.endpoint().to_owned(), api_names(&azure));
    for (status, body) in [
        (200, r#"{"value":[]}"#),
        (200, r#"{"value":null}"#),
        (200, "null"),
        (200, ""),
        (202, ""),
        (204, ""),
        (206, r#"{"value":[]}"#),
        (200, r#"{"value":[],"count":8}"#),
        (200, r#"{"value":[{"id":"/x/apis/weather","properties":{}}]}"#),
        (200, r#"{"value":[{"name":"weather;rev=2","properties":{}}]}"#),
        (200, r#"{"error":{"code":"Busy","message":"later"}}"#),
    ] {
        let proxy = Proxy::start(&endpoint, move |request, forward| {
            let is_list = request.target.contains("/service/myAPIManagement/apis?");
            if is_list { (status, body.as_bytes().to_vec()) } else { forward() }
        });
        azure.set("AZR_ARM_ENDPOINT", &proxy.url);
        import(&azure, "--apim-apis '*' --prune --max-delete 1000");
        azure.set("AZR_ARM_ENDPOINT", &endpoint);
        assert_eq!(api_names(&azure), before, "{status} {body}");
    }
}

#[test]
fn an_api_that_people_create_during_the_import_is_not_replaced() {
    let mut azure = Azure::start();
    let people = json!({"title": "Ours", "kind": "rest", "summary": "By people"});
    people_write_before(&mut azure, "weather", &people, |method, target| {
        method == "PUT" && target.contains("/metadataSchemas/")
    });
    let run = import(&azure, "--apim-apis weather");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("somebody created or replaced the API 'weather'"), "{run}");
    let api = azure.request_ok("GET", &center_api("weather"), "").json();
    assert_eq!(
        (&api["properties"]["title"], &api["properties"]["customProperties"]),
        (&json!("Ours"), &json!({}))
    );
    // The next run treats it as an API of people, which --prune leaves alone.
    assert_eq!(counts(&import(&azure, "--apim-apis weather").expect_success().json())[0], 1);
    azure.ok(format!("apim api delete {APIM} --api-id weather --delete-revisions true --yes"));
    import(&azure, "--apim-apis '*' --prune").expect_success();
    assert!(api_names(&azure).contains(&"weather".to_owned()));
}

#[test]
fn an_edit_during_the_import_is_kept() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis weather").expect_success();
    let body = json!({"properties": {"description": "New"}}).to_string();
    azure.request_ok("PATCH", &format!("{APIM_ID}/apis/weather"), &body);
    let api = azure.request_ok("GET", &center_api("weather"), "").json();
    let mut edited = api["properties"].clone();
    edited["summary"] = json!("By people");
    people_write_before(&mut azure, "weather", &edited, |method, target| {
        method == "GET" && target.contains("/apis/weather/versions?")
    });
    import(&azure, "--apim-apis weather").expect_success();
    let api = azure.request_ok("GET", &center_api("weather"), "").json();
    assert_eq!(
        (&api["properties"]["summary"], &api["properties"]["description"]),
        (&json!("By people"), &json!("New"))
    );
}

#[test]
fn the_document_is_not_imported_into_an_api_that_somebody_has_replaced() {
    let mut azure = Azure::start();
    let other = json!({"title": "Other", "kind": "rest"});
    people_write_before(&mut azure, "weather", &other, |method, target| {
        method == "PUT" && target.contains("/apis/weather/versions/original/definitions/openapi?")
    });
    let run = import(&azure, "--apim-apis weather");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("somebody replaced the API 'weather'"), "{run}");
    let definition = format!("{CENTER} --api-id weather --version-id original --definition-id openapi");
    azure.run(format!("apic api definition export-specification {definition} --file-name -")).error(3);
}

#[test]
fn an_api_is_read_with_all_that_is_below_it_immediately_before_it_is_deleted() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    import(&azure, "--apim-apis '*'").expect_success();
    azure.ok(format!("apim api delete {APIM} --api-id museum --yes"));
    import(&azure, "--apim-apis '*' '!my*' --prune").expect_success();
    let museum = center_api("museum");
    let log = azure.log("log.jsonl");
    let requests = log.iter().filter_map(|request| {
        let path = request["path"].as_str()?.split('?').next()?.strip_prefix(&museum)?;
        Some(format!("{} {path}", request["method"].as_str()?))
    });
    let requests: Vec<String> = requests.collect();
    let deletion = requests.iter().position(|request| request == "DELETE ").expect("it was deleted");
    let mut last = requests[deletion - 5..deletion].to_vec();
    last.sort_unstable();
    let definitions = "/versions/original/definitions";
    assert_eq!(
        last,
        [
            "GET ".to_owned(),
            "GET /deployments".to_owned(),
            "GET /versions".to_owned(),
            format!("GET {definitions}"),
            format!("POST {definitions}/graphql/exportSpecification"),
        ]
    );
}

#[test]
fn a_document_of_people_stays_if_another_run_creates_the_deployment() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis weather").expect_success();
    let deployment = format!("{}/deployments/myAPIManagement-original", center_api("weather"));
    let properties = azure.request_ok("GET", &deployment, "").json()["properties"].take();
    azure.request_ok("DELETE", &deployment, "");
    let definition = format!("{}/versions/original/definitions/openapi", center_api("weather"));
    let document = r#"{"openapi":"3.0.1","info":{"title":"Ours","version":"1"},"paths":{}}"#;
    let body = json!({"format": "inline", "value": document, "specification": {"name": "openapi"}});
    azure.request_ok("POST", &format!("{definition}/importSpecification"), &body.to_string());
    let (endpoint, body) = (azure.endpoint().to_owned(), json!({"properties": properties}).to_string());
    let proxy = Proxy::start(&endpoint.clone(), move |request, forward| {
        if request.target.contains("/exportSpecification") {
            let path = format!("{deployment}?{API_VERSION}");
            send_request(&endpoint, TOKEN, "PUT", &path, &body).expect("a response");
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    import(&azure, "--apim-apis weather").expect_success();
    let exported = azure.request_ok("POST", &format!("{definition}/exportSpecification"), "{}").json();
    assert_eq!(exported["value"], document);
}

#[test]
fn all_shards_together_delete_no_more_than_max_delete() {
    let azure = Azure::start_with("--apis 12");
    import(&azure, "--apim-apis '*'").expect_success();
    let before = api_names(&azure);
    for number in 1..=6 {
        azure.ok(format!("apim api delete {APIM} --api-id api-{number:05} --yes"));
    }
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        let run = import(&azure, &format!("--apim-apis '*' --prune --max-delete 23 --shard {shard}"));
        assert!(run.error(1).contains("24 APIs, versions, definitions and deployments"), "{shard}");
    }
    assert_eq!(api_names(&azure), before);
}

#[test]
fn children_of_an_api_that_is_not_visible_yet_are_written_later() {
    let azure = Azure::start_with("--sample --quirks propagation=1");
    let run = import(&azure, "--apim-apis weather stock").expect_success();
    assert_eq!(counts(&run.json()), [2, 0, 0, 0, 0], "{run}");
}

#[test]
fn a_failure_with_a_huge_title_is_reported_in_short() {
    let mut azure = Azure::start();
    let proxy = Proxy::start(azure.endpoint(), |request, forward| {
        let (status, body) = forward();
        if !request.target.contains("/service/myAPIManagement/apis?") {
            return (status, body);
        }
        let mut list: Value = serde_json::from_slice(&body).expect("JSON");
        for api in list["value"].as_array_mut().expect("a list") {
            api["properties"]["displayName"] = json!("W".repeat(1_000_000));
        }
        (status, list.to_string().into_bytes())
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let run = import(&azure, "--apim-apis weather");
    assert_eq!(run.code, Some(4));
    assert!(run.stderr.len() < 10_000, "{} bytes", run.stderr.len());
}
