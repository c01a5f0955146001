//! Generic updates: `--set`, `--add` and `--remove` change members by path.
//!
//! Values that are JSON or a Python literal are parsed; others are text, which is converted to the type in the schema. Where
//! az fails, `--set title=2024` sets a text member, missing objects on a path are created, `{a:b}` is an object for an
//! object member, and text with `=` is one element of a list of texts. Unlike az, which sends unknown members of SDK models
//! with a warning, unknown members are errors, because they are nearly always misspelt. The rules were found by comparing
//! with azure-cli-core 2.91.

mod path;
mod value;

use serde_json::{Map, Value};

use crate::commands::arg_file;
use crate::commands::literal;
use crate::commands::shorthand::{TypeMismatch, excerpt, is_simple};
pub use azr_arm::edit::Dialect;
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::schema::{Field, Kind};
use azr_core::error::{Error, Result};

/// A generic update option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `--set path=value …`
    Set,
    /// `--add list value|key=value …`
    Add,
    /// `--remove path`, `--remove list index`
    Remove,
}

impl Op {
    fn option(self) -> &'static str {
        match self {
            Self::Set => "--set",
            Self::Add => "--add",
            Self::Remove => "--remove",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Set => {
                "Write --set path=value [path=value …], such as --set title=X 'contacts[0].name=Bob'."
            }
            Self::Add => {
                "Write --add list key=value …, --add list '{\"key\":\"value\"}' or --add list text, such as --add contacts name=Bob."
            }
            Self::Remove => "Write --remove path or --remove list index, such as --remove contacts 0.",
        }
    }
}

/// Parses the occurrences of generic update options, in the order of the command line, as edits.
pub fn parse(
    dialect: Dialect,
    ops: &[(Op, Vec<String>)],
    force_string: bool,
    fields: &'static [Field],
) -> Result<Vec<Edit>> {
    let parser = UpdateParser { dialect, force_string, fields };
    let mut edits = Vec::new();
    for (op, values) in ops {
        let expand = |v: &String| arg_file::expand(op.option(), v).map(|expanded| expanded.full_text());
        let values = values.iter().map(expand).collect::<Result<Vec<_>>>()?;
        match op {
            Op::Set => {
                for value in &values {
                    edits.push(parser.set(value).map_err(|e| mismatch_error(*op, value, &e))?);
                }
            }
            Op::Add => {
                parser.add(&values, &mut edits).map_err(|e| mismatch_error(*op, &values.join(" "), &e))?;
            }
            Op::Remove => {
                edits.push(parser.remove(&values).map_err(|e| mismatch_error(*op, &values.join(" "), &e))?);
            }
        }
    }
    Ok(edits)
}

fn mismatch_error(op: Op, value: &str, mismatch: &TypeMismatch) -> Error {
    let option = op.option();
    let path = if mismatch.path.is_empty() { String::new() } else { format!("{}: ", mismatch.path) };
    Error::invalid(format!("{option} '{}': {path}{}", excerpt(value), mismatch.reason)).with_hint(op.hint())
}

struct UpdateParser {
    dialect: Dialect,
    force_string: bool,
    fields: &'static [Field],
}

impl UpdateParser {
    fn set(&self, expression: &str) -> Result<Edit, TypeMismatch> {
        let Some((key, text)) = path::split(expression) else {
            return Err(TypeMismatch::new("'=' and a value are missing"));
        };
        if key.trim().is_empty() {
            return Err(TypeMismatch::new("the path before '=' is empty"));
        }
        let (path, kind) = path::resolve(key, self.fields)?;
        let value = value::parse_value(self.dialect, &kind, text, self.force_string)
            .map_err(|m| m.under(key.trim_end_matches('.')))?;
        Ok(Edit::Assign { dialect: self.dialect, path, value })
    }

    fn add(&self, values: &[String], edits: &mut Vec<Edit>) -> Result<(), TypeMismatch> {
        let (path, kind, values) = self.split_list_path(values)?;
        if values.is_empty() {
            return Err(TypeMismatch::new("a value to add is missing"));
        }
        let element = match kind {
            Kind::List(element) => *element,
            _ => Kind::Any,
        };
        let mut push = |value: Value| {
            let value = value::convert_json(self.dialect, &element, value)?;
            if value.is_null() && !element.takes_null() {
                return Err(TypeMismatch::new("null cannot be an element of this list"));
            }
            edits.push(Edit::Add { dialect: self.dialect, path: path.clone(), value });
            Ok(())
        };
        // Consecutive pairs form one object.
        let mut pairs = Map::new();
        for text in values {
            if let Some((key, text)) = split_pair(&element, text) {
                pairs.insert(key.to_owned(), text.into());
                continue;
            }
            if !pairs.is_empty() {
                push(Value::Object(std::mem::take(&mut pairs)))?;
            }
            push(value::parse_value(self.dialect, &element, text, self.force_string)?)?;
        }
        if pairs.is_empty() { Ok(()) } else { push(Value::Object(pairs)) }
    }

    fn remove(&self, values: &[String]) -> Result<Edit, TypeMismatch> {
        let dialect = self.dialect;
        let index = values.get(1).filter(|index| !index.is_empty());
        let Some(index) = index else {
            let target = values.first().map_or("", String::as_str);
            let (path, _) = path::resolve(target, self.fields)?;
            return Ok(Edit::Remove { dialect, path });
        };
        if values.len() > 2 {
            return Err(TypeMismatch::new(
                "only one index is allowed; repeat --remove, with the largest index first",
            ));
        }
        let (mut path, _, _) = self.split_list_path(values)?;
        let Ok(index) = index.trim().parse() else {
            return Err(TypeMismatch::new(format!("'{index}' is not an index")));
        };
        path.push(PathSegment::Index(index));
        Ok(Edit::Remove { dialect, path })
    }

    /// Resolves the first value, the path of a list; also returns the other values.
    fn split_list_path<'a>(
        &self,
        values: &'a [String],
    ) -> Result<(Vec<PathSegment>, Kind, &'a [String]), TypeMismatch> {
        let Some((list, rest)) = values.split_first() else {
            return Err(TypeMismatch::new("the path of a list is missing"));
        };
        let (path, kind) = path::resolve(list, self.fields)?;
        if !matches!(kind, Kind::List(_) | Kind::Any) {
            return Err(TypeMismatch::new(format!("{list} is not a list")));
        }
        Ok((path, kind, rest))
    }
}

/// Splits `key=value` if the elements are objects.
fn split_pair<'a>(element: &Kind, text: &'a str) -> Option<(&'a str, &'a str)> {
    // Unlike az, JSON that contains '=' is not split.
    let is_json = text.starts_with(['{', '[', '"', '\'']) && literal::parse(text).is_some();
    if is_simple(element) || is_json { None } else { text.split_once('=') }
}

#[cfg(test)]
mod tests;
