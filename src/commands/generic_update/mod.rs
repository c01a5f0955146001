//! `--set`, `--add` and `--remove`: changes by path.
//!
//! Values are JSON where they parse as JSON or as a Python literal, else text; the schema decides what text is
//! for members with a type. Beyond az, where az only fails: `--set title=2024` is text for a text member,
//! objects on the way are made, `{a:b}` is an object for an object member, and text with `=` is one element of
//! a list of texts. Short of az: models of the SDK send a member that they do not know along with a warning;
//! here it is refused, for it is nearly always misspelt. Observed with azure-cli-core 2.91.

mod path;
mod value;

use serde_json::{Map, Value};

use crate::commands::arg_file;
use crate::commands::literal;
use crate::commands::shorthand::{Misfit, excerpt, is_simple};
pub use azr_arm::edit::Dialect;
use azr_arm::edit::{Edit, Step};
use azr_arm::schema::{Field, Kind};
use azr_core::error::{Error, Result};

/// What a generic update option does.
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

/// The edits of the generic update options, in the order of the command line; each holds the values of one
/// occurrence.
pub fn parse(
    dialect: Dialect,
    ops: &[(Op, Vec<String>)],
    force_string: bool,
    fields: &'static [Field],
) -> Result<Vec<Edit>> {
    let reader = Reader { dialect, force_string, fields };
    let mut edits = Vec::new();
    for (op, values) in ops {
        let read = |v: &String| arg_file::expand(op.option(), v).map(|given| given.whole());
        let values = values.iter().map(read).collect::<Result<Vec<_>>>()?;
        match op {
            Op::Set => {
                for value in &values {
                    edits.push(reader.set(value).map_err(|m| misfit(*op, value, &m))?);
                }
            }
            Op::Add => reader.add(&values, &mut edits).map_err(|m| misfit(*op, &values.join(" "), &m))?,
            Op::Remove => edits.push(reader.remove(&values).map_err(|m| misfit(*op, &values.join(" "), &m))?),
        }
    }
    Ok(edits)
}

fn misfit(op: Op, value: &str, misfit: &Misfit) -> Error {
    let option = op.option();
    let at = if misfit.place.is_empty() { String::new() } else { format!("{}: ", misfit.place) };
    Error::invalid(format!("{option} '{}': {at}{}", excerpt(value), misfit.why)).with_hint(op.hint())
}

struct Reader {
    dialect: Dialect,
    force_string: bool,
    fields: &'static [Field],
}

impl Reader {
    fn set(&self, expression: &str) -> Result<Edit, Misfit> {
        let Some((key, text)) = path::split(expression) else {
            return Err(Misfit::new("'=' and a value are missing"));
        };
        if key.trim().is_empty() {
            return Err(Misfit::new("the path before '=' is empty"));
        }
        let (path, kind) = path::resolve(key, self.fields)?;
        let value = value::read(self.dialect, &kind, text, self.force_string)
            .map_err(|m| m.under(key.trim_end_matches('.')))?;
        Ok(Edit::Assign { dialect: self.dialect, path, value })
    }

    fn add(&self, values: &[String], edits: &mut Vec<Edit>) -> Result<(), Misfit> {
        let (path, kind, values) = self.target(values)?;
        if values.is_empty() {
            return Err(Misfit::new("there is no value to add"));
        }
        let element = match kind {
            Kind::List(element) => *element,
            _ => Kind::Any,
        };
        let mut push = |value: Value| {
            let value = value::of(self.dialect, &element, value)?;
            if value.is_null() && !element.takes_null() {
                return Err(Misfit::new("null cannot be an element of this list"));
            }
            edits.push(Edit::Add { dialect: self.dialect, path: path.clone(), value });
            Ok(())
        };
        // Pairs that follow one another are one object.
        let mut pairs = Map::new();
        for text in values {
            if let Some((key, text)) = pair(&element, text) {
                pairs.insert(key.to_owned(), text.into());
                continue;
            }
            if !pairs.is_empty() {
                push(Value::Object(std::mem::take(&mut pairs)))?;
            }
            push(value::read(self.dialect, &element, text, self.force_string)?)?;
        }
        if pairs.is_empty() { Ok(()) } else { push(Value::Object(pairs)) }
    }

    fn remove(&self, values: &[String]) -> Result<Edit, Misfit> {
        let dialect = self.dialect;
        let index = values.get(1).filter(|index| !index.is_empty());
        let Some(index) = index else {
            let target = values.first().map_or("", String::as_str);
            let (path, _) = path::resolve(target, self.fields)?;
            return Ok(Edit::Remove { dialect, path });
        };
        if values.len() > 2 {
            return Err(Misfit::new(
                "one index at a time; repeat --remove for the next, largest index first",
            ));
        }
        let (mut path, _, _) = self.target(values)?;
        let Ok(index) = index.trim().parse() else {
            return Err(Misfit::new(format!("'{index}' is not an index")));
        };
        path.push(Step::Index(index));
        Ok(Edit::Remove { dialect, path })
    }

    /// The list that the first value names, and the other values.
    fn target<'a>(&self, values: &'a [String]) -> Result<(Vec<Step>, Kind, &'a [String]), Misfit> {
        let Some((list, rest)) = values.split_first() else {
            return Err(Misfit::new("the path of a list is missing"));
        };
        let (path, kind) = path::resolve(list, self.fields)?;
        if !matches!(kind, Kind::List(_) | Kind::Any) {
            return Err(Misfit::new(format!("{list} is not a list")));
        }
        Ok((path, kind, rest))
    }
}

/// `key=value` for an element that is an object.
fn pair<'a>(element: &Kind, text: &'a str) -> Option<(&'a str, &'a str)> {
    // az splits JSON with a '=' in it as well, which makes no sense of it.
    let json = text.starts_with(['{', '[', '"', '\'']) && literal::parse(text).is_some();
    if is_simple(element) || json { None } else { text.split_once('=') }
}

#[cfg(test)]
mod tests;
