//! Saved plans: `--dry-run --out`, and `azr apic apply`.

use serde_json::{Value, json};

use crate::client_import::{counts, list_resources, without_times};
use crate::support::{APIM, Azure, CENTER, Run, Sandbox};

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
