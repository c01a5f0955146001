//! Compares two backups: which resources only one of them has, and in which fields the others differ.
//!
//! What is compared is what a restore would write: documents, rulesets, and the fields that can be written.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::layout::{ResourceKind, folder_of};
use super::reader::BackupReader;
use super::resource_file::ResourceFile;
use crate::desired::changed_fields;
use azr_core::error::Result;

/// How a resource differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DifferenceKind {
    /// Only the second one has it.
    Added,
    /// Only the first one has it.
    Removed,
    /// Both have it.
    Changed,
}

impl DifferenceKind {
    /// The word in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// A resource that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// How it differs.
    pub change: DifferenceKind,
    /// The kind of the resource, such as `api`.
    #[serde(rename = "type")]
    pub resource_type: &'static str,
    /// The name of the resource.
    pub name: String,
    /// The resource with those that it belongs to, such as `version v1 of API orders`.
    pub resource: String,
    /// The fields in which it differs.
    pub fields: Vec<FieldDifference>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldDifference {
    /// The name; custom metadata has its own name.
    pub name: String,
    /// The value in the first one; null if it has none. Of a document and a ruleset, the digest.
    pub from: Value,
    /// The value in the second one.
    pub to: Value,
}

/// The differences of two backups.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The resources that differ; what belongs to a resource that only one has is not listed.
    pub differences: Vec<Difference>,
    /// How many resources are the same.
    pub unchanged: usize,
}

/// Compares two backups.
pub fn compare(first: &BackupReader, second: &BackupReader) -> Result<Comparison> {
    let (left, right) = (resources(first), resources(second));
    let mut keys: Vec<&String> = left.keys().chain(right.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut comparison = Comparison { differences: Vec::new(), unchanged: 0 };
    // The folder, in lower case, of a resource that only one of them has.
    let mut only_in_one: Option<String> = None;
    let mut ordered: Vec<(&String, &str)> = keys.into_iter().map(|key| (key, folder_of(key))).collect();
    // A resource with a folder comes before everything below it.
    ordered.sort_by_key(|(key, folder)| (owner_key(key, folder), *key));
    for (key, _) in ordered {
        if only_in_one.as_deref().is_some_and(|folder| key.starts_with(folder)) {
            continue;
        }
        let (change, reader, path) = match (left.get(key), right.get(key)) {
            (Some(left), Some(right)) => {
                match changed(first, left, second, right)? {
                    Some(difference) => comparison.differences.push(difference),
                    None => comparison.unchanged += 1,
                }
                continue;
            }
            (Some(path), None) => (DifferenceKind::Removed, first, *path),
            (None, Some(path)) => (DifferenceKind::Added, second, *path),
            (None, None) => continue,
        };
        let Some(kind) = ResourceKind::of_path(path) else { continue };
        if kind.file_in_folder().is_some() {
            only_in_one = Some(folder_of(key).to_owned());
        }
        let file = reader.read_resource(path)?;
        comparison.differences.push(difference(change, kind, path, &file, Vec::new()));
    }
    Ok(comparison)
}

/// The paths of the resources by the same in lower case, because the case of names does not count.
fn resources(backup: &BackupReader) -> BTreeMap<String, &str> {
    let paths = backup.files().keys().filter(|path| ResourceKind::of_path(path).is_some());
    paths.map(|path| (path.to_lowercase(), path.as_str())).collect()
}

/// A key that sorts the file of a resource with a folder before the files below the folder.
fn owner_key(key: &str, folder: &str) -> String {
    let is_owner = ResourceKind::of_path(key).is_some_and(|kind| kind.file_in_folder().is_some());
    if is_owner { folder.to_owned() } else { key.to_owned() }
}

/// The difference of a resource that both have; None if it is the same.
fn changed(
    first: &BackupReader,
    left_path: &str,
    second: &BackupReader,
    right_path: &str,
) -> Result<Option<Difference>> {
    let Some(kind) = ResourceKind::of_path(left_path) else { return Ok(None) };
    let has_parts = matches!(kind, ResourceKind::Definition | ResourceKind::Analyzer);
    let hash = |reader: &BackupReader, path: &str| reader.files().get(path).map(|entry| entry.sha256.clone());
    if !has_parts && hash(first, left_path) == hash(second, right_path) {
        return Ok(None);
    }
    let (left, right) = (first.read_resource(left_path)?, second.read_resource(right_path)?);
    let names = changed_fields(kind.resource_type(), &left.properties, &right.properties);
    let mut fields: Vec<FieldDifference> = names
        .into_iter()
        .map(|name| FieldDifference {
            from: field(&left.properties, &name),
            to: field(&right.properties, &name),
            name,
        })
        .collect();
    let mut add = |name: &str, from: Value, to: Value| {
        if from != to {
            fields.push(FieldDifference { name: name.to_owned(), from, to });
        }
    };
    if kind == ResourceKind::Definition {
        add(
            "specification",
            field(&left.properties, "specification"),
            field(&right.properties, "specification"),
        );
        let document = |reader: &BackupReader, path: &str, file: &ResourceFile| {
            let path = reader.document_path(path, file)?;
            Ok::<_, azr_core::error::Error>(
                path.and_then(|path| hash(reader, &path)).map_or(Value::Null, |hash| digest(&hash)),
            )
        };
        add("document", document(first, left_path, &left)?, document(second, right_path, &right)?);
    }
    if kind == ResourceKind::Analyzer {
        add("ruleset", ruleset(first, left_path, &left)?, ruleset(second, right_path, &right)?);
    }
    let is_same = fields.is_empty();
    Ok((!is_same).then(|| difference(DifferenceKind::Changed, kind, right_path, &right, fields)))
}

/// The value of a writable field, or of custom metadata.
fn field(properties: &Value, name: &str) -> Value {
    let value = properties.get(name).or_else(|| properties.get("customProperties")?.get(name));
    value.cloned().unwrap_or_default()
}

fn digest(hash: &str) -> Value {
    Value::String(format!("sha256:{hash}"))
}

/// A digest of the ruleset of an analyzer; null if it has none.
fn ruleset(backup: &BackupReader, path: &str, file: &ResourceFile) -> Result<Value> {
    let Some(mut members) = backup.read_ruleset(path, file)? else { return Ok(Value::Null) };
    members.sort_by(|a, b| a.name.cmp(&b.name));
    let list: Vec<String> = members
        .iter()
        .map(|member| format!("{} {}\n", crate::digest::sha256_hex(&member.content), member.name))
        .collect();
    Ok(digest(&crate::digest::sha256_hex(list.concat().as_bytes())))
}

fn difference(
    change: DifferenceKind,
    kind: ResourceKind,
    path: &str,
    file: &ResourceFile,
    fields: Vec<FieldDifference>,
) -> Difference {
    let parts: Vec<&str> = path.split('/').collect();
    let mut resource = format!("{} {}", kind.label(), file.name);
    if let ["apis", api, "versions", version, "definitions", ..] = parts[..] {
        resource = format!("{resource} of version {version} of API {api}");
    } else if let ["apis", api, _, ..] = parts[..]
        && kind != ResourceKind::Api
    {
        resource = format!("{resource} of API {api}");
    }
    Difference { change, resource_type: kind.id(), name: file.name.clone(), resource, fields }
}
