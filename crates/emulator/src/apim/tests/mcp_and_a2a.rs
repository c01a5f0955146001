//! MCP servers and A2A agents: written and shown by the API versions that have them, and by no others.

use super::*;

const VERSION: &str = "2025-09-01-preview";

/// A service with an API, an MCP server with a tool, and an agent.
fn service() -> TestService {
    let mut service = TestService::new();
    service.version = VERSION;
    service.put("apis/shop", &json!({"displayName": "Shop", "path": "shop"}));
    for name in ["list", "buy"] {
        let operation = json!({"displayName": name, "method": "GET", "urlTemplate": format!("/{name}")});
        assert_eq!(service.put(&format!("apis/shop/operations/{name}"), &operation).status, 201);
    }
    let server = json!({
        "displayName": "Shop tools", "path": "tools", "type": "mcp",
        "mcpTools": [{"name": "list_all", "description": "List all.", "operationId": "/apis/shop/operations/list"}],
    });
    let created = service.put("apis/tools", &server);
    assert_eq!(created.status, 201, "{created:?}");
    let agent = json!({
        "displayName": "Agent", "path": "agent", "type": "a2a", "isAgent": true,
        "a2aProperties": {"agentCardPath": "/card.json"},
    });
    assert_eq!(service.put("apis/agent", &agent).status, 201);
    service
}

#[test]
fn earlier_api_versions_do_not_show_them() {
    let mut service = service();
    service.put("products/all", &json!({"displayName": "All"}));
    service.put("tags/t", &json!({"displayName": "T"}));
    for api in ["shop", "tools", "agent"] {
        assert_eq!(service.put(&format!("products/all/apis/{api}"), &json!({})).status, 201);
        assert_eq!(service.put(&format!("apis/{api}/tags/t"), &json!({})).status, 201);
    }
    let lists = |service: &mut TestService| {
        let counts =
            ["apis", "products/all/apis", "apisByTags"].map(|list| service.get(list).body["count"].clone());
        let page = service.get("apis?$top=1&$skip=1");
        (counts, names(&page).first().map(|name| (*name).to_owned()))
    };
    assert_eq!(lists(&mut service), ([json!(3), json!(3), json!(3)], Some("tools".to_owned())));
    service.version = "2025-03-01-preview";
    assert_eq!(lists(&mut service), ([json!(1), json!(1), json!(1)], None));
    for path in ["apis/tools", "apis/agent", "apis/tools/operations", "products/all/apis/tools"] {
        assert_eq!(service.get(path).status, 404, "{path}");
    }
    assert_eq!(service.get("apis/tools/tools").body["error"]["code"], "InvalidResourceType");
    assert_eq!(service.delete("apis/tools"), 204);
    let refused = service.put("apis/tools", &json!({"displayName": "Other", "path": "other"}));
    assert_eq!((refused.status, refused.body["error"]["code"].as_str()), (400, Some("ValidationError")));
    let refused = service.put("apis/new", &json!({"displayName": "New", "path": "new", "type": "mcp"}));
    assert_eq!((refused.status, &refused.body["error"]["details"][0]["target"]), (400, &json!("type")));
    service.version = VERSION;
    assert_eq!(service.get("apis/tools").status, 200);
    let turned = service.put("apis/tools", &json!({"displayName": "Tools", "path": "tools", "type": "http"}));
    assert_eq!(turned.status, 200);
    service.version = "2022-08-01";
    assert_eq!(service.get("apis/tools").status, 200, "now it is an ordinary API");
}

#[test]
fn an_mcp_server_has_tools() {
    let mut service = service();
    let operation = |name: &str| json!(format!("{SCOPE}/apim1/apis/shop/operations/{name}"));
    let tool = service.get("apis/tools/tools/list_all");
    assert_eq!(tool.body["type"], "Microsoft.ApiManagement/service/apis/tools");
    assert_eq!(
        tool.body["properties"],
        json!({"displayName": "list_all", "description": "List all.", "operationId": operation("list")})
    );
    let added =
        service.put("apis/tools/tools/buy", &json!({"displayName": "buy", "operationId": operation("buy")}));
    assert_eq!((added.status, added.etag.is_empty()), (201, false));
    let server = service.get("apis/tools");
    assert_eq!(server.body["properties"]["type"], "mcp");
    assert_eq!(
        server.body["properties"]["mcpTools"],
        json!([
            {"name": "list_all", "description": "List all.", "operationId": operation("list")},
            {"name": "buy", "operationId": operation("buy")},
        ])
    );
    let listed = service.get("apis?$filter=properties/type eq 'mcp'");
    assert_eq!(names(&listed), ["tools"]);
    assert!(listed.body["value"][0]["properties"].get("mcpTools").is_none());

    let unknown = json!({"displayName": "x", "operationId": operation("none")});
    assert_eq!(service.put("apis/tools/tools/x", &unknown).status, 400);
    assert_eq!(service.put("apis/tools/tools/a.b", &json!({"operationId": operation("list")})).status, 400);
    assert_eq!(service.put("apis/shop/tools/x", &json!({"operationId": operation("list")})).status, 400);
    let none = json!({"displayName": "Shop tools", "path": "tools", "type": "mcp", "mcpTools": []});
    assert_eq!(service.put("apis/tools", &none).status, 200);
    assert_eq!(service.get("apis/tools/tools").body["count"], 0);
}

#[test]
fn a_server_may_pass_requests_through() {
    let mut service = service();
    let properties = json!({"endpoints": {"mcp": {"uriTemplate": "/mcp"}}, "transportType": "streamable"});
    let server = json!({"displayName": "Docs", "path": "docs", "type": "mcp", "serviceUrl": "https://docs.example.com",
                        "mcpProperties": properties});
    let created = service.put("apis/docs", &server);
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body["properties"]["mcpProperties"], properties);
    assert!(created.body["properties"].get("mcpTools").is_none());
    assert_eq!(service.get("apis/docs?format=openapi-link&export=true").status, 400);
    service.put("workspaces/w", &json!({"displayName": "W"}));
    assert_eq!(service.put("workspaces/w/apis/docs", &server).status, 400);
}
