//! The report as `JUnit` XML, which CI systems show as test results.
//!
//! It has what Azure DevOps ("Publish Test Results") and the reporters for GitHub Actions show: counts and `time` of the
//! suite; `classname`, `name` and `time` of a case; the message and the text of a failure.

use std::fmt::Write as _;
use std::io::{self, SeekFrom};

use super::exporter::{ReportExporter, SeekableWrite};
use super::heading::ReportHeading;
use super::types::{ApiResult, Status};
use azr_core::text::is_unsafe_to_show;

/// The length of the suite's start tag in bytes. It is overwritten at the end, when its counts are known.
const START_TAG_LENGTH: usize = 512;

/// The maximum length of the suite's name in bytes, so that it fits into the start tag.
const MAX_NAME_BYTES: usize = 256;

/// The largest duration that is written, so that the number fits into the start tag.
const MAX_SECONDS: f64 = 1e12;

/// Writes `JUnit` XML.
#[derive(Default)]
pub(super) struct JunitExporter {
    /// The position of the suite's start tag.
    start_tag_position: u64,
    cases: usize,
    failed: usize,
    skipped: usize,
    seconds: f64,
    subject: String,
}

impl ReportExporter for JunitExporter {
    fn begin(&mut self, out: &mut dyn SeekableWrite) -> io::Result<()> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")?;
        self.start_tag_position = out.stream_position()?;
        out.write_all(self.start_tag().as_bytes())
    }

    fn set_heading(&mut self, heading: ReportHeading) {
        self.subject = heading.subject;
    }

    fn add(&mut self, result: &ApiResult, out: &mut dyn SeekableWrite) -> io::Result<()> {
        self.cases += 1;
        self.failed += usize::from(result.status == Status::Failed);
        self.skipped += usize::from(result.status == Status::Skipped);
        self.seconds += result.seconds;
        out.write_all(test_case(result).as_bytes())
    }

    fn finish(&mut self, out: &mut dyn SeekableWrite) -> io::Result<()> {
        out.write_all(b"</testsuite>\n</testsuites>\n")?;
        out.seek(SeekFrom::Start(self.start_tag_position))?;
        out.write_all(self.start_tag().as_bytes())?;
        out.seek(SeekFrom::End(0)).map(drop)
    }
}

impl JunitExporter {
    /// The name of the suite, escaped: it tells the suites of several imports apart.
    fn suite_name(&self) -> String {
        if self.subject.is_empty() {
            return "azr apic".to_owned();
        }
        let mut name = "azr apic: ".to_owned();
        for char in self.subject.chars() {
            let escaped = attribute_text(char.encode_utf8(&mut [0; 4]));
            if name.len() + escaped.len() > MAX_NAME_BYTES {
                break;
            }
            name.push_str(&escaped);
        }
        name
    }

    /// The suite's start tag, padded with spaces to its fixed length.
    fn start_tag(&self) -> String {
        let Self { cases, failed, skipped, .. } = self;
        let name = self.suite_name();
        let tag = format!(
            "<testsuite name=\"{name}\" tests=\"{cases}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" time=\"{:.3}\"",
            bounded(self.seconds)
        );
        let padding = " ".repeat((START_TAG_LENGTH - 2).saturating_sub(tag.len()));
        format!("{tag}{padding}>\n")
    }
}

fn bounded(seconds: f64) -> f64 {
    seconds.clamp(0.0, MAX_SECONDS)
}

fn test_case(result: &ApiResult) -> String {
    let kind =
        if result.kind.is_empty() { String::new() } else { format!(".{}", attribute_text(&result.kind)) };
    let mut case = format!(
        "<testcase classname=\"azr.apic{kind}\" name=\"{} ({})\" time=\"{:.3}\"",
        attribute_text(&result.name),
        attribute_text(&result.title),
        bounded(result.seconds)
    );
    let remark = result.remark();
    // Writing to a string cannot fail.
    let _ = match result.status {
        Status::Failed => writeln!(
            case,
            "><failure type=\"failed\" message=\"{}\">{}</failure></testcase>",
            attribute_text(&remark),
            element_text(&failure_text(result, &remark))
        ),
        Status::Skipped => writeln!(case, "><skipped message=\"{}\"/></testcase>", attribute_text(&remark)),
        _ if !result.notes.is_empty() => {
            writeln!(case, "><system-out>{}</system-out></testcase>", element_text(&result.notes.join("\n")))
        }
        _ => writeln!(case, "/>"),
    };
    case
}

/// The text of a failure: the reason, the sources and the versions.
fn failure_text(result: &ApiResult, remark: &str) -> String {
    let mut text = remark.to_owned();
    for (label, list) in [("sources", &result.sources), ("versions", &result.versions)] {
        if !list.is_empty() {
            let _ = write!(text, "\n{label}: {}", list.join(", "));
        }
    }
    text
}

/// Escapes a text for an attribute, on one line.
fn attribute_text(text: &str) -> String {
    element_text(text).replace(['\n', '\t'], " ").replace('"', "&quot;")
}

/// Escapes a text for an element; characters that XML 1.0 excludes (section 2.2, `Char`), and
/// those that could control the terminal that shows the report, become U+FFFD.
fn element_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            // A text must not contain `]]>`.
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' => escaped.push(char),
            // XML parsers read a carriage return as a line feed.
            '\r' => escaped.push('\n'),
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            c if is_unsafe_to_show(c) => escaped.push(char::REPLACEMENT_CHARACTER),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_tag_has_a_fixed_length() {
        let largest = JunitExporter {
            start_tag_position: 0,
            cases: usize::MAX,
            failed: usize::MAX,
            skipped: usize::MAX,
            seconds: f64::INFINITY,
            subject: "\"<&>é".repeat(100),
        };
        for exporter in [JunitExporter::default(), largest] {
            let tag = exporter.start_tag();
            assert!(tag.len() == START_TAG_LENGTH && tag.ends_with(">\n") && tag.contains("time="), "{tag}");
        }
    }
}
