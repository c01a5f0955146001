//! Output of azr: rendering results as az does, and messages and progress for the user.
//!
//! This is the only crate that prints. stdout carries the result and nothing else, byte for byte as az prints it; errors,
//! warnings and progress go to stderr. The formats were compared with the libraries that az prints with (knack, `PyYAML`,
//! tabulate, jmespath.py) on many thousands of random results.
//!
//! ```
//! use azr_output::{Format, Query, RenderOptions, render};
//! use serde_json::json;
//!
//! let apis = json!([{"name": "echo", "kind": "rest"}, {"name": "orders", "kind": "graphql"}]);
//! let query = Query::parse("[?kind=='rest'].name")?;
//! let options = RenderOptions { format: Format::Yaml, query: Some(&query), table: None, color: false, to_terminal: false };
//! assert_eq!(render(&apis, &options)?, b"- echo\n");
//! # Ok::<(), azr_core::error::Error>(())
//! ```

mod color;
mod escape;
mod format;
#[doc(hidden)]
pub mod fuzzing;
mod json;
pub mod message;
pub mod panic;
mod pipeline;
pub mod progress;
mod query;
mod secrets;
mod sink;
mod stdout;
mod table;
mod terminal;
mod terminal_table;
mod text_width;
mod tsv;
mod verbosity;
mod wording;
mod yaml;

use std::borrow::Cow;

use serde_json::Value;

use azr_core::error::Result;

use self::sink::Sink;
use self::table::KeyOrder;

pub use color::stdout_is_colored;
pub use format::Format;
pub use pipeline::Pipeline;
pub use query::Query;
pub use stdout::write_stdout;
pub use terminal::stdout_width;
pub use terminal_table::{Cell, Fit, TerminalTable, Tone};
pub use wording::{counted, format_duration, list_names};

/// How to render a result.
pub struct RenderOptions<'a> {
    /// The format of `-o`.
    pub format: Format,
    /// The query to apply first, from `--query`.
    pub query: Option<&'a Query>,
    /// The table layout of the command, used for `-o table` and `-o wide` without a query.
    pub table: Option<&'a dyn Fn(&Value) -> Value>,
    /// Whether `jsonc` and `yamlc` use colors; if not, they are the same as `json` and `yaml`.
    pub color: bool,
    /// Whether the output is for a terminal, where characters that could control it are escaped. Elsewhere the machine
    /// formats are exactly those of az.
    pub to_terminal: bool,
}

/// Prints a result to stdout, with a final newline, in pieces: a large one is not in memory as text, too.
///
/// Nothing is printed if the result is null or the query returns null, in any format.
pub fn print(result: &Value, options: &RenderOptions) -> Result<()> {
    render_to(result, options, &mut |text| write_stdout(text.as_bytes()))
}

/// Renders a result as [`print`] prints it.
pub fn render(result: &Value, options: &RenderOptions) -> Result<Vec<u8>> {
    let mut rendered = Vec::new();
    render_to(result, options, &mut |text| {
        rendered.extend_from_slice(text.as_bytes());
        Ok(())
    })?;
    Ok(rendered)
}

fn render_to(
    result: &Value,
    options: &RenderOptions,
    write: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    let result = match options.query {
        Some(query) if options.format == Format::Tsv => Cow::Owned(query.evaluate(result)?.into_rows()),
        Some(query) => Cow::Owned(query.apply(result)?),
        None => Cow::Borrowed(result),
    };
    if result.is_null() || options.format == Format::None {
        return Ok(());
    }
    let has_escapes = matches!(options.format, Format::Jsonc | Format::Yamlc) && options.color;
    let is_escaped_at_once =
        matches!(options.format, Format::Json | Format::Jsonc | Format::Yaml | Format::Yamlc);
    let mut write_escaped = |text: &str| {
        if options.to_terminal && is_escaped_at_once {
            write(&escape::rendered(text, has_escapes))
        } else {
            write(text)
        }
    };
    let sink = Sink::new(&mut write_escaped);
    let order = if options.query.is_some() { KeyOrder::Unchanged } else { KeyOrder::Sorted };
    match options.format {
        Format::Json | Format::Jsonc => json::render(&result, has_escapes, sink),
        Format::Yaml | Format::Yamlc => yaml::render(&result, has_escapes, sink),
        Format::Tsv => tsv::render(&result, order, options.to_terminal, sink),
        Format::Table | Format::Wide => match options.table {
            Some(layout) if options.query.is_none() => {
                table::render(&layout(&result), KeyOrder::Unchanged, sink)
            }
            _ => table::render(&result, order, sink),
        },
        Format::None => Ok(()),
    }
}

