//! Changes to a resource in its shown form: what the options of a create or update come down to.
//!
//! `--title X`, `--contacts [0].name=Bob` and `--set a.b=1` are all the same here: an ordered list of edits that
//! is applied to nothing (create) or to what the service holds (update).

use std::fmt;

use serde_json::Value;

mod gaps;
mod generic;
mod option;
mod walk;

use super::schema::Field;
use azr_core::error::Result;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Key(String),
    /// An element of a list; negative counts from the end.
    Index(i64),
    /// A new element at the end of a list.
    Append,
    /// The one element of a list whose member has this value: `[name=x]`.
    Where {
        /// The member's name, as shown.
        key: String,
        /// Its value as given: the same text, or JSON for it.
        value: String,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Index(at) => write!(f, "[{at}]"),
            Self::Append => f.write_str("[+]"),
            Self::Where { key, value } => write!(f, "[{key}={value}]"),
        }
    }
}

/// Whose rules `--set`, `--add` and `--remove` follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Generated commands over plain JSON: `az apic`, `az identity`.
    Aaz,
    /// Commands over the models of the Python SDK: `az apim`.
    Sdk,
}

/// One change, at a path from the resource's root.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Replace the value at the path, making the objects and lists on the way: an option.
    ///
    /// An element after the end of a list becomes its next; edits that name the same index mean the same
    /// element.
    Set {
        /// Where.
        path: Vec<Step>,
        /// The new value; `null` removes an optional member.
        value: Value,
    },
    /// Set the value at the path where there is none, or null.
    Default {
        /// Where.
        path: Vec<Step>,
        /// The value.
        value: Value,
    },
    /// Replace the value at the path; elements of lists must be there (`--set`).
    Assign {
        /// Whose rules.
        dialect: Dialect,
        /// Where.
        path: Vec<Step>,
        /// The new value; `null` removes an optional member.
        value: Value,
    },
    /// Append to the list at the path, making it if it is not there (`--add`).
    Add {
        /// Whose rules.
        dialect: Dialect,
        /// Where the list is.
        path: Vec<Step>,
        /// The new element.
        value: Value,
    },
    /// Take the member or element at the path away (`--remove`).
    Remove {
        /// Whose rules.
        dialect: Dialect,
        /// Where.
        path: Vec<Step>,
    },
}

/// Apply the edits in order to a resource in its shown form; a new resource starts as `{}` or null.
pub fn apply(edits: &[Edit], doc: &mut Value, fields: &'static [Field]) -> Result<()> {
    let mut gaps = gaps::Gaps::default();
    for edit in edits {
        match edit {
            Edit::Set { path, value } => option::set(doc, fields, path, value, &mut gaps)?,
            Edit::Default { path, value } => {
                if walk::find(doc, path).is_none_or(|there| there.is_null()) {
                    option::set(doc, fields, path, value, &mut gaps)?;
                }
            }
            generic => {
                gaps.close(doc);
                generic::change(doc, fields, generic)?;
            }
        }
    }
    gaps.close(doc);
    Ok(())
}

#[cfg(test)]
mod tests;
