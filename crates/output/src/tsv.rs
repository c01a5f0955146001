//! Tab-separated values as az prints them, for scripts.
//!
//! A list is one line an item. An object is a line of its values: sorted by key, except where the query made
//! the object, whose order is kept. Inside a line a list is its length and an object is nothing. Nothing is
//! quoted or escaped; a null inside is `None`; true and false are capitalised unless they stand alone.

use serde_json::Value;

use azr_core::python;

/// The lines of a result whose objects stand in the order in which they are to be printed.
pub fn render(result: &Value) -> String {
    let mut out = String::new();
    for row in rows(result) {
        match row {
            Value::Array(cells) => push_cells(&mut out, cells.iter()),
            Value::Object(map) => push_cells(&mut out, map.values()),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            other => push_cell(&mut out, other),
        }
        out.push('\n');
    }
    out
}

/// The result with the objects that become lines sorted by key.
pub fn sorted_rows(result: &Value) -> Value {
    match result {
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => sorted(other),
    }
}

/// The value, its members sorted by key if it is an object.
pub fn sorted(value: &Value) -> Value {
    let mut value = value.clone();
    if let Value::Object(map) = &mut value {
        map.sort_keys();
    }
    value
}

fn rows(result: &Value) -> &[Value] {
    match result {
        Value::Array(items) => items,
        other => std::slice::from_ref(other),
    }
}

fn push_cells<'a>(out: &mut String, cells: impl Iterator<Item = &'a Value>) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            out.push('\t');
        }
        push_cell(out, cell);
    }
}

fn push_cell(out: &mut String, cell: &Value) {
    match cell {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => out.push_str(&python::format_number(number)),
        Value::String(text) => out.push_str(text),
        Value::Array(items) => out.push_str(&items.len().to_string()),
        Value::Object(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_kind_of_line() {
        let result = json!([1, "a", null, true, [2, false], {"k": {"x": 1}, "l": [1, 2], "m": null}, []]);
        assert_eq!(render(&result), "1\na\nNone\ntrue\n2\tFalse\n\t2\tNone\n\n");
        assert_eq!(render(&json!({"a": 1e21})), "1e+21\n");
        assert_eq!(render(&json!([])), "");
    }

    #[test]
    fn only_lines_are_sorted() {
        assert_eq!(
            sorted_rows(&json!([{"b": 1, "a": {"d": 1, "c": 2}}])).to_string(),
            json!([{"a": {"d": 1, "c": 2}, "b": 1}]).to_string()
        );
    }
}
