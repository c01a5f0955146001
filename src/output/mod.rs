//! Rendering a result: the only module that prints.
//!
//! stdout carries the result and nothing else, byte for byte as az prints it; everything said to a person
//! (warnings, errors, progress) goes to stderr. What az prints was established by comparing with the functions
//! it prints with (knack's output, `PyYAML`, tabulate, jmespath.py) over many thousands of random results.

mod color;
mod format;
mod json;
pub mod message;
mod number;
pub mod progress;
mod python;
mod query;
mod stdout;
mod table;
mod tsv;
mod yaml;

use std::borrow::Cow;

use serde_json::Value;

use crate::error::Result;

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
    /// The command's own table layout, used for `-o table` without a query.
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
        Format::Table => match how.table {
            Some(layout) if how.query.is_none() => table::render(&layout(&result), table::Keys::AsGiven),
            _ if how.query.is_some() => table::render(&result, table::Keys::AsGiven),
            _ => table::render(&result, table::Keys::Sorted),
        },
        Format::None => String::new(),
    };
    Ok(text.into_bytes())
}
