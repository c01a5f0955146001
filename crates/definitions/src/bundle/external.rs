//! References of a definition to other files and URLs.

use std::collections::HashSet;

use serde_json::Value;

use super::cache::DocumentCache;
use super::files::Files;
use super::node_type::{Dialect, NodeType, ObjectKind};
use super::reference::Reference;
use super::source_file::SourceFile;
use crate::{Definition, stack};
use azr_core::error::{Error, Result};

/// The distinct references of a document to other files and URLs, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ExternalReferences {
    /// References to files, and those that azr cannot follow.
    pub local: Vec<String>,
    /// References to URLs.
    pub remote: Vec<String>,
    /// Files with the values of examples and the operations of links, which are not part of the document.
    pub unsent: Vec<String>,
}

/// Collects references; a document may have a million of them.
#[derive(Default)]
struct Collector {
    references: ExternalReferences,
    known: HashSet<String>,
}

/// Collects the references of a definition to other files and URLs.
pub fn external_references(definition: &Definition, source: &SourceFile<'_>) -> Result<ExternalReferences> {
    let Some(dialect) =
        Dialect::from_definition(definition).filter(|_| may_have_external_references(&definition.text))
    else {
        return Ok(ExternalReferences::default());
    };
    stack::with_large_stack(|| {
        let document = match source.parse(definition) {
            Ok(document) => document,
            // The document is nested too deep to be parsed, and seems to have no external references.
            Err(_) if !contains_external_reference(&definition.text) => {
                return Ok(ExternalReferences::default());
            }
            Err(error) => return Err(error),
        };
        let mut collector = Collector::default();
        walk(&document.value, NodeType::Object(ObjectKind::Root), dialect, &mut collector);
        Ok(collector.references)
    })
    .unwrap_or_else(|reason| {
        Err(Error::unexpected(format!("{}: {reason}", source.files.display_name(source.path))))
    })
}

/// Collects the references of a document whose folder is not known.
pub fn references_in_document(definition: &Definition) -> Result<ExternalReferences> {
    struct NoFiles;
    impl Files for NoFiles {
        fn read(&self, path: &str) -> Result<Vec<u8>> {
            Err(Error::invalid(format!("{path} cannot be read")))
        }
    }
    let source = SourceFile { path: "the document", files: &NoFiles, cache: &DocumentCache::default() };
    external_references(definition, &source)
}

/// Whether a text may contain external references; most do not, and need not be parsed completely.
///
/// Other members than `$ref` can refer to files as well.
fn may_have_external_references(text: &str) -> bool {
    // `$ref` and `#` could be written as escapes, and a mapping has no `$ref`.
    ["mapping", "externalValue", "operationRef", "\\u0024", "\\x24"].iter().any(|word| text.contains(word))
        || contains_external_reference(text)
}

/// Whether a text contains a `$ref` that does not start with `#`, possibly in a description.
fn contains_external_reference(text: &str) -> bool {
    text.match_indices("$ref").any(|(index, word)| {
        let value =
            text[index + word.len()..].trim_start_matches(|c: char| c.is_whitespace() || "\"':".contains(c));
        !value.starts_with('#')
    })
}

fn walk(value: &Value, node_type: NodeType, dialect: Dialect, collector: &mut Collector) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key == "$ref" && node_type.allows_references() => {
                        collect(text, collector);
                    }
                    Value::String(text) if node_type == NodeType::Mapping && is_file_reference(text) => {
                        collect(text, collector);
                    }
                    Value::String(text) if is_unsent_file(node_type, key, text) => {
                        collector.references.unsent.push(text.to_owned());
                    }
                    _ => walk(member, node_type.member(dialect, key), dialect, collector),
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                walk(element, node_type.element(), dialect, collector);
            }
        }
        _ => {}
    }
}

fn collect(text: &str, collector: &mut Collector) {
    let list = match Reference::parse(text, "") {
        Ok(Reference::SameFile(_)) => return,
        Ok(Reference::Remote) => &mut collector.references.remote,
        Ok(Reference::OtherFile(..)) | Err(_) => &mut collector.references.local,
    };
    if collector.known.insert(text.to_owned()) {
        list.push(text.to_owned());
    }
}

/// Whether a member names a file that tools read when they need it, and which bundling does not include.
fn is_unsent_file(node_type: NodeType, key: &str, text: &str) -> bool {
    let is_file_member = matches!(
        (node_type, key),
        (NodeType::Object(ObjectKind::Example), "externalValue")
            | (NodeType::Object(ObjectKind::Link), "operationRef")
    );
    is_file_member && matches!(Reference::parse(text, ""), Ok(Reference::OtherFile(..)))
}

/// Whether a value of a discriminator's `mapping` refers to a file, rather than being the name of a schema.
pub(super) fn is_file_reference(text: &str) -> bool {
    let path = text.split('#').next().unwrap_or_default();
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("json" | "yaml" | "yml"))
        || path.starts_with("./")
        || path.starts_with("../")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references_of(text: &str) -> ExternalReferences {
        super::super::tests::references_of(text).expect("read")
    }

    #[test]
    fn only_references_count_and_only_those_to_the_outside() {
        let text = r##"{"openapi": "3.1.0", "paths": {"/a": {"$ref": "a.json"}, "/b": {"get": {"responses": {"200": {
            "content": {"x": {"schema": {"$ref": "#/components/schemas/S"}, "example": {"$ref": "data.json"}}}}}}}},
            "components": {"schemas": {"S": {"properties": {"$ref": {"type": "string"}}, "default": {"$ref": "x"}, "allOf":
            [{"$ref": "https://a/b.json"}, {"$ref": "https://a/b.json"}, {"$ref": "../s.json"}, {"$ref": "#anchor"}],
            "discriminator": {"mapping": {"a": "S", "b": "./t.json", "c": "#/x"}}}}}}"##;
        let expected = ExternalReferences {
            local: ["a.json", "../s.json", "./t.json"].map(str::to_owned).to_vec(),
            remote: vec!["https://a/b.json".to_owned()],
            unsent: Vec::new(),
        };
        assert_eq!(references_of(text), expected);
        assert_eq!(references_of("type Query { a: Int }"), ExternalReferences::default());
    }

    #[test]
    fn files_of_examples_and_links_are_found() {
        let text = "{openapi: 3.0.3, components: {examples: {A: {externalValue: a.json}, B: {externalValue: 'https://b/c'}},\n\
            links: {L: {operationRef: 'other.yaml#/paths/~1a/get'}, M: {operationRef: '#/paths/~1a/get'}}}}";
        let unsent = ["a.json", "other.yaml#/paths/~1a/get"].map(str::to_owned).to_vec();
        assert_eq!(references_of(text), ExternalReferences { unsent, ..ExternalReferences::default() });
    }

    #[test]
    fn a_document_of_its_own_is_not_even_parsed() {
        assert!(!may_have_external_references("a:\n  $ref: '#/x'\n  \"$ref\" : \"#/y\"\n"));
        assert!(!may_have_external_references("{\"$ref\":\"#/x\"}"));
        let deep = "[".repeat(200) + &"]".repeat(200);
        assert_eq!(
            references_of(&format!("{{\"openapi\": \"3.0.0\", \"x-mapping\": {deep}}}")),
            ExternalReferences::default()
        );
        assert!(
            may_have_external_references("$ref: x.yaml")
                && may_have_external_references("{\"\\u0024ref\": \"x\"}")
        );
    }
}
