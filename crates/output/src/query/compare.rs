//! Equality as in jmespath.py.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::Number;

use super::budget::Budget;
use super::error::EvalResult;
use super::numbers::compare;
use super::value::{QueryValue, ValueView};

/// `==`: a boolean never equals a number, except inside lists and objects, where `true` equals 1 in Python.
pub(crate) fn equals(a: &QueryValue, b: &QueryValue, budget: &Budget) -> EvalResult<bool> {
    match (a.view(), b.view()) {
        (ValueView::Bool(_), ValueView::Number(_)) | (ValueView::Number(_), ValueView::Bool(_)) => Ok(false),
        _ => equals_in_python(a, b, budget),
    }
}

/// Equality of Python, for `contains` and for nested values.
///
/// In Python `true` equals 1.
pub(crate) fn equals_in_python(a: &QueryValue, b: &QueryValue, budget: &Budget) -> EvalResult<bool> {
    budget.spend(1)?;
    Ok(match (a.view(), b.view()) {
        (ValueView::Null, ValueView::Null) => true,
        (ValueView::Bool(a), ValueView::Bool(b)) => a == b,
        (ValueView::Bool(a), ValueView::Number(b)) => {
            compare(&Number::from(u8::from(a)), b) == Ordering::Equal
        }
        (ValueView::Number(a), ValueView::Bool(b)) => {
            compare(a, &Number::from(u8::from(b))) == Ordering::Equal
        }
        (ValueView::Number(a), ValueView::Number(b)) => compare(a, b) == Ordering::Equal,
        (ValueView::String(a), ValueView::String(b)) => a == b,
        (ValueView::List, ValueView::List) => {
            if a.parts() != b.parts() {
                return Ok(false);
            }
            spend_for_both(a, b, budget)?;
            let (a, b) = (a.items().unwrap_or_default(), b.items().unwrap_or_default());
            return all_equal(a.iter().zip(&b), budget);
        }
        (ValueView::Object, ValueView::Object) => {
            if a.parts() != b.parts() {
                return Ok(false);
            }
            spend_for_both(a, b, budget)?;
            let (a, b) = (a.members().unwrap_or_default(), b.members().unwrap_or_default());
            let b: HashMap<&str, &QueryValue> = b.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let pairs: Option<Vec<_>> =
                a.iter().map(|(key, value)| Some((value, *b.get(key.as_str())?))).collect();
            return pairs.map_or(Ok(false), |pairs| all_equal(pairs.into_iter(), budget));
        }
        _ => false,
    })
}

fn spend_for_both(a: &QueryValue, b: &QueryValue, budget: &Budget) -> EvalResult<()> {
    budget.spend_parts(a)?;
    budget.spend_parts(b)
}

fn all_equal<'f, 'a: 'f>(
    mut pairs: impl Iterator<Item = (&'f QueryValue<'a>, &'f QueryValue<'a>)>,
    budget: &Budget,
) -> EvalResult<bool> {
    pairs.try_fold(true, |equal, (a, b)| Ok(equal && equals_in_python(a, b, budget)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn are_equal(a: &Value, b: &Value) -> bool {
        equals(&QueryValue::Borrowed(a), &QueryValue::Borrowed(b), &Budget::new(100)).unwrap()
    }

    #[test]
    fn numbers_are_compared_by_value_and_never_equal_booleans() {
        assert!(are_equal(&json!(1), &json!(1.0)));
        assert!(!are_equal(&json!(9_007_199_254_740_993_i64), &json!(9_007_199_254_740_992.0)));
        assert!(!are_equal(&json!(1), &json!(true)));
        assert!(are_equal(&json!([1]), &json!([true])));
    }

    #[test]
    fn objects_are_equal_in_any_order() {
        assert!(are_equal(&json!({"a": 1, "b": [2]}), &json!({"b": [2], "a": 1})));
        assert!(!are_equal(&json!({"a": 1}), &json!({"a": 1, "b": 2})));
    }
}
