//! Gateways of workspaces.

use super::*;
use crate::Options;
use crate::testing::{ask, body, emulator};

const PROVIDER: &str = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ApiManagement";

#[test]
fn the_link_of_a_workspace_names_the_gateways_with_a_connection_for_it() {
    let azure = emulator(Options::default());
    let send = |method: &str, path: &str, sent: Option<Value>| {
        let response = ask(&azure, method, &format!("{PROVIDER}/{path}?api-version=2024-05-01"), sent);
        let received = if response.body().is_empty() { Value::Null } else { body(&response) };
        (response.status().as_u16(), received)
    };
    let service = json!({"location": "westus", "sku": {"name": "Premium", "capacity": 1},
        "properties": {"publisherEmail": "a@b.example", "publisherName": "A"}});
    assert_eq!(send("PUT", "service/apim", Some(service)).0, 201);
    let workspace = json!({"properties": {"displayName": "Team"}});
    assert_eq!(send("PUT", "service/apim/workspaces/team", Some(workspace)).0, 201);
    let link = "service/apim/workspaceLinks/team";
    assert_eq!(send("GET", link, None).1["properties"]["gateways"], json!([]));
    assert_eq!(send("GET", "gateways/gw/configConnections", None).0, 404);

    let gateway = json!({"location": "West US", "sku": {"name": "WorkspaceGatewayPremium", "capacity": 1}, "properties": {}});
    let (status, created) = send("PUT", "gateways/gw", Some(gateway.clone()));
    assert_eq!((status, &created["type"]), (201, &json!("Microsoft.ApiManagement/gateways")));
    let host = created["properties"]["frontend"]["defaultHostname"].as_str().expect("a host");
    let connection = |source: &str| json!({"properties": {"sourceId": format!("{PROVIDER}/service/apim/workspaces/{source}")}});
    assert_eq!(send("PUT", "gateways/gw/configConnections/team", Some(connection("nope"))).0, 400);
    let (status, connected) = send("PUT", "gateways/gw/configConnections/team", Some(connection("team")));
    assert_eq!(status, 201, "{connected}");
    assert_eq!(connected["properties"]["defaultHostname"], format!("team-{host}"));
    assert_eq!(connected["type"], "Microsoft.ApiManagement/gateways/configConnections");
    assert_eq!(
        send("GET", link, None).1["properties"]["gateways"],
        json!([{"id": format!("{PROVIDER}/gateways/gw")}])
    );
    let links = send("GET", "service/apim/workspaceLinks", None).1;
    assert_eq!(links, json!({"value": [send("GET", link, None).1]}));

    assert_eq!(send("PATCH", "gateways/gw", Some(json!({"tags": {"a": "b"}}))).1["tags"], json!({"a": "b"}));
    assert_eq!(send("GET", "gateways", None).1["value"].as_array().map(Vec::len), Some(1));
    assert_eq!(send("DELETE", "gateways/gw", None).0, 200);
    assert_eq!(send("GET", link, None).1["properties"]["gateways"], json!([]));
    for bad in [json!({"location": "westus"}), json!({"sku": {"name": "WorkspaceGatewayPremium"}}), json!([])]
    {
        assert_eq!(send("PUT", "gateways/gw2", Some(bad)).0, 400);
    }
    let early = ask(&azure, "GET", &format!("{PROVIDER}/gateways?api-version=2022-08-01"), None);
    assert_eq!(early.status(), 404);
}
