//! The table of `-o table`: columns under capitalised headers, as az lays them out.
//!
//! An object is a row; its nulls, lists and objects are not shown, nor are `id`, `type` and `etag`. A list in a
//! list is a row of `Column1`, `Column2`, and so on; anything else is a row with one `Result`. Everything is flush left,
//! and a column is at least two wider than its header. A character counts as one column wide, as az counts it.

mod layout;

use std::collections::HashMap;

use serde_json::{Map, Value};

use azr_core::python;

const SKIPPED: [&str; 3] = ["id", "type", "etag"];

/// In which order the members of an object become columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// By name: a result as it came.
    Sorted,
    /// As they stand: what a query or a command's own layout has put in order.
    AsGiven,
}

/// The table with its final newline; an empty line where there is nothing to show.
pub fn render(result: &Value, keys: Keys) -> String {
    let items = match result {
        Value::Array(items) => items.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut columns = Columns::default();
    let rows: Vec<Vec<String>> = items.iter().map(|item| columns.row(item, keys)).collect();
    layout::render(&columns.headers, &rows)
}

/// The headers in the order of their first appearance.
#[derive(Default)]
struct Columns {
    headers: Vec<String>,
    places: HashMap<String, usize>,
}

impl Columns {
    /// The cells of one row; a row may be shorter than the table.
    fn row(&mut self, item: &Value, keys: Keys) -> Vec<String> {
        let mut row = Vec::new();
        match item {
            Value::Object(map) => {
                for (key, value) in shown(map, keys) {
                    self.set(&mut row, capitalized(key), value);
                }
            }
            Value::Array(cells) => {
                for (i, cell) in cells.iter().enumerate() {
                    self.set(&mut row, format!("Column{}", i + 1), cell);
                }
            }
            other => self.set(&mut row, "Result".to_owned(), other),
        }
        row
    }

    fn set(&mut self, row: &mut Vec<String>, header: String, value: &Value) {
        let place = *self.places.entry(header).or_insert_with_key(|header| {
            self.headers.push(header.clone());
            self.headers.len() - 1
        });
        if row.len() <= place {
            row.resize(place + 1, String::new());
        }
        row[place] = if value.is_null() { String::new() } else { python::format_str(value) };
    }
}

fn shown(map: &Map<String, Value>, keys: Keys) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = map
        .iter()
        .filter(|(key, value)| {
            !SKIPPED.contains(&key.as_str())
                && !matches!(value, Value::Null | Value::Array(_) | Value::Object(_))
        })
        .collect();
    if keys == Keys::Sorted {
        members.sort_unstable_by_key(|(key, _)| key.as_str());
    }
    members
}

fn capitalized(key: &str) -> String {
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
        assert_eq!(render(&result, Keys::Sorted), "Alpha    Zeta\n-------  ------\nx        1\n");
        assert_eq!(render(&result, Keys::AsGiven), "Zeta    Alpha\n------  -------\n1       x\n");
    }

    #[test]
    fn rows_of_every_kind_share_a_table() {
        assert_eq!(
            render(&json!([1, "a", null, true, [2], {"k": 1}]), Keys::AsGiven),
            "Result    Column1    K\n--------  ---------  ---\n1\na\n\nTrue\n          2\n                     1\n"
        );
    }

    #[test]
    fn nothing_to_show_is_an_empty_line() {
        for nothing in [json!([]), json!({}), json!([{}, {}]), json!({"deep": {"a": 1}})] {
            assert_eq!(render(&nothing, Keys::AsGiven), "\n");
        }
    }
}
