//! API types: their kinds, definitions and endpoints, and what an API version does not show.

use super::*;
use azr_core::resource::APIM;

fn plan_one(properties: &Value, options: &PlanOptions) -> PlannedApi {
    let service = service_with(vec![api("one", properties)]);
    plan_with(&service, &empty(), options, false).expect("a plan").remove(0)
}

#[test]
fn kinds_and_definitions_follow_the_api_type() {
    for (api_type, kind, definition, notes) in [
        ("http", "rest", Some("openapi"), 0),
        ("odata", "rest", Some("openapi"), 0),
        ("soap", "soap", Some("wsdl"), 0),
        ("graphql", "graphql", Some("graphql"), 0),
        ("grpc", "grpc", Some("grpc"), 0),
        ("MCP", "mcp", Some("mcp"), 0),
        ("a2a", "rest", Some("agent-card"), 1),
        ("websocket", "websocket", None, 1),
        ("Event", "event", None, 1),
    ] {
        let plan = plan_one(&json!({"type": api_type}), &PlanOptions::default());
        assert_eq!((plan.kind.as_str(), &plan.skip_reason), (kind, &None), "{api_type}");
        let found = plan.versions[0].documents.first().map(|document| document.definition.id().name());
        assert_eq!(found, definition, "{api_type}");
        assert_eq!(plan.notes.len(), notes, "{api_type}: {:?}", plan.notes);
    }
    let hostile = plan_one(&json!({"type": "a b\u{1b}[31m"}), &PlanOptions::default());
    assert!(hostile.skip_reason.is_some_and(|reason| reason.contains("cannot be a kind")));
    let kinds = vec![("on*".to_owned(), "agent".to_owned())];
    let chosen = plan_one(&json!({"type": "a2a"}), &PlanOptions { kinds, ..PlanOptions::default() });
    assert_eq!((chosen.kind.as_str(), chosen.notes.len()), ("agent", 0));
}

#[test]
fn mcp_servers_and_agents_are_deployed_at_their_endpoints() {
    let uris = |properties: &Value| {
        let plan = plan_one(properties, &PlanOptions::default());
        deployments(&plan)[0]["server"]["runtimeUri"][0].as_str().unwrap_or_default().to_owned()
    };
    let server = |endpoint: &Value| {
        uris(
            &json!({"type": "mcp", "path": "tools", "mcpProperties": {"endpoints": {"mcp": {"uriTemplate": endpoint}}}}),
        )
    };
    for (endpoint, uri) in [
        (json!(null), "https://apim.example.net/tools/mcp"),
        (json!("/mcp"), "https://apim.example.net/tools/mcp"),
        (json!("/stream/v1"), "https://apim.example.net/tools/stream/v1"),
        (json!("/mcp/messages"), "https://apim.example.net/tools/mcp"),
        (json!("/../x"), "https://apim.example.net/tools/mcp"),
        (json!("/{a}?x#y"), "https://apim.example.net/tools/mcp"),
    ] {
        assert_eq!(server(&endpoint), uri, "{endpoint}");
    }
    let agent = json!({"type": "a2a", "path": "agent", "jsonRpcProperties": {"path": "/rpc"}});
    assert_eq!(uris(&agent), "https://apim.example.net/agent/rpc");
    assert_eq!(uris(&json!({"type": "a2a", "path": "agent"})), "https://apim.example.net/agent");

    let versioned = |set: &str| json!({"type": "mcp", "path": "tools", "apiVersionSetId": format!("/x/apiVersionSets/{set}"), "apiVersion": "v1"});
    assert_eq!(uris(&versioned("orders")), "https://apim.example.net/tools/v1/mcp");
    assert_eq!(uris(&versioned("query")), "https://apim.example.net/tools/mcp?v=v1");

    let plan = plan_one(&agent, &PlanOptions::default());
    let DocumentSource::Export(source) = &plan.versions[0].documents[0].source else { panic!("an export") };
    assert_eq!(source.urls, ["https://apim.example.net/agent/.well-known/agent-card.json"]);
}

#[test]
fn what_an_older_api_version_does_not_show_is_not_deleted() {
    let apis = || vec![api("tools", &json!({"type": "mcp"})), api("weather", &json!({}))];
    let center = execute(
        &plan_with(&service_with(apis()), &empty(), &PlanOptions::default(), false).expect("a plan"),
        empty(),
    );
    let without = |api_version| {
        let service = ServiceSnapshot { api_version, ..service_with(vec![]) };
        plan_with(&service, &center, &PlanOptions::default(), true).expect("a plan")
    };
    let deleted = |plan: &[PlannedApi]| {
        let names = plan.iter().filter(|api| !api.deletions.is_empty()).map(|api| api.name.clone());
        names.collect::<Vec<_>>()
    };
    let plan = without(APIM);
    assert_eq!(deleted(&plan), ["weather"]);
    let kept = plan.iter().find(|api| api.name == "tools").expect("a note");
    assert!(kept.notes[0].contains("2025-09-01-preview"), "{:?}", kept.notes);
    assert_eq!(deleted(&without(APIM_MCP)), ["tools", "weather"]);
}

#[test]
fn a_service_and_its_workspace_leave_each_other_alone() {
    let in_workspace = |apis| {
        let service = service_with(apis);
        ServiceSnapshot { source: service.source.in_workspace("Team A"), ..service }
    };
    let plan = |service: &ServiceSnapshot, center: &Center| {
        plan_with(service, center, &PlanOptions::default(), true).expect("a plan")
    };
    let weather = || vec![api("weather", &json!({"path": "w"}))];
    let center = execute(&plan(&service_with(weather()), &empty()), empty());
    let first = plan(&in_workspace(weather()), &center);
    assert_eq!(first.len(), 1, "the API of the service is not an orphan of the workspace");
    assert!(first[0].name.starts_with("weather-"), "{}", first[0].name);
    let deployment = &deployments(&first[0])[0];
    assert_eq!(deployment["environmentId"], "/workspaces/default/environments/apim");
    assert_eq!(deployment["title"], "apim-Team A Original");
    let center = execute(&first, center);
    assert_eq!(changes(&plan(&service_with(weather()), &center)), [Change::Unchanged]);
    assert_eq!(changes(&plan(&in_workspace(weather()), &center)), [Change::Unchanged]);

    for (source, name) in [(service_with(vec![]), "weather"), (in_workspace(vec![]), &*first[0].name)] {
        let pruned = plan(&source, &center);
        assert_eq!(pruned.iter().map(|api| api.name.as_str()).collect::<Vec<_>>(), [name]);
        assert!(!pruned[0].deletions.is_empty());
    }
}
