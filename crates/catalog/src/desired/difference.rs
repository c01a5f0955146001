//! Compares two states of a resource, as a restore and a comparison of centers do.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::members::{CUSTOM_PROPERTIES, ignores_case, writable_members};
use azr_core::resource::ResourceType;

/// Members whose values are enumerations or ids, besides those of [`ignores_case`]: API Center may return them in another case.
const MORE_CASE_INSENSITIVE: &[&str] = &[
    "analyzerType",
    "apiSourceType",
    "entity",
    "importSpecification",
    "msiResourceId",
    "resourceId",
    "state",
    "targetEnvironmentId",
    "targetLifecycleStage",
];

/// The names of the writable fields in which two resources differ; custom metadata is named by its own name.
pub(crate) fn changed_fields(resource_type: &ResourceType, left: &Value, right: &Value) -> Vec<String> {
    let mut changed = Vec::new();
    for member in writable_members(resource_type) {
        let (left, right) = (&left[*member], &right[*member]);
        if is_same(left, right, member) {
            continue;
        }
        if *member != CUSTOM_PROPERTIES {
            changed.push((*member).to_owned());
            continue;
        }
        let names = [left, right].into_iter().filter_map(Value::as_object).flat_map(Map::keys);
        let names: BTreeSet<&String> = names.collect();
        let differs = |name: &&&String| !is_same(&left[name.as_str()], &right[name.as_str()], name);
        changed.extend(names.iter().filter(differs).map(|name| (*name).clone()));
    }
    changed
}

/// Whether two values mean the same; the service leaves out or adds what is empty. `name` is the member they belong to.
fn is_same(left: &Value, right: &Value, name: &str) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let mut names = left.keys().chain(right.keys());
            let value =
                |object: &Map<String, Value>, name: &str| object.get(name).cloned().unwrap_or_default();
            names.all(|name| is_same(&value(left, name), &value(right, name), name))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| is_same(left, right, name))
        }
        (Value::String(left), Value::String(right))
            if ignores_case(name) || MORE_CASE_INSENSITIVE.contains(&name) =>
        {
            left.eq_ignore_ascii_case(right)
        }
        _ => left == right || (is_empty(left) && is_empty(right)),
    }
}

/// Whether a value says nothing; an empty text counts, because the service may return it for a missing one.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_empty),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
