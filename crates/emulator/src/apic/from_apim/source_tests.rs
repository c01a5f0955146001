//! API sources over time.

use std::time::Duration;

use serde_json::{Value, json};

use super::tests::{APIM, allow, titles, with_apim, with_apim_and};
use crate::testing::{CENTER, ask, body, build_request, set_body, set_token};
use crate::{Emulator, Options};

const SOURCE: &str = "workspaces/default/apiSources/link";

/// Links a service or workspace; the response to the PUT.
fn link(azure: &Emulator, origin: &str) -> Value {
    let request = json!({"properties": {"azureApiManagementSource": {"resourceId": origin}}});
    body(&ask(azure, "PUT", &format!("{CENTER}/{SOURCE}"), Some(request)))
}

/// Stores an API of API Management.
fn add_api(azure: &Emulator, id: &str, properties: &Value) {
    let name = id.rsplit('/').next().unwrap_or_default();
    azure.with_state(|state| state.store.put(id, json!({"id": id, "name": name, "properties": properties})));
}

fn list(azure: &Emulator, path: &str) -> Vec<Value> {
    let list = body(&ask(azure, "GET", path, None));
    list["value"].as_array().cloned().unwrap_or_default()
}

fn apis(azure: &Emulator) -> Vec<Value> {
    list(azure, &format!("{CENTER}/workspaces/default/apis"))
}

fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

#[test]
fn apis_of_a_source_are_read_only_until_it_is_deleted() {
    let minute = Duration::from_secs(60);
    let azure = with_apim_and(Options { operation_time: minute, ..Options::default() });
    allow(&azure);
    let source = format!("{CENTER}/workspaces/default/apiSources/link");
    let request = json!({"properties": {"azureApiManagementSource": {"resourceId": APIM}}});
    let state = |body: &Value| body["properties"]["linkState"]["state"].clone();
    assert_eq!(state(&body(&ask(&azure, "PUT", &source, Some(request)))), "initializing");
    assert_eq!(titles(&azure, "apis"), ["Swagger Petstore"]);
    let later = |method: &str, url: &str, sent: Option<Value>| {
        let mut request = build_request(method, url);
        set_token(&mut request, "test");
        if let Some(sent) = sent {
            set_body(&mut request, &sent);
        }
        request.now += minute;
        azure.respond(&request)
    };
    let apis = body(&later("GET", &format!("{CENTER}/workspaces/default/apis"), None));
    assert_eq!(apis["value"].as_array().map(Vec::len), Some(3));
    assert_eq!(state(&body(&later("GET", &source, None))), "syncing");

    let mut echo = apis["value"][1].clone();
    let id = echo["id"].as_str().expect("an id").to_owned();
    echo["properties"]["summary"] = json!("What people add.");
    assert_eq!(later("PUT", &id, Some(echo.clone())).status(), 200);
    echo["properties"]["title"] = json!("Other");
    let refused = body(&later("PUT", &id, Some(echo)));
    assert!(
        refused["error"]["details"][0]["message"].as_str().is_some_and(|m| m.contains("title")),
        "{refused}"
    );
    let version = json!({"properties": {"title": "v9", "lifecycleStage": "design"}});
    assert_eq!(later("PUT", &format!("{id}/versions/v9-0"), Some(version)).status(), 400);
    // The stage of a version, and what a deployment is called, are metadata of the center; the rest is of the source.
    for (part, change, refused) in [
        ("versions", ("lifecycleStage", json!("production")), ("title", json!("Other"))),
        (
            "deployments",
            ("title", json!("Ours")),
            ("server", json!({"runtimeUri": ["https://x.example.com"]})),
        ),
    ] {
        let parts = body(&later("GET", &format!("{id}/{part}"), None));
        let mut part = parts["value"][0].clone();
        let part_id = part["id"].as_str().expect("an id").to_owned();
        for ((member, value), status) in [(change, 200), (refused, 400)] {
            part["properties"][member] = value;
            assert_eq!(later("PUT", &part_id, Some(part.clone())).status(), status, "{part_id} {member}");
        }
        assert_eq!(later("DELETE", &part_id, None).status(), 400);
    }
    assert_eq!(later("DELETE", &id, None).status(), 400);
    assert_eq!(later("DELETE", &source, None).status(), 204);
    assert_eq!(later("GET", &id, None).status(), 404);
}

