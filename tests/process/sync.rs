//! `azr apic sync`: several sources, as a file describes them.

use serde_json::{Value, json};

use crate::client_import::counts;
use crate::support::{APIM_ID, Azure, CENTER, Run, Sandbox, strings};

/// A center with two services of the same APIs under different prefixes, and a folder.
fn two_services_and_a_folder(options: &str) -> Azure {
    let azure = Azure::start_with(options);
    for (service, prefix) in [("prod", "prod"), ("test", "test")] {
        azure.ok(format!(
            "apim create -g myResourceGroup -n {service} --publisher-email a@b.example --publisher-name B -l eastus"
        ));
        for api in ["pay", "ship"] {
            azure.ok(format!(
                "apim api create -g myResourceGroup -n {service} --api-id {prefix}-{api} --path {prefix}/{api} --display-name '{api} {prefix}' --protocols https"
            ));
        }
    }
    azure.ok("apim api create -g myResourceGroup -n test --api-id test-new --path test/new --display-name 'new test' --protocols https");
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    azure.write(
        "specs/zoo.yaml",
        "openapi: 3.0.0\ninfo: {title: Zoo, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: x}}}}}\n",
    );
    azure.write("azr.yaml", FILE);
    azure
}

const FILE: &str = r"version: 1
sources:
  - apim: prod
    environment: {id: production, title: Production, kind: production}
    lifecycle-stage: production
    match: {by: [name, title], prefixes: [prod-], suffixes: [' prod']}
  - apim: test
    apis: ['*', '!internal-*']
    environment: {id: test, title: Test, kind: testing}
    lifecycle-stage: testing
    match: {by: [name, title], prefixes: [test-], suffixes: [' test']}
  - folder: specs
";

fn sync(azure: &Sandbox, rest: &str) -> Run {
    azure.run(format!("apic sync {CENTER} --file azr.yaml {rest} -o json"))
}

fn rows(plan: &Value) -> Vec<(String, String, String)> {
    let apis = plan["apis"].as_array().cloned().unwrap_or_default();
    let text = |api: &Value, member: &str| api[member].as_str().unwrap_or_default().to_owned();
    apis.iter().map(|api| (text(api, "origin"), text(api, "name"), text(api, "action"))).collect()
}

fn names(azure: &Sandbox, line: &str) -> Vec<String> {
    let names = azure.json(format!("{line} --query 'sort([].name)'"));
    strings(&names).into_iter().map(str::to_owned).collect()
}

#[test]
fn the_plan_is_what_the_run_does_and_a_second_run_only_reads() {
    let azure = two_services_and_a_folder("--sample --log log.jsonl");
    let before = azure.log("log.jsonl").len();
    let plan = sync(&azure, "--dry-run --detailed-exitcode");
    assert_eq!(plan.code, Some(5), "{plan}");
    let row =
        |origin: &str, name: &str, action: &str| (origin.to_owned(), name.to_owned(), action.to_owned());
    assert_eq!(
        rows(&plan.json()),
        [
            row("prod", "pay", "create"),
            row("prod", "ship", "create"),
            row("test", "new", "create"),
            row("test", "pay", "update"),
            row("test", "ship", "update"),
            row("specs", "zoo", "create"),
        ]
    );
    let log = azure.log("log.jsonl");
    let is_read = |request: &Value| request["method"] == "GET" || request["method"] == "POST";
    assert!(log[before..].iter().all(is_read), "a dry run writes nothing");

    let run = sync(&azure, "--report sync.json").expect_success();
    assert_eq!(counts(&run.json()), [4, 2, 0, 0, 0], "{run}");
    let report: Value = serde_json::from_slice(&azure.read("sync.json")).expect("a report");
    let origins: Vec<&str> =
        report.as_array().expect("a list").iter().filter_map(|r| r["origin"].as_str()).collect();
    assert_eq!(origins, ["prod", "prod", "test", "test", "test", "specs"]);
    let api = format!("{CENTER} --api-id pay");
    assert_eq!(
        names(&azure, &format!("apic api deployment list {api}")),
        ["prod-prod-pay-original", "test-test-pay-original"]
    );
    assert_eq!(azure.json(format!("apic api show {api} --query title")), "pay");
    let stage = azure.json(format!("apic api version list {api} --query [].lifecycleStage"));
    assert_eq!(stage, json!(["production"]));

    let before = azure.log("log.jsonl").len();
    let again = sync(&azure, "").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 6, 0, 0], "{again}");
    assert_eq!(sync(&azure, "--dry-run --detailed-exitcode").code, Some(0));
    let log = azure.log("log.jsonl");
    assert!(log[before..].iter().all(is_read), "the second run writes nothing");
}

