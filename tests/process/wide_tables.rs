//! `-o wide`: tables of azr's own, for lists of APIs.

use serde_json::json;

use crate::support::{APIM, Azure, CENTER};

/// The lines of a table, without the spaces at their ends.
fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).collect()
}

#[test]
fn apis_of_a_center_come_with_their_counts() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    azure.ok(format!("apic api create {CENTER} --api-id bare --title Bare --type soap -o none"));
    let run = azure.ok(format!("apic api list {CENTER} -o wide"));
    let lines = lines(run.stdout());
    let words = |line: &str| {
        line.split("  ").map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let heads = words(lines[0]);
    let wanted = ["Name", "Title", "Kind", "Stage", "Versions", "Definitions", "Deployments", "Updated"];
    assert_eq!(heads, wanted, "{run}");
    let petstore = lines.iter().find(|line| line.starts_with("swagger-petstore")).expect("the sample's API");
    let cells = words(petstore);
    assert_eq!(cells[1..7], ["Swagger Petstore", "REST", "testing", "1", "1", "0"], "{run}");
    assert_eq!(cells[7].len(), "2026-11-24 14:25".len(), "{run}");
    let bare = lines.iter().find(|line| line.starts_with("bare")).expect("the new API");
    assert_eq!(words(bare)[3..6], ["0", "0", "0"], "{run}");
    // The list; versions and deployments of both; definitions of the one version.
    let reads = azure.log("log.jsonl").iter().filter(|entry| entry["method"] == "GET").count();
    assert_eq!(reads, 6);
}

#[test]
fn what_a_query_asks_for_costs_no_requests() {
    let azure = Azure::start_with("--sample --log log.jsonl");
    let list = format!("apic api list {CENTER} --query [].name");
    assert_eq!(azure.ok(format!("{list} -o wide")).stdout(), azure.ok(format!("{list} -o table")).stdout());
    assert_eq!(azure.log("log.jsonl").len(), 2);
}

#[test]
fn a_center_that_does_not_answer_fails_the_list() {
    let rule = "GET */versions* status=403 code=Forbidden";
    let azure = Azure::start_with_args(&["--sample", "--faults", rule]);
    azure.run(format!("apic api list {CENTER} -o wide")).error(1);
    azure.ok(format!("apic api list {CENTER} -o table"));
}

#[test]
fn apis_of_api_management_come_with_what_tells_them_apart() {
    let azure = Azure::start_with("--sample --apis 11 --version-sets");
    let run = azure.ok(format!("apim api list {APIM} -o wide"));
    let lines = lines(run.stdout());
    let heads: Vec<&str> = lines[0].split_whitespace().collect();
    let wanted = [
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
    assert_eq!(heads, wanted, "{run}");
    let second = lines.iter().find(|line| line.starts_with("api-00011")).expect("an API of a set");
    let cells: Vec<&str> = second.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(
        cells[2..],
        ["synthetic/00010", "https", "http", "v2", "pair-00010", "1", "yes", "yes"],
        "{run}"
    );
}

#[test]
fn elsewhere_it_is_the_table_and_the_table_is_as_it_was() {
    let mut azure = Azure::start();
    for line in ["apic list -g myResourceGroup", "apim list -g myResourceGroup", "account list"] {
        let table = azure.ok(format!("{line} -o table"));
        assert_eq!(azure.ok(format!("{line} -o wide")).stdout(), table.stdout(), "{line}");
        assert_eq!(azure.ok(format!("{line} -o WIDE")).stdout(), table.stdout(), "{line}");
    }
    // az's columns: members by their names, what is nested left out.
    let table = azure.ok(format!("apic api list {CENTER} -o table"));
    let heads: Vec<&str> = table.stdout().lines().next().expect("a head").split_whitespace().collect();
    assert_eq!(heads, ["Description", "Kind", "LifecycleStage", "Name", "ResourceGroup", "Summary", "Title"]);
    azure.set("AZURE_CORE_OUTPUT", "wide");
    let wide = azure.ok(format!("apic api list {CENTER}"));
    assert!(wide.stdout().contains("Definitions"), "{wide}");
    assert_eq!(
        azure.json(format!("apic api list {CENTER} --query [].name -o json")),
        json!(["swagger-petstore"])
    );
}
