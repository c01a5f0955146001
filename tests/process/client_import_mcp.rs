//! `import-from-apim --mode client` of MCP servers and A2A agents, and what an editor needs to connect to a server.

use serde_json::{Value, json};

use crate::client_import::{counts, import, list_resources};
use crate::support::{APIM_ID, Azure, CENTER, CENTER_ID, Proxy, Sandbox, StaticServer};

/// The API version of API Management that shows MCP servers and agents.
const NEWEST: &str = "2025-09-01-preview";

/// Sends azr through a proxy that changes the responses to requests for API Management.
///
/// `change` gets the method with the target of a request, and the response.
fn change_responses(
    azure: &mut Azure,
    change: impl Fn(&str, (u16, Value)) -> (u16, Value) + Send + Sync + 'static,
) {
    let proxy = Proxy::start(azure.endpoint(), move |request, forward| {
        let (status, body) = forward();
        if !request.target.contains("Microsoft.ApiManagement") {
            return (status, body);
        }
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let (status, body) = change(&format!("{} {}", request.method, request.target), (status, body));
        (status, body.to_string().into_bytes())
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
}

/// Refuses the newest API version with this status and code.
fn refuse_newest(azure: &mut Azure, status: u16, code: &'static str) {
    change_responses(azure, move |request, response| {
        if !request.contains(NEWEST) {
            return response;
        }
        (status, json!({"error": {"code": code, "message": "No."}}))
    });
}

/// Creates an API of API Management with the newest API version.
fn put_api(azure: &Azure, name: &str, properties: &Value) {
    let path = format!("{APIM_ID}/apis/{name}?api-version={NEWEST}");
    let response = azure.request("PUT", &path, &json!({"properties": properties}).to_string());
    assert!(response.status < 300, "{}", response.status);
}

/// The document of an MCP server in the center.
fn tools_document(azure: &Sandbox, api: &str) -> Value {
    let definition = format!("{CENTER} --api-id {api} --version-id original --definition-id mcp");
    azure.ok(format!("apic api definition export-specification {definition} --file-name -")).json()
}

fn runtime_uri(azure: &Sandbox, api: &str) -> Value {
    azure.json(format!("apic api deployment list {CENTER} --api-id {api} --query [0].server.runtimeUri[0]"))
}

#[test]
fn a_server_has_its_streamable_endpoint_and_its_tools() {
    let azure = Azure::start();
    put_api(
        &azure,
        "old",
        &json!({"displayName": "Old", "path": "old", "type": "mcp", "serviceUrl": "https://old.example.com",
        "mcpProperties": {"endpoints": {"mcp": {"uriTemplate": "/mcp/messages"}}}}),
    );
    let run = import(&azure, "--apim-apis '*-tools' old handbook-search --report r.json").expect_success();
    assert_eq!(run.json()["found"], json!({"mcp": 3}), "{run}");
    assert!(run.stderr.contains("Found 3 APIs: 3 MCP."), "{run}");
    for (api, path) in [("library-tools", "library-tools"), ("old", "old"), ("handbook-search", "handbook")] {
        let uri = runtime_uri(&azure, api);
        assert!(uri.as_str().is_some_and(|uri| uri.ends_with(&format!("/{path}/mcp"))), "{uri}");
        assert_eq!(azure.json(format!("apic api show {CENTER} --api-id {api} --query kind")), "mcp");
        assert_eq!(tools_document(&azure, api)["servers"], json!([{"url": uri}]));
    }
    let document = tools_document(&azure, "library-tools");
    assert_eq!(
        document["x-mcp-tools"][1],
        json!({"name": "search_books", "description": "Search the catalogue of the library.",
            "operation": "apis/my-api/operations/searchBooks"})
    );
    assert_eq!(document["x-mcp-tools"].as_array().map(Vec::len), Some(2));
    // A server that passes requests through has no tools in API Management, and the result says so.
    assert_eq!(tools_document(&azure, "old").get("x-mcp-tools"), None);
    assert!(
        String::from_utf8_lossy(&azure.read("r.json")).contains("does not list any tools of old"),
        "{run}"
    );
}

#[test]
fn a_second_run_writes_nothing_until_the_tools_change() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    import(&azure, "--apim-apis library-tools").expect_success();
    let before = list_resources(&azure);
    let requests = azure.log("log.jsonl").len();
    let again = import(&azure, "--apim-apis library-tools").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 1, 0, 0], "{again}");
    let log = azure.log("log.jsonl");
    assert!(log[requests..].iter().all(|request| request["method"] == "GET"), "something was written");
    let count = log.len() - requests;
    assert!(count <= 14, "{count} requests");
    assert_eq!(list_resources(&azure), before);

    let tool = format!("{APIM_ID}/apis/library-tools/tools/add_book?api-version={NEWEST}");
    assert!(azure.request("DELETE", &tool, "").status < 300);
    let changed = import(&azure, "--apim-apis library-tools").expect_success();
    assert_eq!(counts(&changed.json()), [0, 1, 0, 0, 0], "{changed}");
    assert_eq!(tools_document(&azure, "library-tools")["x-mcp-tools"].as_array().map(Vec::len), Some(1));
}

