//! `import-from-apim --mode client`: azr reads API Management and writes the center.

use serde_json::{Value, json};

use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Run, Sandbox, strings};

/// The APIs of the sample after the import: name, kind, names of versions, name of the definition.
const EXPECTED: &[(&str, &str, &[&str], Option<&str>)] = &[
    ("concierge", "rest", &["original"], None),
    ("handbook-search", "mcp", &["original"], Some("mcp")),
    ("library-tools", "mcp", &["original"], Some("mcp")),
    ("museum", "graphql", &["original"], Some("graphql")),
    ("my-api", "rest", &["original"], Some("openapi")),
    ("orders", "rest", &["version-v1", "version-v2"], Some("openapi")),
    ("stock", "soap", &["original"], Some("wsdl")),
    ("ticker", "websocket", &["original"], None),
    ("unicode", "rest", &["original"], Some("openapi")),
    ("warehouse", "rest", &["original"], Some("openapi")),
    ("weather", "rest", &["original"], Some("openapi")),
];

pub(crate) fn import(azure: &Sandbox, rest: &str) -> Run {
    azure.run(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --mode client {rest} -o json"
    ))
}

/// All resources in the center's workspace.
pub(crate) fn list_resources(azure: &Azure) -> Vec<Value> {
    let workspace = format!("{CENTER_ID}/workspaces/default");
    let mut resources = azure.list(&format!("{workspace}/environments"));
    for api in azure.list(&format!("{workspace}/apis")) {
        let id = api["id"].as_str().expect("an id").to_owned();
        resources.push(api);
        resources.extend(azure.list(&format!("{id}/deployments")));
        for version in azure.list(&format!("{id}/versions")) {
            let id = version["id"].as_str().expect("an id").to_owned();
            resources.push(version);
            resources.extend(azure.list(&format!("{id}/definitions")));
        }
    }
    resources
}

/// The same resources without their times, sorted by id.
pub(crate) fn without_times(resources: Vec<Value>) -> Vec<Value> {
    let strip = |mut entry: Value| {
        entry.as_object_mut().expect("an object").shift_remove("systemData");
        entry
    };
    let mut resources: Vec<Value> = resources.into_iter().map(strip).collect();
    resources.sort_by_cached_key(|entry| entry["id"].to_string());
    resources
}

/// The numbers of APIs that a summary has as created, updated, unchanged, skipped and failed.
pub(crate) fn counts(summary: &Value) -> [u64; 5] {
    ["created", "updated", "unchanged", "skipped", "failed"]
        .map(|status| summary[status].as_u64().unwrap_or_else(|| panic!("no {status}: {summary}")))
}

/// The document of an API in the center.
fn export_from_center(azure: &Sandbox, api: &str, version: &str, definition: &str) -> Vec<u8> {
    let definition = format!("{CENTER} --api-id {api} --version-id {version} --definition-id {definition}");
    azure.ok(format!("apic api definition export-specification {definition} --file-name -")).stdout_bytes
}

/// The document of an API in API Management.
fn export_from_apim(azure: &Sandbox, api: &str, format: &str) -> Vec<u8> {
    azure.ok(format!("apim api export {APIM} --api-id {api} --export-format {format} -f -")).stdout_bytes
}

