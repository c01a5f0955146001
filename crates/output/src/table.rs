//! Tables as az prints them for `-o table`.
//!
//! An object is a row, without its nulls, lists and objects and without `id`, `type` and `etag`. A list in a list is a row
//! of `Column1`, `Column2` and so on; anything else is a row with one `Result`. Headers are capitalized, cells are aligned
//! left, and a column is at least two characters wider than its header. Every character counts as one column, as in az.
//!
//! Unlike az, characters that could control a terminal and commands of pipelines are escaped.

mod layout;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::escape;
use azr_core::python;

const HIDDEN_KEYS: [&str; 3] = ["id", "type", "etag"];

/// The order in which the members of an object become columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyOrder {
    /// By name: for a result without a query.
    Sorted,
    /// As they are: for a result ordered by a query or by the layout of a command.
    Unchanged,
}

/// The table, with its final newline; an empty line if there is nothing to print.
pub(crate) fn render(result: &Value, order: KeyOrder) -> String {
    let items = match result {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut columns = Columns::default();
    let rows: Vec<Vec<String>> = items.iter().map(|item| columns.row(item, order)).collect();
    layout::render(&columns.headers, &rows)
}

/// The headers, in the order of their first occurrence.
#[derive(Default)]
struct Columns {
    headers: Vec<String>,
    indices: HashMap<String, usize>,
}

impl Columns {
    /// The cells of a row, which may be shorter than the table.
    fn row(&mut self, item: &Value, order: KeyOrder) -> Vec<String> {
        let mut row = Vec::new();
        match item {
            Value::Object(map) => {
                for (key, value) in visible_members(map, order) {
                    self.set_cell(&mut row, escape::cell(&capitalize(key)).into_owned(), value);
                }
            }
            Value::Array(cells) => {
                for (i, cell) in cells.iter().enumerate() {
                    self.set_cell(&mut row, format!("Column{}", i + 1), cell);
                }
            }
            other => self.set_cell(&mut row, "Result".to_owned(), other),
        }
        row
    }

    fn set_cell(&mut self, row: &mut Vec<String>, header: String, value: &Value) {
        let index = *self.indices.entry(header).or_insert_with_key(|header| {
            self.headers.push(header.clone());
            self.headers.len() - 1
        });
        if row.len() <= index {
            row.resize(index + 1, String::new());
        }
        row[index] = if value.is_null() {
            String::new()
        } else {
            escape::cell(&python::format_str(value)).into_owned()
        };
    }
}

fn visible_members(map: &Map<String, Value>, order: KeyOrder) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = map
        .iter()
        .filter(|(key, value)| {
            !HIDDEN_KEYS.contains(&key.as_str())
                && !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
        })
        .collect();
    if order == KeyOrder::Sorted {
        members.sort_unstable_by_key(|(key, _)| key.as_str());
    }
    members
}

fn capitalize(key: &str) -> String {
    let mut chars = key.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_result_is_sorted_and_a_query_is_not() {
        let result =
            json!({"zeta": 1, "alpha": "x", "id": "/i", "type": "t", "etag": "e", "n": null, "l": []});
        assert_eq!(render(&result, KeyOrder::Sorted), "Alpha    Zeta\n-------  ------\nx        1\n");
        assert_eq!(render(&result, KeyOrder::Unchanged), "Zeta    Alpha\n------  -------\n1       x\n");
    }

    #[test]
    fn rows_of_every_kind_share_a_table() {
        assert_eq!(
            render(&json!([1, "a", null, true, [2], {"k": 1}]), KeyOrder::Unchanged),
            "Result    Column1    K\n--------  ---------  ---\n1\na\n\nTrue\n          2\n                     1\n"
        );
    }

    #[test]
    fn a_table_without_columns_is_an_empty_line() {
        for empty in [json!([]), json!({}), json!([{}, {}]), json!({"deep": {"a": 1}})] {
            assert_eq!(render(&empty, KeyOrder::Unchanged), "\n");
        }
    }
}
