//! Tab-separated values as az prints them.
//!
//! Each item of a list is a line. An object is a line of its values, sorted by key unless the query created the object. In
//! a line, a list is printed as its length and an object as nothing. Nothing is quoted or escaped; null is printed as
//! `None` in a line; booleans are capitalized unless they are the whole line.

use serde_json::Value;

use crate::escape;
use crate::sink::Sink;
use crate::table::KeyOrder;
use azr_core::error::Result;
use azr_core::python;

/// Renders a result; escapes its texts for a terminal.
pub(crate) fn render(result: &Value, order: KeyOrder, to_terminal: bool, mut sink: Sink<'_>) -> Result<()> {
    for row in rows(result) {
        let output = &mut sink.text;
        match row {
            Value::Array(cells) => push_cells(output, cells.iter(), to_terminal),
            Value::Object(map) if order == KeyOrder::Sorted => {
                let mut members: Vec<_> = map.iter().collect();
                members.sort_unstable_by_key(|(key, _)| key.as_str());
                push_cells(output, members.into_iter().map(|(_, value)| value), to_terminal);
            }
            Value::Object(map) => push_cells(output, map.values(), to_terminal),
            Value::Bool(value) => output.push_str(if *value { "true" } else { "false" }),
            other => push_cell(output, other, to_terminal),
        }
        output.push('\n');
        sink.write_if_long();
    }
    sink.finish()
}

/// Sorts the members of a value by key if it is an object.
pub(crate) fn sort_members(mut value: Value) -> Value {
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

fn push_cells<'a>(output: &mut String, cells: impl Iterator<Item = &'a Value>, to_terminal: bool) {
    for (i, cell) in cells.enumerate() {
        if i > 0 {
            output.push('\t');
        }
        push_cell(output, cell, to_terminal);
    }
}

fn push_cell(output: &mut String, cell: &Value, to_terminal: bool) {
    match cell {
        Value::Null => output.push_str("None"),
        Value::Bool(true) => output.push_str("True"),
        Value::Bool(false) => output.push_str("False"),
        Value::Number(number) => output.push_str(&python::format_number(number)),
        Value::String(text) if to_terminal => output.push_str(&escape::line(text)),
        Value::String(text) => output.push_str(text),
        Value::Array(items) => output.push_str(&items.len().to_string()),
        Value::Object(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::collect;
    use serde_json::json;

    fn render(value: &Value, to_terminal: bool) -> String {
        collect(|sink| super::render(value, KeyOrder::Unchanged, to_terminal, sink))
    }

    #[test]
    fn each_kind_of_value_is_a_line() {
        let result = json!([1, "a", null, true, [2, false], {"k": {"x": 1}, "l": [1, 2], "m": null}, []]);
        assert_eq!(render(&result, false), "1\na\nNone\ntrue\n2\tFalse\n\t2\tNone\n\n");
        assert_eq!(render(&json!({"a": 1e21}), false), "1e+21\n");
        assert_eq!(render(&json!([]), false), "");
    }

    #[test]
    fn only_objects_that_are_lines_are_sorted() {
        let result = json!([{"b": 1, "a": 2}, [{"d": 1, "c": 2}]]);
        assert_eq!(collect(|sink| super::render(&result, KeyOrder::Sorted, false, sink)), "2\t1\n\n");
        assert_eq!(sort_members(result[0].clone()).to_string(), r#"{"a":2,"b":1}"#);
    }
}
