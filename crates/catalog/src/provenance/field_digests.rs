//! Digests of the fields that azr wrote, by which it recognises what people have edited.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::desired::{self, DesiredResource, FieldOwner};

/// How many hexadecimal digits of a field's digest are recorded.
const DIGITS: usize = 8;

/// A short digest of each field that azr wrote, written `kind:0a1b2c3d title:4e5f6a7b`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldDigests(BTreeMap<Box<str>, u32>);

impl FieldDigests {
    /// Reads the digests; None if azr did not write them.
    pub(super) fn parse<'w>(words: impl Iterator<Item = &'w str>) -> Option<Self> {
        let parse_word = |word: &str| {
            let (name, digest) = word.split_once(':')?;
            let is_digest = digest.len() == DIGITS && digest.bytes().all(|b| b.is_ascii_hexdigit());
            let digest = u32::from_str_radix(digest, 16).ok().filter(|_| is_digest)?;
            (!name.is_empty()).then(|| (name.into(), digest))
        };
        words.map(parse_word).collect::<Option<_>>().map(Self)
    }

    /// Whether nothing is recorded, as before azr recorded fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a field is recorded.
    #[must_use]
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Records the value of a field.
    pub fn insert(&mut self, name: &str, value: &Value) {
        self.0.insert(name.into(), digest(name, value));
    }

    /// Records the fields of a resource that the source specifies.
    ///
    /// What an earlier run wrote and the source no longer specifies stays recorded, as it stays in the center.
    pub(crate) fn insert_all(&mut self, desired: &DesiredResource) {
        for field in &desired.fields {
            if field.owner == FieldOwner::Source && field.metadata.is_none() {
                self.insert(field.member, &field.value);
            }
        }
    }

    /// Whether azr wrote this value of a field.
    #[must_use]
    pub fn is_recorded(&self, name: &str, value: &Value) -> bool {
        self.0.get(name).is_some_and(|written| digest(name, value) == *written)
    }

    /// The first of these members that has a value that azr did not write; None if azr wrote all values.
    #[must_use]
    pub fn edited_field<'m>(
        &self,
        properties: &Value,
        members: impl IntoIterator<Item = &'m str>,
    ) -> Option<&'m str> {
        let is_edited = |member: &str| {
            let value = properties.get(member).filter(|value| !is_blank(value));
            match self.0.get(member) {
                Some(written) => value.is_none_or(|value| digest(member, value) != *written),
                None => value.is_some(),
            }
        };
        members.into_iter().find(|member| is_edited(member))
    }

    /// Whether a field was recorded and now has another value.
    #[must_use]
    pub fn is_edited(&self, name: &str, value: &Value) -> bool {
        self.0.get(name).is_some_and(|written| digest(name, value) != *written)
    }
}

impl fmt::Display for FieldDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, digest)) in self.0.iter().enumerate() {
            write!(f, "{}{name}:{digest:08x}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

/// Whether a value says nothing; API Center may return such members that were never written.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_blank),
        Value::Object(members) => members.values().all(is_blank),
        _ => false,
    }
}

/// The digest of a field, whatever the order of its members, the case of its ids and enumerations, and blank members.
fn digest(name: &str, value: &Value) -> u32 {
    let mut text = String::new();
    write_canonical(name, value, &mut text);
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let [a, b, c, d, ..] = digest;
    u32::from_be_bytes([a, b, c, d])
}

fn write_canonical(name: &str, value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().filter(|(_, value)| !is_blank(value)).collect();
            for (name, value) in members {
                text.push_str(&Value::String(name.clone()).to_string());
                write_canonical(name, value, text);
            }
        }
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write_canonical(name, item, text);
            }
            text.push(']');
        }
        Value::String(string) => {
            let string = string.trim();
            let string = if desired::ignores_case(name) { string.to_lowercase() } else { string.to_owned() };
            text.push_str(&Value::String(string).to_string());
        }
        other => text.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_edited_or_added_field_is_recognised() {
        let mut digests = FieldDigests::default();
        digests.insert("title", &json!("Pets"));
        digests.insert("contacts", &json!([{"name": "Ada"}]));
        let members = ["title", "contacts", "summary"];
        let edited = |properties: Value| digests.edited_field(&properties, members);
        assert_eq!(
            edited(json!({"title": "Pets", "contacts": [{"email": null, "name": "Ada"}], "summary": ""})),
            None
        );
        assert_eq!(edited(json!({"title": "Dogs", "contacts": [{"name": "Ada"}]})), Some("title"));
        assert_eq!(edited(json!({"title": "Pets"})), Some("contacts"));
        let with_summary = json!({"title": "Pets", "contacts": [{"name": "Ada"}], "summary": "Ours"});
        assert_eq!(edited(with_summary), Some("summary"));
        let text = digests.to_string();
        assert_eq!(FieldDigests::parse(text.split(' ')), Some(digests));
    }
}
