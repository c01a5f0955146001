//! API Center against the specification of 2024-06-01-preview, which includes 2024-03-01.

use serde_json::{Value, json};

use super::walk::{Sample, Walk};
use crate::apic::PROVIDER;

const FACTS: &str = include_str!("../../tests/data/center_types.txt");
const CENTER: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/myResourceGroup/providers/Microsoft.ApiCenter/services/myAPICenter";

/// Members that violate the specification in the same way in recordings.
const ALLOWED: &[&str] = &[
    // The API that a new center contains.
    "ApiProperties.kind",
    // Not specified.
    "ApiVersionProperties.isDefault",
    "ApiVersionProperties.isRecommended",
    "DeploymentProperties.isDefault",
    "DeploymentProperties.recommended",
    "Service.sku",
    "ServiceProperties.portalHostname",
];

/// Kinds of which the specification says nothing.
const UNSPECIFIED: &[&str] = &[
    "workspaces/agents",
    "workspaces/analyzerConfigs",
    "workspaces/apis/versions/securityRequirements",
    "workspaces/authConfigs",
];

fn sample(path: &'static str, id: &'static str, properties: Value) -> Sample {
    Sample { path, id, properties }
}

/// A resource of each kind, after those that it needs.
fn samples() -> Vec<Sample> {
    vec![
        sample(
            "metadataSchemas",
            "metadataSchemas/team",
            json!({"schema": "{\"type\":\"string\",\"title\":\"Team\"}",
                   "assignedTo": [{"entity": "api", "required": false, "deprecated": false}, {"entity": "environment"}]}),
        ),
        sample(
            "workspaces/apis",
            "workspaces/default/apis/new",
            json!({"title": "New", "kind": "graphql", "description": "D", "summary": "S",
                   "termsOfService": {"url": "https://x.example.com"}, "license": {"name": "MIT"},
                   "externalDocumentation": [{"title": "T", "url": "https://x.example.com"}],
                   "contacts": [{"name": "Desk", "email": "a@b.example"}], "customProperties": {"team": "red"}}),
        ),
        sample(
            "workspaces/apis/versions",
            "workspaces/default/apis/new/versions/v-1",
            json!({"title": "1", "lifecycleStage": "design"}),
        ),
        sample(
            "workspaces/apis/versions/definitions",
            "workspaces/default/apis/new/versions/v-1/definitions/graphql",
            json!({"title": "GraphQL", "description": "D"}),
        ),
        sample(
            "workspaces/environments",
            "workspaces/default/environments/new",
            json!({"title": "New", "kind": "testing", "description": "D",
                   "server": {"type": "Azure API Management", "managementPortalUri": ["https://x.example.com"]},
                   "onboarding": {"instructions": "I", "developerPortalUri": ["https://x.example.com"]},
                   "customProperties": {"team": "red"}}),
        ),
        sample(
            "workspaces/apis/deployments",
            "workspaces/default/apis/new/deployments/new",
            json!({"title": "New", "description": "D", "state": "active",
                   "environmentId": "/workspaces/default/environments/new",
                   "definitionId": "/workspaces/default/apis/new/versions/v-1/definitions/graphql",
                   "server": {"runtimeUri": ["https://x.example.com"]}}),
        ),
    ]
}

#[test]
fn responses_about_resources_are_valid() {
    for version in ["2024-03-01", "2024-06-01-preview"] {
        let violations = Walk::new(FACTS, version, ALLOWED).walk(&PROVIDER, CENTER, &samples(), UNSPECIFIED);
        assert!(violations.is_empty(), "{version}:\n{}", violations.join("\n"));
    }
}

#[test]
fn responses_about_centers_and_sources_are_valid() {
    let mut walk = Walk::new(FACTS, "2024-06-01-preview", ALLOWED);
    let (url, list) = (CENTER.replace("myAPICenter", "new"), CENTER.replace("/myAPICenter", ""));
    let body = json!({"location": "eastus", "identity": {"type": "SystemAssigned"}, "tags": {"a": "b"}});
    for (method, body) in [("PUT", &body), ("GET", &Value::Null), ("PATCH", &json!({"tags": {"c": "d"}}))] {
        let center = walk.send_ok(method, &url, body);
        walk.check(".", &center, method);
    }
    walk.read_list(".", &list);

    let management = CENTER.replace(
        "Microsoft.ApiCenter/services/myAPICenter",
        "Microsoft.ApiManagement/service/myAPIManagement",
    );
    let source = json!({"properties": {"azureApiManagementSource": {"resourceId": management}, "importSpecification": "ondemand",
                                       "targetLifecycleStage": "design"}});
    let sources = format!("{CENTER}/workspaces/default/apiSources");
    let created = walk.send("PUT", &format!("{sources}/new"), &source);
    let created = serde_json::from_slice(created.body()).expect("JSON");
    walk.check("workspaces/apiSources", &created, "PUT");
    walk.read_list("workspaces/apiSources", &sources);
    walk.read_list("workspaces/apis", &format!("{CENTER}/workspaces/default/apis"));
    assert_eq!(walk.violations(), [""; 0]);
}
