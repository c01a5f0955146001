use serde_json::{Value, json};

use crate::response::ResponseExt as _;
use crate::testing::{CENTER, ask, body, build_request, emulator};
use crate::{Emulator, Options};

const SPACE: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiCenter/services/center/workspaces/default";

fn put(azure: &Emulator, path: &str, properties: &Value) -> (u16, Value) {
    let response = ask(azure, "PUT", &format!("{SPACE}/{path}"), Some(json!({"properties": properties})));
    (response.status().as_u16(), body(&response))
}

fn get(azure: &Emulator, path: &str) -> (u16, Value) {
    let response = ask(azure, "GET", &format!("{SPACE}/{path}"), None);
    (response.status().as_u16(), body(&response))
}

/// An API `echo` with a version `v1-0-0` and a definition `openapi`.
fn with_api() -> Emulator {
    let azure = emulator(Options { page_size: 2, ..Options::default() });
    assert_eq!(put(&azure, "apis/echo", &json!({"title": "Echo", "kind": "REST"})).0, 200);
    let version = json!({"title": "v1", "lifecycleStage": "Production"});
    assert_eq!(put(&azure, "apis/echo/versions/v1-0-0", &version).0, 200);
    let definition = json!({"title": "OpenAPI"});
    assert_eq!(put(&azure, "apis/echo/versions/v1-0-0/definitions/openapi", &definition).0, 200);
    azure
}

#[test]
fn an_api_may_be_an_mcp_server() {
    let azure = with_api();
    let (status, api) = put(&azure, "apis/tools", &json!({"title": "Tools", "kind": "mcp"}));
    assert_eq!((status, &api["properties"]["kind"]), (200, &json!("mcp")));
    assert_eq!(put(&azure, "apis/other", &json!({"title": "Other", "kind": "tool"})).0, 400);
}

const DEFINITION: &str = "apis/echo/versions/v1-0-0/definitions/openapi";

fn post(azure: &Emulator, path: &str, request: Option<Value>) -> crate::response::Response {
    ask(azure, "POST", &format!("{SPACE}/{path}"), request)
}

/// The end of the operation that an response accepted.
fn outcome(azure: &Emulator, accepted: &crate::response::Response) -> Value {
    assert_eq!(accepted.status(), 202);
    let location = accepted.header("location").expect("a location").to_owned();
    let location = location.strip_prefix("http://emulator.test").expect("absolute").to_owned();
    assert_eq!(ask(azure, "GET", &location, None).status(), 202);
    body(&ask(azure, "GET", &location, None))
}

#[test]
fn an_api_is_echoed_with_defaults_and_takes_the_stage_of_its_version() {
    let azure = with_api();
    let (_, api) = get(&azure, "apis/ECHO");
    assert_eq!(
        api["properties"].to_string(),
        r#"{"title":"Echo","kind":"rest","lifecycleStage":"production","externalDocumentation":[],"contacts":[],"customProperties":{}}"#
    );
    assert!(api["systemData"]["createdAt"].is_string());
    let (_, version) = get(&azure, "apis/echo/versions/v1-0-0");
    assert_eq!(
        (&version["properties"]["isDefault"], &version["properties"]["isRecommended"]),
        (&json!(true), &json!(false))
    );
    let (_, second) =
        put(&azure, "apis/echo/versions/v2-0-0", &json!({"title": "v2", "lifecycleStage": "design"}));
    assert_eq!(second["properties"]["isDefault"], false);
    assert_eq!(get(&azure, "apis/echo").1["properties"]["lifecycleStage"], "production");
}

#[test]
fn missing_resources_are_reported_as_recorded() {
    let azure = with_api();
    assert_eq!(get(&azure, "apis/nope"), (404, json!({"code": "404"})));
    assert_eq!(get(&azure, "apis/nope/versions").1, json!({"code": "404"}));
    assert_eq!(
        get(&azure, "environments/nope").1["message"],
        "The environment with the specified ID does not exist."
    );
    assert_eq!(get(&azure, "analyzerConfigs/nope").1["title"], "Not Found");
    let other = ask(&azure, "GET", &format!("{CENTER}x/workspaces/default/apis"), None);
    assert_eq!(body(&other)["error"]["code"], "ParentResourceNotFound");
    let delete = |path: &str| ask(&azure, "DELETE", &format!("{SPACE}/{path}"), None).status();
    assert_eq!(
        [delete(DEFINITION), delete(DEFINITION), delete("apis/echo"), delete("apis/echo")],
        [200, 204, 204, 204]
    );
    assert_eq!(get(&azure, "apis/echo/versions/v1-0-0").0, 404);
}

