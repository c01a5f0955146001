//! Plain scalars of YAML, as the safe loader of `PyYAML` 6 resolves them.
//!
//! YAML 1.1 without `y` and `n`: `yes` and `off` are booleans, `010` is octal, `1:30` counts in sixties, and a number with an
//! exponent needs a decimal point and a sign (`1.0e+3`).

use serde_json::{Number, Value};

use crate::commands::numeral;
use azr_core::number::Integer;

/// The value of a plain scalar.
pub(super) fn resolve(text: &str) -> Result<Value, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Ok(Value::Null),
        _ if is_bool(text) => parse_bool(text),
        _ if is_float(text) => parse_float(text),
        _ if is_int(text) => parse_int(text),
        // A date is sent as it is written.
        _ => Ok(text.into()),
    }
}

/// Parses a boolean in any case.
pub(super) fn parse_bool(text: &str) -> Result<Value, String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" | "on" => Ok(Value::Bool(true)),
        "no" | "false" | "off" => Ok(Value::Bool(false)),
        _ => Err(format!("'{text}' is not a boolean")),
    }
}

/// Parses an integer: decimal, `0x`, `0b`, octal with a leading zero, or in sixties.
pub(super) fn parse_int(text: &str) -> Result<Value, String> {
    let digits = text.replace('_', "");
    let (sign, digits) = split_sign(&digits);
    let (radix, digits) = if let Some(digits) = digits.strip_prefix("0b") {
        (2, digits)
    } else if let Some(digits) = digits.strip_prefix("0x") {
        (16, digits)
    } else if digits.contains(':') {
        let sum = digits.split(':').try_fold(Integer::default(), |sum, part| {
            Some(sum.multiply_and_add(60, 0).add(&Integer::parse(part, 10)?))
        });
        let sum = sum.map(|sum| if sign == "-" { sum.negate() } else { sum });
        return sum.map(|sum| (&sum).into()).ok_or_else(|| format!("'{text}' is not a whole number"));
    } else if digits.len() > 1 && digits.starts_with('0') {
        // `0o17` is text, but `!!int 0o17` is fifteen.
        (8, digits.strip_prefix("0o").unwrap_or(digits))
    } else {
        (10, digits)
    };
    numeral::parse_integer(sign, digits, radix).ok_or_else(|| format!("'{text}' is not a whole number"))
}

/// Parses a number with a fraction, which may be in sixties.
pub(super) fn parse_float(text: &str) -> Result<Value, String> {
    let digits = text.replace('_', "").to_ascii_lowercase();
    let (sign, digits) = split_sign(&digits);
    let parts = digits.rsplit(':').map(|part| part.parse::<f64>().ok());
    let mut base = 1.0;
    let mut sum = 0.0;
    for part in parts {
        let part = part.filter(|_| !digits.contains(|c: char| c.is_ascii_alphabetic() && c != 'e'));
        sum += base * part.ok_or_else(|| format!("'{text}' has no value in JSON"))?;
        base *= 60.0;
    }
    let value = if sign == "-" { -sum } else { sum };
    Number::from_f64(value).map(Value::Number).ok_or_else(|| format!("'{text}' has no value in JSON"))
}

/// Whether a text is a date, or a date and what may be a time.
pub(super) fn starts_with_date(text: &str) -> bool {
    let date = text.split(['T', 't', ' ', '\t']).next().unwrap_or_default();
    let mut parts = date.split('-').map(|part| (part.len(), is_decimal(part) && !part.contains('_')));
    matches!(parts.next(), Some((4, true)))
        && matches!((parts.next(), parts.next()), (Some((1 | 2, true)), Some((1 | 2, true))))
        && parts.next().is_none()
}

/// Splits off the sign; `+` is the same as none.
fn split_sign(text: &str) -> (&str, &str) {
    match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

fn is_bool(text: &str) -> bool {
    let is_word = |word: &str| text.eq_ignore_ascii_case(word);
    let lower = text.to_ascii_lowercase();
    let is_cased = text == lower || text == lower.to_ascii_uppercase() || is_capitalized(text);
    is_cased && ["yes", "no", "true", "false", "on", "off"].into_iter().any(is_word)
}

fn is_capitalized(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_uppercase) && chars.all(char::is_lowercase)
}

fn is_int(text: &str) -> bool {
    let (_, digits) = split_sign(text);
    let is_all = |text: &str, is_digit: fn(char) -> bool| !text.is_empty() && text.chars().all(is_digit);
    if let Some(digits) = digits.strip_prefix("0b") {
        return is_all(digits, |c| matches!(c, '0' | '1' | '_'));
    }
    if let Some(digits) = digits.strip_prefix("0x") {
        return is_all(digits, |c| c.is_ascii_hexdigit() || c == '_');
    }
    if let Some(digits) = digits.strip_prefix('0') {
        return digits.chars().all(|c| matches!(c, '0'..='7' | '_'));
    }
    let (first, rest) = split_sixties(digits);
    first.starts_with(|c: char| c.is_ascii_digit()) && is_decimal(first) && rest.is_none_or(are_sixties)
}

fn is_float(text: &str) -> bool {
    let (_, digits) = split_sign(text);
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let Some((integer, fraction)) = digits.split_once('.') else { return false };
    if integer.is_empty() {
        // `-.5` is text.
        return text.starts_with('.')
            && fraction.starts_with(|c: char| c.is_ascii_digit())
            && is_fraction(fraction, true);
    }
    let (first, rest) = split_sixties(integer);
    first.starts_with(|c: char| c.is_ascii_digit())
        && is_decimal(first)
        && rest.is_none_or(are_sixties)
        && is_fraction(fraction, rest.is_none())
}

fn is_decimal(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit() || c == '_')
}

fn split_sixties(text: &str) -> (&str, Option<&str>) {
    text.split_once(':').map_or((text, None), |(first, rest)| (first, Some(rest)))
}

/// Whether these are parts of a number in sixties: `0` to `59`, each with one or two digits.
fn are_sixties(text: &str) -> bool {
    text.split(':').all(|part| match part.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [tens, digit] => matches!(tens, b'0'..=b'5') && digit.is_ascii_digit(),
        _ => false,
    })
}

/// Whether this is what follows the decimal point, with an exponent if it may have one.
fn is_fraction(text: &str, may_have_exponent: bool) -> bool {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else { return is_decimal(text) };
    may_have_exponent
        && is_decimal(digits)
        && exponent.strip_prefix(['+', '-']).is_some_and(|exponent| {
            !exponent.is_empty() && exponent.bytes().all(|digit| digit.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line is a plain scalar, and its value in `PyYAML` 6.0 as JSON; `-` if JSON has no such value.
    const PYYAML: &str = include_str!("../../../tests/data/pyyaml_scalars.txt");

    #[test]
    fn plain_scalars_have_the_values_of_pyyaml() {
        let mut count = 0;
        for line in PYYAML.lines().filter(|line| !line.starts_with("##")) {
            let (text, expected) = line.split_once(" | ").expect("a scalar and its value");
            let value = resolve(text).ok();
            let expected = (expected != "-").then(|| expected.to_owned());
            let printed = value.map(|value| match value {
                Value::Number(number) => azr_core::python::format_number(&number),
                other => other.to_string(),
            });
            assert_eq!(printed, expected, "{text}");
            count += 1;
        }
        assert!(count > 150);
    }
}
