//! JSON as az prints it: indented by two, keys sorted, characters outside ASCII as they are.

use serde_json::Value;

use azr_core::python;

use super::color::{self, Paint};

/// The document with its final newline.
pub fn render(value: &Value, color: bool) -> String {
    let mut writer = Writer { out: String::new(), color };
    writer.value(value, 0);
    writer.out.push('\n');
    writer.out
}

/// The value without blanks, characters outside ASCII escaped: Python's `json.dumps` with bare separators.
pub fn compact_ascii(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            format!("[{}]", items.iter().map(compact_ascii).collect::<Vec<_>>().join(","))
        }
        Value::Object(map) => {
            let members: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{}:{}", escape_ascii(&quoted(key)), compact_ascii(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Number(number) => python::format_number(number),
        other => escape_ascii(&other.to_string()),
    }
}

fn escape_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\0'..='~') {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

/// The string between quotes; serde escapes exactly what Python escapes.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

struct Writer {
    out: String,
    color: bool,
}

impl Writer {
    fn value(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                let mut members: Vec<_> = map.iter().collect();
                members.sort_unstable_by_key(|(key, _)| key.as_str());
                self.out.push('{');
                for (i, (key, value)) in members.into_iter().enumerate() {
                    self.line(i, depth + 1);
                    self.paint(Paint::Key, &quoted(key));
                    self.out.push_str(": ");
                    self.value(value, depth + 1);
                }
                self.line(0, depth);
                self.out.push('}');
            }
            Value::Array(items) if !items.is_empty() => {
                self.out.push('[');
                for (i, item) in items.iter().enumerate() {
                    self.line(i, depth + 1);
                    self.value(item, depth + 1);
                }
                self.line(0, depth);
                self.out.push(']');
            }
            Value::Object(_) => self.out.push_str("{}"),
            Value::Array(_) => self.out.push_str("[]"),
            Value::String(text) => self.paint(Paint::Text, &quoted(text)),
            Value::Number(number) => self.paint(Paint::Literal, &python::format_number(number)),
            Value::Bool(_) | Value::Null => self.paint(Paint::Literal, &value.to_string()),
        }
    }

    fn line(&mut self, index: usize, depth: usize) {
        if index > 0 {
            self.out.push(',');
        }
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n("  ", depth));
    }

    fn paint(&mut self, paint: Paint, text: &str) {
        color::push(&mut self.out, self.color, paint, text);
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
    fn colours_are_those_of_az() {
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
