//! `-o wide`: tables with more columns for lists of APIs.

use serde_json::json;

use crate::support::{APIM, Azure, CENTER};

/// The lines of a table, without the spaces at their ends.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).collect()
}

#[test]
fn apis_of_a_center_have_counts() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    azure.ok(format!("apic api create {CENTER} --api-id bare --title Bare --type soap -o none"));
    let run = azure.ok(format!("apic api list {CENTER} -o wide"));
    let lines = lines(run.stdout());
    let words = |line: &str| {
        line.split("  ").map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let columns = words(lines[0]);
    let expected = ["Name", "Title", "Kind", "Stage", "Versions", "Definitions", "Deployments", "Updated"];
    assert_eq!(columns, expected, "{run}");
    let petstore = lines.iter().find(|line| line.starts_with("swagger-petstore")).expect("the sample's API");
    let cells = words(petstore);
    assert_eq!(cells[1..7], ["Swagger Petstore", "REST", "testing", "1", "1", "0"], "{run}");
    assert_eq!(cells[7].len(), "2026-11-24 14:25".len(), "{run}");
    let bare = lines.iter().find(|line| line.starts_with("bare")).expect("the new API");
    assert_eq!(words(bare)[3..6], ["0", "0", "0"], "{run}");
    // The list; versions and deployments of both APIs; definitions of the one version.
    let reads = azure.log("log.jsonl").iter().filter(|entry| entry["method"] == "GET").count();
    assert_eq!(reads, 6);
}

#[test]
fn a_query_sends_no_further_requests() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    let list = format!("apic api list {CENTER} --query [].name");
    assert_eq!(azure.ok(format!("{list} -o wide")).stdout(), azure.ok(format!("{list} -o table")).stdout());
    assert_eq!(azure.log("log.jsonl").len(), 2);
}

#[test]
fn a_refused_read_fails_the_list() {
    let rule = "GET */versions* status=403 code=Forbidden";
    let azure = Azure::start_with_args(&["--sample", "--faults", rule]);
    azure.run(format!("apic api list {CENTER} -o wide")).error(1);
    azure.ok(format!("apic api list {CENTER} -o table"));
}

#[test]
fn apis_of_api_management_have_version_and_revision() {
    let azure = Azure::start_with("--sample --apis 11 --version-sets");
    let run = azure.ok(format!("apim api list {APIM} -o wide"));
    let lines = lines(run.stdout());
    let columns: Vec<&str> = lines[0].split_whitespace().collect();
    let expected = [
        "Name",
        "Title",
        "Path",
        "Protocols",
        "Type",
        "Version",
        "VersionSet",
        "Revision",
        "Current",
        "KeyNeeded",
    ];
    assert_eq!(columns, expected, "{run}");
    let second = lines.iter().find(|line| line.starts_with("api-00011")).expect("an API of a set");
    let cells: Vec<&str> = second.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(
        cells[2..],
        ["synthetic/00010", "https", "http", "v2", "pair-00010", "1", "yes", "yes"],
        "{run}"
    );
}

#[test]
fn other_lists_have_the_ordinary_table() {
    let mut azure = Azure::start();
    for line in ["apic list -g myResourceGroup", "apim list -g myResourceGroup", "account list"] {
        let table = azure.ok(format!("{line} -o table"));
        assert_eq!(azure.ok(format!("{line} -o wide")).stdout(), table.stdout(), "{line}");
        assert_eq!(azure.ok(format!("{line} -o WIDE")).stdout(), table.stdout(), "{line}");
    }
    // The columns of az: members by their names, without nested ones.
    let table = azure.ok(format!("apic api list {CENTER} -o table"));
    let columns: Vec<&str> = table.stdout().lines().next().expect("a head").split_whitespace().collect();
    assert_eq!(
        columns,
        ["Description", "Kind", "LifecycleStage", "Name", "ResourceGroup", "Summary", "Title"]
    );
    azure.set("AZURE_CORE_OUTPUT", "wide");
    let wide = azure.ok(format!("apic api list {CENTER}"));
    assert!(wide.stdout().contains("Definitions"), "{wide}");
    assert_eq!(
        azure.json(format!("apic api list {CENTER} --query [].name -o json")),
        json!(["swagger-petstore"])
    );
}
