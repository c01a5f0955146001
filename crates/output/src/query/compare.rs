//! Equality and order as jmespath.py has them.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::Number;

use super::eval::Result;
use super::found::{Found, View};
use super::work::Work;

/// `==`: a bool never equals a number, except inside of lists and objects, where Python takes `true` for 1.
pub fn equals(a: &Found, b: &Found, work: &Work) -> Result<bool> {
    match (a.view(), b.view()) {
        (View::Bool(_), View::Number(_)) | (View::Number(_), View::Bool(_)) => Ok(false),
        _ => same(a, b, work),
    }
}

/// Equality as Python has it, for `contains` and for what is nested.
pub fn same(a: &Found, b: &Found, work: &Work) -> Result<bool> {
    work.take(1)?;
    Ok(match (a.view(), b.view()) {
        (View::Null, View::Null) => true,
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Bool(a), View::Number(b)) => order(&Number::from(u8::from(a)), b) == Ordering::Equal,
        (View::Number(a), View::Bool(b)) => order(a, &Number::from(u8::from(b))) == Ordering::Equal,
        (View::Number(a), View::Number(b)) => order(a, b) == Ordering::Equal,
        (View::String(a), View::String(b)) => a == b,
        (View::List, View::List) => {
            if a.parts() != b.parts() {
                return Ok(false);
            }
            take_parts(a, b, work)?;
            let (a, b) = (a.items().unwrap_or_default(), b.items().unwrap_or_default());
            return all(a.iter().zip(&b), work);
        }
        (View::Object, View::Object) => {
            if a.parts() != b.parts() {
                return Ok(false);
            }
            take_parts(a, b, work)?;
            let (a, b) = (a.members().unwrap_or_default(), b.members().unwrap_or_default());
            let b: HashMap<&str, &Found> = b.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let pairs: Option<Vec<_>> =
                a.iter().map(|(key, value)| Some((value, *b.get(key.as_str())?))).collect();
            return pairs.map_or(Ok(false), |pairs| all(pairs.into_iter(), work));
        }
        _ => false,
    })
}

fn take_parts(a: &Found, b: &Found, work: &Work) -> Result<()> {
    work.take_parts(a)?;
    work.take_parts(b)
}

fn all<'f, 'a: 'f>(
    mut pairs: impl Iterator<Item = (&'f Found<'a>, &'f Found<'a>)>,
    work: &Work,
) -> Result<bool> {
    pairs.try_fold(true, |all, (a, b)| Ok(all && same(a, b, work)?))
}

/// The order of two numbers, exact even where an integer has no float.
pub fn order(a: &Number, b: &Number) -> Ordering {
    match (integer(a), integer(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (Some(a), None) => order_mixed(a, float(b)),
        (None, Some(b)) => order_mixed(b, float(a)).reverse(),
        (None, None) => float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal),
    }
}

/// The number if it is written as an integer.
pub fn integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

/// The number as a float.
pub fn float(number: &Number) -> f64 {
    number.as_f64().unwrap_or(f64::NAN)
}

fn order_mixed(a: i128, b: f64) -> Ordering {
    // The integers here have 64 bits, so a float past them saturates on the right side.
    #[allow(clippy::cast_possible_truncation)]
    let whole = b.trunc() as i128;
    a.cmp(&whole).then_with(|| 0.0.partial_cmp(&b.fract()).unwrap_or(Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn eq(a: &Value, b: &Value) -> bool {
        equals(&Found::Given(a), &Found::Given(b), &Work::of(100)).unwrap()
    }

    #[test]
    fn numbers_compare_by_value_and_never_to_bools() {
        assert!(eq(&json!(1), &json!(1.0)));
        assert!(!eq(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992.0)));
        assert!(!eq(&json!(1), &json!(true)));
        assert!(eq(&json!([1]), &json!([true])));
    }

    #[test]
    fn objects_compare_without_regard_to_order() {
        assert!(eq(&json!({"a": 1, "b": [2]}), &json!({"b": [2], "a": 1})));
        assert!(!eq(&json!({"a": 1}), &json!({"a": 1, "b": 2})));
    }

    #[test]
    fn fractions_decide_between_equal_integers() {
        let number = |text| serde_json::from_str::<Number>(text).unwrap();
        assert_eq!(order(&number("2"), &number("2.5")), Ordering::Less);
        assert_eq!(order(&number("-2"), &number("-2.5")), Ordering::Greater);
        assert_eq!(order(&number("1e300"), &number("5")), Ordering::Greater);
    }
}
