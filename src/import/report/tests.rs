use super::*;

fn results() -> Vec<ApiResult> {
    let one = |name: &str, status, reason: Option<&str>| ApiResult {
        name: name.to_owned(),
        title: format!("The <{name}> & \"others\" | more"),
        kind: "rest".to_owned(),
        sources: vec![name.to_owned()],
        versions: vec!["v1".to_owned(), "v2".to_owned()],
        notes: Vec::new(),
        status,
        reason: reason.map(str::to_owned),
        seconds: 0.5,
    };
    vec![
        one("a", Status::Created, None),
        one("b", Status::Failed, Some("no\ngood \u{1}")),
        one("c", Status::Skipped, Some("too long")),
    ]
}

#[test]
fn the_summary_counts_and_lists() {
    let summary = summary(&results());
    let counts: Vec<u64> = Status::ALL.iter().map(|s| summary[s.word()].as_u64().unwrap_or(99)).collect();
    assert_eq!(counts, [1, 0, 0, 0, 1, 1]);
    assert_eq!(summary["apis"][1]["reason"], "no\ngood \u{1}");
    assert_eq!(summary["apis"][0]["versions"], json!(["v1", "v2"]));
}

#[test]
fn the_form_follows_the_ending() {
    for (file, form) in [("r.json", Form::Json), ("r.XML", Form::Junit), ("a/r.md", Form::Markdown)] {
        assert_eq!(Form::of(Path::new(file)).expect(file), form);
    }
    assert!(Form::of(Path::new("r.txt")).is_err() && Form::of(Path::new("r")).is_err());
}

#[test]
fn json_has_one_api_a_line() {
    let text = String::from_utf8(Form::Json.render(&results())).expect("text");
    assert_eq!(text.lines().count(), 5);
    let list: Vec<Value> = serde_json::from_str(&text).expect("a list");
    assert_eq!(list[2]["status"], "skipped");
}

#[test]
fn junit_is_well_formed_xml() {
    let text = String::from_utf8(Form::Junit.render(&results())).expect("text");
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document.descendants().find(|n| n.has_tag_name("testsuite")).expect("a suite");
    let counts = ["tests", "failures", "skipped"].map(|name| suite.attribute(name));
    assert_eq!(counts, [Some("3"), Some("1"), Some("1")]);
    let failure = document.descendants().find(|n| n.has_tag_name("failure")).expect("a failure");
    assert_eq!(failure.attribute("message"), Some("no good "));
}

#[test]
fn markdown_has_one_api_a_row() {
    let text = String::from_utf8(Form::Markdown.render(&results())).expect("text");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 4);
    assert!(rows[1].contains("The &lt;a> &amp; \"others\" \\| more"), "{}", rows[1]);
}
