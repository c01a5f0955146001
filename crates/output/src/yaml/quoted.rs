//! Writing quoted strings, and where they are folded.

use super::shape::is_break;
use super::{Emitter, WIDTH};

impl Emitter {
    /// `'…'`: quotes doubled; a line break is an empty line, and the rest goes on indented.
    pub(super) fn single_quoted(&mut self, text: &str, level: usize, fold: bool) {
        self.indicator("'", true, false);
        let mut end = 0;
        for run in runs(text) {
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

    /// `"…"`: what cannot be shown is escaped; a fold leaves a backslash at the end of the line.
    pub(super) fn double_quoted(&mut self, text: &str, level: usize, fold: bool) {
        self.indicator("\"", true, false);
        let chars: Vec<char> = text.chars().collect();
        // What has not been written yet begins here; just past an escaped character.
        let mut start = 0;
        for (i, &c) in chars.iter().enumerate() {
            if let Some(escaped) = escape(c) {
                self.text(&chars[start..i].iter().collect::<String>());
                self.text(&escaped);
                start = i + 1;
            }
            let full = self.column + i > WIDTH + start;
            if fold && i > 0 && i + 1 < chars.len() && (c == ' ' || start >= i) && full {
                let pending: String = chars[start.min(i)..i].iter().collect();
                self.text(&pending);
                self.text("\\");
                start = start.max(i);
                self.indent(level);
                (self.spaced, self.indenting) = (false, false);
                if chars[start] == ' ' {
                    self.text("\\");
                }
            }
        }
        self.text(&chars[start..].iter().collect::<String>());
        self.indicator("\"", false, false);
    }
}

/// The text cut where spaces, line breaks and everything else meet.
pub(super) fn runs(text: &str) -> impl Iterator<Item = &str> {
    let kind = |c: char| if c == ' ' { 1 } else { 2 * u8::from(is_break(c)) };
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let end = rest.find(|c| kind(c) != first).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        rest = tail;
        Some(run)
    })
}

/// How a character is written between double quotes, if not as it is.
fn escape(c: char) -> Option<String> {
    let short = match c {
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
    Some(format!("\\{short}"))
}

#[cfg(test)]
mod tests {
    use super::super::render;
    use super::*;
    use serde_json::json;

    #[test]
    fn runs_cover_the_text() {
        assert_eq!(runs("a b  \n\nc").collect::<Vec<_>>(), ["a", " ", "b", "  ", "\n\n", "c"]);
        assert_eq!(runs("").count(), 0);
    }

    #[test]
    fn line_breaks_in_single_quotes_are_doubled() {
        assert_eq!(render(&json!(["a\nb\n", "it's: x"]), false), "- 'a\n\n  b\n\n  '\n- 'it''s: x'\n");
    }

    #[test]
    fn what_cannot_be_shown_is_escaped() {
        assert_eq!(render(&json!("tab\t\u{7}é\u{85}\u{feff}"), false), "\"tab\\t\\aé\\N\\uFEFF\"\n");
    }
}
