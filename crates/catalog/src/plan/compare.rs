//! A resource as wanted against the resource that is there.

use serde_json::{Map, Value, json};

use super::{Change, Put};
use azr_core::id::ResourceId;
use azr_core::resource::ResourceType;

/// Members that API Center spells as it likes: choices and ids.
const ANY_CASE: &[&str] = &["kind", "lifecycleStage", "environmentId", "definitionId", "type"];

/// Puts a resource, if it is not there as wanted; `there` are the properties of the one that is.
///
/// A PUT replaces the whole, so it bears what is there in the `writable` members: what people added in the center
/// stays.
pub fn put(
    what: String,
    id: ResourceId,
    of: &ResourceType,
    wanted: Map<String, Value>,
    there: Option<&Value>,
    writable: &[&str],
) -> Put {
    let api_version = of.api_version;
    let Some(there) = there else {
        return Put { what, id, api_version, body: json!({"properties": wanted}), change: Change::Create };
    };
    let mut merged = Map::new();
    for name in writable {
        let value = wanted.get(*name).or_else(|| there.get(*name)).filter(|v| !v.is_null());
        if let Some(value) = value {
            merged.insert((*name).to_owned(), value.clone());
        }
    }
    let wanted = Value::Object(wanted);
    let change = if holds(there, &wanted, "") { Change::Unchanged } else { Change::Update };
    Put { what, id, api_version, body: json!({"properties": merged}), change }
}

/// Whether all that is wanted is there.
fn holds(there: &Value, wanted: &Value, name: &str) -> bool {
    match (there, wanted) {
        (Value::Object(there), Value::Object(wanted)) => {
            wanted.iter().all(|(name, value)| there.get(name).is_some_and(|t| holds(t, value, name)))
        }
        (Value::Array(there), Value::Array(wanted)) => {
            there.len() == wanted.len() && there.iter().zip(wanted).all(|(t, w)| holds(t, w, name))
        }
        (Value::String(there), Value::String(wanted)) if ANY_CASE.contains(&name) => {
            there.eq_ignore_ascii_case(wanted)
        }
        _ => there == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::resource::CENTER_API;

    fn change(there: &Value, wanted: &Value) -> Put {
        let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "a"]);
        let wanted = wanted.as_object().expect("an object").clone();
        put("API a".to_owned(), id, &CENTER_API, wanted, Some(there), &["title", "kind", "contacts"])
    }

    #[test]
    fn what_is_there_as_wanted_is_left_alone() {
        let there = json!({"title": "A", "kind": "REST", "contacts": [{"name": "me"}], "more": 1});
        assert_eq!(change(&there, &json!({"title": "A", "kind": "rest"})).change, Change::Unchanged);
        assert_eq!(change(&there, &json!({"title": "a"})).change, Change::Update);
        assert_eq!(change(&there, &json!({"contacts": []})).change, Change::Update);
    }

    #[test]
    fn an_update_keeps_what_people_added() {
        let there = json!({"title": "A", "kind": "REST", "contacts": [{"name": "me"}], "more": 1});
        let put = change(&there, &json!({"title": "B"}));
        assert_eq!(
            put.body,
            json!({"properties": {"title": "B", "kind": "REST", "contacts": [{"name": "me"}]}})
        );
    }
}
