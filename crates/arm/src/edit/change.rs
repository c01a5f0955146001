//! The edits of a create or update.

use serde_json::Value;

use super::path::PathSegment;

/// Whose rules `--set`, `--add` and `--remove` follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Generated commands over plain JSON: `az apic`, `az identity`.
    Aaz,
    /// Commands over the models of the Python SDK: `az apim`.
    Sdk,
}

/// One edit, at a path from the root of the resource.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Replace the value at the path, and create the objects and lists on the path (an option).
    ///
    /// An index after the end of a list appends an element; edits with the same index edit the same element.
    Set {
        /// The path.
        path: Vec<PathSegment>,
        /// The new value; `null` removes an optional member.
        value: Value,
    },
    /// Set the value at the path if it is missing or null.
    Default {
        /// The path.
        path: Vec<PathSegment>,
        /// The value.
        value: Value,
    },
    /// Replace the value at the path; elements of lists must exist (`--set`).
    Assign {
        /// The rules to follow.
        dialect: Dialect,
        /// The path.
        path: Vec<PathSegment>,
        /// The new value; `null` removes an optional member.
        value: Value,
    },
    /// Append to the list at the path, and create it if it is missing (`--add`).
    Add {
        /// The rules to follow.
        dialect: Dialect,
        /// The path of the list.
        path: Vec<PathSegment>,
        /// The new element.
        value: Value,
    },
    /// Remove the member or element at the path (`--remove`).
    Remove {
        /// The rules to follow.
        dialect: Dialect,
        /// The path.
        path: Vec<PathSegment>,
    },
}
