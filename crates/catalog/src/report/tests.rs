use std::path::Path;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use azr_core::error::Result;

fn one(name: &str, status: Status, reason: Option<&str>) -> ApiResult {
    ApiResult {
        name: name.to_owned(),
        title: format!("The <{name}> & \"others\" | more"),
        kind: "rest".to_owned(),
        status,
        sources: vec![name.to_owned()],
        versions: vec!["v1".to_owned(), "v2".to_owned()],
        seconds: 0.512_345,
        reason: reason.map(str::to_owned),
        notes: Vec::new(),
        origin: None,
    }
}

fn results() -> Vec<ApiResult> {
    vec![
        one("a", Status::Created, None),
        one("b", Status::Failed, Some("no\ngood \u{1}")),
        one("c", Status::Skipped, Some("too long")),
    ]
}

/// The content of a report file.
fn rendered(format: ReportFormat, results: &[ApiResult]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report");
    let mut writer = ReportWriter::create(&path, format).expect("started");
    for result in results {
        writer.add(result).expect("added");
    }
    writer.finish().expect("finished");
    std::fs::read(&path).expect("read")
}

fn text(format: ReportFormat, results: &[ApiResult]) -> String {
    String::from_utf8(rendered(format, results)).expect("UTF-8")
}

/// Writes a report file and reads it.
fn reread(bytes: &[u8]) -> Result<Vec<ApiResult>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("r.json");
    std::fs::write(&path, bytes).expect("written");
    read(&path)
}

#[test]
fn the_format_follows_the_extension() {
    for (file, format) in
        [("r.json", ReportFormat::Json), ("r.XML", ReportFormat::Junit), ("a/r.md", ReportFormat::Markdown)]
    {
        assert_eq!(ReportFormat::for_path(Path::new(file)).expect(file), format);
    }
    assert!(
        ReportFormat::for_path(Path::new("r.txt")).is_err()
            && ReportFormat::for_path(Path::new("r")).is_err()
    );
}

#[test]
fn the_word_of_a_status_is_the_one_in_json() {
    for status in Status::ALL {
        assert_eq!(json!(status), status.as_str());
    }
}

#[test]
fn json_has_one_api_per_line_in_a_stable_format() {
    let text = text(ReportFormat::Json, &results());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lines[2],
        r#"{"name":"b","title":"The <b> & \"others\" | more","kind":"rest","status":"failed","sources":["b"],"versions":["v1","v2"],"seconds":0.512,"reason":"no\ngood \u0001"},"#
    );
    assert!(!lines[1].contains("reason") && !lines[1].contains("notes"), "{}", lines[1]);
    assert_eq!(rendered(ReportFormat::Json, &[]), b"[\n]\n");
}

#[test]
fn a_report_replaces_the_file_when_it_is_finished() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("r.xml");
    std::fs::write(&path, "old").expect("written");
    let mut writer = ReportWriter::create(&path, ReportFormat::Junit).expect("started");
    writer.add(&one("a", Status::Created, None)).expect("added");
    assert_eq!(std::fs::read(&path).expect("read"), b"old");
    drop(writer);
    assert_eq!(std::fs::read(&path).expect("read"), b"old");
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1);
    ReportWriter::create(&path, ReportFormat::Junit).expect("started").finish().expect("finished");
    assert!(std::fs::read(&path).expect("read").starts_with(b"<?xml"));
    assert!(ReportWriter::create(&folder.path().join("no/r.md"), ReportFormat::Markdown).is_err());
}

