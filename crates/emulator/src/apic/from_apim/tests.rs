//! Imports from API Management.

use crate::response::ResponseExt as _;
use crate::testing::{CENTER, GROUP, ask, body, emulator};
use crate::{Emulator, Options};
use serde_json::{Value, json};

pub(super) const APIM: &str =
    "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim1";

pub(super) fn with_apim() -> Emulator {
    with_apim_and(Options::default())
}

pub(super) fn with_apim_and(options: Options) -> Emulator {
    let azure = emulator(options);
    azure.with_state(|state| {
        let gateway = "https://apim1.azure-api.net";
        state.store.put(APIM, json!({"id": APIM, "name": "apim1", "properties": {"gatewayUrl": gateway}}));
        let set = format!("{APIM}/apiVersionSets/shop");
        state.store.put(&set, json!({"id": set, "properties": {"displayName": "Shop"}}));
        let mut add = |name: &str, properties: Value| {
            let id = format!("{APIM}/apis/{name}");
            state.store.put(&id, json!({"id": id, "name": name, "properties": properties}));
        };
        add("echo", json!({"displayName": "Echo API", "path": "echo", "isCurrent": true, "type": "http"}));
        add("echo;rev=2", json!({"displayName": "Echo API", "path": "echo", "isCurrent": false}));
        for version in ["v1", "v2"] {
            add(
                &format!("shop-{version}"),
                json!({"displayName": "Shop", "path": "shop", "isCurrent": true, "type": "soap",
                       "apiVersion": version, "apiVersionSetId": set}),
            );
        }
    });
    azure
}

/// Starts the import and polls it to its end.
fn import(azure: &Emulator, api: &str) -> Value {
    let request = json!({"sourceResourceIds": [format!("{APIM}/apis/{api}")]});
    let accepted = ask(azure, "POST", &format!("{CENTER}/importFromApim"), Some(request));
    assert_eq!(accepted.status(), 202, "{:?}", accepted.body());
    let location = accepted.header("location").expect("a location");
    let location = location.strip_prefix("http://emulator.test").expect("an absolute location");
    assert_eq!(body(&ask(azure, "GET", location, None))["status"], "InProgress");
    body(&ask(azure, "GET", location, None))
}

pub(super) fn allow(azure: &Emulator) {
    let center = body(&ask(azure, "PATCH", CENTER, Some(json!({"identity": {"type": "SystemAssigned"}}))));
    let url = format!(
        "{GROUP}/providers/Microsoft.Authorization/roleAssignments/77777777-7777-7777-7777-777777777777"
    );
    let role = "/providers/Microsoft.Authorization/roleDefinitions/71522526-b88f-4d52-b57f-d31fc3546d0d";
    let principal = &center["identity"]["principalId"];
    let request = json!({"properties": {"roleDefinitionId": role, "principalId": principal}});
    assert_eq!(ask(azure, "PUT", &url, Some(request)).status(), 201);
}

#[test]
fn versions_of_a_set_become_versions_of_one_api() {
    let azure = with_apim();
    allow(&azure);
    for _ in 0..2 {
        assert_eq!(import(&azure, "*")["status"], "Succeeded");
        let apis = body(&ask(&azure, "GET", &format!("{CENTER}/workspaces/default/apis"), None));
        let apis = apis["value"].as_array().expect("a list");
        let titles: Vec<&str> = apis.iter().filter_map(|a| a["properties"]["title"].as_str()).collect();
        assert_eq!(titles, ["Swagger Petstore", "Echo API", "Shop"]);
        assert_eq!(apis[1]["properties"]["kind"], "REST");
        assert_eq!(apis[1]["properties"]["lifecycleStage"], "design");
        assert!(apis[2]["name"].as_str().is_some_and(|n| n.chars().all(|c| c.is_ascii_digit())));
        let shop = apis[2]["id"].as_str().expect("an id");
        let versions = body(&ask(&azure, "GET", &format!("{shop}/versions"), None));
        assert_eq!(versions["value"].as_array().map(Vec::len), Some(2));
        let deployed = body(&ask(&azure, "GET", &format!("{shop}/deployments"), None));
        assert_eq!(deployed["value"].as_array().map(Vec::len), Some(2));
    }
    let places = body(&ask(&azure, "GET", &format!("{CENTER}/workspaces/default/environments"), None));
    assert_eq!(places["value"][0]["properties"]["server"]["type"], "Azure API Management");
}

