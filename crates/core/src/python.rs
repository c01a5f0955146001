//! Formatting of values as Python does it, for output that az prints with `str` and `repr`.

mod number;
mod time;

use std::fmt::Write;

use serde_json::Value;

pub use number::format_number;
pub use time::format_time;

/// `str(value)`: strings unchanged, anything else as `repr(value)`.
#[must_use]
pub fn format_str(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => format_number(number),
        Value::String(text) => repr_str(text),
        Value::Array(items) => format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            let members: Vec<String> =
                map.iter().map(|(key, value)| format!("{}: {}", repr_str(key), repr(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut output = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            c if c == quote || c == '\\' => output.extend(['\\', c]),
            c if is_printable(c) => output.push(c),
            c => drop(match u32::from(c) {
                code @ ..=0xff => write!(output, "\\x{code:02x}"),
                code @ ..=0xffff => write!(output, "\\u{code:04x}"),
                code => write!(output, "\\U{code:08x}"),
            }),
        }
    }
    output.push(quote);
    output
}

/// `str.isprintable`. `escape_debug` has the same rule, but escapes quotes, and combining marks at the start of a text.
fn is_printable(c: char) -> bool {
    matches!(c, '\'' | '"') || format!("a{c}").escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn containers_and_literals() {
        assert_eq!(
            format_str(&json!([{"a": null, "b": 1.50}, true, "x"])),
            "[{'a': None, 'b': 1.5}, True, 'x']"
        );
        assert_eq!(format_str(&json!("it's")), "it's");
    }

    #[test]
    fn strings_inside_are_quoted_and_escaped() {
        assert_eq!(format_str(&json!(["it's", "a\"'", "\t\u{7}\\"])), r#"["it's", 'a"\'', '\t\x07\\']"#);
        assert_eq!(
            format_str(&json!(["é\u{301}", "\u{a0}\u{200b}", "\u{e0001}"])),
            "['é\u{301}', '\\xa0\\u200b', '\\U000e0001']"
        );
    }
}
