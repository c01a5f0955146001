//! Saved plans: `--dry-run --out`, and `azr apic apply`.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::client_import::{counts, list_resources, without_times};
use crate::support::{APIM, APIM_ID, Azure, CENTER, CENTER_ID, Proxy, Run, Sandbox, TOKEN, send_request};

const FILE: &str = "version: 1
create-metadata: true
sources:
  - apim: myAPIManagement
    environment: {id: live, title: Live, kind: production}
    metadata: {path: '/{path}'}
    prune: true
  - apim: second
    match: name
  - folder: specs
";

/// A center with two services that have an API in common, and a folder.
fn start() -> Azure {
    let azure = Azure::start_with("--sample --log log.jsonl");
    azure.ok(
        "apim create -g myResourceGroup -n second --publisher-email a@b.example --publisher-name B -l eastus",
    );
    azure.ok(
        "apim api create -g myResourceGroup -n second --api-id weather --path w --display-name Weather --protocols https",
    );
    std::fs::create_dir(azure.folder().join("specs")).expect("a folder");
    azure.write("specs/zoo.yaml", spec("Zoo"));
    azure.write("azr.yaml", FILE);
    azure
}

fn spec(title: &str) -> String {
    format!(
        "openapi: 3.0.0\ninfo: {{title: {title}, version: '1'}}\npaths: {{/a: {{get: {{responses: {{'200': {{description: x}}}}}}}}}}\n"
    )
}

fn save(azure: &Sandbox) -> Value {
    azure.ok(format!("apic sync {CENTER} --file azr.yaml --dry-run --out plan.json"));
    serde_json::from_slice(&azure.read("plan.json")).expect("a plan")
}

fn apply(azure: &Sandbox) -> Run {
    azure.run("apic apply plan.json -o json")
}

fn resources(azure: &Azure) -> Vec<Value> {
    without_times(list_resources(azure))
}

#[test]
fn a_saved_plan_is_carried_out_once() {
    let azure = start();
    let before = azure.log("log.jsonl").len();
    let plan = save(&azure);
    let log = azure.log("log.jsonl");
    assert!(log[before..].iter().all(|request| request["method"] != "PUT"), "saving writes nothing");
    assert_eq!((&plan["version"], plan["apis"].as_array().map(Vec::len)), (&json!(1), Some(13)), "{plan}");
    let text = plan.to_string();
    assert!(!text.contains("sig=") && !text.contains("Bearer"), "the plan has a secret: {text}");
    let run = apply(&azure).expect_success();
    assert_eq!(counts(&run.json()), [12, 1, 0, 0, 0], "{run}");
    // What the run did is what a run without a plan would have done.
    let again = azure.ok(format!("apic sync {CENTER} --file azr.yaml -o json"));
    assert_eq!(counts(&again.json()), [0, 0, 13, 0, 0], "{again}");
    let before = resources(&azure);
    let refused = apply(&azure);
    assert!(refused.error(1).contains("out of date"), "{refused}");
    assert_eq!(resources(&azure), before);
}

#[test]
fn a_plan_of_updates_and_deletions_is_carried_out() {
    let azure = start();
    azure.ok(format!("apic sync {CENTER} --file azr.yaml"));
    azure.ok(format!("apim api delete {APIM} --api-id stock --yes"));
    azure.ok(format!("apim api update {APIM} --api-id weather --display-name Sky"));
    azure.write("specs/zoo.yaml", spec("Zoo").replace("description: x", "description: y"));
    let plan = save(&azure);
    let steps: Vec<&str> = plan["apis"]
        .as_array()
        .expect("APIs")
        .iter()
        .flat_map(|api| api["steps"].as_array().expect("steps"))
        .filter(|step| step["change"] != "unchanged")
        .filter_map(|step| step["resource"].as_str())
        .collect();
    assert!(steps.contains(&"apis/weather") && steps.contains(&"apis/stock"), "{steps:?}");
    assert!(steps.contains(&"apis/zoo/versions/version-1/definitions/openapi/document"), "{steps:?}");
    let run = apply(&azure).expect_success();
    assert_eq!((run.json()["updated"].as_u64(), run.json()["deleted"].as_u64()), (Some(2), Some(1)), "{run}");
}

