//! `azr schema`: the JSON schemas, which azr's own files and results follow.

use serde_json::Value;

use crate::support::{APIM, Azure, CENTER, Sandbox};

/// The first violation of a schema; only the keywords that azr's schemas use.
fn violation(schema: &Value, value: &Value, path: &str) -> Option<String> {
    let fail = |what: &str| Some(format!("{path}: {what}: {value}"));
    for (keyword, rule) in schema.as_object().expect("a schema") {
        let failure = match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" | "maxLength" => None,
            "const" => (rule != value).then(|| format!("{path}: {value} is not {rule}")),
            "enum" => {
                if rule.as_array().expect("a list").contains(value) {
                    None
                } else {
                    fail("not one of the values")
                }
            }
            "type" => {
                let names = rule.as_array().cloned().unwrap_or_else(|| vec![rule.clone()]);
                let is_type = |name: &Value| match name.as_str() {
                    Some("object") => value.is_object(),
                    Some("array") => value.is_array(),
                    Some("string") => value.is_string(),
                    Some("boolean") => value.is_boolean(),
                    Some("null") => value.is_null(),
                    Some("number") => value.is_number(),
                    Some("integer") => value.is_u64() || value.is_i64(),
                    other => panic!("the type {other:?}"),
                };
                if names.iter().any(is_type) { None } else { fail(&format!("not {rule}")) }
            }
            "required" => {
                let mut names = rule.as_array().into_iter().flatten().filter_map(Value::as_str);
                let missing = names.find(|name| value.is_object() && value.get(name).is_none());
                missing.map(|name| format!("{path}: {name} is missing"))
            }
            "properties" => {
                let rules = rule.as_object().expect("an object");
                rules
                    .iter()
                    .find_map(|(name, rule)| violation(rule, value.get(name)?, &format!("{path}/{name}")))
            }
            "additionalProperties" => {
                let known = schema["properties"].as_object();
                let members = value.as_object().into_iter().flatten();
                let mut others =
                    members.filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)));
                match rule {
                    Value::Bool(true) => None,
                    Value::Bool(false) => {
                        others.next().map(|(name, _)| format!("{path}: {name} is not allowed"))
                    }
                    rule => {
                        others.find_map(|(name, value)| violation(rule, value, &format!("{path}/{name}")))
                    }
                }
            }
            "items" => {
                let items = value.as_array().into_iter().flatten().enumerate();
                items.into_iter().find_map(|(index, item)| violation(rule, item, &format!("{path}/{index}")))
            }
            "oneOf" => {
                let all = rule.as_array().expect("a list");
                let failures: Vec<String> =
                    all.iter().filter_map(|rule| violation(rule, value, path)).collect();
                (all.len() != failures.len() + 1).then(|| failures.join(" or "))
            }
            "minItems" => (value.as_array().map_or(0, Vec::len) < 1).then(|| format!("{path}: empty")),
            "minLength" => (value.as_str() == Some("")).then(|| format!("{path}: empty")),
            "minimum" => value
                .as_f64()
                .is_some_and(|n| n < rule.as_f64().expect("a number"))
                .then(|| format!("{path}: too small")),
            "pattern" if rule != "^[0-9a-f]{64}$" => None,
            "pattern" => {
                let is_digest = |text: &str| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
                if value.as_str().is_some_and(is_digest) { None } else { fail("not a digest") }
            }
            other => panic!("the keyword {other}"),
        };
        if failure.is_some() {
            return failure;
        }
    }
    None
}

fn check(azure: &Sandbox, name: &str, value: &Value) {
    let schema = azure.json(format!("schema {name}"));
    assert_eq!(violation(&schema, value, name), None);
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
    azure.ok(format!("apic sync {CENTER} --file azr.yaml --dry-run --out plan.json"));
    check(&azure, "plan", &file(&azure, "plan.json"));
    azure.ok("apic apply plan.json --report report.json");
    check(&azure, "report", &file(&azure, "report.json"));
    check(&azure, "inventory", &azure.json(format!("apic inventory {CENTER}")));
    azure.ok(format!("apim api export {APIM} --api-id 'w*' --ef OpenApiJsonFile -f out"));
    check(&azure, "manifest", &file(&azure, "out/manifest.json"));
    azure.ok(format!("apic backup {CENTER} --path saved"));
    check(&azure, "backup", &file(&azure, "saved/manifest.json"));
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
        assert!(violation(&schema, &serde_json::from_str(text).expect("JSON"), "").is_some(), "{text}");
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
        assert_eq!(shown["$id"], format!("urn:azr:schema:{name}:1"));
    }
    assert!(azure.run("schema nothing").error(2).contains("'nothing'"));
}
