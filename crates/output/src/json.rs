//! JSON as az prints it: indented by two spaces, sorted keys, characters outside ASCII unescaped.

use serde_json::Value;

use azr_core::python;

use super::color::{self, Color};

/// The document, with its final newline.
pub(crate) fn render(value: &Value, color: bool) -> String {
    let mut writer = Writer { output: String::new(), color };
    writer.value(value, 0);
    writer.output.push('\n');
    writer.output
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
    Value::from(text).to_string()
}

struct Writer {
    output: String,
    color: bool,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                let mut members: Vec<_> = map.iter().collect();
                members.sort_unstable_by_key(|(key, _)| key.as_str());
                self.output.push('{');
                for (i, (key, value)) in members.into_iter().enumerate() {
                    self.start_line(i, depth + 1);
                    self.colored(Color::Key, &quote(key));
                    self.output.push_str(": ");
                    self.value(value, depth + 1);
                }
                self.start_line(0, depth);
                self.output.push('}');
            }
            Value::Array(items) if !items.is_empty() => {
                self.output.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.start_line(i, depth + 1);
                    self.value(item, depth + 1);
                }
                self.start_line(0, depth);
                self.output.push(']');
            }
            Value::Object(_) => self.output.push_str("{}"),
            Value::Array(_) => self.output.push_str("[]"),
            Value::String(text) => self.colored(Color::Text, &quote(text)),
            Value::Number(number) => self.colored(Color::Literal, &python::format_number(number)),
            Value::Bool(_) | Value::Null => self.colored(Color::Literal, &value.to_string()),
        }
    }

    fn start_line(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.output.push(',');
        }
        self.output.push('\n');
        self.output.extend(std::iter::repeat_n("  ", depth));
    }

    fn colored(&mut self, color: Color, text: &str) {
        color::push_colored(&mut self.output, self.color, color, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
}