#[test]
fn tools_may_be_in_the_server_only_and_may_have_hostile_names() {
    let mut azure = Azure::start();
    let name = "x\"],\u{1b}[31m\u{202e}../\n";
    change_responses(&mut azure, move |request, (status, mut body)| {
        if request.contains("/apis/library-tools/tools?") {
            return (404, json!({"error": {"code": "InvalidResourceType", "message": "unknown"}}));
        }
        if request.contains("/apis/library-tools?") {
            body["properties"]["mcpTools"] =
                json!([{"name": name, "description": null, "operationId": "/apis/a/operations/b"}]);
        }
        (status, body)
    });
    let run = import(&azure, "--apim-apis library-tools").expect_success();
    assert!(!run.stderr.contains('\u{1b}'), "{run}");
    assert_eq!(
        tools_document(&azure, "library-tools")["x-mcp-tools"],
        json!([{"name": name, "operation": "apis/a/operations/b"}])
    );
}

#[test]
fn an_incomplete_list_of_tools_is_an_error() {
    let mut azure = Azure::start();
    change_responses(&mut azure, |request, (status, mut body)| {
        if request.contains("/apis/library-tools/tools?") {
            body["value"].as_array_mut().expect("a list").pop();
        }
        (status, body)
    });
    let run = import(&azure, "--apim-apis library-tools");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("the list of tools of library-tools is not complete"), "{run}");
}

#[test]
fn a_service_that_refuses_the_newest_api_version_is_read_with_an_older_one() {
    for (status, code) in
        [(400, "NoRegisteredProviderFound"), (404, "InvalidResourceType"), (400, "UnsupportedApiVersion")]
    {
        let mut azure = Azure::start();
        refuse_newest(&mut azure, status, code);
        let run = import(&azure, "--apim-apis '*' --verbose").expect_success();
        assert_eq!(counts(&run.json()), [8, 0, 0, 0, 0], "{run}");
        assert!(run.stderr.contains("does not support API version 2025-09-01-preview"), "{run}");
        assert!(run.stderr.contains("reading it with 2022-08-01"), "{run}");
    }
    let mut azure = Azure::start();
    refuse_newest(&mut azure, 403, "AuthorizationFailed");
    let run = import(&azure, "--apim-apis '*'");
    assert!(run.error(1).contains("AuthorizationFailed"), "any other error is not a reason: {run}");
}

#[test]
fn an_older_api_version_deletes_nothing_that_it_does_not_show() {
    let mut azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let before = list_resources(&azure);
    refuse_newest(&mut azure, 400, "NoRegisteredProviderFound");
    let run = import(&azure, "--apim-apis '*' --prune --max-delete 50 --report r.json").expect_success();
    assert_eq!(run.json()["deleted"], 0, "{run}");
    assert!(
        String::from_utf8_lossy(&azure.read("r.json")).contains("only API version 2025-09-01-preview"),
        "{run}"
    );
    assert_eq!(list_resources(&azure), before);
}

#[test]
fn an_agent_has_a_kind_by_default_and_the_note_says_how_to_choose_another() {
    let azure = Azure::start();
    let run = import(&azure, "--apim-apis concierge").expect_success();
    assert!(run.stderr.contains("A2A agent, imported with the kind rest (--kind 'concierge=KIND'"), "{run}");
    assert!(run.stderr.contains("the gateway does not return the card of concierge"), "{run}");
    assert_eq!(run.json()["found"], json!({"a2a": 1}), "{run}");
    assert_eq!(
        azure.json(format!("apic api definition list {CENTER} --api-id concierge --version-id original")),
        json!([])
    );

    let azure = Azure::start();
    let run = import(&azure, "--apim-apis concierge --kind '*=MCP'").expect_success();
    assert!(!run.stderr.contains("A2A agent"), "{run}");
    assert_eq!(azure.json(format!("apic api show {CENTER} --api-id concierge --query kind")), "mcp");
    // The emulator refuses kinds that are not published.
    let run = import(&azure, "--apim-apis weather --kind weather=agent");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("azr does not know the kind 'agent'"), "{run}");
}

