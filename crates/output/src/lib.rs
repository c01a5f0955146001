//! Rendering a result: the only module that prints.
//!
//! stdout carries the result and nothing else, byte for byte as az prints it; everything said to a person
//! (warnings, errors, progress) goes to stderr. What az prints was established by comparing with the functions
//! it prints with (knack's output, `PyYAML`, tabulate, jmespath.py) over many thousands of random results.

mod color;
mod format;
mod json;
pub mod message;
pub mod panic;
pub mod progress;
mod query;
mod stdout;
mod table;
mod tsv;
mod yaml;

use std::borrow::Cow;

use serde_json::Value;

use azr_core::error::Result;

pub use color::stdout_is_colored;
pub use format::Format;
pub use query::Query;
pub use stdout::print;

/// How a result is to be printed.
pub struct Rendering<'a> {
    /// The format of `-o`.
    pub format: Format,
    /// The expression of `--query`, applied before the format.
    pub query: Option<&'a Query>,
    /// The command's own table layout, used for `-o table` and `-o wide` without a query.
    pub table: Option<&'a dyn Fn(&Value) -> Value>,
    /// Whether `jsonc` and `yamlc` may use colours; without, they are `json` and `yaml`.
    pub color: bool,
}

/// The text to print for a result, with its final newline; empty where there is nothing to print.
///
/// A result that is null, or that the query turns into null, prints nothing in any format.
pub fn render(result: &Value, how: &Rendering) -> Result<Vec<u8>> {
    let result = match how.query {
        Some(query) if how.format == Format::Tsv => Cow::Owned(query.evaluate(result)?.into_rows()),
        Some(query) => Cow::Owned(query.apply(result)?),
        None if how.format == Format::Tsv => Cow::Owned(tsv::sorted_rows(result)),
        None => Cow::Borrowed(result),
    };
    if result.is_null() {
        return Ok(Vec::new());
    }
    let text = match how.format {
        Format::Json => json::render(&result, false),
        Format::Jsonc => json::render(&result, how.color),
        Format::Yaml => yaml::render(&result, false),
        Format::Yamlc => yaml::render(&result, how.color),
        Format::Tsv => tsv::render(&result),
        Format::Table | Format::Wide => match how.table {
            Some(layout) if how.query.is_none() => table::render(&layout(&result), table::Keys::AsGiven),
            _ if how.query.is_some() => table::render(&result, table::Keys::AsGiven),
            _ => table::render(&result, table::Keys::Sorted),
        },
        Format::None => String::new(),
    };
    Ok(text.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(
        result: &Value,
        format: Format,
        query: Option<&str>,
        layout: Option<&dyn Fn(&Value) -> Value>,
    ) -> String {
        let query = query.map(|query| Query::parse(query).unwrap());
        let how = Rendering { format, query: query.as_ref(), table: layout, color: false };
        String::from_utf8(render(result, &how).unwrap()).unwrap()
    }

    #[test]
    fn null_prints_nothing_in_any_format() {
        for format in Format::ALL {
            assert_eq!(text(&Value::Null, format, None, None), "");
            assert_eq!(text(&json!({"a": 1}), format, Some("b"), None), "");
        }
    }

    #[test]
    fn tsv_keeps_the_order_of_what_the_query_made_and_sorts_the_rest() {
        let result = json!([{"b": 1, "a": 2}]);
        assert_eq!(text(&result, Format::Tsv, None, None), "2\t1\n");
        assert_eq!(text(&result, Format::Tsv, Some("[0]"), None), "2\t1\n");
        assert_eq!(text(&result, Format::Tsv, Some("[].{y: b, x: a}"), None), "1\t2\n");
        assert_eq!(
            text(&result, Format::Json, Some("[0].{y: b, x: a}"), None),
            "{\n  \"x\": 2,\n  \"y\": 1\n}\n"
        );
    }

    #[test]
    fn a_layout_is_for_the_table_without_a_query() {
        let result = json!({"name": "x", "kind": "k"});
        let layout = |value: &Value| json!({"NAME": value["name"]});
        assert_eq!(text(&result, Format::Table, None, Some(&layout)), "NAME\n------\nx\n");
        assert_eq!(
            text(&result, Format::Table, Some("@"), Some(&layout)),
            "Name    Kind\n------  ------\nx       k\n"
        );
        assert_eq!(text(&result, Format::Tsv, None, Some(&layout)), "k\tx\n");
    }
}
