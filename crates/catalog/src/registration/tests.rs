//! Registrations of fictional documents.

use serde_json::Value;

use super::*;
use crate::plan::{PlannedApi, ResourceStep};
use crate::snapshot::{ApiChildren, MetadataSchema, index_by_name};

const WORKSPACE: &str =
    "/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiCenter/services/apic1/workspaces/default";

const PETSTORE: &str = "openapi: 3.0.3
info:
  title: Pet & Store — v2
  version: 2.1.0
  description: A pet store
  contact: {name: Team, email: t@x.y}
  license: {name: MIT}
  termsOfService: https://x/tos
externalDocs: {description: more, url: https://x/docs}
servers:
  - url: https://a.example/v2
    description: prod server
  - url: https://b.example/v2
  - url: https://b.example/v2/
  - url: https://a.example/v2
paths: {}
";

fn described(text: &str, options: &RegistrationOptions) -> Result<DesiredVersion> {
    let workspace: ResourceId = WORKSPACE.parse().expect("an id");
    let definition = azr_definitions::read(text.as_bytes(), "spec.yaml").expect("a definition");
    let source = DefinitionSource::File { name: "spec.yaml".into() };
    describe(&workspace, "spec.yaml", &definition, &source, options)
}

fn in_prod() -> RegistrationOptions {
    RegistrationOptions { environment_id: Some("prod".into()), ..RegistrationOptions::default() }
}

fn plan_with(version: DesiredVersion, existing: Option<&Value>, children: &ApiChildren) -> PlannedApi {
    let api = DesiredApi { earlier: Vec::new(), highest: version };
    plan::plan_api(&api, existing, children, &[], &serde_json::Map::new()).expect("a plan")
}

fn planned(text: &str, options: &RegistrationOptions) -> PlannedApi {
    plan_with(described(text, options).expect("a version"), None, &ApiChildren::default())
}

fn steps(plan: &PlannedApi) -> Vec<&ResourceStep> {
    let version = &plan.versions[0];
    let definition = version.documents.first().map(|document| &document.definition);
    let deployments = version.deployments.iter().map(|deployment| &deployment.resource);
    [&plan.api, &version.version].into_iter().chain(definition).chain(deployments).collect()
}

#[test]
fn the_requests_are_those_of_az() {
    let plan = planned(PETSTORE, &in_prod());
    let steps = steps(&plan);
    let api = format!("{WORKSPACE}/apis/petstorev2");
    let definition = format!("{api}/versions/2-1-0/definitions/openapi");
    let paths: Vec<&str> = steps.iter().map(|step| step.id().as_str()).collect();
    assert_eq!(
        paths,
        [
            api.clone(),
            format!("{api}/versions/2-1-0"),
            definition.clone(),
            format!("{api}/deployments/petstorev2deployment"),
            format!("{api}/deployments/petstorev2deployment-b-example-v2"),
            format!(
                "{api}/deployments/{}",
                names::id_with_hash("petstorev2deployment-b-example-v2", "https://b.example/v2/")
            ),
        ]
    );
    assert_eq!(
        steps[0].body,
        json!({"properties": {
            "title": "Pet & Store — v2", "kind": "rest", "description": "A pet store",
            "termsOfService": {"url": "https://x/tos"},
            "externalDocumentation": [{"title": "Title", "url": "https://x/docs", "description": "more"}],
            "contacts": [{"name": "Team", "email": "t@x.y"}],
            "license": {"name": "MIT"},
        }})
    );
    assert_eq!(steps[1].body, json!({"properties": {"title": "2-1-0", "lifecycleStage": "design"}}));
    assert_eq!(steps[2].body, json!({"properties": {"title": "openapi", "description": "A pet store"}}));
    assert_eq!(
        steps[3].body,
        json!({"properties": {
            "title": "petstorev2deployment", "description": "prod server",
            "definitionId": "/workspaces/default/apis/petstorev2/versions/2-1-0/definitions/openapi",
            "environmentId": "/workspaces/default/environments/prod",
            "server": {"runtimeUri": ["https://a.example/v2"]},
        }})
    );
    assert!(plan.notes.is_empty(), "{:?}", plan.notes);
}

#[test]
fn missing_members_have_the_values_of_az() {
    let plan = planned("openapi: 3.0.1\ninfo: {title: Petstore, version: 1.0}\n", &in_prod());
    let steps = steps(&plan);
    assert_eq!(
        steps[0].body,
        json!({"properties": {
            "title": "Petstore", "kind": "rest", "description": "API Description", "externalDocumentation": []
        }})
    );
    assert_eq!(steps[1].id().name(), "1-0");
    assert_eq!(steps.len(), 3);
    assert!(plan.notes[0].contains("does not list servers"), "{:?}", plan.notes);
}

#[test]
fn a_url_is_linked() {
    let workspace: ResourceId = WORKSPACE.parse().expect("an id");
    let mut definition = azr_definitions::read(b"swagger: '2.0'", "x").expect("a definition");
    definition.text = "x".repeat(INLINE_LIMIT + 1);
    let url = "https://x.example/a/my-api.yaml?x=/y".to_owned();
    let source = DefinitionSource::Url(url.clone());
    let version =
        describe(&workspace, &url, &definition, &source, &RegistrationOptions::default()).expect("a version");
    assert_eq!(version.link, Some(url));
    assert_eq!(version.specification, json!({"name": "openapi", "version": "2.0"}));
    assert_eq!((version.api_id().name(), version.version_name()), ("my-api", "version-v1"));
    assert_eq!(version.notes.len(), 2);
}

#[test]
fn a_file_too_large_to_send_is_refused_with_a_hint() {
    let description = "x".repeat(INLINE_LIMIT);
    let error = described(&format!("openapi: 3.0.0\nx: {description}\n"), &RegistrationOptions::default())
        .expect_err("too large");
    assert!(error.to_string().contains("spec.yaml has 3073 KiB"), "{error}");
    assert!(error.hint().expect("a hint").contains("--api-location https://"));
}

#[test]
fn values_beyond_the_limits_are_shortened_with_notes() {
    let long = format!(
        "openapi: 3.1.0\ninfo:\n  title: {}\n  version: v1 beta/2\n  summary: {}\n  description: {}\n  termsOfService: ask us\n",
        "Title ".repeat(20),
        "s".repeat(300),
        "d".repeat(2000)
    );
    let plan = planned(&long, &RegistrationOptions::default());
    let steps = steps(&plan);
    let body = &steps[0].body["properties"];
    assert_eq!(body["summary"].as_str().map(str::len), Some(200));
    assert_eq!(body["description"].as_str().map(str::len), Some(1000));
    assert!(body["title"].as_str().is_some_and(|t| t.len() <= 50 && t.ends_with("Title")));
    assert!(body.get("termsOfService").is_none());
    assert_eq!(plan.notes.len(), 4, "{:?}", plan.notes);
    assert_eq!(steps[1].body["properties"]["title"], "v1 beta/2");
    assert_eq!(steps[1].id().name(), "v1-beta-2");
    assert!(steps[0].id().name().len() <= 90);
}

#[test]
fn options_replace_the_values_of_the_document() {
    let options = RegistrationOptions {
        api_id: Some("my-api".into()),
        version_id: Some("v-2".into()),
        definition_id: Some("main".into()),
        lifecycle_stage: Some("production".into()),
        title: Some("Mine".into()),
        ..RegistrationOptions::default()
    };
    let plan = planned(PETSTORE, &options);
    let steps = steps(&plan);
    assert_eq!(steps[2].id().as_str(), format!("{WORKSPACE}/apis/my-api/versions/v-2/definitions/main"));
    assert_eq!(steps[0].body["properties"]["title"], "Mine");
    assert_eq!(steps[1].body, json!({"properties": {"title": "v-2", "lifecycleStage": "production"}}));
    for bad in [
        RegistrationOptions { api_id: Some("a/b".into()), ..RegistrationOptions::default() },
        RegistrationOptions { version_id: Some(String::new()), ..RegistrationOptions::default() },
        RegistrationOptions { title: Some("x".repeat(51)), ..RegistrationOptions::default() },
    ] {
        assert!(described(PETSTORE, &bad).is_err(), "{bad:?}");
    }
}

#[test]
fn an_api_has_at_most_the_deployments_that_the_service_allows() {
    let servers: Vec<String> = (0..15).map(|n| format!("  - url: https://{n}.example")).collect();
    let servers = servers.join("\n");
    let plan = planned(
        &format!("openapi: 3.0.0\ninfo: {{title: T T, version: 1.0}}\nservers:\n{servers}"),
        &in_prod(),
    );
    let steps = steps(&plan);
    assert_eq!(steps.len(), 3 + 10);
    let mut ids: Vec<&str> = steps[3..].iter().map(|step| step.id().name()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10);
    assert!(plan.notes[0].contains("15 servers"), "{:?}", plan.notes);
}

/// What is below an API after a plan was executed.
fn children_after(plan: &PlannedApi, mut children: ApiChildren) -> ApiChildren {
    let deployments = plan.versions.iter().flat_map(|version| &version.deployments);
    let resources = deployments.map(|deployment| {
        let step = &deployment.resource;
        json!({"name": step.id().name(), "properties": step.body["properties"]})
    });
    children.deployments.extend(index_by_name(resources.collect()));
    children
}

fn version_of_pay(version: &str) -> DesiredVersion {
    let text = format!(
        "openapi: 3.0.1\ninfo: {{title: Pay, version: '{version}'}}\nservers: [{{url: 'https://pay.example'}}]\npaths: {{}}\n"
    );
    described(&text, &in_prod()).expect("a version")
}

/// The deployments as names with the versions they belong to.
fn deployments(children: &ApiChildren) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = children
        .deployments
        .iter()
        .map(|(name, deployment)| {
            let definition = deployment["properties"]["definitionId"].as_str().unwrap_or_default();
            (name.clone(), definition.split('/').nth(6).unwrap_or_default().to_owned())
        })
        .collect();
    all.sort();
    all
}

