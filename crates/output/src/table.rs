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
use crate::sink::Sink;
use azr_core::error::Result;
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

/// The most cells of a table. Each column that a row adds is a cell of every row.
const MAX_CELLS: usize = 2_000_000;

/// Renders the table, with its final newline; an empty line if there is nothing to print.
///
/// Fails if the table would be so large that nobody could read it.
pub(crate) fn render(result: &Value, order: KeyOrder, sink: Sink<'_>) -> Result<()> {
    let items = match result {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut columns = Columns::default();
    let mut rows = Vec::with_capacity(items.len());
    for item in items {
        rows.push(columns.row(item, order));
        if columns.headers.len().saturating_mul(items.len()) > MAX_CELLS {
            return Err(layout::too_large(items.len()));
        }
    }
    layout::render(&columns.headers, &rows, sink)
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
        row[index] = match value {
            Value::Null => String::new(),
            Value::String(text) => escape::cell(text).into_owned(),
            other => escape::cell(&python::format_str(other)).into_owned(),
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
    use crate::sink::collect;
    use serde_json::json;

    fn render(value: &Value, order: KeyOrder) -> String {
        collect(|sink| super::render(value, order, sink))
    }

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

    #[test]
    fn a_table_that_nobody_could_read_is_an_error() {
        let other_columns: Value = (0..3000).map(|n| json!({format!("c{n}"): n})).collect();
        let long_cell: Value =
            (0..3000).map(|n| json!({"a": "x".repeat(100_000 * usize::from(n == 7)), "b": n})).collect();
        for result in [other_columns, long_cell] {
            let mut write = |_: &str| panic!("nothing is printed");
            let error = super::render(&result, KeyOrder::Unchanged, Sink::new(&mut write)).unwrap_err();
            assert_eq!(error.code(), "LimitExceeded");
            assert!(error.to_string().contains("3000 rows"), "{error}");
        }
    }
}
