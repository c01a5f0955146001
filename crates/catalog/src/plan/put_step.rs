//! Compares the desired properties of a resource with the existing ones.

use serde_json::{Map, Value, json};

use super::types::{Change, PutStep};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEFINITION, CENTER_DEPLOYMENT, CENTER_VERSION, ResourceType};

/// Members whose values API Center may return in another case: enumerations and ids.
const CASE_INSENSITIVE: &[&str] = &["kind", "lifecycleStage", "environmentId", "definitionId", "type"];

/// The writable members of an API, a version, a definition and a deployment.
pub(super) const API_MEMBERS: &[&str] = &[
    "title",
    "summary",
    "description",
    "kind",
    "termsOfService",
    "license",
    "externalDocumentation",
    "contacts",
    "customProperties",
];

pub(super) const VERSION_MEMBERS: &[&str] = &["title", "lifecycleStage"];
pub(super) const DEFINITION_MEMBERS: &[&str] = &["title", "description"];
pub(super) const DEPLOYMENT_MEMBERS: &[&str] =
    &["title", "description", "environmentId", "definitionId", "state", "server", "customProperties"];

/// Plans to create or update a resource; `existing` are its properties in the center, if it exists.
///
/// A PUT replaces the whole resource. Its body therefore contains the existing values of all `writable` members that
/// are not desired otherwise, so that what people added stays.
pub(super) fn plan_put(
    label: String,
    id: ResourceId,
    resource_type: &ResourceType,
    desired: Map<String, Value>,
    existing: Option<&Value>,
    writable: &[&str],
) -> PutStep {
    let api_version = resource_type.api_version;
    let Some(existing) = existing else {
        let body = json!({"properties": desired});
        return PutStep { label, id, api_version, body, change: Change::Create };
    };
    let merged = merge_properties(&desired, existing, writable);
    let is_unchanged = contains(existing, &Value::Object(desired), "");
    let change = if is_unchanged { Change::Unchanged } else { Change::Update };
    PutStep { label, id, api_version, body: json!({"properties": merged}), change }
}

/// Merges desired properties into existing ones, as a PUT must, because it replaces the whole resource.
///
/// The result has only `writable` members: the desired value, else the existing one.
#[must_use]
pub fn merge_properties(
    desired: &Map<String, Value>,
    existing: &Value,
    writable: &[&str],
) -> Map<String, Value> {
    let member = |name: &&str| {
        let value = desired.get(*name).or_else(|| existing.get(*name)).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    };
    writable.iter().filter_map(member).collect()
}

/// The writable members of a resource below the workspace of a center; empty for other resources.
#[must_use]
pub fn writable_members(id: &ResourceId) -> &'static [&'static str] {
    let members = [
        (&CENTER_API, API_MEMBERS),
        (&CENTER_VERSION, VERSION_MEMBERS),
        (&CENTER_DEFINITION, DEFINITION_MEMBERS),
        (&CENTER_DEPLOYMENT, DEPLOYMENT_MEMBERS),
    ];
    members
        .into_iter()
        .find(|(resource_type, _)| resource_type.matches(id))
        .map_or(&[], |(_, members)| members)
}

/// Whether an existing value has everything that is desired; `name` is the member it belongs to.
fn contains(existing: &Value, desired: &Value, name: &str) -> bool {
    match (existing, desired) {
        (Value::Object(existing), Value::Object(desired)) => desired
            .iter()
            .all(|(name, value)| existing.get(name).is_some_and(|found| contains(found, value, name))),
        (Value::Array(existing), Value::Array(desired)) => {
            existing.len() == desired.len()
                && existing.iter().zip(desired).all(|(existing, desired)| contains(existing, desired, name))
        }
        (Value::String(existing), Value::String(desired)) if CASE_INSENSITIVE.contains(&name) => {
            existing.eq_ignore_ascii_case(desired)
        }
        _ => existing == desired,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(existing: &Value, desired: &Value) -> PutStep {
        let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "a"]);
        let desired = desired.as_object().expect("an object").clone();
        let writable = &["title", "kind", "contacts"];
        plan_put("API a".to_owned(), id, &CENTER_API, desired, Some(existing), writable)
    }

    #[test]
    fn a_resource_in_the_desired_state_is_unchanged() {
        let existing = json!({"title": "A", "kind": "REST", "contacts": [{"name": "me"}], "more": 1});
        assert_eq!(step(&existing, &json!({"title": "A", "kind": "rest"})).change, Change::Unchanged);
        assert_eq!(step(&existing, &json!({"title": "a"})).change, Change::Update);
        assert_eq!(step(&existing, &json!({"contacts": []})).change, Change::Update);
    }

    #[test]
    fn an_update_keeps_what_people_added() {
        let existing = json!({"title": "A", "kind": "REST", "contacts": [{"name": "me"}], "more": 1});
        assert_eq!(
            step(&existing, &json!({"title": "B"})).body,
            json!({"properties": {"title": "B", "kind": "REST", "contacts": [{"name": "me"}]}})
        );
    }
}
