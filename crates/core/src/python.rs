//! How Python prints a value, where az's output shows it: numbers, times, and objects where text is meant.

mod number;
mod time;

use std::fmt::Write;

use serde_json::Value;

pub use number::repr as number;
pub use time::iso_time;

/// `str(value)`: strings as they are, anything else as `repr` writes it.
#[must_use]
pub fn str(value: &Value) -> String {
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
        Value::Number(number) => self::number(number),
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
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote || c == '\\' => out.extend(['\\', c]),
            c if is_printable(c) => out.push(c),
            c => drop(match u32::from(c) {
                code @ ..=0xff => write!(out, "\\x{code:02x}"),
                code @ ..=0xffff => write!(out, "\\u{code:04x}"),
                code => write!(out, "\\U{code:08x}"),
            }),
        }
    }
    out.push(quote);
    out
}

/// `str.isprintable`, for what is no quote: `escape_debug` knows it too, and lets combining marks stand if they
/// follow something.
fn is_printable(c: char) -> bool {
    matches!(c, '\'' | '"') || format!("a{c}").escape_debug().count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn containers_and_literals() {
        assert_eq!(str(&json!([{"a": null, "b": 1.50}, true, "x"])), "[{'a': None, 'b': 1.5}, True, 'x']");
        assert_eq!(str(&json!("it's")), "it's");
    }

    #[test]
    fn strings_inside_are_quoted_and_escaped() {
        assert_eq!(str(&json!(["it's", "a\"'", "\t\u{7}\\"])), r#"["it's", 'a"\'', '\t\x07\\']"#);
        assert_eq!(
            str(&json!(["é\u{301}", "\u{a0}\u{200b}", "\u{e0001}"])),
            "['é\u{301}', '\\xa0\\u200b', '\\U000e0001']"
        );
    }
}
