//! Texts of others on a terminal and in the log of a pipeline: messages, questions, tables, results.
//!
//! The entire input is one text.

use azr_output::fuzzing::{escape_line, escape_message};
use azr_output::{Cell, Fit, Format, RenderOptions, TerminalTable, Tone, escape_document, render};
use serde_json::{Map, Value, json};

/// The colors that azr writes itself.
const COLORS: [&str; 4] = ["94", "33", "34", "39"];

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let message = escape_message(&text);
    assert_harmless(&message, "\n\t");
    assert_no_command(&message);
    // A message that starts behind a label: no further line may look like one.
    for line in message.split('\n').skip(1) {
        assert!(line.is_empty() || line.starts_with("  "), "{line:?} is not indented");
    }
    assert_harmless(&escape_line(&text), "");
    let document = String::from_utf8(escape_document(data)).expect("UTF-8");
    assert_harmless(&document, "\n\r\t");

    let mut table = TerminalTable::new(&[(&*text, Fit::Keep), ("b", Fit::Keep)]);
    table.push(vec![Cell::with_tone(&*text, Tone::Good), Cell::with_tone(&*text, Tone::Good)]);
    table.push(vec![Cell::with_tone("", Tone::Good), Cell::with_tone(&*text, Tone::Good)]);
    for width in [None, Some(20)] {
        let shown = table.render(width, false);
        assert_harmless(&shown, "\n");
        assert_no_command(&shown);
    }

    let mut object = Map::new();
    object.insert(text.clone().into_owned(), json!(&*text));
    object.insert("a".to_owned(), json!(&*text));
    let result = json!([object, [&*text, [&*text]], &*text]);
    for format in Format::ALL {
        for color in [false, true] {
            let options = RenderOptions { format, query: None, table: None, color, to_terminal: true };
            let shown = render_text(&result, &options);
            let shown = COLORS.iter().fold(shown, |shown, code| shown.replace(&format!("\x1b[{code}m"), ""));
            assert_harmless(&shown, "\n\t");
            if matches!(format, Format::Table | Format::Wide) {
                assert_no_command(&shown);
            }
        }
    }
}

fn render_text(result: &Value, options: &RenderOptions<'_>) -> String {
    String::from_utf8(render(result, options).expect("rendered without a query")).expect("UTF-8")
}

/// Checks that a terminal shows every character as itself.
fn assert_harmless(shown: &str, allowed: &str) {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let harmful = shown.chars().find(|c| is_harmful(*c) && !allowed.contains(*c));
    assert_eq!(harmful, None, "{shown:?} can control a terminal");
}

/// Checks that no line is a command of GitHub Actions or Azure Pipelines.
fn assert_no_command(shown: &str) {
    for line in shown.split(['\n', '\r']) {
        assert!(!line.trim_start().starts_with("::"), "{line:?} is a command of GitHub Actions");
        for (end, _) in line.match_indices('[') {
            let before = line[..end].trim_end_matches(|c: char| c.is_ascii_alphanumeric());
            assert!(!before.ends_with("##"), "{line:?} has a command of a pipeline");
        }
    }
}