#[test]
fn an_invalid_report_is_refused_with_its_line() {
    let good = rendered(ReportFormat::Json, &results());
    assert_eq!(reread(&good).expect("a report").len(), 3);
    assert_eq!(reread(&[b"\xef\xbb\xbf", &good[..]].concat()).expect("with a mark").len(), 3);
    assert_eq!(reread(b"[\n]\n").expect("an empty one"), []);
    let old = String::from_utf8(good).expect("UTF-8");
    for (from, to, message) in [
        ("\"skipped\"", "\"done\"", "line 4: not a valid report: unknown variant `done`"),
        ("\"status\":\"failed\",", "", "line 3: not a valid report: missing field `status`"),
        ("\"name\":\"a\"", "\"name\":\"\"", "line 2: not a valid report: an API without a name"),
        ("0.512", "-1", "line 2: not a valid report: -1 is not a valid duration in seconds"),
        ("\"seconds\"", "\"minutes\"", "line 2: not a valid report: unknown field `minutes`"),
        ("}\n]\n", "}", "line 4: not valid JSON: EOF while parsing"),
        ("[\n", "", "line 1: not a valid report: invalid type: map"),
    ] {
        let error = reread(old.replacen(from, to, 1).as_bytes());
        let error = error.expect_err(message).to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn the_later_result_counts_unless_it_was_skipped() {
    use Status::{Created, Failed, Skipped, Unchanged, Updated};
    for (first, second, counts) in [
        (Created, Skipped, Created),
        (Skipped, Failed, Failed),
        (Failed, Created, Created),
        (Created, Failed, Failed),
        (Updated, Unchanged, Unchanged),
        (Skipped, Skipped, Skipped),
    ] {
        let later = one("A", second, Some("later"));
        let merged = merge([vec![one("a", first, None), one("b", Created, None)], vec![later]]);
        assert_eq!(merged.iter().map(|r| r.status).collect::<Vec<_>>(), [counts, Created]);
        let is_later = merged[0].reason.is_some();
        assert_eq!(is_later, !(first == Created && second == Skipped), "{first:?} {second:?}");
    }
}

#[test]
fn junit_has_what_ci_systems_show() {
    let text = text(ReportFormat::Junit, &results());
    let document = roxmltree::Document::parse(&text).expect("XML");
    let suite = document.descendants().find(|n| n.has_tag_name("testsuite")).expect("a suite");
    let counts = ["tests", "failures", "errors", "skipped", "time"].map(|name| suite.attribute(name));
    assert_eq!(counts, [Some("3"), Some("1"), Some("0"), Some("1"), Some("1.537")]);
    let case = document.descendants().find(|n| n.has_tag_name("testcase")).expect("a case");
    let attributes = ["classname", "name", "time"].map(|name| case.attribute(name));
    assert_eq!(attributes, [Some("azr.apic.rest"), Some("a (The <a> & \"others\" | more)"), Some("0.512")]);
    let failure = document.descendants().find(|n| n.has_tag_name("failure")).expect("a failure");
    assert_eq!(failure.attribute("message"), Some("no good \u{fffd}"));
    assert_eq!(failure.text(), Some("no\ngood \u{fffd}\nsources: b\nversions: v1, v2"));
    let skipped = document.descendants().find(|n| n.has_tag_name("skipped")).expect("a skipped one");
    assert_eq!(skipped.attribute("message"), Some("too long"));
}

#[test]
fn markdown_has_failures_first() {
    let text = text(ReportFormat::Markdown, &results());
    assert!(text.starts_with("### APIs: 1 failed, 1 created, 1 skipped\n"), "{text}");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 4);
    assert!(rows[1].starts_with("| failed | b |") && rows[1].ends_with("| no good   |"), "{}", rows[1]);
    assert!(rows[2].contains("The &lt;a> &amp; \"others\" \\| more"), "{}", rows[2]);
    assert!(!text.contains("<details>"));
    assert!(self::text(ReportFormat::Markdown, &[]).starts_with("### No APIs\n"));
}

#[test]
fn many_apis_that_did_not_fail_are_collapsed() {
    let mut many: Vec<ApiResult> = (0..60).map(|n| one(&format!("api-{n}"), Status::Created, None)).collect();
    many.push(one("z", Status::Failed, Some("a cause")));
    let text = text(ReportFormat::Markdown, &many);
    let (expanded, collapsed) =
        text.split_once("<details><summary>60 that did not fail</summary>\n\n").expect("collapsed");
    assert!(expanded.contains("| failed | z |") && !expanded.contains("api-1"), "{expanded}");
    assert!(
        collapsed.contains("| created | api-59 |") && collapsed.ends_with("\n</details>\n"),
        "{collapsed}"
    );
}

#[test]
fn markdown_stays_below_the_limit_and_counts_what_it_omits() {
    let cause = "x".repeat(5000);
    for (failed, created) in [(400, 20_000), (2000, 10), (0, 20_000)] {
        let fail = (0..failed).map(|n| one(&format!("f{n}"), Status::Failed, Some(&cause)));
        let create = (0..created).map(|n| one(&format!("c{n}"), Status::Created, None));
        let text = text(ReportFormat::Markdown, &fail.chain(create).collect::<Vec<_>>());
        assert!(text.len() < 1 << 20, "{}", text.len());
        let shown = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
        let omitted = |what: &str| {
            let line = text.lines().find(|line| line.contains(&format!("more {what} are omitted")));
            line.map_or(0, |line| line.split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0))
        };
        assert_eq!(shown("| failed |") + omitted("that failed"), failed);
        assert_eq!(shown("| created |") + omitted("that did not fail"), created);
        assert!(text.contains(&format!("{created} created")));
    }
}

/// A text with everything that could break a format.
fn any_text() -> impl Strategy<Value = String> {
    let char = prop_oneof![
        any::<char>(),
        proptest::char::range('\0', '\u{9f}'),
        prop::sample::select(vec!['\u{fffe}', '\u{ffff}', ']', '>', '|', '\n', '\r', '&', '"']),
    ];
    prop::collection::vec(char, 0..20).prop_map(String::from_iter)
}

