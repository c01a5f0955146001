//! What a definition refers to outside of itself.

use std::collections::HashSet;

use serde_json::Value;

use super::place::{Dialect, Kind, Place};
use super::reference::{Reference, Unfollowed};
use super::{Definition, MAX_EXPANDED, parsed, stack};
use azr_core::error::{Error, Result};

/// The references of a document to what is outside of it, each once, in the order of the document.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outside {
    /// To other files, or where azr does not follow.
    pub local: Vec<String>,
    /// To URLs.
    pub remote: Vec<String>,
}

/// What was found so far; a document may have a million references.
#[derive(Default)]
struct Found {
    outside: Outside,
    known: HashSet<String>,
}

/// Finds what `definition` refers to outside of itself; `name` names it in errors.
pub fn outside(definition: &Definition, name: &str) -> Result<Outside> {
    let Some(dialect) = Dialect::of(definition).filter(|_| may_refer(&definition.text)) else {
        return Ok(Outside::default());
    };
    stack::roomy(|| {
        let document = match parsed(&definition.text, name, MAX_EXPANDED) {
            Ok(document) => document,
            // A document too deep to be parsed as a whole, which as far as can be seen stands alone.
            Err(_) if !refers_elsewhere(&definition.text) => return Ok(Outside::default()),
            Err(error) => return Err(error),
        };
        let mut found = Found::default();
        walk(&document, Place::Object(Kind::Root), dialect, &mut found);
        Ok(found.outside)
    })
    .unwrap_or_else(|why| Err(Error::unexpected(format!("{name}: {why}"))))
}

/// Whether a text may refer to something outside: most do not, and need not be parsed as a whole.
fn may_refer(text: &str) -> bool {
    // Escapes could spell `$ref` and `#` in other ways, and a mapping needs no `$ref`.
    ["mapping", "\\u0024", "\\x24"].iter().any(|word| text.contains(word)) || refers_elsewhere(text)
}

/// Whether a `$ref` in a text does not begin with `#`, even if it should only be part of a description.
fn refers_elsewhere(text: &str) -> bool {
    text.match_indices("$ref").any(|(at, word)| {
        let value =
            text[at + word.len()..].trim_start_matches(|c: char| c.is_whitespace() || "\"':".contains(c));
        !value.starts_with('#')
    })
}

fn walk(value: &Value, place: Place, dialect: Dialect, found: &mut Found) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key == "$ref" && place.may_refer() => note(text, found),
                    Value::String(text) if place == Place::Mapping && names_a_file(text) => note(text, found),
                    _ => walk(member, place.member(dialect, key), dialect, found),
                }
            }
        }
        Value::Array(elements) => {
            for element in elements {
                walk(element, place.element(), dialect, found);
            }
        }
        _ => {}
    }
}

fn note(text: &str, found: &mut Found) {
    let list = match Reference::read(text, "") {
        Ok(Reference::Here(_)) => return,
        // An anchor of the document itself.
        Err(Unfollowed { .. }) if text.starts_with('#') => return,
        Ok(Reference::Remote) => &mut found.outside.remote,
        Ok(Reference::There(_)) | Err(_) => &mut found.outside.local,
    };
    if found.known.insert(text.to_owned()) {
        list.push(text.to_owned());
    }
}

/// Whether a value of a discriminator's `mapping` is a reference to a file, rather than the name of a schema.
pub(super) fn names_a_file(text: &str) -> bool {
    let path = text.split('#').next().unwrap_or_default();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    matches!(ending.as_deref(), Some("json" | "yaml" | "yml"))
        || path.starts_with("./")
        || path.starts_with("../")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Outside {
        let definition = crate::read(text.as_bytes(), "x").expect("a definition");
        outside(&definition, "x").expect("read")
    }

    #[test]
    fn only_references_count_and_only_those_to_the_outside() {
        let text = r##"{"openapi": "3.1.0", "paths": {"/a": {"$ref": "a.json"}, "/b": {"get": {"responses": {"200": {
            "content": {"x": {"schema": {"$ref": "#/components/schemas/S"}, "example": {"$ref": "data.json"}}}}}}}},
            "components": {"schemas": {"S": {"properties": {"$ref": {"type": "string"}}, "default": {"$ref": "x"}, "allOf":
            [{"$ref": "https://a/b.json"}, {"$ref": "https://a/b.json"}, {"$ref": "../s.json"}, {"$ref": "#anchor"}],
            "discriminator": {"mapping": {"a": "S", "b": "./t.json", "c": "#/x"}}}}}}"##;
        let want = Outside {
            local: ["a.json", "../s.json", "./t.json"].map(str::to_owned).to_vec(),
            remote: vec!["https://a/b.json".to_owned()],
        };
        assert_eq!(of(text), want);
        assert_eq!(of("type Query { a: Int }"), Outside::default());
    }

    #[test]
    fn a_document_of_its_own_is_not_even_parsed() {
        assert!(!may_refer("a:\n  $ref: '#/x'\n  \"$ref\" : \"#/y\"\n"));
        assert!(!may_refer("{\"$ref\":\"#/x\"}"));
        let deep = "[".repeat(200) + &"]".repeat(200);
        assert_eq!(of(&format!("{{\"openapi\": \"3.0.0\", \"x-mapping\": {deep}}}")), Outside::default());
        assert!(may_refer("$ref: x.yaml") && may_refer("{\"\\u0024ref\": \"x\"}"));
    }
}
