//! YAML as az prints it: block style, keys sorted, characters outside ASCII as they are.
//!
//! az prints with `PyYAML`, whose choices are its own: which strings are quoted and how, where long lines are
//! folded, keys of more than one line after a `?`, `...` after a document that is one plain scalar. One thing
//! differs on purpose: `PyYAML` prints a list that a query took twice from the same place as `&id001` and
//! `*id001`; here it is printed twice.

mod plain;
mod quoted;
mod shape;

use serde_json::Value;

use azr_core::python;

use self::shape::Shape;
use super::color::{self, Paint};

/// The width past which a space becomes a line break.
const WIDTH: usize = 80;
const INDENT: usize = 2;
/// Keys of this many characters or more are written after a `?`.
const LONG_KEY: usize = 123;

/// The document with its final newline.
pub fn render(value: &Value, color: bool) -> String {
    let mut emitter =
        Emitter { out: String::new(), color, column: 0, spaced: true, indenting: true, level: None };
    emitter.node(value, Place::Root);
    emitter.indent(0);
    let is_plain = match value {
        Value::String(text) => style(text, Place::Root) == Style::Plain,
        Value::Array(_) | Value::Object(_) => false,
        _ => true,
    };
    if is_plain {
        emitter.out.push_str("...\n");
    }
    emitter.out
}

/// Where a node stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
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

/// The text so far, and what decides whether a space or a line break comes next.
struct Emitter {
    out: String,
    color: bool,
    /// Characters on the last line.
    column: usize,
    /// Whether a token can follow without a space.
    spaced: bool,
    /// Whether the last line holds nothing but indentation and `-`, `?` or `:`.
    indenting: bool,
    /// The indentation of the collection that is being written, none at the root.
    level: Option<usize>,
}

impl Emitter {
    fn node(&mut self, value: &Value, place: Place) {
        match value {
            Value::Object(map) if map.is_empty() => self.indicator("{}", true, false),
            Value::Array(items) if items.is_empty() => self.indicator("[]", true, false),
            Value::Object(map) => {
                let level = self.level.map_or(0, |level| level + INDENT);
                let mut members: Vec<_> = map.iter().collect();
                members.sort_unstable_by_key(|(key, _)| key.as_str());
                self.nested(level, |emitter| {
                    for (key, value) in members {
                        emitter.member(level, key, value);
                    }
                });
            }
            Value::Array(items) => {
                let level = match self.level {
                    None => 0,
                    Some(level) if place == Place::Member && !self.indenting => level,
                    Some(level) => level + INDENT,
                };
                self.nested(level, |emitter| {
                    for item in items {
                        emitter.indent(level);
                        emitter.indicator("-", true, true);
                        emitter.node(item, Place::Item);
                    }
                });
            }
            Value::String(text) => self.scalar(text, style(text, place), place),
            Value::Number(number) => self.scalar(&dotted(python::format_number(number)), Style::Plain, place),
            Value::Bool(_) | Value::Null => self.scalar(&value.to_string(), Style::Plain, place),
        }
    }

    fn nested(&mut self, level: usize, write: impl FnOnce(&mut Self)) {
        let outer = self.level.replace(level);
        write(self);
        self.level = outer;
    }

    fn member(&mut self, level: usize, key: &str, value: &Value) {
        self.indent(level);
        let shape = Shape::of(key);
        if key.is_empty() || shape.breaks || key.chars().count() >= LONG_KEY {
            self.indicator("?", true, true);
            self.scalar(key, style(key, Place::LongKey), Place::LongKey);
            self.indent(level);
            self.indicator(":", true, true);
        } else {
            self.scalar(key, style(key, Place::Key), Place::Key);
            self.indicator(":", false, false);
        }
        self.node(value, Place::Member);
    }

    fn scalar(&mut self, text: &str, style: Style, place: Place) {
        let start = self.out.len();
        let level = self.level.map_or(INDENT, |level| level + INDENT);
        let fold = place != Place::Key;
        match style {
            Style::Plain => {
                self.plain(text, level, fold);
            }
            Style::SingleQuoted => self.single_quoted(text, level, fold),
            Style::DoubleQuoted => self.double_quoted(text, level, fold),
        }
        let paint = match (place, style) {
            (Place::Key | Place::LongKey, _) => Paint::Key,
            (_, Style::Plain) => return,
            _ => Paint::Text,
        };
        if self.color {
            let written = self.out.split_off(start);
            color::push(&mut self.out, true, paint, &written);
        }
    }

    fn plain(&mut self, text: &str, level: usize, fold: bool) {
        if !self.spaced {
            self.text(" ");
        }
        (self.spaced, self.indenting) = (false, false);
        for run in quoted::runs(text) {
            if run == " " && fold && self.column > WIDTH {
                self.indent(level);
                (self.spaced, self.indenting) = (false, false);
            } else {
                self.text(run);
            }
        }
    }

    /// A punctuation mark, after a space if it needs one.
    fn indicator(&mut self, mark: &str, needs_space: bool, keeps_indenting: bool) {
        if needs_space && !self.spaced {
            self.text(" ");
        }
        self.text(mark);
        self.spaced = false;
        self.indenting &= keeps_indenting;
    }

    /// Goes to the given column, on a new line unless nothing but indentation has been written on this one.
    fn indent(&mut self, level: usize) {
        if !self.indenting || self.column > level || (self.column == level && !self.spaced) {
            self.line_break('\n');
        }
        if self.column < level {
            self.spaced = true;
            self.out.extend(std::iter::repeat_n(' ', level - self.column));
            self.column = level;
        }
    }

    fn line_break(&mut self, with: char) {
        self.out.push(with);
        self.spaced = true;
        self.indenting = true;
        self.column = 0;
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }
}

/// The plainest style that reads back as the same string.
fn style(text: &str, place: Place) -> Style {
    let shape = Shape::of(text);
    if shape.plain && !plain::is_other_type(text) {
        Style::Plain
    } else if shape.single_quoted && !(place == Place::Key && shape.breaks) {
        Style::SingleQuoted
    } else {
        Style::DoubleQuoted
    }
}

/// A float with an exponent has a point in YAML 1.1: `1.0e+21`.
fn dotted(number: String) -> String {
    match number.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => format!("{mantissa}.0e{exponent}"),
        _ => number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn collections_are_blocks_and_empty_ones_are_not() {
        assert_eq!(
            render(&json!({"b": [1, [2, 3], {"k": 1, "j": []}], "a": {}}), false),
            "a: {}\nb:\n- 1\n- - 2\n  - 3\n- j: []\n  k: 1\n"
        );
    }

    #[test]
    fn a_plain_scalar_alone_ends_the_document() {
        assert_eq!(render(&json!("x"), false), "x\n...\n");
        assert_eq!(render(&json!(1e21), false), "1.0e+21\n...\n");
        assert_eq!(render(&json!("007"), false), "'007'\n");
        assert_eq!(render(&json!([]), false), "[]\n");
    }

    #[test]
    fn keys_that_are_not_simple_stand_after_a_question_mark() {
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
    fn colours_mark_keys_and_quoted_strings() {
        assert_eq!(render(&json!({"a": "1"}), true), "\x1b[94ma\x1b[39m:\x1b[33m '1'\x1b[39m\n");
    }
}
