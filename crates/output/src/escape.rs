//! Escaping of untrusted text: names, titles and messages of services, files and the command line.
//!
//! Such a text could move the cursor, write the clipboard, reverse the direction of text, or look like a message or a
//! command of a pipeline (`##vso[...]`, `::error::`). Each unsafe character is shown as `\u{...}`.

use std::borrow::Cow;
use std::fmt::Write as _;

use azr_core::text::is_unsafe_to_show;

/// The longest message, in characters; a service can send megabytes.
const MAX_MESSAGE_CHARS: usize = 20_000;

/// The indentation of the further lines of a message.
const INDENT: &str = "  ";

/// Escapes a text that must stay on one line: a question, a state of the progress, a cell.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escape(text, |c| !is_unsafe_to_show(c))
}

/// Escapes a cell of a table, of which the layout splits the lines.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    let escaped = escape(text, |c| !is_unsafe_to_show(c) || matches!(c, '\n' | '\r' | '\t'));
    if escaped.contains("##") || escaped.contains("::") {
        // The layout breaks lines at `\r`, too.
        return Cow::Owned(escaped.split_inclusive(['\n', '\r']).map(disarm).collect());
    }
    escaped
}

/// Escapes a message. Its further lines are indented, so that no untrusted text starts a line.
pub(crate) fn message(text: &str) -> String {
    let text = match text.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    let lines = text.trim_end_matches('\n').split('\n').map(|line| {
        let line = escape(line, |c| !is_unsafe_to_show(c) || c == '\t');
        disarm(&line).into_owned()
    });
    let mut output = String::with_capacity(text.len());
    for (index, line) in lines.enumerate() {
        if index > 0 {
            output.push('\n');
            output.push_str(if line.is_empty() || line.starts_with(INDENT) { "" } else { INDENT });
        }
        output.push_str(&line);
    }
    output
}

/// Escapes rendered JSON or YAML for a terminal, with the escapes of JSON; `is_colored` if azr has colored it.
pub(crate) fn rendered(text: &str, is_colored: bool) -> Cow<'_, str> {
    let is_safe = |c: char| !is_unsafe_to_show(c) || c == '\n' || (is_colored && c == '\x1b');
    if text.chars().all(is_safe) {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len());
    for c in text.chars() {
        if is_safe(c) {
            output.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(output, "\\u{unit:04x}");
            }
        }
    }
    Cow::Owned(output)
}

/// Escapes a document for a terminal; its lines stay as they are.
pub(crate) fn document(text: &str) -> Cow<'_, str> {
    escape(text, |c| !is_unsafe_to_show(c) || matches!(c, '\n' | '\r' | '\t'))
}

fn escape(text: &str, is_safe: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.chars().all(&is_safe) {
        return Cow::Borrowed(text);
    }
    let mut output = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if is_safe(c) => output.push(c),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            // Writing to a string cannot fail.
            c => drop(write!(output, "\\u{{{:x}}}", u32::from(c))),
        }
    }
    Cow::Owned(output)
}

/// Escapes what a pipeline would take for a command: `##name[` anywhere in a line, and `::` where a line starts.
///
/// The agents of Azure Pipelines search the whole line, and the runners of GitHub ignore leading blanks.
fn disarm(line: &str) -> Cow<'_, str> {
    let mut output = Cow::Borrowed(line);
    let mut from = 0;
    while let Some(start) = output[from..].find("##").map(|index| from + index) {
        let name = output[start..].trim_start_matches('#');
        if name.trim_start_matches(|c: char| c.is_ascii_alphanumeric()).starts_with('[') {
            output.to_mut().replace_range(start..=start, "\\u{23}");
        }
        from = start + 1;
    }
    if output.trim_start().starts_with("::") {
        let start = output.len() - output.trim_start().len();
        output.to_mut().replace_range(start..=start, "\\u{3a}");
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIL: &str = "A\x1b]0;x\x07\x1b[2J\u{202e}\u{9b}31m\u{200b}\u{feff}é日🐱";
    const SHOWN: &str = "A\\u{1b}]0;x\\u{7}\\u{1b}[2J\\u{202e}\\u{9b}31m\\u{200b}\\u{feff}é日🐱";

    #[test]
    fn unsafe_characters_are_escaped_everywhere() {
        for escaped in [line(EVIL), cell(EVIL), document(EVIL), message(EVIL).into()] {
            assert_eq!(escaped, SHOWN);
        }
        assert_eq!(line("a\r\nb\tc"), "a\\r\\nb\\tc");
        assert_eq!(rendered("\"\u{9b}\u{202e}\u{e0041}\"\n", false), "\"\\u009b\\u202e\\udb40\\udc41\"\n");
        assert_eq!(rendered("\x1b[94m\"a\"\x1b[39m\n", true), "\x1b[94m\"a\"\x1b[39m\n");
    }

    #[test]
    fn ordinary_text_is_unchanged() {
        let text = "WARNING: 'a::b' # ## c ##d e[0] é日🐱 \\ \u{a0}";
        assert_eq!(
            (line(text), cell(text), document(text), message(text)),
            (text.into(), text.into(), text.into(), text.into())
        );
        assert_eq!(cell("a\nb\tc"), "a\nb\tc");
    }

    #[test]
    fn further_lines_of_a_message_are_indented() {
        assert_eq!(message("a\nb\n  c\n\nd\n"), "a\n  b\n  c\n\n  d");
        assert_eq!(message("a\r\nERROR: b"), "a\\r\n  ERROR: b");
    }

    #[test]
    fn no_line_is_a_command_of_a_pipeline() {
        let text = "::error::a\n ::add-mask::b\nc ##vso[task.x]\n##[error]d\n###vso[e]\n##teamcity[f]\n##vso##vso[g]";
        for escaped in [message(text), cell(text).into_owned()] {
            for line in escaped.lines() {
                assert!(!line.trim_start().starts_with("::"), "{escaped}");
                for command in ["##vso[", "##[", "##teamcity["] {
                    assert!(!line.contains(command), "{escaped}");
                }
            }
        }
    }

    #[test]
    fn no_line_of_a_cell_is_a_command_of_a_pipeline() {
        assert_eq!(cell("a\r::b\r\n ::c\n\n::d"), "a\r\\u{3a}:b\r\n \\u{3a}:c\n\n\\u{3a}:d");
    }

    #[test]
    fn a_message_of_megabytes_is_shortened() {
        let text = message(&"é".repeat(5 << 20));
        assert_eq!(text.chars().count(), MAX_MESSAGE_CHARS + 1);
        assert!(text.ends_with('…'));
    }
}
