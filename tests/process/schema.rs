//! `azr schema`: the JSON schemas, which azr's own files and results follow.

use boon::{Compiler, Schemas};
use serde_json::{Value, json};

use crate::backup::add_odd_contents;
use crate::support::{APIM, Azure, CENTER, Sandbox};

/// The violations of a schema, as the validator describes them; None if there are none.
fn violation(schema: &Value, value: &Value) -> Option<String> {
    let url = schema["$id"].as_str().expect("an id");
    let mut compiler = Compiler::new();
    compiler.add_resource(url, schema.clone()).expect("a resource");
    let mut schemas = Schemas::new();
    let index = compiler.compile(url, &mut schemas).unwrap_or_else(|error| panic!("{error:#}"));
    schemas.validate(value, index).err().map(|error| error.to_string())
}

/// The schema without members that it does not list: whoever reads azr's results has to accept new ones, but azr has to
/// document them.
fn closed(mut schema: Value) -> Value {
    match &mut schema {
        Value::Object(members) => {
            for member in members.values_mut() {
                *member = closed(member.take());
            }
            if members.get("type") == Some(&json!("object")) && members.contains_key("properties") {
                members.entry("additionalProperties").or_insert(json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = closed(item.take())),
        _ => {}
    }
    schema
}

fn check(azure: &Sandbox, name: &str, value: &Value) {
    let schema = closed(azure.json(format!("schema {name}")));
    assert_eq!(violation(&schema, value), None, "{value:#}");
}

fn file(azure: &Sandbox, name: &str) -> Value {
    serde_json::from_slice(&azure.read(name)).expect("JSON")
}

#[test]
fn files_and_results_of_azr_follow_their_schemas() {
    let azure = Azure::start();
    let sources = r#"{"version": 1, "create-metadata": true, "sources": [
        {"apim": "myAPIManagement", "apis": ["*", "!ticker"], "environment": {"id": "live", "kind": "production"},
         "match": {"by": ["name"], "prefixes": "dev-"}, "metadata": {"path": "/{path}"}, "prune": true},
        {"folder": "specs", "recursive": true}]}"#;
    check(&azure, "azr.yaml", &serde_json::from_str(sources).expect("JSON"));
    azure.write("azr.yaml", sources);
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    azure.write("specs/a.yaml", "openapi: 3.0.0\ninfo: {title: Zoo, version: '1'}\npaths: {}\n");
    azure.write("specs/b.yaml", "openapi: 3.0.0\n");
    let planned = azure.run(format!("apic sync {CENTER} --file azr.yaml --dry-run --out plan.json"));
    check(&azure, "dry-run", &planned.json());
    check(&azure, "plan", &file(&azure, "plan.json"));
    let applied = azure.run("apic apply plan.json --report report.json");
    check(&azure, "result", &applied.json());
    check(&azure, "report", &file(&azure, "report.json"));
    azure.ok(format!("apic api create {CENTER} --api-id bare --title Bare --type rest"));
    check(&azure, "inventory", &azure.json(format!("apic inventory {CENTER}")));
    azure.ok(format!("apim api export {APIM} --api-id 'w*' stock --ef OpenApiJsonFile -f out"));
    check(&azure, "manifest", &file(&azure, "out/manifest.json"));
}

#[test]
fn backups_and_what_is_done_with_them_follow_their_schemas() {
    let azure = Azure::start();
    add_odd_contents(&azure);
    let saved = azure.json(format!("apic backup {CENTER} --path saved"));
    check(&azure, "backup-result", &saved);
    check(&azure, "backup", &file(&azure, "saved/manifest.json"));
    azure.ok(format!("apic api update {CENTER} --api-id odd --title Changed"));
    azure.ok(format!("apic api delete {CENTER} --api-id bare --yes"));
    azure.ok(format!("apic api create {CENTER} --api-id new --title New --type rest"));
    check(&azure, "diff", &azure.run("apic diff saved myAPICenter -g myResourceGroup").json());
    let restore = format!("apic restore {CENTER} --path saved --prune");
    check(&azure, "dry-run", &azure.json(format!("{restore} --dry-run")));
    check(&azure, "result", &azure.json(restore));
    check(&azure, "integration-status", &azure.run(format!("apic integration status {CENTER}")).json());
}

#[test]
fn a_file_that_azr_refuses_does_not_follow_its_schema() {
    let azure = Azure::start();
    let schema = azure.json("schema azr.yaml");
    for text in [
        r#"{"version": 2, "sources": [{"apim": "a"}]}"#,
        r#"{"version": 1, "sources": []}"#,
        r#"{"version": 1, "sources": [{"apim": "a", "folder": "b"}]}"#,
        r#"{"version": 1, "sources": [{"apim": "a", "enviroment": "b"}]}"#,
        r#"{"version": 1, "sources": [{"apim": "a", "prune": "yes"}]}"#,
        r#"{"version": 1, "sources": [{"apim": "a", "match": ["names"]}]}"#,
    ] {
        assert!(violation(&schema, &serde_json::from_str(text).expect("JSON")).is_some(), "{text}");
        azure.write("azr.yaml", text);
        assert_eq!(azure.run(format!("apic sync {CENTER} --file azr.yaml")).code, Some(1), "{text}");
    }
}

#[test]
fn the_schemas_are_listed_and_misspelt_ones_refused() {
    let azure = Azure::start();
    let list = azure.json("schema");
    for schema in list.as_array().expect("a list") {
        let name = schema["name"].as_str().expect("a name");
        let shown = azure.json(format!("schema {name}"));
        assert_eq!(shown["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert_eq!(shown["$id"], format!("urn:azr:schema:{name}:{}", schema["version"]));
    }
    let refused = azure.run("schema nothing");
    assert!(refused.code == Some(2) && refused.stderr.contains("integration-status"), "{refused}");
}
