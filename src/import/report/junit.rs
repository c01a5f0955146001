//! The report as `JUnit` XML, which the test views of pipelines read.

use std::fmt::Write as _;

use crate::import::report::{ApiResult, Status, count};

/// The document, for what the command `command` did.
pub fn render(command: &str, results: &[ApiResult]) -> String {
    let seconds: f64 = results.iter().map(|result| result.seconds).sum();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let (failed, skipped) = (count(results, Status::Failed), count(results, Status::Skipped));
    // Writing to a string cannot fail.
    let _ = writeln!(
        xml,
        "<testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" skipped=\"{skipped}\" time=\"{seconds:.3}\">",
        escaped(command),
        results.len()
    );
    for result in results {
        let _ = writeln!(xml, "{}", case(result));
    }
    xml.push_str("</testsuite>\n</testsuites>\n");
    xml
}

fn case(result: &ApiResult) -> String {
    let start = format!(
        "<testcase classname=\"{}\" name=\"{} ({})\" time=\"{:.3}\"",
        escaped(&result.kind),
        escaped(&result.name),
        escaped(&result.title),
        result.seconds
    );
    let reason = escaped(result.reason.as_deref().unwrap_or_default());
    match result.status {
        Status::Failed => format!("{start}><failure message=\"{reason}\"/></testcase>"),
        Status::Skipped => format!("{start}><skipped message=\"{reason}\"/></testcase>"),
        _ => format!("{start}/>"),
    }
}

/// A text as it may stand in an attribute; characters that no XML has are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\r' | '\t' => safe.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => safe.push(c),
        }
    }
    safe
}
