//! The arithmetic of the functions: integers stay integers and floats floats, as in Python.
//!
//! Integers past 64 bits, which Python has and JSON values here have not, become floats.

use serde_json::{Number, Value};

use super::compare::{float, integer};

/// What an integer of 64 bits can hold, as a float.
const EXACT: f64 = 18_446_744_073_709_551_616.0;

pub fn abs(number: &Number) -> Value {
    integer(number).map_or_else(|| float(number).abs().into(), |integer| value(integer.abs()))
}

/// The integer next to a number.
pub fn rounded(number: &Number, round: fn(f64) -> f64) -> Value {
    match integer(number) {
        Some(integer) => value(integer),
        None => match round(float(number)) {
            #[allow(clippy::cast_possible_truncation)]
            whole if whole.abs() < EXACT => value(whole as i128),
            huge => huge.into(),
        },
    }
}

/// Adds integers exactly, and floats from left to right from the first one on.
pub fn total(numbers: &[Number]) -> Value {
    let mut exact = 0;
    let mut inexact = None;
    for number in numbers {
        #[allow(clippy::cast_precision_loss)]
        match (integer(number), inexact) {
            (Some(integer), None) => exact += integer,
            (_, sum) => inexact = Some(sum.unwrap_or(exact as f64) + float(number)),
        }
    }
    inexact.map_or_else(|| value(exact), Value::from)
}

/// The mean, always a float; null of nothing.
pub fn average(numbers: &[Number]) -> Value {
    if numbers.is_empty() {
        return Value::Null;
    }
    #[allow(clippy::cast_precision_loss)]
    let count = numbers.len() as f64;
    total(numbers).as_f64().map_or(Value::Null, |sum| (sum / count).into())
}

/// A number as Python reads it, or null: blanks around it, `_` between digits, `1e5`, `.5`, `5.`, no hexadecimal.
pub fn parse(text: &str) -> Value {
    let text = text.trim();
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let gaps_fit = bytes
        .iter()
        .enumerate()
        .all(|(i, byte)| *byte != b'_' || (digit(i.checked_sub(1)) && digit(i.checked_add(1))));
    if !gaps_fit || !text.contains(|c: char| c.is_ascii_digit()) {
        return Value::Null;
    }
    let text = text.replace('_', "");
    // A float too large to be one becomes null: JSON has no infinity.
    text.parse().map_or_else(|_| text.parse::<f64>().map_or(Value::Null, Value::from), value)
}

fn value(integer: i128) -> Value {
    #[allow(clippy::cast_precision_loss)]
    match (i64::try_from(integer), u64::try_from(integer)) {
        (Ok(small), _) => small.into(),
        (_, Ok(large)) => large.into(),
        _ => (integer as f64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn numbers(text: &str) -> Vec<Number> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn sums_are_exact_until_there_is_a_float() {
        assert_eq!(total(&numbers("[9007199254740993, 2]")), json!(9_007_199_254_740_995_i64));
        assert_eq!(total(&numbers("[1, 0.5]")), json!(1.5));
        assert_eq!(total(&[]), json!(0));
    }

    #[test]
    fn an_average_is_a_float() {
        assert_eq!(average(&numbers("[2, 4]")), json!(3.0));
        assert_eq!(average(&[]), Value::Null);
    }

    #[test]
    fn rounding_makes_integers() {
        assert_eq!(rounded(&numbers("[-1.5]")[0], f64::ceil), json!(-1));
        assert_eq!(rounded(&numbers("[1e300]")[0], f64::floor), json!(1e300));
        assert_eq!(abs(&numbers("[-9223372036854775808]")[0]), json!(9_223_372_036_854_775_808_u64));
    }

    #[test]
    fn text_is_read_as_python_reads_it() {
        for (text, wanted) in [
            (" 12\n", json!(12)),
            ("1_000", json!(1000)),
            ("+5", json!(5)),
            ("1e3", json!(1000.0)),
            (".5", json!(0.5)),
            ("1__0", Value::Null),
            ("_1", Value::Null),
            ("0x1", Value::Null),
            ("inf", Value::Null),
            ("1e999", Value::Null),
            ("", Value::Null),
        ] {
            assert_eq!(parse(text), wanted, "{text:?}");
        }
    }
}
