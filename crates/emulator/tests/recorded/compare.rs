//! Compares a response with the recorded one.

use serde_json::Value;

/// Stands for any value.
const ANY: &str = "<any>";
/// As the last item of a list, stands for further items.
const OTHERS: &str = "<others>";

/// How `value` differs from `expected`: a line for each member, which starts with its path.
pub(crate) fn differences(expected: &Value, value: &Value, path: &str) -> Vec<String> {
    match (expected, value) {
        (Value::Object(expected), Value::Object(value)) => {
            let missing = expected.iter().filter(|(name, _)| !value.contains_key(*name));
            let missing = missing.map(|(name, expected)| format!("{path}.{name} is missing: {expected}"));
            let additional = value.iter().filter(|(name, _)| !expected.contains_key(*name));
            let additional = additional.map(|(name, value)| format!("{path}.{name} is additional: {value}"));
            let common =
                expected.iter().filter_map(|(name, expected)| Some((name, expected, value.get(name)?)));
            let common = common
                .flat_map(|(name, expected, value)| differences(expected, value, &format!("{path}.{name}")));
            missing.chain(additional).chain(common).collect()
        }
        (Value::Array(expected), Value::Array(value)) => list_differences(expected, value, path),
        (Value::String(expected), Value::String(value)) if matches(expected, value) => Vec::new(),
        (Value::String(expected), value) if expected == ANY && !value.is_null() => Vec::new(),
        _ if expected == value => Vec::new(),
        _ => vec![format!("{path} is {value}, not {expected}")],
    }
}

fn list_differences(expected: &[Value], value: &[Value], path: &str) -> Vec<String> {
    if let Some((others, expected)) = expected.split_last()
        && others == OTHERS
    {
        let has = |item: &&Value| value.iter().any(|other| differences(item, other, path).is_empty());
        let missing = expected.iter().filter(|item| !has(item));
        return missing.map(|item| format!("{path} has no item {item}: {value:?}")).collect();
    }
    if expected.len() != value.len() {
        return vec![format!("{path} has {} items, not {}", value.len(), expected.len())];
    }
    let items = expected.iter().zip(value).enumerate();
    items
        .flat_map(|(index, (expected, item))| differences(expected, item, &format!("{path}[{index}]")))
        .collect()
}

/// Whether a text is the expected one, in which `<any>` stands for some characters.
pub(crate) fn matches(expected: &str, text: &str) -> bool {
    match expected.split_once(ANY) {
        Some((start, end)) => {
            text.len() > start.len() + end.len() && text.starts_with(start) && text.ends_with(end)
        }
        None => text == expected,
    }
}

#[test]
fn only_what_differs_each_time_may_differ() {
    use serde_json::json;
    let value = json!({"id": "/a/b", "list": [{"n": 1}, {"n": 2}], "time": "today", "none": null});
    for equal in [
        value.clone(),
        json!({"id": "/a/<any>", "list": "<any>", "time": "<any>", "none": null}),
        json!({"id": "/a/b", "list": [{"n": 2}, "<others>"], "time": "today", "none": null}),
    ] {
        assert_eq!(differences(&equal, &value, ""), [""; 0], "{equal}");
    }
    for (other, difference) in [
        (json!({"id": "/a/b", "list": "<any>", "time": "today"}), ".none is additional: null"),
        (
            json!({"id": "/a/b", "list": "<any>", "time": "today", "none": "<any>"}),
            ".none is null, not \"<any>\"",
        ),
        (
            json!({"id": "/a/<any>/c", "list": "<any>", "time": "today", "none": null}),
            ".id is \"/a/b\", not \"/a/<any>/c\"",
        ),
        (json!({"id": "/a/b", "list": [], "time": "today", "none": null}), ".list has 2 items, not 0"),
        (
            json!({"id": "/a/b", "list": [1, 2], "time": "today", "none": null}),
            ".list[0] is {\"n\":1}, not 1",
        ),
    ] {
        assert_eq!(differences(&other, &value, "").first().map(String::as_str), Some(difference));
    }
}
