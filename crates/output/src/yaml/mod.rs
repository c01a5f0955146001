//! YAML as az prints it: block style, sorted keys, characters outside ASCII unescaped.
//!
//! az prints with `PyYAML`. The output follows its rules for quoting strings, folding long lines, writing keys of several
//! lines after a `?`, and `...` after a document that is one plain scalar. One difference is intended: `PyYAML` prints a
//! list that occurs twice in the result of a query as `&id001` and `*id001`; here it is printed twice.

mod emitter;
mod implicit_types;
mod scalars;
mod styles;

use serde_json::Value;

use azr_core::error::Result;
use azr_core::python;

use self::emitter::Emitter;
use self::styles::AllowedStyles;
use super::color::{self, Color};
use super::sink::Sink;

const INDENT: usize = 2;
/// The length from which keys are written after a `?`.
const LONG_KEY: usize = 123;

/// Renders the document, with its final newline.
pub(crate) fn render(value: &Value, color: bool, sink: Sink<'_>) -> Result<()> {
    let mut writer = Writer { emitter: Emitter::new(sink), color };
    writer.node(value, Position::Root);
    let mut emitter = writer.emitter;
    emitter.indent(0);
    let is_plain = match value {
        Value::String(text) => choose_style(text, Position::Root) == Style::Plain,
        Value::Array(_) | Value::Object(_) => false,
        _ => true,
    };
    if is_plain {
        emitter.sink.text.push_str("...\n");
    }
    emitter.sink.finish()
}

/// The position of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Root,
    Item,
    Key,
    LongKey,
    Member,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
}

/// Writes values with an emitter.
struct Writer<'a> {
    emitter: Emitter<'a>,
    color: bool,
}

impl Writer<'_> {
    fn node(&mut self, value: &Value, position: Position) {
        match value {
            Value::Object(map) if map.is_empty() => self.emitter.indicator("{}", true, false),
            Value::Array(items) if items.is_empty() => self.emitter.indicator("[]", true, false),
            Value::Object(map) => {
                let level = self.emitter.level.map_or(0, |level| level + INDENT);
                let mut members: Vec<_> = map.iter().collect();
                members.sort_unstable_by_key(|(key, _)| key.as_str());
                self.write_nested(level, |writer| {
                    for (key, value) in members {
                        writer.member(level, key, value);
                    }
                });
            }
            Value::Array(items) => {
                let level = match self.emitter.level {
                    None => 0,
                    Some(level) if position == Position::Member && !self.emitter.is_indenting() => level,
                    Some(level) => level + INDENT,
                };
                self.write_nested(level, |writer| {
                    for item in items {
                        writer.emitter.sink.write_if_long();
                        writer.emitter.indent(level);
                        writer.emitter.indicator("-", true, true);
                        writer.node(item, Position::Item);
                    }
                });
            }
            Value::String(text) => self.scalar(text, choose_style(text, position), position),
            Value::Number(number) => {
                self.scalar(&add_point(python::format_number(number)), Style::Plain, position);
            }
            Value::Bool(_) | Value::Null => self.scalar(&value.to_string(), Style::Plain, position),
        }
    }

    fn write_nested(&mut self, level: usize, write: impl FnOnce(&mut Self)) {
        let outer = self.emitter.level.replace(level);
        write(self);
        self.emitter.level = outer;
    }

    fn member(&mut self, level: usize, key: &str, value: &Value) {
        self.emitter.sink.write_if_long();
        self.emitter.indent(level);
        let styles = AllowedStyles::for_text(key);
        if key.is_empty() || styles.has_breaks || key.chars().count() >= LONG_KEY {
            self.emitter.indicator("?", true, true);
            self.scalar(key, choose_style(key, Position::LongKey), Position::LongKey);
            self.emitter.indent(level);
            self.emitter.indicator(":", true, true);
        } else {
            self.scalar(key, choose_style(key, Position::Key), Position::Key);
            self.emitter.indicator(":", false, false);
        }
        self.node(value, Position::Member);
    }

    fn scalar(&mut self, text: &str, style: Style, position: Position) {
        let start = self.emitter.sink.text.len();
        let level = self.emitter.level.map_or(INDENT, |level| level + INDENT);
        let fold = position != Position::Key;
        match style {
            Style::Plain => self.emitter.plain(text, level, fold),
            Style::SingleQuoted => self.emitter.single_quoted(text, level, fold),
            Style::DoubleQuoted => self.emitter.double_quoted(text, level, fold),
        }
        let color = match (position, style) {
            (Position::Key | Position::LongKey, _) => Color::Key,
            (_, Style::Plain) => return,
            _ => Color::Text,
        };
        if self.color {
            let scalar = self.emitter.sink.text.split_off(start);
            color::push_colored(&mut self.emitter.sink.text, true, color, &scalar);
        }
    }
}

/// The simplest style in which a string is parsed as the same string.
fn choose_style(text: &str, position: Position) -> Style {
    let allowed = AllowedStyles::for_text(text);
    if allowed.plain && !implicit_types::is_implicit_type(text) {
        Style::Plain
    } else if allowed.single_quoted && !(position == Position::Key && allowed.has_breaks) {
        Style::SingleQuoted
    } else {
        Style::DoubleQuoted
    }
}

/// Adds the point that YAML 1.1 requires in a float with an exponent: `1.0e+21`.
fn add_point(number: String) -> String {
    match number.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0e{exponent}"),
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::collect;
    use serde_json::json;

    fn render(value: &Value, color: bool) -> String {
        collect(|sink| super::render(value, color, sink))
    }

    #[test]
    fn collections_are_blocks_and_empty_ones_are_not() {
        assert_eq!(
            render(&json!({"b": [1, [2, 3], {"k": 1, "j": []}], "a": {}}), false),
            "a: {}\nb:\n- 1\n- - 2\n  - 3\n- j: []\n  k: 1\n"
        );
    }

    #[test]
    fn a_document_of_one_plain_scalar_has_an_end_marker() {
        assert_eq!(render(&json!("x"), false), "x\n...\n");
        assert_eq!(render(&json!(1e21), false), "1.0e+21\n...\n");
        assert_eq!(render(&json!("007"), false), "'007'\n");
        assert_eq!(render(&json!([]), false), "[]\n");
    }

    #[test]
    fn complex_keys_are_written_after_a_question_mark() {
        assert_eq!(render(&json!({"": ["x"]}), false), "? ''\n: - x\n");
        assert_eq!(render(&json!({"a\nb": 1}), false), "? 'a\n\n  b'\n: 1\n");
    }

    #[test]
    fn a_long_line_is_folded_at_a_space() {
        let words = "word ".repeat(20);
        assert_eq!(
            render(&json!({"text": words.trim_end()}), false),
            format!("text: {}\n  {}\n", "word ".repeat(16).trim_end(), "word ".repeat(4).trim_end())
        );
    }

    #[test]
    fn colors_mark_keys_and_quoted_strings() {
        assert_eq!(render(&json!({"a": "1"}), true), "\x1b[94ma\x1b[39m:\x1b[33m '1'\x1b[39m\n");
    }
}
