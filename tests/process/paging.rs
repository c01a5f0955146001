//! `--max-items` limits a list and prints the token of the next page; `--next-token` continues there.

use serde_json::Value;

use crate::support::{APIM, Azure, CENTER, Proxy, strings};

/// The token of the next page on stderr.
fn next_token(stderr: &str) -> Option<&str> {
    stderr.lines().find_map(|line| line.split_once("Token of next page: ").map(|(_, token)| token.trim()))
}

#[test]
fn all_pages_together_are_the_list() {
    let azure = Azure::start();
    for number in 1..=4 {
        azure.ok(format!("apic api create {CENTER} --api-id api-{number} --title T --type rest"));
    }
    let list = format!("apic api list {CENTER} --query [].name");
    let complete = azure.json(&list);
    assert_eq!(strings(&complete).len(), 5);
    let mut pages: Vec<Value> = Vec::new();
    let mut next = String::new();
    loop {
        let run = azure.ok(format!("{list} --max-items 2 {next}"));
        let page = run.json();
        let names = page.as_array().expect("a list").clone();
        assert!(names.len() <= 2 && !names.is_empty(), "{run}");
        pages.extend(names);
        match next_token(&run.stderr) {
            Some(token) => next = format!("--next-token {token}"),
            None => break,
        }
        assert!(pages.len() < 5, "the last page has a token: {run}");
    }
    assert_eq!(Value::Array(pages), complete);
}

#[test]
fn a_list_within_the_limit_has_no_token() {
    let azure = Azure::start();
    let run = azure.ok(format!("apic api list {CENTER} --max-items 1"));
    assert_eq!((run.json().as_array().map(Vec::len), next_token(&run.stderr)), (Some(1), None));
}

#[test]
fn a_list_is_longer_than_a_page_of_the_service() {
    let azure = Azure::start();
    // A page of the emulator has fifty items.
    azure.write("body.json", r#"{"properties": {"title": "T", "kind": "rest"}}"#);
    let apis = "/subscriptions/{subscriptionId}/resourceGroups/myResourceGroup/providers/Microsoft.ApiCenter/services/myAPICenter/workspaces/default/apis";
    for number in 0..55 {
        azure.ok(format!("rest -m put -u {apis}/api-{number} -b @body.json"));
    }
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(strings(&names).len(), 56);
    let run = azure.ok(format!("apic api list {CENTER} --max-items 52 --query length(@)"));
    assert_eq!(run.text(), "52");
    let token = next_token(&run.stderr).unwrap_or_else(|| panic!("a token\n{run}"));
    let rest =
        azure.json(format!("apic api list {CENTER} --max-items 52 --next-token {token} --query [].name"));
    assert_eq!(strings(&rest), strings(&names)[52..]);
}

#[test]
fn a_token_alone_lists_the_rest() {
    let azure = Azure::start();
    azure.ok(format!("apic api create {CENTER} --api-id api-two --title Two --type rest"));
    let list = format!("apic api list {CENTER} --query [].name");
    let complete = azure.json(&list);
    let first = azure.ok(format!("{list} --max-items 1"));
    let token = next_token(&first.stderr).unwrap_or_else(|| panic!("a token\n{first}"));
    assert_eq!(strings(&azure.json(format!("{list} --next-token {token}"))), strings(&complete)[1..]);
}

#[test]
fn an_invalid_token_is_refused() {
    let azure = Azure::start();
    azure.run(format!("apic api list {CENTER} --max-items 2 --next-token nonsense")).error(1);
    azure.run(format!("apic api list {CENTER} --next-token nonsense")).error(1);
    let foreign = r#"{"next_link": "https://elsewhere.example/x", "offset": 0}"#;
    azure.run(format!("apic api list {CENTER} --max-items 2 --next-token '{foreign}'")).error(1);
}

#[test]
fn a_list_that_is_too_long_says_how_to_read_it_in_parts() {
    let mut azure = Azure::start();
    let proxy =
        Proxy::start(azure.endpoint(), |_, _| (200, br#"{"value":[{"name":"a"}],"count":2000000}"#.to_vec()));
    azure.set("AZR_ARM_ENDPOINT", &proxy.url);
    for (command, options) in [("apic api list", "--max-items N"), ("apim api list", "--top N and --skip N")]
    {
        let scope = if command.starts_with("apim") { APIM } else { CENTER };
        let run = azure.run(format!("{command} {scope}"));
        assert!(run.error(1).contains("the list has more than"), "{run}");
        assert!(run.stderr.contains(&format!("Hint: Read the list in parts: {options}")), "{run}");
    }
}