/// Escapes a document for a terminal; the bytes of another encoding than UTF-8 are replaced.
#[must_use]
pub fn escape_document(document: &[u8]) -> Vec<u8> {
    escape::document(&String::from_utf8_lossy(document)).into_owned().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn render_text(
        result: &Value,
        format: Format,
        query: Option<&str>,
        layout: Option<&dyn Fn(&Value) -> Value>,
    ) -> String {
        let query = query.map(|query| Query::parse(query).unwrap());
        let options =
            RenderOptions { format, query: query.as_ref(), table: layout, color: false, to_terminal: false };
        String::from_utf8(render(result, &options).unwrap()).unwrap()
    }

    #[test]
    fn no_format_sends_a_control_character_to_a_terminal() {
        let evil = "a\u{1b}]0;x\u{7}\u{9b}2J\u{202e}b\u{200b}\u{7f}\u{85}\u{2028}\rc";
        let result = json!([{"n": evil, evil: "x", "list": [evil]}, evil]);
        for format in Format::ALL {
            for color in [false, true] {
                let options = RenderOptions { format, query: None, table: None, color, to_terminal: true };
                let text = String::from_utf8(render(&result, &options).unwrap()).unwrap();
                let text = ["94", "33", "34", "39"]
                    .iter()
                    .fold(text, |text, code| text.replace(&format!("\u{1b}[{code}m"), ""));
                let is_unsafe = |c: &char| azr_core::text::is_unsafe_to_show(*c) && !"\n\t".contains(*c);
                assert_eq!(text.chars().find(is_unsafe), None, "{format:?}: {text:?}");
            }
        }
    }

    #[test]
    fn json_and_yaml_and_tsv_in_a_pipe_are_those_of_az() {
        let result = json!(["\u{9b}\u{202e}"]);
        assert_eq!(render_text(&result, Format::Json, None, None), "[\n  \"\u{9b}\u{202e}\"\n]\n");
        assert_eq!(render_text(&result, Format::Tsv, None, None), "\u{9b}\u{202e}\n");
        assert_eq!(
            render_text(&result, Format::Table, None, None),
            "Result\n--------------\n\\u{9b}\\u{202e}\n"
        );
    }

    #[test]
    fn null_prints_nothing_in_any_format() {
        for format in Format::ALL {
            assert_eq!(render_text(&Value::Null, format, None, None), "");
            assert_eq!(render_text(&json!({"a": 1}), format, Some("b"), None), "");
        }
    }

    #[test]
    fn tsv_keeps_the_order_of_objects_created_by_the_query_and_sorts_others() {
        let result = json!([{"b": 1, "a": 2}]);
        assert_eq!(render_text(&result, Format::Tsv, None, None), "2\t1\n");
        assert_eq!(render_text(&result, Format::Tsv, Some("[0]"), None), "2\t1\n");
        assert_eq!(render_text(&result, Format::Tsv, Some("[].{y: b, x: a}"), None), "1\t2\n");
        assert_eq!(
            render_text(&result, Format::Json, Some("[0].{y: b, x: a}"), None),
            "{\n  \"x\": 2,\n  \"y\": 1\n}\n"
        );
    }

    #[test]
    fn a_layout_is_for_the_table_without_a_query() {
        let result = json!({"name": "x", "kind": "k"});
        let layout = |value: &Value| json!({"NAME": value["name"]});
        assert_eq!(render_text(&result, Format::Table, None, Some(&layout)), "NAME\n------\nx\n");
        assert_eq!(
            render_text(&result, Format::Table, Some("@"), Some(&layout)),
            "Name    Kind\n------  ------\nx       k\n"
        );
        assert_eq!(render_text(&result, Format::Tsv, None, Some(&layout)), "k\tx\n");
    }
}