#[test]
fn changes_in_api_management_appear_and_what_people_added_stays() {
    let azure = with_apim();
    allow(&azure);
    link(&azure, APIM);
    assert_eq!(titles(&azure, "apis"), ["Swagger Petstore", "Echo API", "Shop"]);
    let mut echo = apis(&azure)[1].clone();
    echo["properties"]["summary"] = json!("What people add.");
    echo["properties"]["license"] = json!({"name": "MIT"});
    assert_eq!(ask(&azure, "PUT", &id(&echo), Some(echo.clone())).status(), 200);
    let version = list(&azure, &format!("{}/versions", id(&echo)))[0].clone();
    let mut staged = version.clone();
    staged["properties"]["lifecycleStage"] = json!("production");
    assert_eq!(ask(&azure, "PUT", &id(&version), Some(staged)).status(), 200);

    // New, changed and deleted.
    add_api(
        &azure,
        &format!("{APIM}/apis/new"),
        &json!({"displayName": "New", "path": "new", "isCurrent": true}),
    );
    add_api(
        &azure,
        &format!("{APIM}/apis/echo"),
        &json!({"displayName": "Echo 2", "path": "e2", "isCurrent": true}),
    );
    azure.with_state(|state| state.store.delete(&format!("{APIM}/apis/shop-v1")));
    assert_eq!(titles(&azure, "apis"), ["Swagger Petstore", "Echo 2", "Shop", "New"]);
    let all = apis(&azure);
    assert_eq!(
        (&all[1]["properties"]["summary"], &all[1]["properties"]["license"]["name"]),
        (&json!("What people add."), &json!("MIT"))
    );
    assert_eq!(all[1]["properties"]["lifecycleStage"], "production");
    let versions = list(&azure, &format!("{}/versions", id(&all[2])));
    assert_eq!(versions.len(), 1, "{versions:?}");
    assert_eq!(versions[0]["properties"]["title"], "v2");
    assert_eq!(list(&azure, &format!("{}/deployments", id(&all[2]))).len(), 1);

    // Without a change, nothing is written.
    let etag = |path: &str| {
        let response = ask(&azure, "GET", path, None);
        response.headers()["etag"].to_str().expect("text").to_owned()
    };
    let before = etag(&id(&all[2]));
    azure.with_state(|state| state.store.put("/subscriptions/s1/resourceGroups/other", json!({})));
    assert_eq!(etag(&id(&all[2])), before);

    azure.with_state(|state| state.store.delete(&format!("{APIM}/apis/shop-v2")));
    assert_eq!(titles(&azure, "apis"), ["Swagger Petstore", "Echo 2", "New"]);
}

#[test]
fn a_source_that_failed_is_tried_again() {
    let azure = with_apim();
    ask(&azure, "PATCH", CENTER, Some(json!({"identity": {"type": "SystemAssigned"}})));
    assert_eq!(link(&azure, APIM)["properties"]["linkState"]["state"], "error");
    allow(&azure);
    let source = body(&ask(&azure, "GET", &format!("{CENTER}/{SOURCE}"), None));
    assert_eq!(source["properties"]["linkState"]["state"], "syncing", "{source}");
    assert_eq!(apis(&azure).len(), 3);
}

#[test]
fn a_workspace_can_be_a_source() {
    let azure = with_apim();
    allow(&azure);
    let workspace = format!("{APIM}/workspaces/team");
    add_api(&azure, &workspace, &json!({"displayName": "Team"}));
    add_api(
        &azure,
        &format!("{workspace}/apis/own"),
        &json!({"displayName": "Own", "path": "own", "isCurrent": true}),
    );
    assert_eq!(link(&azure, &workspace)["properties"]["linkState"]["state"], "syncing");
    assert_eq!(titles(&azure, "apis"), ["Swagger Petstore", "Own"]);
    let deployment = list(&azure, &format!("{}/deployments", id(&apis(&azure)[1])))[0].clone();
    assert_eq!(deployment["properties"]["server"]["runtimeUri"], json!(["https://apim1.azure-api.net/own"]));
    assert_eq!(titles(&azure, "environments"), ["apim1"]);
}

#[test]
fn the_environment_of_a_deleted_source_stays_only_if_others_use_it() {
    for is_used in [false, true] {
        let azure = with_apim();
        allow(&azure);
        link(&azure, APIM);
        assert_eq!(titles(&azure, "environments"), ["apim1"]);
        if is_used {
            let deployment = format!("{CENTER}/workspaces/default/apis/swagger-petstore/deployments/own");
            let request = json!({"properties": {"environmentId": "/workspaces/default/environments/apim1"}});
            assert_eq!(ask(&azure, "PUT", &deployment, Some(request)).status(), 200);
        }
        assert_eq!(ask(&azure, "DELETE", &format!("{CENTER}/{SOURCE}"), None).status(), 204);
        assert_eq!(titles(&azure, "apis"), ["Swagger Petstore"]);
        assert_eq!(titles(&azure, "environments").len(), usize::from(is_used));
    }
}
