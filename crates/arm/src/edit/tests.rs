use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::schema::{Kind, field, text};

static CONTACT: &[Field] = &[text("name"), text("email")];
static FIELDS: &[Field] = &[
    text("title"),
    field("contacts", Kind::List(&Kind::Object(CONTACT))),
    field("license", Kind::Object(CONTACT)),
    field("custom", Kind::Map(&Kind::Any)),
    field("tags", Kind::Map(&Kind::Text)),
];

/// `a.b[0]`, `[+]` and `[k=v]` as steps.
fn path(text: &str) -> Vec<PathSegment> {
    let parts = text.replace('[', ".[");
    let parts = parts.split('.').filter(|part| !part.is_empty());
    parts
        .map(|part| match part.strip_prefix('[').and_then(|p| p.strip_suffix(']')) {
            None => PathSegment::Key(part.into()),
            Some("+") => PathSegment::Append,
            Some(inner) => match inner.split_once('=') {
                Some((key, value)) => PathSegment::Where { key: key.into(), value: value.into() },
                None => PathSegment::Index(inner.parse().unwrap()),
            },
        })
        .collect()
}

fn set(text: &str, value: Value) -> Edit {
    Edit::Set { path: path(text), value }
}

fn assign(text: &str, value: Value) -> Edit {
    Edit::Assign { dialect: Dialect::Aaz, path: path(text), value }
}

fn apply_all(mut doc: Value, edits: &[Edit]) -> Result<Value> {
    apply(edits, &mut doc, FIELDS).map(|()| doc)
}

#[test]
fn options_create_what_is_missing() {
    let edits = [set("contacts[0].name", json!("a")), set("license.name", json!("MIT"))];
    assert_eq!(
        apply_all(Value::Null, &edits).unwrap(),
        json!({"contacts": [{"name": "a"}], "license": {"name": "MIT"}})
    );
}

#[test]
fn elements_after_the_end_are_appended_in_order() {
    let doc = json!({"contacts": [{"name": "a"}]});
    let edits = [set("contacts[5].name", json!("f")), set("contacts[3].name", json!("d"))];
    let edits =
        [&edits[..], &[set("contacts[5].email", json!("g")), set("contacts[+].name", json!("h"))]].concat();
    assert_eq!(
        apply_all(doc, &edits).unwrap()["contacts"],
        json!([{"name": "a"}, {"name": "d"}, {"name": "f", "email": "g"}, {"name": "h"}])
    );
}

#[test]
fn null_removes_except_where_it_is_a_value() {
    let doc = json!({"title": "t", "contacts": [{"name": "a"}, {"name": "b"}], "custom": {"x": 1}, "tags": {"t": "1"}});
    for (at, want) in [
        (
            "title",
            json!({"contacts": [{"name": "a"}, {"name": "b"}], "custom": {"x": 1}, "tags": {"t": "1"}}),
        ),
        (
            "contacts[0]",
            json!({"title": "t", "contacts": [{"name": "b"}], "custom": {"x": 1}, "tags": {"t": "1"}}),
        ),
        (
            "tags.t",
            json!({"title": "t", "contacts": [{"name": "a"}, {"name": "b"}], "custom": {"x": 1}, "tags": {}}),
        ),
        (
            "custom.x",
            json!({"title": "t", "contacts": [{"name": "a"}, {"name": "b"}], "custom": {"x": null}, "tags": {"t": "1"}}),
        ),
        ("license.name", doc.clone()),
    ] {
        assert_eq!(apply_all(doc.clone(), &[set(at, Value::Null)]).unwrap(), want, "{at}");
        assert_eq!(apply_all(doc.clone(), &[assign(at, Value::Null)]).unwrap(), want, "{at}");
    }
    assert_eq!(apply_all(json!({}), &[set("contacts[0]", Value::Null)]).unwrap(), json!({}));
}

