//! Integers in any notation, as JSON numbers.

use serde_json::Value;

/// The maximum number of digits of an integer, as in Python.
const MAX_DIGITS: usize = 4300;

/// Parses the digits of an integer with a radix up to 16; `sign` is `-` or empty.
pub(crate) fn parse_integer(sign: &str, digits: &str, radix: u32) -> Option<Value> {
    if digits.is_empty() || digits.len() > MAX_DIGITS {
        return None;
    }
    let decimal = u128::from_str_radix(digits, radix).ok()?.to_string();
    let text = if decimal == "0" { decimal } else { format!("{sign}{decimal}") };
    serde_json::from_str(&text).ok()
}