#[test]
fn apis_of_every_kind_are_imported() {
    let azure = Azure::start();
    let run = import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(counts(&run.json()), [11, 0, 0, 0, 0], "{run}");
    assert!(
        run.stderr.contains("ticker"),
        "the message does not say that a WebSocket API has no definition\n{run}"
    );
    for (name, kind, versions, definition) in EXPECTED {
        let api = format!("{CENTER} --api-id {name}");
        assert_eq!(azure.json(format!("apic api show {api} --query kind")), *kind, "{name}");
        let listed = azure.json(format!("apic api version list {api}"));
        let names: Vec<&str> =
            listed.as_array().expect("a list").iter().filter_map(|v| v["name"].as_str()).collect();
        assert_eq!(&names, versions, "{name}");
        assert_eq!(listed[0]["lifecycleStage"], "design");
        let deployments = azure.json(format!("apic api deployment list {api}"));
        assert_eq!(deployments.as_array().map(Vec::len), Some(versions.len()), "{name}");
        for version in *versions {
            let listed =
                azure.json(format!("apic api definition list {api} --version-id {version} --query [].name"));
            assert_eq!(strings(&listed), Vec::from_iter(*definition), "{name}");
        }
    }
    let environments = azure.json(format!("apic environment list {CENTER}"));
    assert_eq!(environments[0]["name"], "myAPIManagement");
    assert_eq!(environments[0]["server"]["type"], "Azure API Management");
}

#[test]
fn documents_and_addresses_are_those_of_api_management() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    for (api, source, version) in [
        ("my-api", "my-api", "original"),
        ("orders", "orders-v1", "version-v1"),
        ("orders", "orders-v2", "version-v2"),
        ("unicode", "unicode", "original"),
        ("warehouse", "warehouse", "original"),
    ] {
        let imported = export_from_center(&azure, api, version, "openapi");
        assert_eq!(imported, export_from_apim(&azure, source, "OpenApiJsonFile"), "{source}");
    }
    assert_eq!(
        export_from_center(&azure, "stock", "original", "wsdl"),
        export_from_apim(&azure, "stock", "WsdlFile")
    );
    let schema = include_bytes!("../../crates/emulator/src/sample/museum.graphql");
    assert_eq!(export_from_center(&azure, "museum", "original", "graphql"), schema);

    let gateway = azure.ok(format!("apim show {APIM} --query gatewayUrl -o tsv"));
    let addresses = azure
        .json(format!("apic api deployment list {CENTER} --api-id orders --query [].server.runtimeUri[0]"));
    let expected = ["v1", "v2"].map(|version| format!("{}/orders/{version}", gateway.text()));
    assert_eq!(strings(&addresses), expected);
    let ticker = azure
        .json(format!("apic api deployment list {CENTER} --api-id ticker --query [0].server.runtimeUri[0]"));
    assert!(
        ticker.as_str().is_some_and(|url| url.starts_with("wss://") && url.ends_with("/ticker")),
        "{ticker}"
    );
}

#[test]
fn a_second_run_writes_nothing_and_a_change_is_the_only_thing_written() {
    let azure = Azure::start();
    import(&azure, "--apim-apis '*'").expect_success();
    let before = list_resources(&azure);
    let again = import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 11, 0, 0], "{again}");
    assert_eq!(list_resources(&azure), before);
    let plan = import(&azure, "--apim-apis '*' --dry-run --detailed-exitcode");
    assert_eq!(plan.code, Some(0), "{plan}");

    azure.ok(format!(
        "apim api operation create {APIM} --api-id warehouse --operation-id more --url-template /more --method GET --display-name More"
    ));
    let plan = import(&azure, "--apim-apis '*' --dry-run --detailed-exitcode");
    assert_eq!((plan.code, &plan.json()["update"]), (Some(5), &json!(1)), "{plan}");
    let run = import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(counts(&run.json()), [0, 1, 10, 0, 0], "{run}");
    let changed: Vec<String> = list_resources(&azure)
        .into_iter()
        .filter(|entry| !before.contains(entry))
        .map(|entry| entry["id"].as_str().unwrap_or_default().to_owned())
        .collect();
    // The deployment records which document was imported.
    assert_eq!(changed.len(), 2, "{changed:?}");
    assert!(changed[0].ends_with("/apis/warehouse/deployments/myAPIManagement-original"), "{changed:?}");
    assert!(changed[1].ends_with("/apis/warehouse/versions/original/definitions/openapi"), "{changed:?}");
    let now = export_from_center(&azure, "warehouse", "original", "openapi");
    assert_eq!(now, export_from_apim(&azure, "warehouse", "OpenApiJsonFile"));
}

