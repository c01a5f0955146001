//! `azr emulator`: how it starts and ends, what it keeps, and its demo.

use serde_json::json;

use crate::support::{APIM, APIM_ID, Azure, CENTER, InProcessAzure, Sandbox, TOKEN};

#[test]
fn the_demo_walks_to_its_end() {
    let sandbox = Sandbox::new(&[]);
    let run = sandbox.ok("emulator demo");
    assert!(run.text().ends_with(" steps, 0 wrong."), "{run}");
    assert!(sandbox.files().is_empty(), "it left files behind");
}

#[test]
fn without_a_token_a_request_is_refused() {
    let mut azure = Azure::start();
    azure.set("AZR_ACCESS_TOKEN", "expired");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("ExpiredAuthenticationToken"), "{run}");
    assert!(run.stderr.contains("AZR_ACCESS_TOKEN"), "{run}");
    // The emulator's own cloud needs none to be set.
    azure.set("AZR_ACCESS_TOKEN", "");
    azure.set("AZURE_CLOUD_NAME", "AzureEmulator");
    azure.ok(format!("apim show {APIM}"));
}

#[cfg(unix)]
#[test]
fn told_to_end_it_saves_and_goes_on_there_the_next_time() {
    let sandbox = Sandbox::new(&[]);
    let options = format!("--sample --state {}", sandbox.folder().join("state.json").display());
    let mut first = Azure::start_with(&options);
    first.ok(format!("apic api create {CENTER} --api-id kept --title Kept --type rest"));
    assert_eq!(first.terminate(), Some(0));
    let second = Azure::start_with(&options);
    assert_eq!(second.json(format!("apic api show {CENTER} --api-id kept --query title")), "Kept");
}

#[test]
fn in_process_one_command_sees_what_another_did() {
    let azure = InProcessAzure::new();
    azure.ok(format!("apic api create {CENTER} --api-id kept --title Kept --type rest"));
    assert_eq!(azure.json(format!("apic api show {CENTER} --api-id kept --query title")), "Kept");
    let link = azure.ok(format!(
        "apim api export {APIM} --api-id my-api --export-format OpenApiJsonUrl --query properties.value.link -o tsv"
    ));
    azure.ok(format!("apic api register {CENTER} -l {}", link.text()));
    azure.ok(format!("apic api show {CENTER} --api-id citylibrary"));
    let other = InProcessAzure::new();
    other.run(format!("apic api show {CENTER} --api-id kept")).error(3);
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let azure = Azure::start();
    let port = azure.endpoint().rsplit(':').next().expect("a port");
    let run = azure.run(format!("emulator start --port {port}"));
    assert!(run.error(1).contains(port), "{run}");
}

#[test]
fn a_damaged_state_is_refused_and_left_alone() {
    let azure = InProcessAzure::new();
    let state = azure.folder().join("../state.json");
    let half = r#"{"layout": 1, "wor"#;
    std::fs::write(&state, half).expect("written");
    let run = azure.run(format!("apim show {APIM}"));
    assert!(run.error(1).contains("state.json"), "{run}");
    assert_eq!(std::fs::read_to_string(&state).expect("still there"), half);
}

#[test]
fn each_answered_request_is_a_line_of_the_log() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    azure.ok(format!("apim show {APIM}"));
    azure.ok(format!("apic api create {CENTER} --api-id one --title One --type rest"));
    azure.run(format!("apic api show {CENTER} --api-id nobody")).error(3);
    azure.ok(format!("apim api export {APIM} --api-id my-api --export-format OpenApiJsonFile -f out.json"));
    let lines = azure.log("log.jsonl");
    let seen: Vec<(u64, &str, u64)> = lines
        .iter()
        .map(|line| {
            let text = |member: &str| line[member].as_str().unwrap_or_default();
            (line["n"].as_u64().expect("n"), text("method"), line["status"].as_u64().expect("a status"))
        })
        .collect();
    assert_eq!(seen, [(1, "GET", 200), (2, "PUT", 200), (3, "GET", 404), (4, "GET", 200), (5, "GET", 200)]);
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
fn a_plan_needs_a_center_and_grows_with_the_apis() {
    let many = Azure::start_with("--apis 151");
    assert_eq!(many.json(format!("apic show {CENTER} --query sku.name")), "Standard");
    let sample = Azure::start();
    assert_eq!(sample.json(format!("apic show {CENTER} --query sku.name")), "Free");
    assert!(sample.run("emulator start --plan standard").error(2).contains("--plan"));
    assert_eq!(sample.run("emulator start --version-sets").code, Some(2));
    assert_eq!(sample.run("emulator start --sample --plan gold").code, Some(2));
}
