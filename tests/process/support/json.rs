//! Reading and comparing JSON.

use serde_json::Value;

/// The strings of a JSON list.
pub(crate) fn strings(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap_or_else(|| panic!("not a list: {list}"));
    items.iter().map(|item| item.as_str().unwrap_or_else(|| panic!("not a string: {item}"))).collect()
}

/// Whether `value` has at least the members of `expected`; lists have as many items, and `{}` stands for no members.
pub(crate) fn includes(value: &Value, expected: &Value) -> bool {
    match (value, expected) {
        (Value::Object(value), Value::Object(expected)) if expected.is_empty() => value.is_empty(),
        (Value::Object(value), Value::Object(expected)) => expected
            .iter()
            .all(|(name, expected)| value.get(name).is_some_and(|value| includes(value, expected))),
        (Value::Array(value), Value::Array(expected)) => {
            value.len() == expected.len()
                && value.iter().zip(expected).all(|(value, expected)| includes(value, expected))
        }
        _ => value == expected,
    }
}

#[test]
fn members_may_be_left_out_and_items_may_not() {
    use serde_json::json;
    let value = json!({"a": [1, {"b": 2, "c": 3}], "d": {}});
    for expected in [json!({"a": [1, {"b": 2}]}), json!({"d": {}}), value.clone()] {
        assert!(includes(&value, &expected), "{expected}");
    }
    for other in [json!({"a": [1]}), json!({"a": [1, {}]}), json!({"a": [1, {"b": 3}]}), json!({"e": null})] {
        assert!(!includes(&value, &other), "{other}");
    }
}
