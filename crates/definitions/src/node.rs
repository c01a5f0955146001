//! The parsed part of a JSON or YAML document.
//!
//! Scalars are kept as written, so that the version `1.10` does not become the number `1.1`.

use serde_json::Value;

/// A value of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// `null`, `~`, or an empty value.
    Null,
    /// A string, or a number, boolean or date as written.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object. If a key is repeated, the last one counts, as in az.
    Map(Vec<(String, Node)>),
    /// A part that is not parsed.
    Skipped {
        /// Whether it is `null`, `{}` or `[]`.
        empty: bool,
    },
}

/// The members of the root that are parsed.
const PARSED_MEMBERS: [&str; 9] =
    ["openapi", "swagger", "asyncapi", "info", "externalDocs", "servers", "schemes", "host", "basePath"];

/// Whether the member `key` of the root is parsed.
pub(super) fn is_parsed(key: &str) -> bool {
    PARSED_MEMBERS.contains(&key)
}

impl Node {
    /// The root of a document, of which only the needed members are converted.
    pub(super) fn from_document(root: &Value) -> Self {
        let Value::Object(members) = root else { return Self::from_value(root) };
        let convert = |(key, value): (&String, &Value)| {
            let node = if is_parsed(key) {
                Self::from_value(value)
            } else {
                Self::Skipped { empty: is_empty(value) }
            };
            (key.clone(), node)
        };
        Self::Map(members.iter().map(convert).collect())
    }

    fn from_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Text(value.to_string()),
            Value::Number(number) => Self::Text(number.to_string()),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(elements) => Self::List(elements.iter().map(Self::from_value).collect()),
            Value::Object(members) => {
                Self::Map(members.iter().map(|(key, value)| (key.clone(), Self::from_value(value))).collect())
            }
        }
    }

    /// The member `key` of an object.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Self::Map(members) => members.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of the scalar member `key`; `None` if it is missing, not a scalar, or blank.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(Self::as_text).map(str::to_owned)
    }

    /// The text of a scalar; `None` if it is blank.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// The elements of the list member `key`; empty if it is not a list.
    pub(super) fn list(&self, key: &str) -> &[Node] {
        match self.get(key) {
            Some(Self::List(elements)) => elements,
            _ => &[],
        }
    }

    /// The members of an object; empty for other nodes.
    pub(super) fn members(&self) -> &[(String, Node)] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    /// Whether the member `key` exists and is not empty.
    pub(super) fn has_content(&self, key: &str) -> bool {
        !matches!(self.get(key), None | Some(Self::Null | Self::Skipped { empty: true }))
    }
}

/// Whether a value is `null`, `{}` or `[]`.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(elements) => elements.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_repeated_keys_counts_and_blank_text_is_none() {
        let text = |s: &str| Node::Text(s.to_owned());
        let node = Node::Map(vec![
            ("a".into(), text("1")),
            ("a".into(), text("2")),
            ("b".into(), text("  ")),
            ("c".into(), Node::Skipped { empty: true }),
        ]);
        assert_eq!(node.text("a").as_deref(), Some("2"));
        assert_eq!(node.text("b"), None);
        assert!(!node.has_content("c") && node.has_content("a"));
    }
}
