//! Lists in pieces: `--max-items` stops and says how to go on, `--next-token` goes on there.

use serde_json::Value;

use crate::support::{Azure, CENTER, strings};

/// The token in what a bounded list says on stderr.
fn token(stderr: &str) -> Option<&str> {
    stderr.lines().find_map(|line| line.split_once("Token of next page: ").map(|(_, token)| token.trim()))
}

#[test]
fn the_pieces_make_the_whole() {
    let azure = Azure::start();
    for number in 1..=4 {
        azure.ok(format!("apic api create {CENTER} --api-id api-{number} --title T --type rest"));
    }
    let list = format!("apic api list {CENTER} --query [].name");
    let whole = azure.json(&list);
    assert_eq!(strings(&whole).len(), 5);
    let mut pieces: Vec<Value> = Vec::new();
    let mut next = String::new();
    loop {
        let run = azure.ok(format!("{list} --max-items 2 {next}"));
        let piece = run.json();
        let names = piece.as_array().expect("a list").clone();
        assert!(names.len() <= 2 && !names.is_empty(), "{run}");
        pieces.extend(names);
        match token(&run.stderr) {
            Some(token) => next = format!("--next-token {token}"),
            None => break,
        }
        assert!(pieces.len() < 5, "the last piece still names a token: {run}");
    }
    assert_eq!(Value::Array(pieces), whole);
}

#[test]
fn a_list_that_fits_names_no_token() {
    let azure = Azure::start();
    let run = azure.ok(format!("apic api list {CENTER} --max-items 1"));
    assert_eq!((run.json().as_array().map(Vec::len), token(&run.stderr)), (Some(1), None));
}

#[test]
fn a_list_is_longer_than_a_page_of_the_service() {
    let azure = Azure::start();
    // The emulator's pages hold fifty.
    azure.write("body.json", r#"{"properties": {"title": "T", "kind": "rest"}}"#);
    let apis = "/subscriptions/{subscriptionId}/resourceGroups/myResourceGroup/providers/Microsoft.ApiCenter/services/myAPICenter/workspaces/default/apis";
    for number in 0..55 {
        azure.ok(format!("rest -m put -u {apis}/api-{number} -b @body.json"));
    }
    let names = azure.json(format!("apic api list {CENTER} --query [].name"));
    assert_eq!(strings(&names).len(), 56);
    let run = azure.ok(format!("apic api list {CENTER} --max-items 52 --query length(@)"));
    assert_eq!(run.text(), "52");
    let token = token(&run.stderr).unwrap_or_else(|| panic!("a token\n{run}"));
    let rest =
        azure.json(format!("apic api list {CENTER} --max-items 52 --next-token {token} --query [].name"));
    assert_eq!(strings(&rest), strings(&names)[52..]);
}

#[test]
fn a_token_that_is_none_is_refused() {
    let azure = Azure::start();
    azure.run(format!("apic api list {CENTER} --max-items 2 --next-token nonsense")).error(1);
    azure.run(format!("apic api list {CENTER} --next-token nonsense")).error(2);
    let foreign = r#"{"next_link": "https://elsewhere.example/x", "offset": 0}"#;
    azure.run(format!("apic api list {CENTER} --max-items 2 --next-token '{foreign}'")).error(1);
}