#[test]
fn names_bodies_and_references_are_checked() {
    let azure = with_api();
    assert_eq!(put(&azure, "apis/a_b", &json!({"title": "x", "kind": "rest"})).0, 400);
    assert_eq!(put(&azure, "apis/ab", &json!({"title": "x", "kind": "rest"})).0, 400);
    let (status, refused) = put(&azure, "apis/abc", &json!({"title": "x".repeat(51), "kind": "telex"}));
    assert_eq!((status, refused["error"]["details"].as_array().map(Vec::len)), (400, Some(2)));
    // As users quote it.
    let message = "The field Title must be a string or array type with a maximum length of '50'.";
    assert_eq!(refused["error"]["message"], "Invalid request");
    assert_eq!(refused["error"]["details"][0], json!({"message": message}));
    let request = json!({"environmentId": "/workspaces/default/environments/nope"});
    let (status, refused) = put(&azure, "apis/echo/deployments/one", &request);
    let message =
        "properties.environmentId: The resource '/workspaces/default/environments/nope' does not exist.";
    assert_eq!((status, &refused["error"]["details"][0]["message"]), (400, &json!(message)));
    put(&azure, "environments/test", &json!({"title": "Test", "kind": "testing"}));
    let request = json!({"environmentId": "/WORKSPACES/default/Environments/TEST",
                       "definitionId": format!("/workspaces/default/{DEFINITION}")});
    let (status, created) = put(&azure, "apis/echo/deployments/one", &request);
    assert_eq!((status, &created["properties"]["isDefault"]), (200, &json!(true)));
}

#[test]
fn lists_come_in_pages_and_filtered() {
    let azure = with_api();
    for name in ["one", "two"] {
        put(&azure, &format!("apis/{name}"), &json!({"title": "Other", "kind": "soap"}));
    }
    let (_, first) = get(&azure, "apis");
    assert_eq!(first["value"].as_array().map(Vec::len), Some(2));
    let next =
        first["nextLink"].as_str().and_then(|l| l.strip_prefix("http://emulator.test")).expect("a link");
    let last = body(&ask(&azure, "GET", next, None));
    assert_eq!((last["value"].as_array().map(Vec::len), last.get("nextLink")), (Some(2), None));
    let (_, filtered) = get(&azure, "apis?$filter=kind%20eq%20%27soap%27%20and%20contains(title,%27Oth%27)");
    assert_eq!(filtered["value"][1]["name"], "two");
    assert_eq!(get(&azure, "apis?$filter=kind").0, 400);
}

#[test]
fn custom_properties_need_their_schema() {
    let azure = with_api();
    let request =
        json!({"schema": "{\"type\":\"boolean\"}", "assignedTo": [{"entity": "api", "required": true}]});
    let created =
        ask(&azure, "PUT", &format!("{CENTER}/metadataSchemas/public"), Some(json!({"properties": request})));
    assert_eq!(created.status(), 200);
    let api = |custom: Value| {
        put(&azure, "apis/echo", &json!({"title": "E", "kind": "rest", "customProperties": custom})).0
    };
    assert_eq!(
        [api(json!({})), api(json!({"public": "yes"})), api(json!({"public": true, "x": 1}))],
        [400; 3]
    );
    assert_eq!(api(json!({"public": true})), 200);
    let export =
        ask(&azure, "POST", &format!("{CENTER}/exportMetadataSchema"), Some(json!({"assignedTo": "api"})));
    let schema: Value = serde_json::from_str(body(&export)["value"].as_str().expect("text")).expect("JSON");
    assert_eq!(schema["properties"]["customProperties"]["required"], json!(["public"]));
}

