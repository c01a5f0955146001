//! What is in a center: environments, APIs, versions, definitions, deployments; made, read, changed, deleted, in the
//! how-to's spelling and in today's.

use serde_json::{Value, json};

use crate::support::{Azure, CENTER, Sandbox, includes, strings};

/// A kind of resource: its group, how a name is given in either spelling, and what create and update take.
struct Kind {
    group: &'static str,
    /// The parents' options, older and newer.
    parents: [&'static str; 2],
    /// The option of its own name, older and newer.
    own: [&'static str; 2],
    create: &'static str,
    created: fn() -> Value,
    update: &'static str,
    updated: fn() -> Value,
}

const DEFINITION: &str = "/workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi";

const KINDS: &[Kind] = &[
    Kind {
        group: "environment",
        parents: ["", ""],
        own: ["--environment-name", "--environment-id"],
        create: "--title Live --type production --server '{type:Kubernetes,managementPortalUri:[https://k.example]}' --onboarding instructions='ask us'",
        created: || {
            json!({"title": "Live", "kind": "production",
                   "server": {"type": "Kubernetes", "managementPortalUri": ["https://k.example"]},
                   "onboarding": {"instructions": "ask us"}})
        },
        update: "--title Lively --description 'It runs.'",
        updated: || json!({"title": "Lively", "description": "It runs.", "kind": "production"}),
    },
    Kind {
        group: "api",
        parents: ["", ""],
        own: ["--api-name", "--api-id"],
        create: "--title 'Ünïcode — 日本' --type REST --contacts '[{name:Ada,email:ada@example.com}]' --license name=MIT",
        created: || {
            json!({"title": "Ünïcode — 日本", "kind": "rest",
                   "contacts": [{"name": "Ada", "email": "ada@example.com"}], "license": {"name": "MIT"}})
        },
        update: "--summary 'two words' --contacts [0].name=Eve",
        updated: || json!({"summary": "two words", "contacts": [{"name": "Eve", "email": "ada@example.com"}]}),
    },
    Kind {
        group: "api version",
        parents: ["--api-name swagger-petstore", "--api-id swagger-petstore"],
        own: ["--version-name", "--version-id"],
        create: "--title 2.0 --lifecycle-stage design",
        created: || json!({"title": "2.0", "lifecycleStage": "design"}),
        update: "--lifecycle-stage Production",
        updated: || json!({"title": "2.0", "lifecycleStage": "production"}),
    },
    Kind {
        group: "api definition",
        parents: [
            "--api-name swagger-petstore --version-name 1-0-0",
            "--api-id swagger-petstore --version-id 1-0-0",
        ],
        own: ["--definition-name", "--definition-id"],
        create: "--title OpenAPI",
        created: || json!({"title": "OpenAPI"}),
        update: "--title=Renamed --description now",
        updated: || json!({"title": "Renamed", "description": "now"}),
    },
    Kind {
        group: "api deployment",
        parents: ["--api-name swagger-petstore", "--api-id swagger-petstore"],
        own: ["--deployment-name", "--deployment-id"],
        create: "--title There --definition-id $definition --environment-id /workspaces/default/environments/place --server '{\"runtimeUri\":[\"https://x.example\"]}'",
        created: || {
            json!({"title": "There", "definitionId": DEFINITION,
                   "environmentId": "/workspaces/default/environments/place",
                   "server": {"runtimeUri": ["https://x.example"]}})
        },
        update: "--server runtimeUri=[https://a.example,https://b.example]",
        updated: || json!({"server": {"runtimeUri": ["https://a.example", "https://b.example"]}}),
    },
];

fn live_and_die(azure: &Sandbox, kind: &Kind, spelling: usize) {
    let center = ["--resource-group myResourceGroup --service myAPICenter", CENTER][spelling];
    let group = kind.group;
    let place = format!("{center} {}", kind.parents[spelling]);
    let one = format!("{place} {} thing-1", kind.own[spelling]);
    let create = kind.create.replace("$definition", DEFINITION);
    let before = azure.json(format!("apic {group} list {place} --query [].name"));

    let made = azure.json(format!("apic {group} create {one} {create}"));
    assert!(includes(&made, &(kind.created)()), "{group} create: {made}");
    assert_eq!((&made["name"], &made["resourceGroup"]), (&json!("thing-1"), &json!("myResourceGroup")));
    assert_eq!(azure.json(format!("apic {group} show {one}")), made);

    let listed = azure.json(format!("apic {group} list {place} --query [].name"));
    assert_eq!(strings(&listed).len(), strings(&before).len() + 1, "{group} list: {listed}");

    let changed = azure.json(format!("apic {group} update {one} {}", kind.update));
    assert!(includes(&changed, &(kind.updated)()), "{group} update: {changed}");
    let id = made["id"].as_str().expect("an id");
    assert_eq!(azure.json(format!("apic {group} show --ids {id}")), changed);

    azure.run(format!("apic {group} delete {one}")).error(1);
    assert!(azure.ok(format!("apic {group} delete {one} --yes")).stdout_bytes.is_empty());
    azure.run(format!("apic {group} show {one}")).error(3);
    assert_eq!(azure.json(format!("apic {group} list {place} --query [].name")), before);
}

#[test]
fn every_kind_lives_and_dies_in_both_spellings() {
    let azure = Azure::start();
    azure.ok(format!("apic environment create {CENTER} --environment-id place --title P --type testing"));
    for kind in KINDS {
        for spelling in [0, 1] {
            live_and_die(&azure, kind, spelling);
        }
    }
}

#[test]
fn deleting_an_api_deletes_what_is_in_it() {
    let azure = Azure::start();
    azure.ok(format!("apic api delete {CENTER} --api-id swagger-petstore --yes"));
    azure
        .run(format!("apic api version show {CENTER} --api-id swagger-petstore --version-id 1-0-0"))
        .error(3);
    azure.run(format!("apic api version list {CENTER} --api-id swagger-petstore")).error(3);
}

#[test]
fn a_document_goes_in_inline_and_comes_out_as_it_was() {
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