fn any_result() -> impl Strategy<Value = ApiResult> {
    let status = prop::sample::select(Status::ALL.to_vec());
    (any_text(), any_text(), any_text(), prop::option::of(any_text()), status, 0.0..1e6).prop_map(
        |(name, title, kind, reason, status, seconds)| ApiResult {
            name: format!("n{name}"),
            title,
            kind,
            status,
            sources: Vec::new(),
            versions: Vec::new(),
            seconds,
            reason,
            notes: Vec::new(),
            origin: None,
        },
    )
}

/// A text after writing and parsing it as XML: excluded characters are replaced, carriage returns are line feeds.
fn through_xml(text: &str) -> String {
    let parsed = |c| match c {
        '\r' => '\n',
        '\t' | '\n' => c,
        c if azr_core::text::is_unsafe_to_show(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
        c => c,
    };
    text.chars().map(parsed).collect()
}

proptest! {
    #[test]
    fn json_is_read_as_it_was_written(results in prop::collection::vec(any_result(), 0..6)) {
        let text = rendered(ReportFormat::Json, &results);
        let back = reread(&text).expect("a report");
        prop_assert_eq!(String::from_utf8_lossy(&text).lines().count(), results.len() + 2);
        prop_assert_eq!(back.len(), results.len());
        for (back, result) in back.iter().zip(&results) {
            prop_assert!((back.seconds - result.seconds).abs() <= 0.0005);
            prop_assert_eq!(&ApiResult { seconds: result.seconds, ..back.clone() }, result);
        }
    }

    #[test]
    fn junit_is_always_valid_xml(results in prop::collection::vec(any_result(), 0..6)) {
        let text = text(ReportFormat::Junit, &results);
        let document = roxmltree::Document::parse(&text).expect("XML");
        let cases: Vec<_> = document.descendants().filter(|n| n.has_tag_name("testcase")).collect();
        prop_assert_eq!(cases.len(), results.len());
        for (case, result) in cases.iter().zip(&results) {
            let name = through_xml(&format!("{} ({})", result.name, result.title)).replace(['\n', '\t'], " ");
            prop_assert_eq!(case.attribute("name"), Some(&*name));
            if result.status == Status::Failed {
                let failure = case.first_element_child().expect("a failure");
                let cause = through_xml(result.reason.as_deref().unwrap_or_default());
                prop_assert_eq!(failure.text().unwrap_or_default(), cause);
            }
        }
    }

    #[test]
    fn markdown_always_has_the_same_number_of_cells(results in prop::collection::vec(any_result(), 0..6)) {
        let text = text(ReportFormat::Markdown, &results);
        let rows: Vec<&str> = text.split('\n').filter(|line| line.starts_with("| ")).collect();
        prop_assert_eq!(rows.len(), results.len() + 1);
        for row in rows {
            prop_assert_eq!(row.replace("\\\\", "").replace("\\|", "").matches('|').count(), 7);
        }
    }
}

#[test]
fn a_report_says_what_it_is_about() {
    let folder = tempfile::tempdir().expect("a folder");
    let render = |format, run_url: Option<&str>| {
        let path = folder.path().join("r");
        let mut writer = ReportWriter::create(&path, format).expect("started");
        writer.set_heading(ReportHeading {
            subject: "Import from <apim> into center".to_owned(),
            time: "2026-11-27 13:53 UTC".to_owned(),
            run_url: run_url.map(str::to_owned),
        });
        writer.add(&one("a", Status::Created, None)).expect("added");
        writer.finish().expect("finished");
        std::fs::read_to_string(&path).expect("text")
    };
    let markdown = render(ReportFormat::Markdown, Some("https://github.com/o/r/actions/runs/7"));
    let line = "\n\nImport from &lt;apim> into center · 2026-11-27 13:53 UTC · [run](https://github.com/o/r/actions/runs/7)\n\n|";
    assert!(markdown.contains(line), "{markdown}");
    assert!(!render(ReportFormat::Markdown, Some("https://x/)[y](z")).contains("[run]"));
    let junit = render(ReportFormat::Junit, None);
    assert!(
        junit.contains("<testsuite name=\"azr apic: Import from &lt;apim&gt; into center\" tests=\"1\""),
        "{junit}"
    );
    assert!(render(ReportFormat::Json, None).starts_with("[\n{\"name\":\"a\""), "programs read it");
}

#[test]
fn junit_has_the_notes_of_apis_that_passed() {
    let noted = ApiResult { notes: vec!["shortened <it>".to_owned()], ..one("a", Status::Created, None) };
    let text = text(ReportFormat::Junit, &[noted]);
    assert!(text.contains("\"><system-out>shortened &lt;it&gt;</system-out></testcase>\n"), "{text}");
}