#[test]
fn required_custom_properties_are_required_of_each_entity_type() {
    let azure = with_api();
    let schema = |assigned: &[&str], required: bool| {
        let to: Vec<Value> = assigned.iter().map(|e| json!({"entity": e, "required": required})).collect();
        let request = json!({"schema": r#"{"type": "string"}"#, "assignedTo": to});
        let response = ask(
            &azure,
            "PUT",
            &format!("{CENTER}/metadataSchemas/owner"),
            Some(json!({"properties": request})),
        );
        assert_eq!(response.status(), 200);
    };
    let entities = [
        ("apis/echo", json!({"title": "E", "kind": "rest"})),
        ("environments/prod", json!({"title": "P", "kind": "production"})),
        ("apis/echo/deployments/one", json!({"title": "D"})),
    ];
    let tried = |custom: Option<Value>| {
        entities.clone().map(|(id, mut properties)| {
            if let Some(custom) = &custom {
                properties["customProperties"] = custom.clone();
            }
            let (status, body) = put(&azure, id, &properties);
            (status, body["error"]["details"][0]["message"].as_str().map(str::to_owned))
        })
    };
    let statuses = |custom: Option<Value>| tried(custom).map(|(status, _)| status);
    schema(&["api", "environment", "deployment"], true);
    let refused = (400, Some("The metadata property 'owner' is required.".to_owned()));
    assert_eq!(tried(None), [refused.clone(), refused.clone(), refused]);
    assert_eq!(statuses(Some(json!({}))), [400; 3]);
    assert_eq!(statuses(Some(json!({"owner": 1}))), [400; 3]);
    assert_eq!(statuses(Some(json!({"owner": "me"}))), [200; 3]);
    schema(&["deployment"], true);
    assert_eq!(statuses(None), [200, 200, 400]);
    schema(&["deployment"], false);
    assert_eq!(statuses(None), [200; 3]);
    schema(&["api", "environment", "deployment"], true);
    assert_eq!(ask(&azure, "DELETE", &format!("{CENTER}/metadataSchemas/owner"), None).status(), 204);
    assert_eq!(statuses(None), [200; 3]);
}

#[test]
fn the_plan_limits_the_number_of_metadata_schemas() {
    let azure = with_api();
    let id = |n: u32| format!("{CENTER}/metadataSchemas/schema-{n}");
    let make = |n: u32| ask(&azure, "PUT", &id(n), Some(json!({"properties": {"schema": "{}"}}))).status();
    assert!((1..=10).all(|n| make(n) == 200));
    assert_eq!(make(11), 400);
    assert_eq!(make(10), 200, "an existing one can be replaced");
    assert_eq!(ask(&azure, "DELETE", &id(1), None).status(), 204);
    assert_eq!(make(11), 200);
    ask(&azure, "PATCH", CENTER, Some(json!({"sku": {"name": "Standard"}})));
    assert!((12..=21).all(|n| make(n) == 200));
    assert_eq!(make(22), 400);
}

#[test]
fn a_definition_keeps_its_document() {
    let azure = with_api();
    let import = format!("{DEFINITION}/importSpecification");
    let export = format!("{DEFINITION}/exportSpecification");
    assert_eq!(post(&azure, &export, None).status(), 404);
    let of = json!({"name": "openapi", "version": "3.0.2"});
    let request = json!({"format": "inline", "value": "openapi: 3.0.2", "specification": of});
    assert_eq!(post(&azure, &import, Some(request)).status(), 200);
    put(&azure, DEFINITION, &json!({"title": "Renamed"}));
    assert_eq!(get(&azure, DEFINITION).1["properties"]["specification"], of);
    let exported = body(&post(&azure, &export, None));
    assert_eq!(exported, json!({"format": "inline", "value": "openapi: 3.0.2"}));
    let large = json!({"format": "inline", "value": "x".repeat(3 * 1024 * 1024 + 1)});
    assert_eq!(post(&azure, &import, Some(large)).status(), 400);
}

#[test]
fn a_link_is_fetched_where_that_is_possible() {
    let azure = with_api();
    let import = format!("{DEFINITION}/importSpecification");
    let large = "x".repeat(3 * 1024 * 1024 + 1);
    let now = build_request("GET", "/").now;
    let link = azure.with_state(|w| w.add_download_link("a.json", "application/json", large.clone(), now));
    let request = |url: String| Some(json!({"format": "link", "value": url}));
    let done = outcome(&azure, &post(&azure, &import, request(format!("http://emulator.test{link}"))));
    assert_eq!(done["status"], "Succeeded");
    assert!(!done["id"].to_string().contains("workspaces"));
    let exported = body(&post(&azure, &format!("{DEFINITION}/exportSpecification"), None));
    assert_eq!(exported["format"], "link");
    let url =
        exported["value"].as_str().and_then(|l| l.strip_prefix("http://emulator.test")).expect("a link");
    assert_eq!(azure.respond(&build_request("GET", url)).body(), &large);
    for url in ["https://example.com/a.json", "http://emulator.test/api-export/a?sig=gone"] {
        let failed = outcome(&azure, &post(&azure, &import, request(url.to_owned())));
        assert_eq!((&failed["status"], failed["error"]["message"].is_string()), (&json!("Failed"), true));
    }
    assert_eq!(post(&azure, &import, request("$link".to_owned())).status(), 400);
}

#[test]
fn other_hosts_are_asked_through_the_option() {
    let fetch =
        |url: &str| if url.ends_with("a.json") { Ok(url.to_owned()) } else { Err("refused".to_owned()) };
    let azure = emulator(Options { fetch: Some(Box::new(fetch)), ..Options::default() });
    let sample = "apis/swagger-petstore/versions/1-0-0/definitions/openapi";
    let import = |url: &str| {
        let request = json!({"format": "link", "value": url});
        outcome(&azure, &post(&azure, &format!("{sample}/importSpecification"), Some(request)))
    };
    assert_eq!(import("https://example.com/a.json")["status"], "Succeeded");
    let exported = body(&post(&azure, &format!("{sample}/exportSpecification"), None));
    assert_eq!(exported["value"], "https://example.com/a.json");
    assert!(import("https://example.com/b")["error"]["message"].to_string().contains("refused"));
}

#[test]
fn the_plan_limits_what_can_be_made() {
    let azure = with_api();
    let version = |n: usize| {
        let request = json!({"title": "v", "lifecycleStage": "design"});
        put(&azure, &format!("apis/echo/versions/v{n}-0"), &request).0
    };
    assert_eq!((1..=5).map(version).collect::<Vec<_>>(), [200, 200, 200, 200, 400]);
    ask(&azure, "PATCH", CENTER, Some(json!({"sku": {"name": "Standard"}})));
    assert_eq!(version(5), 200);
}

#[test]
fn rulesets_go_in_and_out_and_belong_to_the_preview() {
    let azure = with_api();
    let (_, created) = put(&azure, "analyzerConfigs/spectral", &json!({"analyzerType": "spectral"}));
    assert_eq!(
        created["properties"].to_string(),
        r#"{"title":"spectral","analyzerType":"Spectral","state":"inactive"}"#
    );
    assert!(created.get("systemData").is_none());
    let zip = "UEsDBAoAAAAAAA==";
    let request = json!({"format": "inline-zip", "value": zip});
    let accepted = post(&azure, "analyzerConfigs/spectral/importRuleset", Some(request));
    assert_eq!(outcome(&azure, &accepted)["status"], "Succeeded");
    let exported = body(&post(&azure, "analyzerConfigs/spectral/exportRuleset", None));
    assert_eq!(exported, json!({"value": zip, "format": "inline-zip"}));
    assert_eq!(get(&azure, "analyzerConfigs?api-version=2024-03-01").0, 404);
    assert_eq!(get(&azure, "apis?api-version=2020-01-01").0, 400);
}

#[test]
fn an_api_source_says_what_became_of_it() {
    let azure = with_api();
    let service = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/gone";
    let request = json!({"azureApiManagementSource": {"resourceId": service}});
    let (status, created) = put(&azure, "apiSources/apim", &request);
    assert_eq!((status, &created["properties"]["linkState"]["state"]), (200, &json!("error")));
    assert_eq!(put(&azure, "apiSources/none", &json!({})).0, 400);
}

#[test]
fn lists_can_be_searched_and_filtered() {
    let azure = with_api();
    put(
        &azure,
        "apis/shop",
        &json!({"title": "Shop", "kind": "soap", "description": "Sells echoes of old orders."}),
    );
    let names = |query: &str| {
        let list = get(&azure, &format!("apis?{query}")).1;
        let items = list["value"].as_array().expect("a list").clone();
        items.iter().filter_map(|item| item["name"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(names("$search=ECHO"), ["echo", "shop"]);
    assert_eq!(names("$search=\"orders\" echo"), ["shop"]);
    assert_eq!(names("$search=nothing"), [""; 0]);
    assert_eq!(names("$filter=kind eq 'soap'"), ["shop"]);
    assert_eq!(names("$search=echo&$filter=properties/kind eq 'rest'"), ["echo"]);
}

#[test]
fn an_analyzer_configuration_has_its_name_as_title() {
    let azure = with_api();
    let (_, created) = put(&azure, "analyzerConfigs/lint", &json!({"analyzerType": "spectral"}));
    assert_eq!(created["properties"]["title"], "lint");
    let (_, updated) =
        put(&azure, "analyzerConfigs/lint", &json!({"analyzerType": "spectral", "title": "Lint"}));
    assert_eq!(updated["properties"]["title"], "Lint");
}
