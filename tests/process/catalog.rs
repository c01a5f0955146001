//! The resources in a center: environments, APIs, versions, definitions, deployments; created, read, updated, deleted,
//! in the spelling of the how-to and in today's.

use serde_json::{Value, json};

use crate::support::{Azure, CENTER, Sandbox, includes, strings};

/// A resource type: its command group, the options that name a resource in either spelling, and what create and
/// update take.
struct ResourceType {
    group: &'static str,
    /// The options that name the parents, older and newer.
    parents: [&'static str; 2],
    /// The option that names the resource, older and newer.
    name_option: [&'static str; 2],
    create: &'static str,
    created: fn() -> Value,
    update: &'static str,
    updated: fn() -> Value,
}

const DEFINITION: &str = "/workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi";

const TYPES: &[ResourceType] = &[
    ResourceType {
        group: "environment",
        parents: ["", ""],
        name_option: ["--environment-name", "--environment-id"],
        create: "--title Live --type production --server '{type:Kubernetes,managementPortalUri:[https://k.example]}' --onboarding instructions='ask us'",
        created: || {
            json!({"title": "Live", "kind": "production",
                   "server": {"type": "Kubernetes", "managementPortalUri": ["https://k.example"]},
                   "onboarding": {"instructions": "ask us"}})
        },
        update: "--title Lively --description 'It runs.'",
        updated: || json!({"title": "Lively", "description": "It runs.", "kind": "production"}),
    },
    ResourceType {
        group: "api",
        parents: ["", ""],
        name_option: ["--api-name", "--api-id"],
        create: "--title 'Ünïcode — 日本' --type REST --contacts '[{name:Ada,email:ada@example.com}]' --license name=MIT",
        created: || {
            json!({"title": "Ünïcode — 日本", "kind": "rest",
                   "contacts": [{"name": "Ada", "email": "ada@example.com"}], "license": {"name": "MIT"}})
        },
        update: "--summary 'two words' --contacts [0].name=Eve",
        updated: || json!({"summary": "two words", "contacts": [{"name": "Eve", "email": "ada@example.com"}]}),
    },
    ResourceType {
        group: "api version",
        parents: ["--api-name swagger-petstore", "--api-id swagger-petstore"],
        name_option: ["--version-name", "--version-id"],
        create: "--title 2.0 --lifecycle-stage design",
        created: || json!({"title": "2.0", "lifecycleStage": "design"}),
        update: "--lifecycle-stage Production",
        updated: || json!({"title": "2.0", "lifecycleStage": "production"}),
    },
    ResourceType {
        group: "api definition",
        parents: [
            "--api-name swagger-petstore --version-name 1-0-0",
            "--api-id swagger-petstore --version-id 1-0-0",
        ],
        name_option: ["--definition-name", "--definition-id"],
        create: "--title OpenAPI",
        created: || json!({"title": "OpenAPI"}),
        update: "--title=Renamed --description now",
        updated: || json!({"title": "Renamed", "description": "now"}),
    },
    ResourceType {
        group: "api deployment",
        parents: ["--api-name swagger-petstore", "--api-id swagger-petstore"],
        name_option: ["--deployment-name", "--deployment-id"],
        create: "--title There --definition-id $definition --environment-id /workspaces/default/environments/test --server '{\"runtimeUri\":[\"https://x.example\"]}'",
        created: || {
            json!({"title": "There", "definitionId": DEFINITION,
                   "environmentId": "/workspaces/default/environments/test",
                   "server": {"runtimeUri": ["https://x.example"]}})
        },
        update: "--server runtimeUri=[https://a.example,https://b.example]",
        updated: || json!({"server": {"runtimeUri": ["https://a.example", "https://b.example"]}}),
    },
];

fn check_commands(azure: &Sandbox, resource_type: &ResourceType, spelling: usize) {
    let center = ["--resource-group myResourceGroup --service myAPICenter", CENTER][spelling];
    let ResourceType { group, create, update, .. } = resource_type;
    let parents = format!("{center} {}", resource_type.parents[spelling]);
    let options = format!("{parents} {} thing-1", resource_type.name_option[spelling]);
    let create = create.replace("$definition", DEFINITION);
    let before = azure.json(format!("apic {group} list {parents} --query [].name"));

    let created = azure.json(format!("apic {group} create {options} {create}"));
    assert!(includes(&created, &(resource_type.created)()), "{group} create: {created}");
    assert_eq!((&created["name"], &created["resourceGroup"]), (&json!("thing-1"), &json!("myResourceGroup")));
    assert_eq!(azure.json(format!("apic {group} show {options}")), created);

    let listed = azure.json(format!("apic {group} list {parents} --query [].name"));
    assert_eq!(strings(&listed).len(), strings(&before).len() + 1, "{group} list: {listed}");

    let updated = azure.json(format!("apic {group} update {options} {update}"));
    assert!(includes(&updated, &(resource_type.updated)()), "{group} update: {updated}");
    let id = created["id"].as_str().expect("an id");
    assert_eq!(azure.json(format!("apic {group} show --ids {id}")), updated);

    azure.run(format!("apic {group} delete {options}")).error(1);
    assert!(azure.ok(format!("apic {group} delete {options} --yes")).stdout_bytes.is_empty());
    azure.run(format!("apic {group} show {options}")).error(3);
    assert_eq!(azure.json(format!("apic {group} list {parents} --query [].name")), before);
}

#[test]
fn every_resource_type_has_its_commands_in_both_spellings() {
    let azure = Azure::start();
    azure.ok(format!("apic environment create {CENTER} --environment-id test --title P --type testing"));
    for resource_type in TYPES {
        for spelling in [0, 1] {
            check_commands(&azure, resource_type, spelling);
        }
    }
}

#[test]
fn deleting_an_api_deletes_its_versions() {
    let azure = Azure::start();
    azure.ok(format!("apic api delete {CENTER} --api-id swagger-petstore --yes"));
    azure
        .run(format!("apic api version show {CENTER} --api-id swagger-petstore --version-id 1-0-0"))
        .error(3);
    azure.run(format!("apic api version list {CENTER} --api-id swagger-petstore")).error(3);
}

#[test]
fn a_document_is_exported_as_it_was_imported() {
    let azure = Azure::start();
    let definition = format!("{CENTER} --api-id swagger-petstore --version-id 1-0-0 --definition-id openapi");
    let document = "{\n  \"openapi\": \"3.0.1\", \"x\": \"日本 $a 'q'\"\n}";
    azure.write("spec.json", document);
    for specification in ["name=openapi version=3.0.1", r#"'{"name":"openapi","version":"3.0.1"}'"#] {
        let run = azure.ok(format!(
            "apic api definition import-specification {definition} --format inline --value @spec.json --specification {specification}"
        ));
        assert!(run.stdout_bytes.is_empty(), "{run}");
    }
    let run = azure.ok(format!("apic api definition export-specification {definition} --file-name out.json"));
    assert!(run.stdout_bytes.is_empty() && run.stderr.contains("out.json"), "{run}");
    assert_eq!(azure.read("out.json"), document.as_bytes());
    let shown = azure.json(format!("apic api definition show {definition} --query specification"));
    assert_eq!(shown, json!({"name": "openapi", "version": "3.0.1"}));
    let run = azure.ok(format!("apic api definition export-specification {definition} --file-name -"));
    assert_eq!(run.stdout_bytes, document.as_bytes());
}
