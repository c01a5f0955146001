//! Writing scalars: plain and quoted, folded at spaces if they are long.

use super::emitter::Emitter;
use super::styles::is_break;

/// The column after which a space is replaced by a line break.
const WIDTH: usize = 80;

impl Emitter<'_> {
    /// Writes a plain scalar.
    pub(super) fn plain(&mut self, text: &str, level: usize, fold: bool) {
        self.start_scalar();
        for run in split_runs(text) {
            if run == " " && fold && self.column > WIDTH {
                self.fold(level);
            } else {
                self.text(run);
            }
        }
    }

    /// Writes a string in single quotes, which are doubled inside it; a line break becomes an empty line.
    pub(super) fn single_quoted(&mut self, text: &str, level: usize, fold: bool) {
        self.indicator("'", true, false);
        let mut end = 0;
        for run in split_runs(text) {
            let start = end;
            end += run.len();
            if run == " " && fold && self.column > WIDTH && start != 0 && end != text.len() {
                self.indent(level);
            } else if run.starts_with(is_break) {
                if run.starts_with('\n') {
                    self.line_break('\n');
                }
                run.chars().for_each(|c| self.line_break(c));
                self.indent(level);
            } else {
                self.text(&run.replace('\'', "''"));
            }
        }
        self.indicator("'", false, false);
    }

    /// Writes a string in double quotes, with escapes; a folded line ends with a backslash.
    pub(super) fn double_quoted(&mut self, text: &str, level: usize, fold: bool) {
        self.indicator("\"", true, false);
        // The characters that have not been written yet start here; one past `i` after an escaped character.
        let (mut start, mut start_byte) = (0, 0);
        let mut chars = text.char_indices().enumerate().peekable();
        while let Some((i, (byte, c))) = chars.next() {
            let next_byte = byte + c.len_utf8();
            if let Some(escaped) = escape(c) {
                self.text(&text[start_byte..byte]);
                self.text(&escaped);
                (start, start_byte) = (i + 1, next_byte);
            }
            let exceeds_width = self.column + i > WIDTH + start;
            if fold && i > 0 && chars.peek().is_some() && (c == ' ' || start >= i) && exceeds_width {
                if start < i {
                    self.text(&text[start_byte..byte]);
                    (start, start_byte) = (i, byte);
                }
                self.text("\\");
                self.fold(level);
                if text[start_byte..].starts_with(' ') {
                    self.text("\\");
                }
            }
        }
        self.text(&text[start_byte..]);
        self.indicator("\"", false, false);
    }
}

/// Splits a text into runs of spaces, of line breaks and of other characters.
fn split_runs(text: &str) -> impl Iterator<Item = &str> {
    let class = |c: char| if c == ' ' { 1 } else { 2 * u8::from(is_break(c)) };
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = class(rest.chars().next()?);
        let end = rest.find(|c| class(c) != first).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        rest = tail;
        Some(run)
    })
}

/// The escape sequence of a character in double quotes; `None` if it needs none.
fn escape(c: char) -> Option<String> {
    let letter = match c {
        '\0' => '0',
        '\x07' => 'a',
        '\x08' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\x0b' => 'v',
        '\x0c' => 'f',
        '\r' => 'r',
        '\x1b' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        ' '..='~' => return None,
        '\u{a0}'..='\u{fffd}' if c != '\u{feff}' => return None,
        _ => {
            return Some(match u32::from(c) {
                code @ ..=0xff => format!("\\x{code:02X}"),
                code @ ..=0xffff => format!("\\u{code:04X}"),
                code => format!("\\U{code:08X}"),
            });
        }
    };
    Some(format!("\\{letter}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::collect;
    use serde_json::{Value, json};

    fn render(value: &Value, color: bool) -> String {
        collect(|sink| super::super::render(value, color, sink))
    }

    #[test]
    fn runs_cover_the_text() {
        assert_eq!(split_runs("a b  \n\nc").collect::<Vec<_>>(), ["a", " ", "b", "  ", "\n\n", "c"]);
        assert_eq!(split_runs("").count(), 0);
    }

    #[test]
    fn line_breaks_in_single_quotes_are_doubled() {
        assert_eq!(render(&json!(["a\nb\n", "it's: x"]), false), "- 'a\n\n  b\n\n  '\n- 'it''s: x'\n");
    }

    #[test]
    fn characters_that_cannot_be_printed_are_escaped() {
        assert_eq!(render(&json!("tab\t\u{7}é\u{85}\u{feff}"), false), "\"tab\\t\\aé\\N\\uFEFF\"\n");
    }
}