#[test]
fn generic_updates_require_existing_elements() {
    let doc = json!({"contacts": [{"name": "a"}, {"name": "b"}, {"name": "b"}]});
    let changed = apply_all(doc.clone(), &[assign("contacts[name=a].email", json!("x"))]).unwrap();
    assert_eq!(changed["contacts"][0], json!({"name": "a", "email": "x"}));
    let changed = apply_all(doc.clone(), &[assign("contacts[-1].name", json!("z"))]).unwrap();
    assert_eq!(changed["contacts"][2], json!({"name": "z"}));
    for invalid in [
        "contacts[3].name",
        "contacts[-4].name",
        "contacts[name=b].name",
        "contacts[name=c].name",
        "contacts.name",
    ] {
        let error = apply_all(doc.clone(), &[assign(invalid, json!("z"))]).unwrap_err();
        assert_eq!(error.exit_code(), 1, "{invalid}");
        assert!(error.to_string().starts_with("contacts "), "{error}");
    }
}

#[test]
fn adding_creates_the_list() {
    let add = Edit::Add { dialect: Dialect::Aaz, path: path("contacts"), value: json!({"name": "a"}) };
    assert_eq!(
        apply_all(json!({"contacts": null}), std::slice::from_ref(&add)).unwrap(),
        json!({"contacts": [{"name": "a"}]})
    );
    assert!(apply_all(json!({"contacts": "x"}), &[add]).is_err());
}

#[test]
fn removing_clears_lists_and_removes_members() {
    let doc = json!({"title": "t", "contacts": [{"name": "a"}], "custom": {"x": 1}, "license": {}});
    for (at, dialect, want) in [
        (
            "title",
            Dialect::Aaz,
            Some(json!({"contacts": [{"name": "a"}], "custom": {"x": 1}, "license": {}})),
        ),
        (
            "contacts",
            Dialect::Sdk,
            Some(json!({"title": "t", "contacts": [], "custom": {"x": 1}, "license": {}})),
        ),
        (
            "contacts[0]",
            Dialect::Sdk,
            Some(json!({"title": "t", "contacts": [], "custom": {"x": 1}, "license": {}})),
        ),
        ("license.name", Dialect::Sdk, Some(doc.clone())),
        ("custom.y", Dialect::Aaz, Some(doc.clone())),
        ("tags.t", Dialect::Aaz, Some(doc.clone())),
        ("custom.y", Dialect::Sdk, None),
        ("tags.t", Dialect::Sdk, None),
        ("contacts[1]", Dialect::Aaz, None),
        ("title.x", Dialect::Aaz, None),
        ("missing[0].x", Dialect::Aaz, None),
    ] {
        let edit = Edit::Remove { dialect, path: path(at) };
        assert_eq!(apply_all(doc.clone(), &[edit]).ok(), want, "{at} {dialect:?}");
    }
}

#[test]
fn values_that_are_not_objects_are_not_replaced() {
    assert!(apply_all(json!({"custom": {"a": 5}}), &[set("custom.a.b", json!(1))]).is_err());
    assert!(apply_all(json!({}), &[set("contacts[999999999]", json!({}))]).is_err());
}

fn any_path() -> impl Strategy<Value = Vec<PathSegment>> {
    let step = prop_oneof![
        prop_oneof![Just("contacts"), Just("custom"), Just("tags"), Just("name"), Just("x")]
            .prop_map(|key| PathSegment::Key(key.into())),
        (-3_i64..6).prop_map(PathSegment::Index),
        Just(PathSegment::Append),
        Just(PathSegment::Where { key: "name".into(), value: "a".into() }),
        Just(PathSegment::Index(i64::MIN)),
    ];
    prop::collection::vec(step, 0..4)
}

proptest! {
    #[test]
    fn no_edits_panic(edits in prop::collection::vec((any_path(), 0..5_u8, any::<bool>()), 0..8)) {
        let dialect = Dialect::Sdk;
        let edits: Vec<_> = edits.into_iter().map(|(path, what, null)| {
            let value = if null { Value::Null } else { json!([{"name": "a"}]) };
            match what {
                0 | 1 => Edit::Set { path, value },
                2 => Edit::Assign { dialect, path, value },
                3 => Edit::Add { dialect, path, value },
                _ => Edit::Remove { dialect, path },
            }
        }).collect();
        let _ = apply_all(json!({"contacts": [{"name": "a"}]}), &edits);
    }
}