#[test]
fn a_plan_is_refused_if_anything_has_changed_since() {
    let azure = start();
    azure.ok(format!("apic sync {CENTER} --file azr.yaml"));
    azure.ok(format!("apim api update {APIM} --api-id weather --display-name Sky"));
    for (line, word) in [
        (format!("apim api update {APIM} --api-id weather --display-name Rain"), "changed in the source"),
        (format!("apic api update {CENTER} --api-id weather --summary Mine"), "changed in the center"),
        (format!("apim api update {APIM} --api-id museum --display-name M"), "does not have this update"),
        (
            "apim api create -g myResourceGroup -n second --api-id extra --path e --display-name E --protocols https"
                .to_owned(),
            "extra is new in second",
        ),
        ("apim api delete -g myResourceGroup -n second --api-id extra --yes".to_owned(), "no longer in second"),
        (format!("apic api delete {CENTER} --api-id museum --yes"), "apis/museum was deleted in the center"),
    ] {
        save(&azure);
        azure.ok(&line);
        let before = resources(&azure);
        let refused = apply(&azure);
        assert!(refused.error(1).contains("out of date") && refused.stderr.contains(word), "{line}\n{refused}");
        assert_eq!(resources(&azure), before, "{line}");
    }
    save(&azure);
    apply(&azure).expect_success();
}

#[test]
fn an_import_of_one_service_is_saved_too() {
    let azure = Azure::start();
    let import = format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis 'w*' '!warehouse' --mode client --lifecycle-stage testing --match name title prefix=dev- --on-invalid skip --kind 'w*=webhook' --custom-properties"
    );
    azure.ok(format!(
        "apic metadata create {CENTER} --metadata-name team --schema '{{\"type\":\"string\"}}' --assignments '[{{entity:api,required:true}}]'"
    ));
    let saved = azure.run(format!("{import} team=sky --dry-run --detailed-exitcode --out plan.json"));
    assert_eq!(saved.code, Some(5), "{saved}");
    let run = apply(&azure).expect_success();
    assert_eq!(counts(&run.json())[0], 1, "{run}");
    let api = azure.json(format!("apic api show {CENTER} --api-id weather"));
    assert_eq!((&api["kind"], &api["customProperties"]["team"]), (&json!("webhook"), &json!("sky")));
    let stage =
        azure.json(format!("apic api version list {CENTER} --api-id weather --query [].lifecycleStage"));
    assert_eq!(stage, json!(["testing"]));
    for (wrong, word) in [
        ("team=sky --out p.json", "--out needs --dry-run"),
        ("team=x --dry-run --shard 1/2 --out p.json", "--shard"),
    ] {
        assert!(azure.run(format!("{import} {wrong}")).error(2).contains(word));
    }
}

#[test]
fn a_file_that_is_not_a_plan_is_refused() {
    let azure = Azure::start();
    for (text, word) in [("{", "not a plan"), ("{\"version\": 7}", "version 7"), ("[]", "no version")] {
        azure.write("plan.json", text);
        assert!(apply(&azure).error(1).contains(word));
    }
    let missing = azure.run("apic apply none.json");
    assert!(missing.error(1).contains("none.json"), "{missing}");
}

/// Sends azr through a proxy that lets people act once, before the first write.
fn people_act_before_the_first_write(azure: &mut Azure, requests: &'static [(&str, &str, &str)]) {
    let endpoint = azure.endpoint().to_owned();
    let is_done = AtomicBool::new(false);
    let proxy = Proxy::start(&endpoint.clone(), move |request, forward| {
        if request.method == "PUT" && !is_done.swap(true, Ordering::Relaxed) {
            for (method, path, body) in requests {
                let scope = if path.starts_with("/workspaces") { CENTER_ID } else { APIM_ID };
                let response = send_request(&endpoint, TOKEN, method, &format!("{scope}{path}"), body);
                let status = response.expect("a response").status;
                assert!(status < 300, "{method} {path}: {status}");
            }
        }
        forward()
    });
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
}

