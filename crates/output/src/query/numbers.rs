//! Arithmetic and order of numbers as in Python, where integers stay integers and floats stay floats.
//!
//! Integers of more than 64 bits, which Python supports, become floats.

use std::cmp::Ordering;

use serde_json::{Number, Value};

/// 2^64: floats below it are converted to integers.
const INTEGER_LIMIT: f64 = 18_446_744_073_709_551_616.0;

pub(crate) fn abs(number: &Number) -> Value {
    as_integer(number).map_or_else(|| as_float(number).abs().into(), |integer| to_value(integer.abs()))
}

/// Rounds a number to an integer with `f64::ceil` or `f64::floor`.
pub(crate) fn round_with(number: &Number, round: fn(f64) -> f64) -> Value {
    match as_integer(number) {
        Some(integer) => to_value(integer),
        None => match round(as_float(number)) {
            #[allow(clippy::cast_possible_truncation)]
            rounded if rounded.abs() < INTEGER_LIMIT => to_value(rounded as i128),
            huge => huge.into(),
        },
    }
}

/// Sums numbers: integers exactly, and from the first float on as floats from left to right.
pub(crate) fn sum(numbers: &[Number]) -> Value {
    let mut integer_sum = 0;
    let mut float_sum = None;
    for number in numbers {
        #[allow(clippy::cast_precision_loss)]
        match (as_integer(number), float_sum) {
            (Some(integer), None) => integer_sum += integer,
            (_, sum) => float_sum = Some(sum.unwrap_or(integer_sum as f64) + as_float(number)),
        }
    }
    float_sum.map_or_else(|| to_value(integer_sum), Value::from)
}

/// The mean, always a float; null of an empty list.
pub(crate) fn average(numbers: &[Number]) -> Value {
    if numbers.is_empty() {
        return Value::Null;
    }
    #[allow(clippy::cast_precision_loss)]
    let count = numbers.len() as f64;
    sum(numbers).as_f64().map_or(Value::Null, |sum| (sum / count).into())
}

/// Parses a number as Python does; null if it is not one. Allows surrounding whitespace, `_` between digits, `1e5`,
/// `.5` and `5.`, but not hexadecimal.
pub(crate) fn parse(text: &str) -> Value {
    let text = text.trim();
    let bytes = text.as_bytes();
    let is_digit =
        |index: Option<usize>| index.and_then(|index| bytes.get(index)).is_some_and(u8::is_ascii_digit);
    let underscores_are_valid = bytes
        .iter()
        .enumerate()
        .all(|(i, byte)| *byte != b'_' || (is_digit(i.checked_sub(1)) && is_digit(i.checked_add(1))));
    if !underscores_are_valid || !text.contains(|c: char| c.is_ascii_digit()) {
        return Value::Null;
    }
    let text = text.replace('_', "");
    // A number that is too large becomes null, because JSON has no infinity.
    text.parse().map_or_else(|_| text.parse::<f64>().map_or(Value::Null, Value::from), to_value)
}

fn to_value(integer: i128) -> Value {
    #[allow(clippy::cast_precision_loss)]
    match (i64::try_from(integer), u64::try_from(integer)) {
        (Ok(small), _) => small.into(),
        (_, Ok(large)) => large.into(),
        _ => (integer as f64).into(),
    }
}

/// Compares two numbers exactly, also integers that a float cannot represent.
pub(crate) fn compare(a: &Number, b: &Number) -> Ordering {
    match (as_integer(a), as_integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_mixed(a, as_float(b)),
        (None, Some(b)) => compare_mixed(b, as_float(a)).reverse(),
        (None, None) => as_float(a).partial_cmp(&as_float(b)).unwrap_or(Ordering::Equal),
    }
}

/// The number as an integer, if it is written as one.
fn as_integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn as_float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

fn compare_mixed(a: i128, b: f64) -> Ordering {
    // `a` has at most 64 bits, so a float that saturates is still on the correct side of it.
    #[allow(clippy::cast_possible_truncation)]
    let truncated = b.trunc() as i128;
    a.cmp(&truncated).then_with(|| 0.0.partial_cmp(&b.fract()).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn numbers(text: &str) -> Vec<Number> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn sums_of_integers_are_exact() {
        assert_eq!(sum(&numbers("[9007199254740993, 2]")), json!(9_007_199_254_740_995_i64));
        assert_eq!(sum(&numbers("[1, 0.5]")), json!(1.5));
        assert_eq!(sum(&[]), json!(0));
    }

    #[test]
    fn an_average_is_a_float() {
        assert_eq!(average(&numbers("[2, 4]")), json!(3.0));
        assert_eq!(average(&[]), Value::Null);
    }

    #[test]
    fn rounding_returns_integers() {
        assert_eq!(round_with(&numbers("[-1.5]")[0], f64::ceil), json!(-1));
        assert_eq!(round_with(&numbers("[1e300]")[0], f64::floor), json!(1e300));
        assert_eq!(abs(&numbers("[-9223372036854775808]")[0]), json!(9_223_372_036_854_775_808_u64));
    }

    #[test]
    fn numbers_are_parsed_as_in_python() {
        for (text, expected) in [
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
            assert_eq!(parse(text), expected, "{text:?}");
        }
    }

    #[test]
    fn fractions_decide_between_equal_integers() {
        let number = |text| serde_json::from_str::<Number>(text).unwrap();
        assert_eq!(compare(&number("2"), &number("2.5")), Ordering::Less);
        assert_eq!(compare(&number("-2"), &number("-2.5")), Ordering::Greater);
        assert_eq!(compare(&number("1e300"), &number("5")), Ordering::Greater);
    }
}
