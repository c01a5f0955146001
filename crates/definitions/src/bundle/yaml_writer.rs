//! Writes a value as YAML that every parser reads as the same value.
//!
//! Only three forms of text are written, each where it is unambiguous in YAML 1.1 and 1.2: plain, a literal block, and double
//! quotes with the escapes of JSON. A general serializer would have to be checked by parsing what it writes, which takes
//! longer than everything else about a bundle.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

/// The maximum length of a key; a longer one would need another syntax.
const MAX_KEY: usize = 1000;

/// Formats an object as YAML; `None` if YAML cannot contain it in a form that every parser reads.
pub(super) fn to_yaml(value: &Value) -> Option<String> {
    let Value::Object(members) = value else { return None };
    let mut output = String::new();
    write_members(members, 0, &mut output)?;
    Some(output)
}

/// Writes the members of an object; the first line is indented already.
fn write_members(members: &Map<String, Value>, indent: usize, output: &mut String) -> Option<()> {
    for (index, (key, value)) in members.iter().enumerate() {
        if index > 0 {
            write_indent(indent, output);
        }
        if key.len() > MAX_KEY || key == "<<" {
            return None;
        }
        write_line(key, output);
        output.push(':');
        match value {
            Value::Object(members) if !members.is_empty() => {
                output.push('\n');
                write_indent(indent + 2, output);
                write_members(members, indent + 2, output)?;
            }
            Value::Array(elements) if !elements.is_empty() => {
                output.push('\n');
                write_indent(indent + 2, output);
                write_elements(elements, indent + 2, output)?;
            }
            _ => {
                output.push(' ');
                write_scalar(value, indent + 2, output);
            }
        }
    }
    if members.is_empty() {
        output.push_str("{}\n");
    }
    Some(())
}

/// Writes the elements of a list; the first line is indented already.
fn write_elements(elements: &[Value], indent: usize, output: &mut String) -> Option<()> {
    for (index, value) in elements.iter().enumerate() {
        if index > 0 {
            write_indent(indent, output);
        }
        output.push_str("- ");
        match value {
            Value::Object(members) if !members.is_empty() => write_members(members, indent + 2, output)?,
            Value::Array(elements) if !elements.is_empty() => write_elements(elements, indent + 2, output)?,
            _ => write_scalar(value, indent + 2, output),
        }
    }
    Some(())
}

/// Writes a scalar or an empty collection, and ends the line.
fn write_scalar(value: &Value, indent: usize, output: &mut String) {
    match value {
        Value::Null => output.push_str("null"),
        Value::Bool(value) => output.push_str(if *value { "true" } else { "false" }),
        Value::Number(number) => write_number(number, output),
        Value::String(text) if is_block(text) => return write_block(text, indent, output),
        Value::String(text) => write_line(text, output),
        Value::Array(_) => output.push_str("[]"),
        Value::Object(_) => output.push_str("{}"),
    }
    output.push('\n');
}

/// Writes a number; YAML 1.1 requires a point and a sign in a number with an exponent.
fn write_number(number: &Number, output: &mut String) {
    let text = number.as_str();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return output.push_str(text) };
    output.push_str(mantissa);
    output.push_str(if mantissa.contains('.') { "e" } else { ".0e" });
    output.push_str(if exponent.starts_with(['+', '-']) { "" } else { "+" });
    output.push_str(exponent);
}

/// Writes a text in one line, plain or quoted.
fn write_line(text: &str, output: &mut String) {
    if is_plain(text) {
        return output.push_str(text);
    }
    output.push('"');
    for char in text.chars() {
        match char {
            '"' => output.push_str("\\\""),
            '\\' => output.push_str("\\\\"),
            '\n' => output.push_str("\\n"),
            '\r' => output.push_str("\\r"),
            '\t' => output.push_str("\\t"),
            char if is_printable(char) => output.push(char),
            char => {
                // A character outside of the basic plane is one unit in YAML and two in JSON.
                let result = if u32::from(char) > 0xFFFF {
                    write!(output, "\\U{:08X}", u32::from(char))
                } else {
                    write!(output, "\\u{:04X}", u32::from(char))
                };
                debug_assert!(result.is_ok(), "writing to a string does not fail");
            }
        }
    }
    output.push('"');
}

/// Writes a text of several lines as a literal block.
fn write_block(text: &str, indent: usize, output: &mut String) {
    output.push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
    for line in text.lines() {
        if !line.is_empty() {
            write_indent(indent, output);
            output.push_str(line);
        }
        output.push('\n');
    }
}

fn write_indent(indent: usize, output: &mut String) {
    output.extend(std::iter::repeat_n(' ', indent));
}

