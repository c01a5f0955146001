use super::*;

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

fn planned(text: &str, options: &PlanOptions) -> Result<RegisterPlan> {
    let workspace: ResourceId = WORKSPACE.parse().expect("an id");
    let definition = azr_definitions::read(text.as_bytes(), "spec.yaml").expect("a definition");
    plan(&workspace, &definition, &Source::File { name: "spec.yaml".into() }, options)
}

fn in_prod() -> PlanOptions {
    PlanOptions { environment_id: Some("prod".into()), ..PlanOptions::default() }
}

#[test]
fn the_requests_are_those_of_az() {
    let plan = planned(PETSTORE, &in_prod()).expect("a plan");
    let api = format!("{WORKSPACE}/apis/petstorev2");
    let definition = format!("{api}/versions/2-1-0/definitions/openapi");
    let paths: Vec<&str> = plan.steps.iter().map(|step| step.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            api.clone(),
            format!("{api}/versions/2-1-0"),
            definition.clone(),
            format!("{definition}/importSpecification"),
            format!("{api}/deployments/petstorev2deployment"),
            format!("{api}/deployments/petstorev2deployment-b-example-v2"),
            format!(
                "{api}/deployments/{}",
                names::id_with_hash("petstorev2deployment-b-example-v2", "https://b.example/v2/")
            ),
        ]
    );
    assert_eq!(
        plan.steps[0].body(PETSTORE),
        json!({"properties": {
            "title": "Pet & Store — v2", "kind": "rest", "description": "A pet store",
            "termsOfService": {"url": "https://x/tos"},
            "externalDocumentation": [{"title": "Title", "url": "https://x/docs", "description": "more"}],
            "contacts": [{"name": "Team", "email": "t@x.y"}],
            "license": {"name": "MIT"},
        }})
    );
    assert_eq!(
        plan.steps[1].body(PETSTORE),
        json!({"properties": {"title": "2-1-0", "lifecycleStage": "design"}})
    );
    assert_eq!(
        plan.steps[2].body(PETSTORE),
        json!({"properties": {"title": "openapi", "description": "A pet store"}})
    );
    assert_eq!(
        plan.steps[3].body(PETSTORE),
        json!({"format": "inline", "specification": {"name": "openapi", "version": "3.0.3"}, "value": PETSTORE})
    );
    assert_eq!(
        plan.steps[4].body(PETSTORE),
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
    let plan =
        planned("openapi: 3.0.1\ninfo: {title: Petstore, version: 1.0}\n", &in_prod()).expect("a plan");
    assert_eq!(
        plan.steps[0].body(PETSTORE),
        json!({"properties": {
            "title": "Petstore", "kind": "rest", "description": "API Description", "externalDocumentation": []
        }})
    );
    assert_eq!(plan.version.name(), "1-0");
    assert_eq!(plan.steps.len(), 4);
    assert!(plan.notes[0].contains("does not list servers"), "{:?}", plan.notes);
}

#[test]
fn a_url_is_linked() {
    let workspace: ResourceId = WORKSPACE.parse().expect("an id");
    let mut definition = azr_definitions::read(b"swagger: '2.0'", "x").expect("a definition");
    definition.text = "x".repeat(INLINE_LIMIT + 1);
    let url = "https://x.example/a/my-api.yaml?x=/y".to_owned();
    let plan =
        plan(&workspace, &definition, &Source::Url(url.clone()), &PlanOptions::default()).expect("a plan");
    assert_eq!(
        plan.steps[3].body(PETSTORE),
        json!({"format": "link", "specification": {"name": "openapi", "version": "2.0"}, "value": url})
    );
    assert_eq!((plan.api.name(), plan.version.name()), ("my-api", "version-v1"));
    assert_eq!(plan.notes.len(), 2);
}

#[test]
fn a_file_too_large_to_send_is_refused_with_a_hint() {
    let description = "x".repeat(INLINE_LIMIT);
    let error = planned(&format!("openapi: 3.0.0\nx: {description}\n"), &PlanOptions::default())
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
    let plan = planned(&long, &PlanOptions::default()).expect("a plan");
    let body = &plan.steps[0].body(PETSTORE)["properties"];
    assert_eq!(body["summary"].as_str().map(str::len), Some(200));
    assert_eq!(body["description"].as_str().map(str::len), Some(1000));
    assert!(body["title"].as_str().is_some_and(|t| t.len() <= 50 && t.ends_with("Title")));
    assert!(body.get("termsOfService").is_none());
    assert_eq!(plan.notes.len(), 4, "{:?}", plan.notes);
    assert_eq!(plan.steps[1].body(PETSTORE)["properties"]["title"], "v1 beta/2");
    assert_eq!(plan.version.name(), "v1-beta-2");
    assert!(plan.api.name().len() <= 90);
}

#[test]
fn options_replace_the_values_of_the_document() {
    let options = PlanOptions {
        api_id: Some("my-api".into()),
        version_id: Some("v-2".into()),
        definition_id: Some("main".into()),
        lifecycle_stage: Some("production".into()),
        title: Some("Mine".into()),
        ..PlanOptions::default()
    };
    let plan = planned(PETSTORE, &options).expect("a plan");
    assert_eq!(plan.definition.as_str(), format!("{WORKSPACE}/apis/my-api/versions/v-2/definitions/main"));
    assert_eq!(plan.steps[0].body(PETSTORE)["properties"]["title"], "Mine");
    assert_eq!(
        plan.steps[1].body(PETSTORE),
        json!({"properties": {"title": "v-2", "lifecycleStage": "production"}})
    );
    for bad in [
        PlanOptions { api_id: Some("a/b".into()), ..PlanOptions::default() },
        PlanOptions { version_id: Some(String::new()), ..PlanOptions::default() },
        PlanOptions { title: Some("x".repeat(51)), ..PlanOptions::default() },
    ] {
        assert!(planned(PETSTORE, &bad).is_err(), "{bad:?}");
    }
}

#[test]
fn an_api_has_at_most_the_deployments_that_the_service_allows() {
    let servers: Vec<String> = (0..15).map(|n| format!("  - url: https://{n}.example")).collect();
    let servers = servers.join("\n");
    let plan = planned(
        &format!("openapi: 3.0.0\ninfo: {{title: T T, version: 1.0}}\nservers:\n{servers}"),
        &in_prod(),
    )
    .expect("a plan");
    assert_eq!(plan.steps.len(), 4 + 10);
    let mut ids: Vec<&str> = plan.steps[4..].iter().map(|step| step.id.name()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10);
    assert!(plan.notes[0].contains("15 servers"), "{:?}", plan.notes);
}
