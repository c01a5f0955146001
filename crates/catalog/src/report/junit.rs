//! The report as `JUnit` XML, which the test views of pipelines read.
//!
//! The members are those that Azure DevOps ("Publish Test Results") and the reporters for GitHub Actions show:
//! counts and `time` of the suite; `classname`, `name` and `time` of a case; the message and the text of a failure.

use std::fmt::Write as _;
use std::io::{self, SeekFrom};

use super::writer::{Layout, Out};
use super::{ApiResult, Status};

/// The length of the suite's start tag in bytes: its counts are known at the end, and then written over the first.
const START: usize = 192;

/// The most seconds that are shown, over thirty thousand years; a longer number would not fit the start tag.
const MOST_SECONDS: f64 = 1e12;

/// A document as far as it has been written.
#[derive(Default)]
pub struct Junit {
    /// Where the suite's start tag is.
    start: u64,
    cases: usize,
    failed: usize,
    skipped: usize,
    seconds: f64,
}

impl Layout for Junit {
    fn begin(&mut self, out: &mut dyn Out) -> io::Result<()> {
        out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n")?;
        self.start = out.stream_position()?;
        out.write_all(self.start_tag().as_bytes())
    }

    fn add(&mut self, result: &ApiResult, out: &mut dyn Out) -> io::Result<()> {
        self.cases += 1;
        self.failed += usize::from(result.status == Status::Failed);
        self.skipped += usize::from(result.status == Status::Skipped);
        self.seconds += result.seconds;
        out.write_all(case(result).as_bytes())
    }

    fn finish(&mut self, out: &mut dyn Out) -> io::Result<()> {
        out.write_all(b"</testsuite>\n</testsuites>\n")?;
        out.seek(SeekFrom::Start(self.start))?;
        out.write_all(self.start_tag().as_bytes())?;
        out.seek(SeekFrom::End(0)).map(drop)
    }
}

impl Junit {
    /// The suite's start tag, filled up with blanks to its length.
    fn start_tag(&self) -> String {
        let Self { cases, failed, skipped, .. } = self;
        let tag = format!(
            "<testsuite name=\"azr apic\" tests=\"{cases}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\" time=\"{:.3}\"",
            shown(self.seconds)
        );
        format!("{tag:<width$}>\n", width = START - 2)
    }
}

fn shown(seconds: f64) -> f64 {
    seconds.clamp(0.0, MOST_SECONDS)
}

fn case(result: &ApiResult) -> String {
    let kind = if result.kind.is_empty() { String::new() } else { format!(".{}", attribute(&result.kind)) };
    let mut case = format!(
        "<testcase classname=\"azr.apic{kind}\" name=\"{} ({})\" time=\"{:.3}\"",
        attribute(&result.name),
        attribute(&result.title),
        shown(result.seconds)
    );
    let remark = result.remark();
    // Writing to a string cannot fail.
    let _ = match result.status {
        Status::Failed => writeln!(
            case,
            "><failure type=\"failed\" message=\"{}\">{}</failure></testcase>",
            attribute(&remark),
            text(&told(result, &remark))
        ),
        Status::Skipped => writeln!(case, "><skipped message=\"{}\"/></testcase>", attribute(&remark)),
        _ => writeln!(case, "/>"),
    };
    case
}

/// The text of a failure: what failed, and where it comes from.
fn told(result: &ApiResult, remark: &str) -> String {
    let mut told = remark.to_owned();
    for (what, list) in [("sources", &result.sources), ("versions", &result.versions)] {
        if !list.is_empty() {
            let _ = write!(told, "\n{what}: {}", list.join(", "));
        }
    }
    told
}

/// A text as it may stand in an attribute, on one line.
fn attribute(given: &str) -> String {
    text(given).replace(['\n', '\t'], " ").replace('"', "&quot;")
}

/// A text as it may stand between tags; what XML 1.0 cannot say (section 2.2, `Char`) becomes U+FFFD.
fn text(given: &str) -> String {
    let mut safe = String::with_capacity(given.len());
    for char in given.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            // `]]>` may not stand in a text.
            '>' => safe.push_str("&gt;"),
            '\n' | '\t' => safe.push(char),
            // A carriage return would be read as a line feed.
            '\r' => safe.push('\n'),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push(char::REPLACEMENT_CHARACTER),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_tag_has_one_length_whatever_it_counts() {
        let most = Junit {
            start: 0,
            cases: usize::MAX,
            failed: usize::MAX,
            skipped: usize::MAX,
            seconds: f64::INFINITY,
        };
        for junit in [Junit::default(), most] {
            let tag = junit.start_tag();
            assert!(tag.len() == START && tag.ends_with(">\n") && tag.contains("time="), "{tag}");
        }
    }
}