/// Whether a literal block can contain a text: several lines, of which the first is not indented and none is only space.
fn is_block(text: &str) -> bool {
    let is_line = |line: &str| {
        line.is_empty()
            || (!line.trim().is_empty()
                && !line.starts_with('\t')
                && line.chars().all(|c| c == '\t' || is_printable(c)))
    };
    text.contains('\n')
        && !text.starts_with([' ', '\n', '#'])
        && !text.ends_with("\n\n")
        && text.split('\n').all(is_line)
}

/// Whether a text without quotes is a string and nothing else, also as a key.
fn is_plain(text: &str) -> bool {
    // What YAML 1.1 takes for null or a boolean.
    const WORDS: [&str; 10] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan"];
    let is_allowed = |c: char| {
        c.is_ascii_alphanumeric()
            || " /_$().,;!?+={}[]'@&*<>|^~-".contains(c)
            || (!c.is_ascii() && c.is_alphanumeric())
    };
    text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '_' | '$' | '('))
        && !text.ends_with([' ', ':'])
        && text.len() <= MAX_KEY
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
        && text.split(':').enumerate().all(|(index, part)| {
            (index == 0 || !part.is_empty() && !part.starts_with(' ')) && part.chars().all(is_allowed)
        })
}

/// Whether a character can be written as it is.
fn is_printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        '\u{a0}'..='\u{d7ff}' => !matches!(c, '\u{2028}' | '\u{2029}'),
        '\u{e000}'..='\u{fffd}' => c != '\u{feff}',
        c => c >= '\u{10000}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::number::is_same_value;
    use proptest::prelude::*;
    use serde_json::json;

    fn check(value: &Value) {
        let text = to_yaml(value).expect("YAML");
        let parsed = crate::stack::with_large_stack(|| {
            crate::yaml::parse_document(&text, usize::MAX).map_err(azr_core::error::Error::invalid)
        });
        let parsed = parsed.expect("a thread").unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert!(is_same_value(&parsed, value), "{text}\n{parsed}\n{value}");
    }

    #[test]
    fn every_form_is_read_as_the_same_value() {
        let value = json!({
            "openapi": "3.0.3", "200": {"a": [], "b": {}, "c": null}, "list": [[1, [2]], {"x": 1, "y": [true]}, {}, "text"],
            "numbers": [1.5, -0.0, 1e300, 123_456_789_012_345_678_901_234_567_890_f64, 1e-7, u64::MAX, i64::MIN],
            "words": ["yes", "No", "null", "~", "", " ", "a: b", "a #b", "#a", "- a", "a:", "1.0", "0x1F", "2024-01-01", "=", "<<",
                      "'q'", "\"q\"", "%a", "@a", "`a", "a,b", "[a]", "{a}", "!a", "&a", "*a", "? a", "| a", "> a", "---", "..."],
            "blocks": ["a\nb", "a\nb\n", "a\n\nb\n", "a\n\n", "\na", " a\nb", "a\n b\n", "a\n\tb", "\ta\nb", "a\n \nb", "a \nb \n", "# a\nb", "---\na\n...\n"],
            "strange": ["\r\n", "a\rb", "\u{0}\u{1f}\u{7f}\u{85}\u{2028}\u{feff}\u{fffe}\u{10ffff}", "🐱", "日本 語", "tab\there"],
            "/orders/{id}": {"$ref": "#/a/b", "x y": "https://a.example/b?c=d&e=f"},
            "key\nwith\nlines": 1, "": 2, "- k": 3, "? k": 4, "k:": 5, "k: v": 6
        });
        check(&value);
        let text = to_yaml(&value).expect("YAML");
        assert!(text.contains("\n\"200\":\n  a: []\n  b: {}\n  c: null\nlist:\n  - - 1\n    - - 2\n  - x: 1\n    \"y\":\n      - true\n"), "{text}");
        assert!(
            text.contains("\n/orders/{id}:\n  $ref: \"#/a/b\"\n  x y: https://a.example/b?c=d&e=f\n"),
            "{text}"
        );
        assert!(text.contains("blocks:\n  - |-\n    a\n    b\n  - |\n    a\n    b\n"), "{text}");
    }

    #[test]
    fn what_only_json_can_contain_is_none() {
        assert!(to_yaml(&json!([1])).is_none());
        assert!(to_yaml(&json!({"a": {"x".repeat(MAX_KEY + 1): 1}})).is_none());
        assert!(to_yaml(&json!({"<<": {}})).is_none());
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[ -~\\n\\t#é:'\"]{0,12}",
            "\\PC{0,8}",
            any::<String>(),
            "[a-zA-Z/_$( ]{1,2}[ -~]{0,8}",
            "([ \\t]{0,3}[a#:-]{0,2}\\n){0,4}",
        ];
        let leaf = prop_oneof![
            text.clone().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            Just(Value::Null),
        ];
        leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text.clone(), inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

        #[test]
        fn any_value_is_read_as_itself(value in any_value()) {
            let value = json!({"root": value});
            if to_yaml(&value).is_some() {
                check(&value);
            }
        }
    }
}
