//! Parsed values whose types are not known yet.

use serde_json::Value;

/// A parsed value, in which the schema determines the type of a bare word.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A missing value, as in `{deprecated}`: the default of the member, which is true for a boolean.
    Blank,
    /// A word without quotes: `1.50`, `true`, `MIT`.
    Bare(String),
    /// A string: quoted, from JSON, or several words.
    Text(String),
    /// `null`, or a boolean or number from JSON.
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
