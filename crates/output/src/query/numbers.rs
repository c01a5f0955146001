//! Arithmetic and order of numbers as in Python, where integers of any size stay integers and floats stay floats.

use std::cmp::Ordering;

use serde_json::{Number, Value};

use azr_core::number::Integer;

pub(crate) fn abs(number: &Number) -> Value {
    as_integer(number).map_or_else(|| as_float(number).abs().into(), |integer| (&integer.abs()).into())
}

/// Rounds a number to an integer with `f64::ceil` or `f64::floor`.
pub(crate) fn round_with(number: &Number, round: fn(f64) -> f64) -> Value {
    let rounded = as_integer(number).or_else(|| Integer::truncate(round(as_float(number))));
    rounded.map_or(Value::Null, |integer| (&integer).into())
}

/// Sums numbers: integers exactly, and from the first float on as floats from left to right.
pub(crate) fn sum(numbers: &[Number]) -> Value {
    let mut integer_sum = Integer::default();
    let mut float_sum = None;
    for number in numbers {
        match (as_integer(number), float_sum) {
            (Some(integer), None) => integer_sum = integer_sum.add(&integer),
            (_, sum) => float_sum = Some(sum.unwrap_or(integer_sum.to_f64()) + as_float(number)),
        }
    }
    float_sum.map_or_else(|| (&integer_sum).into(), Value::from)
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
    Integer::parse(&text, 10)
        .map_or_else(|| text.parse::<f64>().map_or(Value::Null, Value::from), |integer| (&integer).into())
}

/// Compares two numbers exactly, also integers that a float cannot represent.
pub(crate) fn compare(a: &Number, b: &Number) -> Ordering {
    match (as_integer(a), as_integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => compare_mixed(&a, as_float(b)),
        (None, Some(b)) => compare_mixed(&b, as_float(a)).reverse(),
        (None, None) => as_float(a).partial_cmp(&as_float(b)).unwrap_or(Ordering::Equal),
    }
}

/// The number as an integer, if it is written as one.
fn as_integer(number: &Number) -> Option<Integer> {
    Integer::from_number(number)
}

fn as_float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

fn compare_mixed(a: &Integer, b: f64) -> Ordering {
    let Some(truncated) = Integer::truncate(b) else {
        return 0.0.partial_cmp(&b).unwrap_or(Ordering::Equal);
    };
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
        let large = numbers("[18446744073709551617, -1, 100000000000000000000]");
        assert_eq!(sum(&large).to_string(), "118446744073709551616");
    }

    #[test]
    fn an_average_is_a_float() {
        assert_eq!(average(&numbers("[2, 4]")), json!(3.0));
        assert_eq!(average(&[]), Value::Null);
    }

    #[test]
    fn rounding_returns_integers() {
        assert_eq!(round_with(&numbers("[-1.5]")[0], f64::ceil), json!(-1));
        assert_eq!(round_with(&numbers("[1e23]")[0], f64::floor).to_string(), "99999999999999991611392");
        assert_eq!(abs(&numbers("[-9223372036854775808]")[0]), json!(9_223_372_036_854_775_808_u64));
    }

    #[test]
    fn numbers_are_parsed_as_in_python() {
        for (text, expected) in [
            (" 12\n", json!(12)),
            ("1_000", json!(1000)),
            ("+5", json!(5)),
            ("18446744073709551617", numbers("[18446744073709551617]")[0].clone().into()),
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
        assert_eq!(
            compare(&number("18446744073709551617"), &number("18446744073709551616")),
            Ordering::Greater
        );
        assert_eq!(
            compare(&number("18446744073709551617"), &number("18446744073709551616.0")),
            Ordering::Greater
        );
    }
}
