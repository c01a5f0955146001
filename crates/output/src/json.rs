//! JSON as az prints it: indented by two spaces, sorted keys, characters outside ASCII unescaped.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use azr_core::error::Result;
use azr_core::python;

use super::color::{self, Color};
use super::sink::Sink;

/// Renders the document, with its final newline.
pub(crate) fn render(value: &Value, color: bool, sink: Sink<'_>) -> Result<()> {
    let mut writer = Writer { sink, color, order: MemberOrder::default() };
    writer.value(value, 0);
    writer.sink.text.push('\n');
    writer.sink.finish()
}

/// The value without whitespace, characters outside ASCII escaped: Python's `json.dumps` with `separators=(',', ':')`.
pub(crate) fn compact_ascii(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(compact_ascii).collect::<Vec<_>>().join(","))
        }
        Value::Object(map) => {
            let members: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}:{}", escape_ascii(&quote(key)), compact_ascii(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Number(number) => python::format_number(number),
        other => escape_ascii(&other.to_string()),
    }
}

fn escape_ascii(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\0'..='~') {
            output.push(c);
        } else {
            output.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    output
}

/// Quotes a string; `serde_json` escapes the same characters as Python.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    push_quoted(&mut quoted, text);
    quoted
}

/// Appends a string in quotes, with the escapes of Python's `json.dumps` with `ensure_ascii=False`.
fn push_quoted(output: &mut String, text: &str) {
    output.push('"');
    let mut start = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0..=0x1f => "",
            _ => continue,
        };
        output.push_str(&text[start..index]);
        output.push_str(escape);
        if escape.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(output, "\\u{byte:04x}");
        }
        start = index + 1;
    }
    output.push_str(&text[start..]);
    output.push('"');
}

/// The sorted order of the members of the last large object: the items of a list usually have the same members.
#[derive(Default)]
struct MemberOrder {
    keys: Vec<String>,
    /// The indexes of the members, sorted by key.
    sorted: Vec<usize>,
}

/// From this number of members on, comparing an object with the last one is faster than sorting it.
const LARGE_OBJECT: usize = 16;

impl MemberOrder {
    /// The members of an object, sorted by key.
    fn sort<'v>(&mut self, map: &'v Map<String, Value>) -> Vec<(&'v String, &'v Value)> {
        let mut members: Vec<_> = map.iter().collect();
        if members.len() < LARGE_OBJECT {
            members.sort_unstable_by_key(|(key, _)| key.as_str());
            return members;
        }
        if !self.keys.iter().eq(map.keys()) {
            self.keys = map.keys().cloned().collect();
            self.sorted = (0..members.len()).collect();
            self.sorted.sort_unstable_by_key(|index| members[*index].0.as_str());
        }
        self.sorted.iter().map(|index| members[*index]).collect()
    }
}

struct Writer<'a> {
    sink: Sink<'a>,
    color: bool,
    order: MemberOrder,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                let members = self.order.sort(map);
                self.sink.text.push('{');
                for (i, (key, value)) in members.into_iter().enumerate() {
                    self.start_line(i, depth + 1);
                    self.quoted(Color::Key, key);
                    self.sink.text.push_str(": ");
                    self.value(value, depth + 1);
                }
                self.start_line(0, depth);
                self.sink.text.push('}');
            }
            Value::Array(items) if !items.is_empty() => {
                self.sink.text.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.start_line(i, depth + 1);
                    self.value(item, depth + 1);
                }
                self.start_line(0, depth);
                self.sink.text.push(']');
            }
            Value::Object(_) => self.sink.text.push_str("{}"),
            Value::Array(_) => self.sink.text.push_str("[]"),
            Value::String(text) => self.quoted(Color::Text, text),
            Value::Number(number) => self.literal(&python::format_number(number)),
            Value::Bool(true) => self.literal("true"),
            Value::Bool(false) => self.literal("false"),
            Value::Null => self.literal("null"),
        }
    }

    fn start_line(&mut self, index: usize, depth: usize) {
        self.sink.write_if_long();
        if index > 0 {
            self.sink.text.push(',');
        }
        self.sink.text.push('\n');
        self.sink.text.extend(std::iter::repeat_n("  ", depth));
    }

    fn literal(&mut self, text: &str) {
        color::push_colored(&mut self.sink.text, self.color, Color::Literal, text);
    }

    fn quoted(&mut self, color: Color, text: &str) {
        if self.color {
            color::push_colored(&mut self.sink.text, true, color, &quote(text));
        } else {
            push_quoted(&mut self.sink.text, text);
        }
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
    fn keys_are_sorted_and_empty_containers_stay_on_their_line() {
        let value = json!({"b": [1, [], {}], "a": "é\u{7}\n\"", "Z": null});
        assert_eq!(
            render(&value, false),
            "{\n  \"Z\": null,\n  \"a\": \"é\\u0007\\n\\\"\",\n  \"b\": [\n    1,\n    [],\n    {}\n  ]\n}\n"
        );
    }

    #[test]
    fn colors_are_those_of_az() {
        assert_eq!(
            render(&json!({"a": ["x", 1]}), true),
            "{\n  \x1b[94m\"a\"\x1b[39m: [\n    \x1b[33m\"x\"\x1b[39m,\n    \x1b[34m1\x1b[39m\n  ]\n}\n"
        );
    }

    #[test]
    fn the_compact_form_is_ascii() {
        assert_eq!(
            compact_ascii(&json!({"é": [1.0, "☕😀", true]})),
            "{\"\\u00e9\":[1.0,\"\\u2615\\ud83d\\ude00\",true]}"
        );
    }

    #[test]
    fn members_of_large_objects_are_sorted_each() {
        let object = |names: &[usize]| -> Value {
            names.iter().map(|n| (format!("m{n}"), Value::from(*n))).collect::<Map<_, _>>().into()
        };
        let names: Vec<usize> = (10..10 + 2 * LARGE_OBJECT).rev().collect();
        let (mut rotated, mut other) = (names.clone(), names.clone());
        rotated.rotate_left(3);
        other[5] = 99;
        let list = json!([object(&names), object(&names), object(&rotated), object(&other), object(&names)]);
        let rendered: Value = serde_json::from_str(&render(&list, false)).expect("JSON");
        assert_eq!(rendered, list);
        for object in rendered.as_array().expect("a list") {
            assert!(object.as_object().expect("an object").keys().is_sorted(), "{object}");
        }
    }

    #[test]
    fn strings_are_escaped_as_by_serde_json() {
        let all: String = (0..0x250).filter_map(char::from_u32).chain("\u{2028}\u{feff}😀".chars()).collect();
        for text in ["", "plain", "\"", "a\"b\\c\nd", &all] {
            assert_eq!(quote(text), Value::from(text).to_string());
        }
    }
}