#[test]
fn a_pattern_stands_for_each_workspace_that_matches() {
    let azure = Azure::start();
    for (path, properties) in [
        ("sales", json!({"displayName": "Sales"})),
        ("sales/apis/offers", json!({"displayName": "Offers", "path": "offers"})),
    ] {
        let path = format!("{APIM_ID}/workspaces/{path}?api-version=2024-05-01");
        let response = azure.request("PUT", &path, &json!({"properties": properties}).to_string());
        assert!(response.status < 300, "{path} {}", response.status);
    }
    azure.write("azr.yaml", "version: 1\nsources: [{apim: myAPIManagement, workspace: '*'}]\n");
    let plan = sync(&azure, "--dry-run --out plan.json").expect_success().json();
    let rows: Vec<_> = rows(&plan).into_iter().map(|(origin, name, _)| (origin, name)).collect();
    let row =
        |workspace: &str, name: &str| (format!("workspace {workspace} of myAPIManagement"), name.to_owned());
    assert_eq!(rows, [row("billing", "invoices"), row("sales", "offers")]);
    assert_eq!(azure.ok("apic apply plan.json").json()["created"], 2);
    assert_eq!(counts(&sync(&azure, "").expect_success().json()), [0, 0, 2, 0, 0]);

    azure.write("azr.yaml", "version: 1\nsources: [{apim: myAPIManagement, workspace: 'x*'}]\n");
    assert!(sync(&azure, "").error(1).contains("does not have a workspace that matches 'x*'"));
}

#[test]
fn deletions_of_all_sources_count_against_one_limit() {
    let azure = two_services_and_a_folder("--sample");
    azure.write("azr.yaml", FILE.replace("    lifecycle", "    prune: true\n    lifecycle"));
    sync(&azure, "").expect_success();
    for (service, api) in [("prod", "prod-pay"), ("test", "test-new"), ("test", "test-ship")] {
        azure.ok(format!("apim api delete -g myResourceGroup -n {service} --api-id {api} --yes"));
    }
    let refused = sync(&azure, "--max-delete 2");
    assert!(refused.error(1).contains("--max-delete 2"), "{refused}");
    let run = sync(&azure, "").expect_success();
    assert_eq!(run.json()["deleted"], 1, "{run}");
    let deployments = |api: &str| names(&azure, &format!("apic api deployment list {CENTER} --api-id {api}"));
    // An API stays as long as one source has it.
    assert_eq!(deployments("pay"), ["test-test-pay-original"]);
    assert_eq!(deployments("ship"), ["prod-prod-ship-original"]);
    let again = sync(&azure, "").expect_success();
    let [created, updated, ..] = counts(&again.json());
    assert_eq!((created, updated, again.json()["deleted"].as_u64()), (0, 0, Some(0)), "{again}");
}

#[test]
fn a_definition_of_an_api_that_a_service_has_is_skipped() {
    let azure = two_services_and_a_folder("--sample");
    azure.write(
        "specs/pay.yaml",
        "openapi: 3.0.0\ninfo: {title: Pay, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: x}}}}}\n",
    );
    let plan = sync(&azure, "--dry-run").expect_success().json();
    let refused = plan["apis"].as_array().and_then(|apis| apis.iter().find(|api| api["action"] == "refused"));
    assert_eq!(refused.map(|api| &api["name"]), Some(&json!("pay")), "{plan}");
    let run = sync(&azure, "");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("imported from prod and test"), "{run}");
    azure.write("azr.yaml", format!("{FILE}    exclude: pay.yaml\n"));
    sync(&azure, "").expect_success();
}

