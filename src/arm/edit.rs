//! Changes to a resource in its shown form: what the options of a create or update come down to.
//!
//! `--title X`, `--contacts [0].name=Bob` and `--set a.b=1` are all the same here: an ordered list of edits that
//! is applied to nothing (create) or to what the service holds (update).

use serde_json::Value;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Key(String),
    /// An element of a list; negative counts from the end.
    Index(i64),
    /// A new element at the end of a list.
    Append,
}

/// One change, at a path from the resource's root.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Replace the value at the path, making the objects and lists on the way.
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
    /// Append to the list at the path, making it if it is not there (`--add`).
    Add {
        /// Where the list is.
        path: Vec<Step>,
        /// The new element.
        value: Value,
    },
    /// Take the member or element at the path away (`--remove`).
    Remove {
        /// Where.
        path: Vec<Step>,
    },
}
