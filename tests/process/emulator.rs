//! `azr emulator`: start and end, state, log, and the demo.

use serde_json::json;

use crate::support::{APIM, APIM_ID, Azure, CENTER, InProcessAzure, Sandbox, TOKEN};

#[test]
fn the_demo_succeeds() {
    let sandbox = Sandbox::new(&[]);
    let run = sandbox.ok("emulator demo");
    assert!(run.text().contains("\nAll 6 steps succeeded."), "{run}");
    assert!(run.text().ends_with("azr doctor import"), "{run}");
    assert!(run.text().contains("10 unchanged") || run.text().contains("\"unchanged\": 10"), "{run}");
    for line in run.text().lines().filter(|line| line.starts_with("  azr ")) {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert!(sandbox.files().is_empty(), "the demo left files");
}

#[test]
fn the_full_demo_synchronizes_backs_up_restores_and_compares() {
    let sandbox = Sandbox::new(&[]);
    let run = sandbox.ok("emulator demo --full");
    assert!(run.text().contains("\nAll 9 steps succeeded."), "{run}");
    assert!(run.text().contains("7 APIs with myAPICenter"), "{run}");
    assert!(run.text().contains("1 updated, 6 unchanged."), "{run}");
    assert!(run.text().contains("summary: Ask the payments team first.\n"), "{run}");
    assert!(run.text().contains("myAPICenter and secondAPICenter are the same"), "{run}");
    assert!(
        run.text().ends_with("azr apic sync -g GROUP -n CENTER --file azr.yaml --dry-run -o table"),
        "{run}"
    );
    assert!(sandbox.files().is_empty(), "the demo left files");
}

#[test]
fn reset_restores_the_sample_data() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apic api create {CENTER} --api-id mine --title Mine --type rest"));
    azure.ok(format!("apic api show {CENTER} --api-id mine"));
    assert!(azure.ok("emulator reset").stderr.contains("sample data again"));
    azure.run(format!("apic api show {CENTER} --api-id mine")).error(3);
    assert!(azure.ok("emulator reset").stderr.contains("sample data again"), "the show has saved the state");
}

#[test]
fn without_a_token_a_request_is_refused() {
    let mut azure = Azure::start();
    azure.set("AZR_ACCESS_TOKEN", "expired");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("ExpiredAuthenticationToken"), "{run}");
    assert!(run.stderr.contains("AZR_ACCESS_TOKEN"), "{run}");
    // The in-process emulator needs no token.
    azure.set("AZR_ACCESS_TOKEN", "");
    azure.set("AZURE_CLOUD_NAME", "AzureEmulator");
    azure.ok(format!("apim show {APIM}"));
}

#[cfg(unix)]
#[test]
fn sigterm_saves_the_state_for_the_next_start() {
    let sandbox = Sandbox::new(&[]);
    let options = format!("--sample --state {}", sandbox.folder().join("state.json").display());
    let mut first = Azure::start_with(&options);
    first.ok(format!("apic api create {CENTER} --api-id stored --title Stored --type rest"));
    assert_eq!(first.terminate(), Some(0));
    let second = Azure::start_with(&options);
    assert_eq!(second.json(format!("apic api show {CENTER} --api-id stored --query title")), "Stored");
}

#[test]
fn in_process_a_command_sees_the_changes_of_the_one_before() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apic api create {CENTER} --api-id stored --title Stored --type rest"));
    assert_eq!(azure.json(format!("apic api show {CENTER} --api-id stored --query title")), "Stored");
    let link = azure.ok(format!(
        "apim api export {APIM} --api-id my-api --export-format OpenApiJsonUrl --query properties.value.link -o tsv"
    ));
    azure.ok(format!("apic api register {CENTER} -l {}", link.text()));
    azure.ok(format!("apic api show {CENTER} --api-id citylibrary"));
    let other = InProcessAzure::new();
    other.run(format!("apic api show {CENTER} --api-id stored")).error(3);
}

#[test]
fn a_port_in_use_is_an_error() {
    let azure = Azure::start();
    let port = azure.endpoint().rsplit(':').next().expect("a port");
    let run = azure.run(format!("emulator start --port {port}"));
    assert!(run.error(1).contains(port), "{run}");
}

#[test]
fn a_damaged_state_is_refused_and_not_changed() {
    let azure = InProcessAzure::new();
    let state = azure.folder().join("../state.json");
    let damaged = r#"{"layout": 1, "wor"#;
    std::fs::write(&state, damaged).expect("the state is written");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("state.json"), "{run}");
    assert_eq!(std::fs::read_to_string(&state).expect("the state"), damaged);
}

#[test]
fn each_request_is_a_line_of_the_log() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    azure.ok(format!("apim show {APIM}"));
    azure.ok(format!("apic api create {CENTER} --api-id one --title One --type rest"));
    azure.run(format!("apic api show {CENTER} --api-id nobody")).error(3);
    azure.ok(format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f out.json"));
    let lines = azure.log("log.jsonl");
    let requests: Vec<(u64, &str, u64)> = lines
        .iter()
        .map(|line| {
            let text = |member: &str| line[member].as_str().unwrap_or_default();
            (line["n"].as_u64().expect("n"), text("method"), line["status"].as_u64().expect("a status"))
        })
        .collect();
    assert_eq!(
        requests,
        [(1, "GET", 200), (2, "PUT", 200), (3, "GET", 404), (4, "GET", 200), (5, "GET", 200)]
    );
    assert_eq!(lines[3]["query"]["export"], "true");
    assert!(lines[4]["path"].as_str().is_some_and(|path| path.starts_with("/api-export/")), "{}", lines[4]);
    let text = String::from_utf8(azure.read("log.jsonl")).expect("UTF-8");
    assert!(!text.contains(TOKEN) && !text.contains("sig"), "{text}");
    let run = azure.run("emulator start --log no/such/folder/log.jsonl");
    assert!(run.error(1).contains("no/such/folder"), "{run}");
}

#[test]
fn synthetic_apis_have_tags_a_product_and_versions_on_request() {
    let azure = Azure::start_with("--apis 12 --version-sets --plan Standard");
    assert_eq!(azure.json(format!("apic show {CENTER} --query sku.name")), "Standard");
    let tagged =
        azure.request_ok("GET", &format!("{APIM_ID}/apisByTags?$filter=tag/id%20eq%20'bulk'"), "").json();
    assert_eq!(tagged["count"], 6);
    let product = format!("apim product api list {APIM} --product-id bulk --query [].name");
    assert_eq!(azure.json(product), json!(["api-00005", "api-00010"]));
    azure.ok(format!(
        "apic import-from-apim {CENTER} --apim-name myAPIManagement --apim-apis api-0001* --mode client"
    ));
    let versions = azure.json(format!("apic api version list {CENTER} --api-id pair-00010 --query [].name"));
    assert_eq!(versions.as_array().map(Vec::len), Some(2), "{versions}");
}

#[test]
fn the_plan_of_the_center_depends_on_the_number_of_apis() {
    let many = Azure::start_with("--apis 151");
    assert_eq!(many.json(format!("apic show {CENTER} --query sku.name")), "Standard");
    let sample = Azure::start();
    assert_eq!(sample.json(format!("apic show {CENTER} --query sku.name")), "Free");
    assert!(sample.run("emulator start --plan standard").error(2).contains("--plan"));
    assert_eq!(sample.run("emulator start --version-sets").code, Some(2));
    assert_eq!(sample.run("emulator start --sample --plan gold").code, Some(2));
}
