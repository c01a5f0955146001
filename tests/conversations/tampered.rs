//! Conversations with one place changed: each must be found, and shown.

use serde_json::{Value, json};

use crate::{case, replay};

/// What is reported of a conversation that passes as it is, after a change.
fn problems_after(group: &str, name: &str, change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut case = case::read_group(group).remove(name).expect("a conversation of this name");
    assert_eq!(replay::replay(&case), Vec::<String>::new());
    change(&mut case);
    replay::replay(&case)
}

/// Checks that one problem is reported, with these texts in it.
fn assert_problem(problems: &[String], texts: &[&str]) {
    let [problem] = problems else { panic!("expected one problem, not {problems:#?}") };
    for text in texts {
        assert!(problem.contains(text), "expected {text:?} in:\n{problem}");
    }
}

/// The same for `apic api update --custom-properties`, which sends a read and a write.
fn problems_of_update(change: impl FnOnce(&mut Value)) -> Vec<String> {
    problems_after("apic_api", "apic_api_crud_10", change)
}

#[test]
fn another_body() {
    let problems = problems_of_update(|case| {
        case["exchanges"][1]["body"]["properties"]["customProperties"]["publicFacing"] = json!(false);
    });
    assert_problem(
        &problems,
        &["the body differs", "\n-       \"publicFacing\": false\n+       \"publicFacing\": true\n"],
    );
}

#[test]
fn another_path() {
    let problems = problems_of_update(|case| {
        let request =
            case["exchanges"][1]["request"].as_str().expect("a request").replace("/echo?", "/other?");
        case["exchanges"][1]["request"] = request.into();
    });
    assert!(problems[0].starts_with("unexpected request: PUT "), "{problems:#?}");
    assert!(problems.last().is_some_and(|last| last.starts_with("not sent: PUT ")), "{problems:#?}");
}

#[test]
fn another_method() {
    let problems = problems_of_update(|case| {
        let request = case["exchanges"][1]["request"].as_str().expect("a request").replace("PUT ", "PATCH ");
        case["exchanges"][1]["request"] = request.into();
    });
    assert!(problems[0].starts_with("unexpected request: PUT "), "{problems:#?}");
    assert!(problems.last().is_some_and(|last| last.starts_with("not sent: PATCH ")), "{problems:#?}");
}

#[test]
fn a_write_that_is_not_sent() {
    let problems = problems_of_update(|case| {
        let mut another = case["exchanges"][1].clone();
        another["request"] = json!("DELETE /subscriptions/0?api-version=1");
        case["exchanges"].as_array_mut().expect("a list").push(another);
    });
    assert_problem(&problems, &["not sent: DELETE /subscriptions/0"]);
}

#[test]
fn writes_in_another_order() {
    let problems = problems_of_update(|case| {
        let mut another = case["exchanges"][1].clone();
        another["request"] = json!("DELETE /subscriptions/0?api-version=1");
        case["exchanges"].as_array_mut().expect("a list").insert(0, another);
    });
    assert!(problems[0].contains("echo comes before DELETE /subscriptions/0"), "{problems:#?}");
}

#[test]
fn another_filter() {
    let problems = problems_after("apic_api", "apic_api_crud_07", |case| {
        let request = case["exchanges"][0]["request"].as_str().expect("a request").replace("rest", "soap");
        case["exchanges"][0]["request"] = request.into();
    });
    assert_problem(&problems, &["stdout differs"]);
}

#[test]
fn another_output() {
    let problems = problems_of_update(|case| case["stdout"]["title"] = json!("Other"));
    assert_problem(&problems, &["stdout differs", "\n-   \"title\": \"Other\",\n+   \"title\": \"Echo\",\n"]);
}

#[test]
fn another_line_of_a_table() {
    let problems = problems_after("apic_api", "apic_api_crud_05", |case| case["lines"][0] = json!("Title"));
    assert_problem(&problems, &["stdout differs", "\n- Title\n+ Kind "]);
}

#[test]
fn another_exit_code() {
    let problems = problems_after("identity", "identity_07", |case| case["exit"] = json!(4));
    assert_problem(&problems, &["the exit code is Some(3), expected 4"]);
    let problems = problems_after("identity", "identity_06", |case| case["exit"] = json!(null));
    assert_problem(&problems, &["the exit code is Some(0), expected any but 0"]);
}

#[test]
fn another_content_of_a_file() {
    let problems = problems_after("apim_api_export", "apim_api_export_file_03", |case| {
        case["files"]["my-api_openapi.yaml"] = json!("openapi: 3.0.1\n");
    });
    assert_problem(&problems, &["the file my-api_openapi.yaml differs", "\n+ # a comment\n"]);
}

#[test]
fn a_file_that_is_not_written() {
    let problems = problems_after("apim_api_export", "apim_api_export_file_03", |case| {
        case["files"]["other.yaml"] = json!("");
    });
    assert_problem(&problems, &["expected {\"my-api_openapi.yaml\", \"other.yaml\"}"]);
}

#[test]
fn a_file_that_is_not_expected() {
    let problems =
        problems_after("apim_api_export", "apim_api_export_file_03", |case| case["files"] = json!({}));
    assert_problem(&problems, &["the folder has the files {\"my-api_openapi.yaml\"}, expected {}"]);
}
