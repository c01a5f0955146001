//! `apic api register` of several definitions: folders, patterns, versions of one API.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Azure, CENTER, Sandbox, StaticServer, strings};

fn definition(title: &str, version: &str) -> String {
    json!({"openapi": "3.0.1", "info": {"title": title, "version": version}, "paths": {},
           "servers": [{"url": "https://one.example"}]})
    .to_string()
}

fn count_apis(azure: &Sandbox) -> String {
    azure.ok(format!("apic api list {CENTER} --query length(@)")).text().to_owned()
}

/// The APIs of the sample definitions: name, kind, specification and its version.
const SAMPLES: &[(&str, &str, &str, Option<&str>)] = &[
    ("anchorsaliases", "rest", "openapi", Some("3.0.0")),
    ("cafordersbestellungen", "rest", "openapi", Some("3.0.3")),
    ("chatrooms", "websocket", "asyncapi", Some("3.0.0")),
    ("exchangerates", "soap", "wsdl", Some("1.1")),
    ("flowstyle", "rest", "openapi", Some("3.0.1")),
    ("graphql-introspection", "graphql", "graphql", None),
    ("graphql-library", "graphql", "graphql", None),
    ("inventory", "grpc", "grpc", Some("proto3")),
    ("ledger", "rest", "openapi", Some("2.0")),
    ("namedservers", "rest", "openapi", Some("3.2.0")),
    ("openapi30-no-info", "rest", "openapi", Some("3.0.1")),
    ("parceltracking", "rest", "openapi", Some("2.0")),
    ("paymentevents", "webhook", "openapi", Some("3.1.0")),
    ("reservations", "soap", "wsdl", Some("2.0")),
    ("sensorreadings", "rest", "openapi", Some("3.1.0")),
    ("streetlamps", "webhook", "asyncapi", Some("2.6.0")),
    ("warehouseorders", "rest", "wadl", None),
];

#[test]
fn definitions_of_every_format_are_registered() {
    let azure = Azure::start_with("--apis 1");
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs");
    let run = azure.ok(format!("apic api register {CENTER} -l {} -o json", specs.display()));
    let result = run.json();
    assert_eq!((&result["created"], &result["failed"]), (&json!(SAMPLES.len()), &json!(0)), "{run}");
    let mut apis: Vec<(&str, &Value)> = result["apis"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|api| (api["name"].as_str().expect("a name"), api))
        .collect();
    apis.sort_unstable_by_key(|(name, _)| *name);
    let names: Vec<&str> = apis.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, SAMPLES.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    for (name, kind, format, version) in SAMPLES {
        let api = azure.json(format!("apic api show {CENTER} --api-id {name} --query kind"));
        assert_eq!(api, **kind, "{name}");
        let versions = azure.json(format!("apic api version list {CENTER} --api-id {name} --query [].name"));
        let [id] = strings(&versions)[..] else { panic!("{name}: {versions}") };
        let shown = azure.json(format!(
            "apic api definition show {CENTER} --api-id {name} --version-id {id} --definition-id {format} --query specification"
        ));
        assert_eq!(shown["name"], **format, "{name}");
        assert_eq!(shown["version"].as_str(), *version, "{name}");
    }
}

