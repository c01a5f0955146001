//! `apic report merge`: the reports of several runs are merged into one.

use serde_json::{Value, json};

use crate::client_import;
use crate::support::{Azure, Sandbox};

/// A report on APIs, each with a status.
fn report(apis: &[(&str, &str)]) -> String {
    let line = |(name, status): &(&str, &str)| {
        let api = json!({"name": name, "title": name.to_uppercase(), "kind": "rest", "status": status,
                         "sources": [name], "versions": ["v1"], "seconds": 0.25, "reason": "a cause"});
        api.to_string()
    };
    format!("[\n{}\n]\n", apis.iter().map(line).collect::<Vec<_>>().join(",\n"))
}

/// Each API of a list with its status.
fn statuses(list: &Value) -> Vec<(&str, &str)> {
    fn text<'a>(api: &'a Value, member: &str) -> &'a str {
        api[member].as_str().unwrap_or_else(|| panic!("no {member}: {api}"))
    }
    let apis = list.as_array().unwrap_or_else(|| panic!("not a list: {list}")).iter();
    apis.map(|api| (text(api, "name"), text(api, "status"))).collect()
}

#[test]
fn the_reports_of_shards_are_merged() {
    let azure = Azure::start();
    client_import::import(&azure, "--apim-apis 'w*' --report 1.json").expect_success();
    client_import::import(&azure, "--apim-apis '!w*' --report 2.json").expect_success();
    let run = azure.ok("apic report merge 1.json 2.json --report all.json");
    assert!(run.stderr.contains("Report written to all.json"), "{run}");
    let summary = run.json();
    assert_eq!((&summary["created"], &summary["failed"]), (&json!(11), &json!(0)));
    let written: Value = serde_json::from_slice(&azure.read("all.json")).expect("JSON");
    let names: Vec<&str> = statuses(&written).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names[..3], ["warehouse", "weather", "concierge"]);
    assert!(names.ends_with(&["museum", "my-api", "orders", "stock", "ticker", "unicode"]), "{names:?}");
    assert!(written.as_array().expect("a list").iter().all(|api| api["seconds"].is_f64()));
    assert_eq!(azure.ok("apic report merge all.json --report again.json").json(), summary);
    assert_eq!(azure.read("again.json"), azure.read("all.json"));
}

#[test]
fn a_failure_in_any_report_sets_the_exit_code() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("1.json", report(&[("a", "created"), ("b", "failed"), ("c", "skipped")]));
    sandbox.write("2.json", report(&[("a", "skipped"), ("C", "failed")]));
    let run = sandbox.run("apic report merge 1.json 2.json --report all.md");
    assert_eq!(run.code, Some(4), "{run}");
    assert!(run.stderr.contains("ERROR: 2 of 3 failed"), "{run}");
    let summary = run.json();
    assert_eq!(
        (&summary["created"], &summary["failed"], &summary["skipped"]),
        (&json!(1), &json!(2), &json!(0))
    );
    assert_eq!(statuses(&summary["problems"]), [("b", "failed"), ("C", "failed")]);
    assert_eq!(summary["problems"][0]["reason"], "a cause");
    let table = sandbox.run("apic report merge 1.json 2.json -o table");
    assert_eq!(table.stdout().lines().count(), 5, "{table}");
    let markdown = String::from_utf8(sandbox.read("all.md")).expect("text");
    assert!(markdown.starts_with("### APIs: 2 failed, 1 created\n"), "{markdown}");
    sandbox.write("3.json", report(&[("b", "updated"), ("c", "created")]));
    let fixed = sandbox.ok("apic report merge 1.json 2.json 3.json --report all.xml").json();
    let counts = ["created", "updated", "failed"].map(|status| &fixed[status]);
    assert_eq!((counts, &fixed["problems"]), ([&json!(2), &json!(1), &json!(0)], &json!([])));
    let xml = String::from_utf8(sandbox.read("all.xml")).expect("text");
    let document = roxmltree::Document::parse(&xml).expect("XML");
    assert_eq!(document.descendants().filter(|n| n.has_tag_name("testcase")).count(), 3);
}

#[test]
fn an_invalid_report_is_one_error_and_nothing_is_written() {
    let sandbox = Sandbox::new(&[]);
    sandbox.write("good.json", report(&[("a", "created")]));
    sandbox.write("bad.json", report(&[("a", "created"), ("b", "done")]));
    sandbox.write("text.json", "hello\n");
    let merge = |rest: &str| sandbox.run(format!("apic report merge good.json {rest} --report all.json"));
    let bad = merge("bad.json");
    assert!(bad.error(1).starts_with("bad.json, line 3: not a valid report: unknown variant `done`"));
    assert!(merge("text.json").error(1).starts_with("text.json, line 1: not valid JSON"));
    assert!(merge("nowhere.json").error(1).starts_with("cannot read nowhere.json"));
    assert_eq!(sandbox.files(), ["bad.json", "good.json", "text.json"]);
    let other_extension = sandbox.run("apic report merge good.json --report all.txt");
    assert!(other_extension.error(1).contains("all.txt"), "{other_extension}");
    let folder = sandbox.run("apic report merge good.json --report no/all.md");
    assert!(folder.error(1).contains("no/all.md"), "{folder}");
    assert_eq!(sandbox.run("apic report merge").code, Some(2));
}