#[test]
fn identity_role_and_api_are_all_needed() {
    let azure = with_apim();
    let request = json!({"sourceResourceIds": [format!("{APIM}/apis/*")]});
    assert_eq!(ask(&azure, "POST", &format!("{CENTER}/importFromApim"), Some(request)).status(), 400);
    ask(&azure, "PATCH", CENTER, Some(json!({"identity": {"type": "SystemAssigned"}})));
    let refused = import(&azure, "*");
    assert_eq!(
        (&refused["status"], &refused["error"]["code"]),
        (&json!("Failed"), &json!("AuthorizationFailed"))
    );
    allow(&azure);
    assert_eq!(import(&azure, "nope")["error"]["code"], "ResourceNotFound");
}

/// Adds an MCP server and an A2A agent, which versions of API Management before 2025-09-01-preview do not show.
fn add_server_and_agent(azure: &Emulator) {
    azure.with_state(|state| {
        for (name, api_type) in [("tools", "mcp"), ("agent", "a2a")] {
            let id = format!("{APIM}/apis/{name}");
            let properties = json!({"displayName": name, "path": name, "isCurrent": true, "type": api_type});
            state.store.put(&id, json!({"id": id, "name": name, "properties": properties}));
            state.store.show_since(&id, Some("2025-09-01-preview"));
        }
    });
}

pub(super) fn titles(azure: &Emulator, collection: &str) -> Vec<String> {
    let list = body(&ask(azure, "GET", &format!("{CENTER}/workspaces/default/{collection}"), None));
    let items = list["value"].as_array().expect("a list");
    items.iter().filter_map(|item| item["properties"]["title"].as_str().map(str::to_owned)).collect()
}

#[test]
fn an_api_source_brings_mcp_servers_and_agents_and_an_import_does_not() {
    let azure = with_apim();
    allow(&azure);
    add_server_and_agent(&azure);
    assert_eq!(import(&azure, "*")["status"], "Succeeded");
    assert_eq!(titles(&azure, "apis"), ["Swagger Petstore", "Echo API", "Shop"]);
    assert_eq!(import(&azure, "tools")["error"]["code"], "ResourceNotFound");
    let source = format!("{CENTER}/workspaces/default/apiSources/link");
    let request = json!({"properties": {"azureApiManagementSource": {"resourceId": APIM}}});
    let linked = body(&ask(&azure, "PUT", &source, Some(request)));
    assert_eq!(linked["properties"]["linkState"]["state"], "syncing", "{linked}");
    assert_eq!(titles(&azure, "apis"), ["Swagger Petstore", "Echo API", "Shop", "tools"]);
    assert_eq!(titles(&azure, "agents"), ["agent"]);
    let apis = body(&ask(&azure, "GET", &format!("{CENTER}/workspaces/default/apis"), None));
    assert_eq!(apis["value"][3]["properties"]["kind"], "MCP");
    let id = apis["value"][3]["id"].as_str().expect("an id");
    let deployments = body(&ask(&azure, "GET", &format!("{id}/deployments"), None));
    assert_eq!(
        deployments["value"][0]["properties"]["server"]["runtimeUri"],
        json!(["https://apim1.azure-api.net/tools/mcp/messages"])
    );
    assert_eq!(ask(&azure, "DELETE", &source, None).status(), 204);
    assert_eq!(titles(&azure, "agents"), [""; 0]);
}
