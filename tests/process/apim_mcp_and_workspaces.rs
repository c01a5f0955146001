//! `apim mcp` and `apim workspace`, and APIs in workspaces.

use serde_json::{Value, json};

use crate::support::{APIM, Azure};

fn read_json(azure: &Azure, name: &str) -> Value {
    serde_json::from_slice(&azure.read(name)).expect("JSON")
}

#[test]
fn mcp_servers_and_their_tools() {
    let azure = Azure::start();
    let servers = azure.json(format!("apim mcp list {APIM} --query [].name"));
    assert_eq!(servers, json!(["library-tools", "handbook-search"]));
    let server = azure.json(format!("apim mcp show {APIM} --api-id library-tools"));
    assert_eq!((&server["apiType"], &server["displayName"]), (&"mcp".into(), &"Library tools".into()));
    let tools = azure.json(format!("apim mcp tools {APIM} --api-id library-tools"));
    let tools = tools.as_array().expect("a list");
    assert!(!tools.is_empty());
    for tool in tools {
        assert!(tool["operationId"].as_str().is_some_and(|id| id.contains("/operations/")), "{tool}");
    }
    assert_eq!(azure.json(format!("apim mcp tools {APIM} --api-id handbook-search")), json!([]));
    // The API version of az shows neither.
    assert_eq!(azure.run(format!("apim api show {APIM} --api-id library-tools")).code, Some(3));
}

#[test]
fn workspaces_and_their_apis() {
    let azure = Azure::start();
    let workspaces = azure.json(format!("apim workspace list {APIM} --query [].name"));
    assert_eq!(workspaces, json!(["billing"]));
    let workspace = azure.json(format!("apim workspace show {APIM} --workspace-id billing"));
    assert!(workspace["displayName"].is_string(), "{workspace}");
    let apis = azure.json(format!("apim api list {APIM} --workspace billing --query [].name"));
    assert_eq!(apis, json!(["invoices"]));
    let api = azure.json(format!("apim api show {APIM} --workspace billing --api-id invoices"));
    assert!(api["id"].as_str().is_some_and(|id| id.contains("/workspaces/billing/apis/")), "{api}");
    let api = format!("{APIM} --workspace billing --api-id invoices");
    let operations = azure.json(format!("apim api operation list {api} --query [].name"));
    assert_eq!(operations, json!(["list-invoices"]));
    azure.ok(format!("apim api operation show {api} --operation-id list-invoices"));
    assert_eq!(azure.json(format!("apim api release list {api}")), json!([]));
    assert_eq!(azure.json(format!("apim api schema list {api}")), json!([]));
    azure.ok(format!("apim api revision list {api}"));
    azure.ok(format!("apim api export {api} --export-format OpenApiJsonFile -f one.json"));
    assert!(read_json(&azure, "one.json")["paths"].is_object());
    let all = format!("{APIM} --workspace billing --api-id * --export-format OpenApiJsonFile -f all");
    azure.ok(format!("apim api export {all}"));
    let manifest = read_json(&azure, "all/manifest.json");
    assert!(manifest.to_string().contains("invoices"), "{manifest}");
    azure.ok(format!("apim api versionset list {APIM} --workspace billing"));
    assert_eq!(azure.run(format!("apim api show {APIM} --api-id invoices")).code, Some(3));
    assert_eq!(azure.run(format!("apim api list {APIM} --workspace nowhere")).code, Some(3));
    let run = azure.run(format!("apim api list {APIM} --workspace a/b"));
    assert!(run.error(1).contains("--workspace"), "{run}");
}