#[test]
fn other_files_are_skipped_and_invalid_definitions_do_not_stop_the_others() {
    let azure = Azure::start();
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    azure.write(
        "specs/README.md",
        "# Ours\n\nLike this:\n\n```yaml\nopenapi: 3.0.0\ninfo: {title: a: b}\n```\n",
    );
    azure.write("specs/package.json", r#"{"name": "x", "scripts": {"openapi": "y"}}"#);
    azure.write("specs/logo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    azure.write("specs/.hidden.json", definition("Hidden", "1"));
    azure.write("specs/a.json", definition("Alpha", "1"));
    azure.write("specs/b.yaml", "openapi: 3.0.0\ninfo: {title: a: b}\n");
    azure.write("specs/z.json", definition("Zulu", "1"));
    let run = azure.run(format!("apic api register {CENTER} -l specs --report r.md --verbose"));
    assert_eq!(run.code, Some(4), "{run}");
    let result = run.json();
    assert_eq!(
        ["created", "failed", "skipped", "ignored"].map(|key| result[key].as_u64()),
        [Some(2), Some(1), Some(0), Some(3)],
        "{run}"
    );
    let names: Vec<&Value> =
        result["apis"].as_array().expect("a list").iter().map(|api| &api["name"]).collect();
    assert_eq!(names, ["alpha", "specs/b.yaml", "zulu"]);
    assert!(run.stderr.contains("ignored: specs/README.md"), "{run}");
    assert!(run.stderr.contains("ERROR: specs/b.yaml is not valid YAML"), "{run}");
    assert!(String::from_utf8_lossy(&azure.read("r.md")).contains("| failed | specs/b.yaml |"));
    assert_eq!(count_apis(&azure), "3");

    // With --fail-fast nothing is registered; a file that is named must be a definition.
    let run = azure.run(format!("apic api register {CENTER} -l specs --fail-fast"));
    assert_eq!((run.code, &run.json()["skipped"]), (Some(4), &json!(2)), "{run}");
    let run = azure.run(format!("apic api register {CENTER} -l specs/a.json specs/README.md"));
    assert_eq!((run.code, &run.json()["failed"]), (Some(4), &json!(1)), "{run}");
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let azure = Azure::start();
    azure.write("a.json", definition("Alpha", "1"));
    azure.write("b.json", definition("Swagger-Petstore", "9"));
    let line = format!("apic api register {CENTER} -l a.json b.json --dry-run");
    let plan = azure.json(&line);
    assert_eq!(
        (&plan["create"], &plan["update"], &plan["refused"]),
        (&json!(1), &json!(1), &json!(0)),
        "{plan}"
    );
    assert_eq!(plan["apis"][1]["action"], "update", "{plan}");
    let table = azure.ok(format!("{line} -o table"));
    assert!(table.stdout().starts_with("Action    API"), "{table}");
    // A single definition can be planned too, and takes --title and --api-id.
    let plan =
        azure.json(format!("apic api register {CENTER} -l a.json --dry-run --title Mine --api-id mine"));
    assert_eq!(plan["apis"][0]["name"], "mine");
    azure.write("c.json", "{\"openapi\": \"3.0.1\",}");
    let run = azure.run(format!("apic api register {CENTER} -l *.json --dry-run"));
    assert_eq!((run.code, &run.json()["refused"]), (Some(4), &json!(1)), "{run}");
    assert_eq!(count_apis(&azure), "1");
}

#[test]
fn two_versions_of_one_title_are_versions_of_one_api() {
    let azure = Azure::start();
    azure.ok(format!("apic environment create {CENTER} --environment-id live --title L --type testing"));
    azure.write("new.json", definition("Pets", "10.0"));
    azure.write("old.json", definition("Pets", "9.0"));
    for status in ["created", "unchanged"] {
        let result = azure.json(format!("apic api register {CENTER} -l *.json --environment-id live"));
        assert_eq!(result[status], 1, "{result}");
        assert_eq!(result["apis"][0]["versions"], json!(["9-0", "10-0"]));
        let versions = azure.json(format!("apic api version list {CENTER} --api-id pets --query [].name"));
        let mut versions = strings(&versions);
        versions.sort_unstable();
        assert_eq!(versions, ["10-0", "9-0"]);
        let deployments = azure.json(format!(
            "apic api deployment list {CENTER} --api-id pets --query 'sort_by([], &name)[].[name,definitionId]'"
        ));
        let definition =
            |version: &str| format!("/workspaces/default/apis/pets/versions/{version}/definitions/openapi");
        assert_eq!(
            deployments,
            json!([["petsdeployment", definition("9-0")], ["petsdeployment-10-0", definition("10-0")]])
        );
    }
}

#[test]
fn two_files_of_one_version_are_refused_before_anything_is_created() {
    let azure = Azure::start();
    azure.write("a.json", definition("Pets", "1.0"));
    azure.write("b.json", definition("Pets", "1.0"));
    let run = azure.run(format!("apic api register {CENTER} -l a.json b.json"));
    let error = run.error(1);
    assert!(error.contains("a.json and b.json would both be version 1-0 of the API pets"), "{run}");
    assert!(run.stderr.contains("Hint: "), "{run}");
    // --version-id applies to all files, and so has the same effect.
    azure.write("b.json", definition("Pets", "2.0"));
    azure.run(format!("apic api register {CENTER} -l a.json b.json --version-id v-1")).error(1);
    for option in ["--title x", "--api-id xyz"] {
        let run = azure.run(format!("apic api register {CENTER} -l a.json b.json {option}"));
        assert!(run.error(2).contains("there are 2 definitions"), "{run}");
    }
    assert_eq!(count_apis(&azure), "1");
    azure.write("b.json", definition("Birds", "2.0"));
    azure.ok(format!("apic api register {CENTER} -l a.json b.json --version-id v-1 --definition-id main"));
    for api in ["pets", "birds"] {
        let version = format!("{CENTER} --api-id {api} --version-id v-1");
        assert_eq!(
            azure.json(format!("apic api definition list {version} --query [].name")),
            json!(["main"])
        );
    }
}

#[test]
fn a_version_that_fails_does_not_stop_the_others() {
    let azure = Azure::start_with_args(&["--sample", "--faults", "PUT */deployments/* status=400"]);
    azure.write("a.json", definition("Pets", "1.0"));
    azure.write("b.json", definition("Pets", "2.0"));
    azure.ok(format!("apic environment create {CENTER} --environment-id live --title L --type testing"));
    let run = azure.run(format!("apic api register {CENTER} -l a.json b.json --environment-id live"));
    assert_eq!((run.code, &run.json()["failed"]), (Some(4), &json!(1)), "{run}");
    let json = run.json();
    let reason = json["apis"][0]["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("a.json: deployment petsdeployment (") && reason.contains("; b.json: "),
        "{reason}"
    );
    let versions = azure.json(format!("apic api version list {CENTER} --api-id pets --query length(@)"));
    assert_eq!(versions, 2);
}

#[test]
fn files_and_urls_can_be_combined() {
    let azure = Azure::start();
    azure.write("a.json", definition("Alpha", "1"));
    let site = StaticServer::start(200, "openapi.json", definition("Beta", "1"));
    let result = azure.json(format!("apic api register {CENTER} -l a.json {}", site.url));
    assert_eq!(result["created"], 2, "{result}");
    assert_eq!(result["apis"][1]["sources"], json!([site.url]));
}

#[test]
fn invalid_combinations_are_refused() {
    let azure = Azure::start();
    azure.write("a.json", definition("Alpha", "1"));
    azure.write("notes.txt", "nothing");
    for (options, code, message) in [
        ("-l a.json --recursive", 2, "--recursive needs a folder"),
        ("-l '*.yaml'", 1, "no file matches"),
        ("-l 'no*.txt'", 1, "notes.txt is not an API definition"),
        ("-l a.json gone.json", 1, "cannot read gone.json"),
        ("-l a.json --report r.txt", 1, "not a known report format"),
        ("-l *.json --environment-id 'a b'", 1, "--environment-id 'a b'"),
    ] {
        let run = azure.run(format!("apic api register {CENTER} {options}"));
        assert!(run.error(code).contains(message), "{run}");
    }
    let run = azure.run(format!("apic api register {CENTER} -l a.json --concurrency 65"));
    assert_eq!(run.code, Some(2), "{run}");
    // A single file prints nothing, like az, also with a report.
    let run = azure.ok(format!("apic api register {CENTER} -l a.json --report r.json"));
    assert!(run.stdout_bytes.is_empty() && azure.files().contains(&"r.json".to_owned()), "{run}");
}

#[test]
fn definitions_without_a_title_are_named_after_their_folder_or_package() {
    let azure = Azure::start();
    for folder in ["films", "tasks", "films/v1"] {
        std::fs::create_dir(azure.folder().join(folder)).expect("a folder");
    }
    azure.write("films/schema.graphql", "type Query { films: [String] }");
    azure.write("tasks/schema.graphql", "type Query { tasks: [String] }");
    azure.write("films/v1/openapi.yaml", "openapi: 3.0.3\ninfo: {version: '2'}\npaths: {/a: {}}\n");
    for package in ["shop.billing.v2", "shop.stock.v1"] {
        let proto = format!("package {package};\nservice AdminService {{ rpc Get(M) returns (M); }}\n");
        azure.write(&format!("{package}.proto"), proto);
    }
    let run = azure.ok(format!("apic api register {CENTER} -l . --recursive"));
    assert!(run.stderr.contains("'tasks' comes from its path"), "{run}");
    let names = azure.json(format!("apic api list {CENTER} --query sort([].name)"));
    let expected = ["films", "shopbillingadminservice", "shopstockadminservice", "swagger-petstore", "tasks"];
    assert_eq!(strings(&names), expected, "{run}");
    let versions = azure.json(format!("apic api version list {CENTER} --api-id films --query sort([].name)"));
    assert_eq!(strings(&versions), ["version-2", "version-v1"]);
}