#[test]
fn a_dry_run_shows_the_plan_and_writes_nothing() {
    let azure = Azure::start();
    let before = list_resources(&azure);
    let plan = import(&azure, "--apim-apis '*' --dry-run").expect_success().json();
    assert_eq!((&plan["create"], &plan["apis"][5]["versions"]), (&json!(11), &json!(["v1", "v2"])));
    let table = azure.ok(format!(
        "apic service import-from-apim {CENTER} --source-resource-ids {APIM_ID}/apis/* --mode client --dry-run -o table"
    ));
    let lines: Vec<&str> = table.stdout().lines().collect();
    assert!(lines[0].starts_with("Action    API") && lines.len() == 13, "{table}");
    assert_eq!(import(&azure, "--apim-apis '*' --dry-run --detailed-exitcode").code, Some(5));
    assert_eq!(list_resources(&azure), before);
}

#[test]
fn apis_are_selected_by_names_and_patterns() {
    let azure = Azure::start();
    let names = |rest: &str| {
        let plan = import(&azure, &format!("{rest} --dry-run")).expect_success().json();
        let apis = plan["apis"].as_array().cloned().unwrap_or_default();
        apis.iter().map(|api| api["sources"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names("--apim-apis 'w*'"), [r#"["warehouse"]"#, r#"["weather"]"#]);
    assert_eq!(names("--apim-apis 'w*' '!*house'"), [r#"["weather"]"#]);
    assert_eq!(names("--apim-apis orders-v2 MUSEUM"), [r#"["museum"]"#, r#"["orders-v2"]"#]);
    assert_eq!(names("--apim-apis '[weather,stock]'"), [r#"["stock"]"#, r#"["weather"]"#]);
    let run = import(&azure, "--apim-apis weather nobody");
    assert!(run.error(1).contains("'nobody'"), "{run}");
}

#[test]
fn an_api_that_fails_does_not_stop_the_others() {
    let azure = Azure::start();
    // A GraphQL API without a schema cannot be exported.
    azure.ok(format!(
        "apim api create {APIM} --api-id broken --display-name Broken --path broken --api-type graphql --protocols https"
    ));
    let run = import(&azure, "--apim-apis '*' --report report.xml");
    assert_eq!((run.code, counts(&run.json())), (Some(4), [11, 0, 0, 0, 1]), "{run}");
    assert!(run.stderr.contains("ERROR: 1 of 12 failed"), "{run}");
    assert!(run.stderr.contains("broken failed: definition graphql"), "{run}");
    let report = String::from_utf8(azure.read("report.xml")).expect("text");
    assert!(report.contains("tests=\"12\" failures=\"1\""), "{report}");
    // No empty definition is left, and the next run imports the rest.
    let definitions =
        azure.json(format!("apic api definition list {CENTER} --api-id broken --version-id original"));
    assert_eq!(definitions, json!([]));
    azure.ok(format!("apim api delete {APIM} --api-id broken --yes"));
    let run = import(&azure, "--apim-apis '*'").expect_success();
    assert_eq!(counts(&run.json()), [0, 0, 11, 0, 0], "{run}");
}

#[test]
fn fail_fast_starts_no_further_api() {
    let azure = Azure::start();
    azure.ok(format!(
        "apim api create {APIM} --api-id a-broken --display-name Broken --path broken --api-type graphql --protocols https"
    ));
    let run = import(&azure, "--apim-apis '*' --fail-fast --concurrency 1 --report r.md");
    assert_eq!((run.code, counts(&run.json())), (Some(4), [0, 0, 0, 11, 1]), "{run}");
    assert!(String::from_utf8_lossy(&azure.read("r.md")).contains("| failed | a-broken |"));
}

#[test]
fn invalid_values_are_shortened_skipped_or_refused() {
    let azure = Azure::start();
    let plan = |action: &str| {
        import(&azure, &format!("--apim-apis warehouse weather --dry-run --on-invalid {action}"))
    };
    let shortened = plan("truncate").expect_success().json();
    assert!(shortened["apis"][0]["title"].as_str().is_some_and(|title| title.len() <= 50), "{shortened}");
    let skipped = plan("skip").expect_success().json();
    assert_eq!((&skipped["refused"], &skipped["create"]), (&json!(1), &json!(1)), "{skipped}");
    let failed = plan("fail");
    assert!(failed.error(1).contains("warehouse"), "{failed}");
}

#[test]
fn more_than_a_hundred_apis_are_written_at_once() {
    let azure = Azure::start_with("--apis 120");
    let run = import(&azure, "--apim-apis 'api-*' --concurrency 24 --report all.json").expect_success();
    assert_eq!(counts(&run.json()), [120, 0, 0, 0, 0], "{run}");
    let report: Vec<Value> = serde_json::from_slice(&azure.read("all.json")).expect("a list");
    assert_eq!(report.len(), 120);
    let apis = azure.json(format!("apic api list {CENTER} --query '[?starts_with(name, `api-`)].name'"));
    assert_eq!(strings(&apis).len(), 120);
    for number in ["00001", "00100", "00120"] {
        let api = format!("api-{number}");
        let imported = export_from_center(&azure, &api, "original", "openapi");
        assert_eq!(imported, export_from_apim(&azure, &api, "OpenApiJsonFile"), "{api}");
    }
    let again = import(&azure, "--apim-apis 'api-*'").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 120, 0, 0]);
}

#[test]
fn a_lifecycle_stage_is_set_only_if_requested() {
    let azure = Azure::start();
    import(&azure, "--apim-apis weather --lifecycle-stage testing").expect_success();
    let stage = |azure: &Sandbox| {
        azure.json(format!("apic api version list {CENTER} --api-id weather --query [0].lifecycleStage"))
    };
    assert_eq!(stage(&azure), "testing");
    let run = import(&azure, "--apim-apis weather").expect_success();
    assert_eq!((stage(&azure), counts(&run.json())), (json!("testing"), [0, 0, 1, 0, 0]));
}

#[test]
fn options_of_one_mode_are_refused_in_the_other() {
    let azure = Azure::start();
    let command = format!("apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis weather");
    let service = azure.run(format!("{command} --mode service --dry-run"));
    assert_eq!(service.error(2), "--dry-run needs --mode client");
    assert_eq!(azure.run(format!("{command} --prune")).error(2), "--prune needs --mode client");
    // Nothing is written, so that a dry run need not name the mode.
    assert_eq!(azure.json(format!("{command} --dry-run"))["create"], 1);
    assert!(import(&azure, "--apim-apis weather --no-wait").error(2).contains("--no-wait"));
    assert!(import(&azure, "--apim-apis weather --report r.txt").error(1).contains("r.txt"));
    assert_eq!(import(&azure, "--apim-apis weather --concurrency 65").code, Some(2));
}

#[test]
fn the_number_of_requests_for_an_api_is_that_of_the_documentation() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    let count = |api: &str| {
        let before = azure.log("log.jsonl").len();
        import(&azure, &format!("--apim-apis {api}")).expect_success();
        let log = azure.log("log.jsonl");
        let paths = log[before..].iter().map(|entry| entry["path"].as_str().expect("a path"));
        let is_of_api =
            |path: &&str| path.split('?').next().unwrap_or_default().contains(&format!("/apis/{api}"));
        paths.filter(is_of_api).count()
    };
    // Without the download of the document, which is not a request to Azure Resource Manager.
    for (api, new, unchanged) in [("my-api", 8, 4), ("stock", 10, 5), ("museum", 10, 5)] {
        assert_eq!((count(api), count(api)), (new, unchanged), "{api}");
    }
}