#[test]
fn an_editor_gets_the_address_of_a_server() {
    let azure = Azure::start();
    import(&azure, "--apim-apis library-tools weather").expect_success();
    let show = |api: &str| azure.run(format!("apic api show {CENTER} --api-id {api} --mcp-json"));
    let uri = runtime_uri(&azure, "library-tools");
    let expected = json!({"servers": {"library-tools": {"type": "http", "url": uri}}});
    assert_eq!(show("library-tools").expect_success().json(), expected);
    let ids = format!("{CENTER_ID}/workspaces/default/apis/library-tools");
    assert_eq!(azure.json(format!("apic api show --ids {ids} {ids} --mcp-json")), expected);
    assert!(show("weather").error(1).contains("the kind of the API 'weather' is 'rest'"));

    azure.ok(format!("apic api create {CENTER} --api-id bare --title Bare --type mcp"));
    let run = show("bare");
    assert!(run.error(1).contains("does not have a deployment"), "{run}");
    assert!(
        run.stderr.contains("azr apic api deployment create -g myResourceGroup -n myAPICenter --api-id bare"),
        "{run}"
    );
    azure.ok(format!("apic environment create {CENTER} --environment-id gate --title E --type production"));
    let deployment = json!({"properties": {"title": "D", "environmentId": "/workspaces/default/environments/gate",
        "server": {"runtimeUri": ["https://gw.example.com/bare/mcp/messages"]}}});
    let path = format!("{CENTER_ID}/workspaces/default/apis/bare/deployments/gate?api-version=2024-03-01");
    assert!(azure.request("PUT", &path, &deployment.to_string()).status < 300);
    let run = show("bare").expect_success();
    assert_eq!(run.json()["servers"]["bare"]["url"], "https://gw.example.com/bare/mcp");
    assert!(run.stderr.contains("older transport"), "{run}");
}

#[test]
fn the_card_of_an_agent_is_its_document() {
    let azure = Azure::start();
    let card = json!({"protocolVersion": "0.3.0", "name": "Concierge", "url": "https://gw.example.com/concierge", "skills": []});
    let server = StaticServer::start(200, "concierge/.well-known/agent-card.json", card.to_string());
    let host = server.url.trim_start_matches("http://").split('/').next().expect("a host").to_owned();
    let service = json!({"location": "eastus", "sku": {"name": "Developer", "capacity": 1}, "properties": {
        "publisherEmail": "apis@contoso.com", "publisherName": "Contoso",
        "hostnameConfigurations": [{"type": "Proxy", "hostName": host}]}});
    let path = format!("{APIM_ID}?api-version=2022-08-01");
    assert!(azure.request("PUT", &path, &service.to_string()).status < 300);
    put_api(
        &azure,
        "concierge",
        &json!({"displayName": "Concierge", "path": "concierge", "type": "a2a", "isAgent": true,
        "protocols": ["http"]}),
    );
    let run = import(&azure, "--apim-apis concierge").expect_success();
    assert!(!run.stderr.contains("card"), "{run}");
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /concierge/.well-known/agent-card.json "), "{requests:?}");
    assert!(requests.iter().all(|head| !head.to_ascii_lowercase().contains("authorization")), "{requests:?}");
    let definition = format!("{CENTER} --api-id concierge --version-id original --definition-id agent-card");
    let imported = azure.ok(format!("apic api definition export-specification {definition} --file-name -"));
    assert_eq!(imported.json(), card);
    let shown = azure.json(format!("apic api definition show {definition} --query specification"));
    assert_eq!(shown, json!({"name": "agent-card", "version": "0.3.0"}));
    let again = import(&azure, "--apim-apis concierge").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 1, 0, 0], "{again}");
}

#[test]
fn an_update_keeps_a_kind_that_azr_does_not_know() {
    let mut azure = Azure::start();
    azure.ok(format!("apic api create {CENTER} --api-id later --title Later --type mcp"));
    let proxy = Proxy::start(azure.endpoint(), |request, forward| {
        if request.method == "PUT" && request.target.contains("/apis/later?") {
            let is_kept = request.body.contains(r#""kind":"event""#);
            return (if is_kept { 200 } else { 400 }, request.body.clone().into_bytes());
        }
        let (status, body) = forward();
        (status, String::from_utf8_lossy(&body).replace(r#""kind":"mcp""#, r#""kind":"event""#).into_bytes())
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    let api = format!("{CENTER} --api-id later");
    assert_eq!(azure.json(format!("apic api show {api} --query kind")), "event");
    assert_eq!(azure.json(format!("apic api update {api} --title Newer --query kind")), "event");
    let inventory = azure.json(format!("apic inventory {CENTER}"));
    assert!(inventory.to_string().contains(r#""kind":"event""#), "{inventory}");
}
