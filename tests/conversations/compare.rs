//! Comparing what azr does with what is expected of it.

use serde_json::Value;

use crate::case::Bodies;

/// Compares request bodies; null members do not count, and an empty body equals none.
pub(crate) fn compare_bodies(expected: &Value, actual: &Value, bodies: Bodies) -> Result<(), String> {
    let (expected, actual) = (without_nulls(expected), without_nulls(actual));
    let equal = match bodies {
        Bodies::Subset if !is_empty(&expected) => includes(&actual, &expected),
        _ => expected == actual || is_empty(&expected) && is_empty(&actual),
    };
    if equal { Ok(()) } else { Err(diff(&pretty(&expected), &pretty(&actual))) }
}

/// Compares texts, and shows the lines that differ.
pub(crate) fn compare_texts(expected: &str, actual: &str) -> Result<(), String> {
    if expected == actual { Ok(()) } else { Err(diff(expected, actual)) }
}

/// Whether a request for `path` is the one expected; case does not count, and a segment `*` matches any.
pub(crate) fn paths_match(expected: &str, path: &str) -> bool {
    let segments = |path: &str| -> Vec<String> {
        path.trim_end_matches('/').split('/').map(str::to_lowercase).collect()
    };
    let (expected, path) = (segments(expected), segments(path));
    expected.len() == path.len() && expected.iter().zip(&path).all(|(e, p)| e == "*" || e == p)
}

/// Indented JSON, as azr prints it.
pub(crate) fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

fn is_empty(body: &Value) -> bool {
    match body {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_nulls).collect(),
        Value::Object(members) => {
            let members = members.iter().filter(|(_, member)| !member.is_null());
            members.map(|(name, member)| (name.clone(), without_nulls(member))).collect()
        }
        other => other.clone(),
    }
}

/// Whether all members of `part` are in `whole`; lists have the same length.
fn includes(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(name, part)| whole.get(name).is_some_and(|whole| includes(whole, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| includes(whole, part))
        }
        _ => whole == part,
    }
}

/// The lines of both texts: `-` before those that are expected and missing, `+` before those that should not be there.
fn diff(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<&str>, Vec<&str>) =
        (expected.split('\n').collect(), actual.split('\n').collect());
    // common[e][a] is the length of the longest common subsequence of the lines from e and from a on.
    let mut common = vec![vec![0_usize; actual.len() + 1]; expected.len() + 1];
    for e in (0..expected.len()).rev() {
        for a in (0..actual.len()).rev() {
            common[e][a] = if expected[e] == actual[a] {
                common[e + 1][a + 1] + 1
            } else {
                common[e + 1][a].max(common[e][a + 1])
            };
        }
    }
    let (mut e, mut a) = (0, 0);
    let mut lines = vec!["- expected, + actual:".to_owned()];
    while e < expected.len() || a < actual.len() {
        if e < expected.len() && a < actual.len() && expected[e] == actual[a] {
            lines.push(format!("  {}", expected[e]));
            (e, a) = (e + 1, a + 1);
        } else if e < expected.len() && (a == actual.len() || common[e + 1][a] >= common[e][a + 1]) {
            lines.push(format!("- {}", expected[e]));
            e += 1;
        } else {
            lines.push(format!("+ {}", actual[a]));
            a += 1;
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bodies_are_equal_but_for_nulls() {
        let equal = |expected, actual| compare_bodies(&expected, &actual, Bodies::Exact).is_ok();
        assert!(equal(json!({"a": [1, {"b": null}]}), json!({"a": [1, {}], "c": null})));
        assert!(equal(json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1})));
        assert!(equal(json!(null), json!({"a": null})));
        assert!(!equal(json!({"a": 1}), json!({"a": 2})));
        assert!(!equal(json!({"a": 1}), json!({"a": "1"})));
        assert!(!equal(json!({"a": 1}), json!({"a": 1, "b": 2})));
        assert!(!equal(json!({"a": 1, "b": 2}), json!({"a": 1})));
        assert!(!equal(json!({"a": [1, 2]}), json!({"a": [2, 1]})));
        assert!(!equal(json!(null), json!({"a": 1})));
        assert!(!equal(json!({"a": 1}), json!(null)));
    }

    #[test]
    fn a_subset_may_lack_members_but_not_items() {
        let equal = |expected, actual| compare_bodies(&expected, &actual, Bodies::Subset).is_ok();
        assert!(equal(json!({"a": {"b": 1}}), json!({"a": {"b": 1, "c": 2}, "d": 3})));
        assert!(equal(json!([{"a": 1}]), json!([{"a": 1, "b": 2}])));
        assert!(!equal(json!({"a": {"b": 1}}), json!({"a": {"b": 2}})));
        assert!(!equal(json!({"a": {"b": 1}}), json!({"a": {}})));
        assert!(!equal(json!([1]), json!([1, 2])));
        assert!(!equal(json!(null), json!({"a": 1})));
    }

    #[test]
    fn paths_match_whatever_their_case() {
        assert!(paths_match("/resourceGroups/rg", "/resourcegroups/RG/"));
        assert!(paths_match("/roleAssignments/*", "/roleAssignments/5"));
        assert!(!paths_match("/roleAssignments/*", "/roleAssignments/5/6"));
        assert!(!paths_match("/apis/a", "/apis/b"));
    }

    #[test]
    fn a_difference_is_shown_line_by_line() {
        assert_eq!(compare_texts("a\nb\nc", "a\nb\nc"), Ok(()));
        let shown = "- expected, + actual:\n  a\n- b\n+ x\n  c\n+ d".to_owned();
        assert_eq!(compare_texts("a\nb\nc", "a\nx\nc\nd"), Err(shown));
        let shown = "- expected, + actual:\n  a\n- ".to_owned();
        assert_eq!(compare_texts("a\n", "a"), Err(shown));
    }
}
