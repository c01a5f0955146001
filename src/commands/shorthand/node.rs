//! What a value of an option says before its type is known.

use serde_json::Value;

/// A value as written: which type a bare word has is decided by the schema.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// Nothing after `key`, as in `{deprecated}`: the default of the member, true for a bool.
    Blank,
    /// A word without quotes: `1.50`, `true`, `MIT`.
    Bare(String),
    /// A string: quoted, of JSON, or more than a word.
    Text(String),
    /// `null`, or a bool or number of JSON.
    Scalar(Value),
    /// A list.
    List(Vec<Node>),
    /// An object, in order.
    Object(Vec<(String, Node)>),
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            Value::Array(list) => Self::List(list.into_iter().map(Self::from).collect()),
            Value::Object(map) => Self::Object(map.into_iter().map(|(k, v)| (k, v.into())).collect()),
            scalar => Self::Scalar(scalar),
        }
    }
}

/// Where a value stops making sense, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// The character, from 0.
    pub at: usize,
    /// What is wrong there.
    pub why: String,
}

impl Bad {
    /// A fault at a character.
    pub fn new(at: usize, why: impl Into<String>) -> Self {
        Self { at, why: why.into() }
    }
}
