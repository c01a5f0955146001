//! Numbers of JSON, which keep their digits as in Python: integers of any size, and floats as they were written.
//!
//! `serde_json` keeps the text of every number (its feature `arbitrary_precision`). Two things follow from that: other
//! serializers need [`PlainNumbers`], and `==` distinguishes `1.0` from `1.00`, which [`is_same_value`] does not.

pub(crate) mod integer;

use serde::ser::{Error as _, Serialize, Serializer};
use serde_json::{Number, Value};

pub use integer::{Integer, is_integer};

use crate::python::format_number;

/// The number as Python writes it: `1E3` becomes `1000.0`, and `-0` becomes `0`.
#[must_use]
pub fn normalize(number: &Number) -> Number {
    serde_json::from_str(&format_number(number)).unwrap_or_else(|_| number.clone())
}

/// Whether two values are equal, with floats compared by their value and not by their text.
#[must_use]
pub fn is_same_value(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            a == b || (!is_integer(a) && !is_integer(b) && a.as_f64().is_some() && a.as_f64() == b.as_f64())
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_value(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let is_member =
                |(key, value): (&String, &Value)| b.get(key).is_some_and(|other| is_same_value(value, other));
            a.len() == b.len() && a.iter().all(is_member)
        }
        (a, b) => a == b,
    }
}

/// A value for serializers other than that of `serde_json`, which do not understand its numbers.
///
/// Integers of more than 128 bits, for which serde has no type, are an error.
#[derive(Debug, Clone, Copy)]
pub struct PlainNumbers<'a>(pub &'a Value);

impl Serialize for PlainNumbers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Number(number) => serialize_number(number, serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(PlainNumbers)),
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(key, value)| (key, PlainNumbers(value))))
            }
            Value::Null | Value::Bool(_) | Value::String(_) => self.0.serialize(serializer),
        }
    }
}

fn serialize_number<S: Serializer>(number: &Number, serializer: S) -> Result<S::Ok, S::Error> {
    if let Some(number) = number.as_u64() {
        serializer.serialize_u64(number)
    } else if let Some(number) = number.as_i64() {
        serializer.serialize_i64(number)
    } else if let Some(number) = number.as_u128() {
        serializer.serialize_u128(number)
    } else if let Some(number) = number.as_i128() {
        serializer.serialize_i128(number)
    } else if let Some(float) = number.as_f64().filter(|_| !is_integer(number)) {
        serializer.serialize_f64(float)
    } else {
        Err(S::Error::custom("a number is too large"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }

    #[test]
    fn integers_of_any_size_keep_their_digits() {
        let text = format!("[18446744073709551617,-{}]", "123456789".repeat(100));
        assert_eq!(value(&text).to_string(), text);
    }

    #[test]
    fn numbers_are_written_as_in_python() {
        for (text, expected) in [("1E3", "1000.0"), ("1.50", "1.5"), ("-0", "0"), ("-0.0", "-0.0")] {
            assert_eq!(normalize(value(text).as_number().expect("a number")).as_str(), expected);
        }
    }

    #[test]
    fn floats_are_compared_by_value_and_integers_by_their_digits() {
        assert!(is_same_value(&value(r#"{"a":[1.50,1e2]}"#), &value(r#"{"a":[1.5,100.0]}"#)));
        for (a, b) in [("1", "1.0"), ("18446744073709551617", "18446744073709551616"), ("[1]", "[1,2]")] {
            assert!(!is_same_value(&value(a), &value(b)), "{a} {b}");
        }
    }
}