#[test]
fn versions_have_the_same_deployments_together_or_one_after_the_other() {
    let mut children = ApiChildren::default();
    for version in ["1.0", "2.0"] {
        let plan = plan_with(version_of_pay(version), Some(&json!({})), &children);
        children = children_after(&plan, children);
    }
    let one_by_one = deployments(&children);
    let want = [("paydeployment", "1-0"), ("paydeployment-2-0", "2-0")];
    assert_eq!(one_by_one, want.map(|(name, version)| (name.to_owned(), version.to_owned())));
    let together = DesiredApi { earlier: vec![version_of_pay("1.0")], highest: version_of_pay("2.0") };
    let plan = |existing, children: &ApiChildren| {
        plan::plan_api(&together, existing, children, &[], &serde_json::Map::new()).expect("a plan")
    };
    let first = plan(None, &ApiChildren::default());
    assert_eq!(deployments(&children_after(&first, ApiChildren::default())), one_by_one);
    let again = plan(Some(&json!({})), &children);
    assert!(again.versions.iter().all(|v| !v.deployments[0].resource.change.is_write()), "{again:?}");
}

#[test]
fn what_the_document_does_not_specify_belongs_to_people() {
    let text = "openapi: 3.0.1\ninfo: {title: Petstore, version: 1.0}\n";
    let existing = json!({"title": "Petstore", "kind": "rest", "description": "Ours", "summary": "Ours",
        "contacts": [{"name": "Ada"}], "customProperties": {"team": "pay"}});
    let plan = |options: &RegistrationOptions| {
        let version = described(text, options).expect("a version");
        plan_with(version, Some(&existing), &ApiChildren::default())
    };
    assert!(!plan(&RegistrationOptions::default()).api.change.is_write());
    let options = RegistrationOptions {
        summary: Some("New".to_owned()),
        kind: Some("webhook".to_owned()),
        ..RegistrationOptions::default()
    };
    let plan = plan(&options);
    assert_eq!(plan.api.changed_fields, ["kind", "summary"]);
    assert_eq!(plan.api.body["properties"]["customProperties"], json!({"team": "pay"}));
}

#[test]
fn missing_required_metadata_is_found_before_anything_is_written() {
    let api = DesiredApi { earlier: Vec::new(), highest: version_of_pay("1.0") };
    let schema = json!({"name": "team", "properties": {"assignedTo": [{"entity": "api", "required": true}]}});
    let schemas = [MetadataSchema::read(&schema).expect("a schema")];
    let plan = |existing: Option<&Value>, values: Value| {
        let values = values.as_object().expect("an object").clone();
        plan::plan_api(&api, existing, &ApiChildren::default(), &schemas, &values)
    };
    assert_eq!(plan(None, json!({})).expect_err("missing").name, "team");
    assert!(plan(Some(&json!({"customProperties": {"team": "pay"}})), json!({})).is_ok());
    let with_value = plan(None, json!({"Team": "pay"})).expect("a plan");
    assert_eq!(with_value.api.body["properties"]["customProperties"], json!({"team": "pay"}));
}