#[test]
fn every_source_is_read_before_anything_is_written() {
    let azure = two_services_and_a_folder("--sample");
    let before = names(&azure, &format!("apic api list {CENTER}"));
    for (more, code, word) in [
        ("  - apim: missing\n", 3, "missing"),
        ("  - folder: missing\n", 1, "missing"),
        ("  - apim: prod\n    apis: nothing\n", 1, "'nothing'"),
        ("  - apim: prod\n    apis: other-*\n    metadata: {team: '{tag:team}'}\n", 1, "'team'"),
        ("  - apim: prod\n    nothing: 1\n", 1, "azr.yaml:14: 'nothing' is not a key"),
    ] {
        azure.write("azr.yaml", format!("{FILE}{more}"));
        let run = sync(&azure, "");
        assert!(run.stderr.contains(word) && run.code == Some(code), "{more}\n{run}");
        assert_eq!(names(&azure, &format!("apic api list {CENTER}")), before, "{more}");
    }
    assert!(sync(&azure, "--detailed-exitcode").error(2).contains("--dry-run"));
    let missing = azure.run(format!("apic sync {CENTER} --file none.yaml"));
    assert!(missing.code == Some(1) && missing.stderr.contains("none.yaml"), "{missing}");
}

#[test]
fn a_source_that_cannot_be_read_is_named() {
    let fault = "GET */service/second/apis* status=403 code=AuthorizationFailed";
    let azure = Azure::start_with_args(&["--sample", "--faults", fault]);
    azure.ok(
        "apim create -g myResourceGroup -n second --publisher-email a@b.example --publisher-name B -l eastus",
    );
    azure.write("azr.yaml", "version: 1\nsources: [{apim: myAPIManagement}, {apim: second}]\n");
    for dry_run in ["--dry-run", ""] {
        let run = sync(&azure, dry_run);
        assert!(run.error(1).starts_with("second: "), "{run}");
    }
    assert_eq!(names(&azure, &format!("apic api list {CENTER}")), ["swagger-petstore"]);
}

#[test]
fn two_environments_of_one_service_and_metadata_are_in_one_file() {
    let azure = two_services_and_a_folder("--sample");
    azure.ok("apim api create -g myResourceGroup -n prod --api-id test-pay --path test/pay --display-name 'pay' --protocols https");
    azure.write(
        "azr.yaml",
        r"version: 1
create-metadata: true
sources:
  - apim: prod
    apis: prod-*
    environment: production
    match: {by: name, prefixes: prod-}
    metadata: {path: '/{path}', tier: gold}
  - apim: prod
    apis: test-*
    environment: test
    match: {by: name, prefixes: test-}
    metadata: {path: '/{path}', tier: tin}
",
    );
    let plan = sync(&azure, "--dry-run").expect_success().json();
    let origins: Vec<String> = rows(&plan).into_iter().map(|(origin, ..)| origin).collect();
    assert_eq!(origins, ["prod", "prod", "prod (test)"]);
    sync(&azure, "").expect_success();
    let again = sync(&azure, "").expect_success();
    assert_eq!(counts(&again.json()), [0, 0, 3, 0, 0], "neither environment reverts the other: {again}");
    let shown = azure.json(format!("apic api show {CENTER} --api-id pay --query customProperties"));
    assert_eq!((&shown["path"], &shown["tier"]), (&json!("/prod/pay"), &json!("gold")));
    let deployments = names(&azure, &format!("apic api deployment list {CENTER} --api-id pay"));
    assert_eq!(deployments, ["prod-prod-pay-original", "prod-test-pay-original"]);
}
