//! The little of a JSON or YAML document that azr has to understand, as one tree for both.
//!
//! Scalars are kept as written, so that a version `1.10` is not a number that prints as `1.1`.

/// A value of a document.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// `null`, `~`, or nothing.
    Null,
    /// Text, or a number, boolean or date as written.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object; where a key is repeated, the last counts, as it does for az.
    Map(Vec<(String, Node)>),
    /// A part that azr does not look into.
    Skipped {
        /// Whether it is `null`, `{}` or `[]`.
        empty: bool,
    },
}

/// The members of a document's root that are read; every other is skipped.
const READ: [&str; 9] =
    ["openapi", "swagger", "asyncapi", "info", "externalDocs", "servers", "schemes", "host", "basePath"];

/// Whether the member `key` of the root is read.
pub(super) fn is_read(key: &str) -> bool {
    READ.contains(&key)
}

impl Node {
    /// The member `key` of an object.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Self::Map(members) => members.iter().rev().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of the scalar member `key`; None where it is missing, not a scalar, or blank.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(Self::as_text).map(str::to_owned)
    }

    /// The text of a scalar that is not blank.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.trim().is_empty() => Some(text),
            _ => None,
        }
    }

    /// The elements of the list member `key`, or none.
    pub(super) fn list(&self, key: &str) -> &[Node] {
        match self.get(key) {
            Some(Self::List(elements)) => elements,
            _ => &[],
        }
    }

    /// The members of an object, or none.
    pub(super) fn members(&self) -> &[(String, Node)] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    /// Whether the member `key` is there and holds something.
    pub(super) fn has(&self, key: &str) -> bool {
        !matches!(self.get(key), None | Some(Self::Null | Self::Skipped { empty: true }))
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
        assert!(!node.has("c") && node.has("a"));
    }
}
