//! Integers in any notation, as JSON numbers.

use serde_json::Value;

use azr_core::number::Integer;

/// Parses the digits of an integer with a radix up to 16; `sign` is `-` or empty.
pub(crate) fn parse_integer(sign: &str, digits: &str, radix: u32) -> Option<Value> {
    if digits.starts_with(['+', '-']) {
        return None;
    }
    Integer::parse(&format!("{sign}{digits}"), radix).map(|integer| (&integer).into())
}

/// Parses a decimal integer as Python's `int` does: surrounding whitespace, a sign, `_` between digits.
pub(crate) fn parse_decimal(text: &str) -> Option<Value> {
    let text = text.trim();
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.starts_with('_') || digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    parse_integer(sign, &digits.replace('_', ""), 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_parsed_as_in_python() {
        for (text, expected) in [
            (" +5\n", Some("5")),
            ("-1_000", Some("-1000")),
            ("007", Some("7")),
            ("-0", Some("0")),
            ("18446744073709551617", Some("18446744073709551617")),
            ("1__0", None),
            ("_1", None),
            ("1.0", None),
            ("--1", None),
            ("", None),
        ] {
            assert_eq!(parse_decimal(text).map(|value| value.to_string()).as_deref(), expected, "{text}");
        }
    }
}