#[test]
fn what_changes_while_a_plan_is_carried_out_fails_and_stays_as_people_made_it() {
    let mut azure = start();
    azure.ok(format!("apic sync {CENTER} --file azr.yaml"));
    for api in ["weather", "museum", "stock", "my-api", "orders-v1"] {
        azure.ok(format!("apim api update {APIM} --api-id {api} --description 'New text'"));
    }
    // The first API that is written, and two more.
    for name in ["a-first", "alpha", "beta"] {
        azure.ok(format!(
            "apim api create {APIM} --api-id {name} --path {name} --display-name {name} --protocols https"
        ));
    }
    azure.ok(format!("apim api delete {APIM} --api-id ticker --yes"));
    save(&azure);
    people_act_before_the_first_write(
        &mut azure,
        &[
            (
                "PUT",
                "/workspaces/default/apis/weather?api-version=2024-03-01",
                r#"{"properties": {"title": "By people", "kind": "rest"}}"#,
            ),
            ("DELETE", "/workspaces/default/apis/museum?api-version=2024-03-01", ""),
            (
                "PUT",
                "/workspaces/default/apis/alpha?api-version=2024-03-01",
                r#"{"properties": {"title": "By people", "kind": "rest"}}"#,
            ),
            (
                "PUT",
                "/workspaces/default/apis/ticker/versions/mine?api-version=2024-03-01",
                r#"{"properties": {"title": "Mine", "lifecycleStage": "design"}}"#,
            ),
            (
                "PATCH",
                "/apis/my-api?api-version=2024-05-01",
                r#"{"properties": {"description": "Newer text"}}"#,
            ),
            ("DELETE", "/apis/orders-v1?api-version=2024-05-01&deleteRevisions=true", ""),
        ],
    );
    let run = azure.run("apic apply plan.json --concurrency 1 -o json");
    assert_eq!(run.code, Some(4), "{run}");
    let value = run.json();
    let problems = value["problems"].as_array().expect("problems");
    let failed: Vec<&str> = problems.iter().filter_map(|problem| problem["name"].as_str()).collect();
    assert_eq!(failed, ["alpha", "museum", "my-api", "orders", "weather", "ticker", "weather"], "{run}");
    let reason = |name: &str| {
        let problem = problems.iter().find(|problem| problem["name"] == name).expect("a problem");
        problem["reason"].as_str().unwrap_or_default().to_owned()
    };
    assert!(
        reason("museum").contains("since the plan was saved: the API 'museum' was deleted in the center"),
        "{run}"
    );
    assert!(reason("alpha").contains("somebody created or replaced the API 'alpha' in the center"), "{run}");
    assert!(reason("ticker").contains("apis/ticker would no longer be deleted"), "{run}");
    let show = |api: &str| azure.run(format!("apic api show {CENTER} --api-id {api} -o json"));
    assert_eq!(show("weather").json()["title"], "By people");
    assert_eq!(show("alpha").json()["title"], "By people");
    assert_eq!(show("museum").code, Some(3));
    assert_eq!(show("ticker").code, Some(0));
    // What the plan says is written, but not a document that it does not name.
    assert_eq!(show("my-api").json()["description"], "New text");
    assert_eq!(show("stock").json()["description"], "New text");
    assert_eq!(show("beta").code, Some(0));
}

#[test]
fn an_edited_plan_and_another_state_of_the_folder_are_refused() {
    let azure = start();
    save(&azure);
    let text = String::from_utf8(azure.read("plan.json")).expect("text");
    let before = resources(&azure);
    for (old, new) in [
        ("\"max-delete\": 10", "\"max-delete\": 1000"),
        ("services/myAPICenter\"", "services/other\""),
        ("\"prune\": true", "\"prune\": false"),
        ("\"title\": \"Weather\"", "\"title\": \"Harmless\""),
    ] {
        assert!(text.contains(old), "{old}");
        azure.write("plan.json", text.replacen(old, new, 1));
        assert!(apply(&azure).error(1).contains("it was changed after it was saved"), "{old}");
    }
    azure.write("plan.json", &text);
    azure.write("specs/more.yaml", spec("More"));
    assert!(apply(&azure).error(1).contains("more is new in specs"));
    std::fs::remove_file(azure.folder().join("specs/more.yaml")).expect("removed");
    std::fs::rename(azure.folder().join("specs"), azure.folder().join("moved")).expect("moved");
    assert!(apply(&azure).error(1).contains("the folder specs does not exist"));
    std::fs::rename(azure.folder().join("moved"), azure.folder().join("specs")).expect("moved");
    // Nothing of the file that the plan was made from is needed.
    azure.write("azr.yaml", "version: 1\nsources: [{apim: second, prune: true}]\n");
    assert_eq!(resources(&azure), before);
    apply(&azure).expect_success();
}
