//! Tests of decisions about resources.

use azr_core::resource::CENTER_API;

use super::*;

fn desired(source: &Value, people: &Value) -> DesiredResource {
    let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "a"]);
    let mut desired = DesiredResource::new("API a".to_owned(), id, &CENTER_API);
    for member in ["title", "kind", "summary", "contacts", "license"] {
        if let Some(value) = source.get(member) {
            desired.set(member, value.clone());
        }
        if let Some(value) = people.get(member) {
            desired.set_initially(member, value.clone());
        }
    }
    desired
}

fn existing() -> Value {
    json!({"title": "A", "kind": "REST", "contacts": [{"name": "me", "email": "m@e"}],
        "customProperties": {"team": "pay"}, "more": 1})
}

#[test]
fn a_resource_in_the_desired_state_is_unchanged() {
    let change = |source: &Value| desired(source, &json!({})).decide(Some(&existing())).change;
    assert_eq!(
        change(&json!({"title": "A", "kind": "rest", "contacts": [{"name": "me"}]})),
        Change::Unchanged
    );
    assert_eq!(change(&json!({"title": "a"})), Change::Update);
    assert_eq!(change(&json!({"contacts": []})), Change::Update);
}

#[test]
fn an_update_keeps_what_people_entered() {
    let decision = desired(&json!({"title": "B", "contacts": [{"name": "me"}]}), &json!({"summary": "S"}))
        .decide(Some(&existing()));
    assert_eq!(decision.changed_fields, ["title"]);
    assert_eq!(
        decision.body,
        json!({"properties": {"title": "B", "kind": "REST", "contacts": [{"name": "me", "email": "m@e"}],
            "customProperties": {"team": "pay"}}})
    );
}

#[test]
fn a_new_resource_has_the_fields_of_both_owners() {
    let mut resource = desired(&json!({"title": "B"}), &json!({"summary": "S"}));
    resource.set_metadata("team", json!("x"), FieldOwner::People);
    resource.set_metadata("azr", json!("y"), FieldOwner::Source);
    let decision = resource.decide(None);
    assert_eq!(
        decision.body,
        json!({"properties": {"title": "B", "summary": "S", "customProperties": {"team": "x", "azr": "y"}}})
    );
    let decision = resource.decide(Some(&existing()));
    assert_eq!(decision.changed_fields, ["title", "azr"]);
    assert_eq!(decision.body["properties"]["customProperties"], json!({"team": "pay", "azr": "y"}));
}

#[test]
fn a_complete_resource_loses_what_it_should_not_have() {
    let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "a"]);
    let complete = |properties: &Value| {
        DesiredResource::complete("API a".to_owned(), id.clone(), &CENTER_API, properties)
    };
    let properties = json!({"title": "A", "kind": "rest", "customProperties": {"tier": "x"}, "isNew": true});
    let decision = complete(&properties).decide(Some(&existing()));
    assert_eq!(decision.changed_fields, ["contacts", "team", "tier"]);
    assert_eq!(
        decision.body,
        json!({"properties": {"title": "A", "kind": "rest", "customProperties": {"tier": "x"}}})
    );
    let change = |existing: &Value| complete(&properties).decide(Some(existing)).change;
    let mut same = properties.clone();
    same["contacts"] = json!([]);
    same["kind"] = json!("REST");
    assert_eq!(change(&same), Change::Unchanged);
    same["license"] = json!({"name": "MIT"});
    assert_eq!(change(&same), Change::Update);
    assert_eq!(complete(&properties).decide(None).change, Change::Create);
}

#[test]
fn an_object_of_the_source_keeps_the_members_of_people() {
    let existing = json!({"license": {"name": "MIT", "url": "https://ours"}});
    let decision = desired(&json!({"license": {"name": "Apache"}}), &json!({})).decide(Some(&existing));
    assert_eq!(decision.body["properties"]["license"], json!({"name": "Apache", "url": "https://ours"}));
}
