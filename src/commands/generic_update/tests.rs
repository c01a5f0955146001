use proptest::prelude::*;
use serde_json::json;

use super::*;
use azr_arm::edit::apply;
use azr_arm::schema::{field, flattened, text};

static CONTACT: &[Field] = &[text("email"), text("name")];
static PROPERTIES: &[Field] = &[
    text("title"),
    text("displayName"),
    field("kind", Kind::Choice(&["None", "rest"])),
    field("contacts", Kind::List(&Kind::Object(CONTACT))),
    field("customProperties", Kind::Map(&Kind::Any)),
    field("license", Kind::Object(CONTACT)),
    field("uris", Kind::List(&Kind::Text)),
    field("count", Kind::Int),
    field("flag", Kind::Bool),
];
static FIELDS: &[Field] = &[flattened("properties", PROPERTIES), field("tags", Kind::Map(&Kind::Text))];

fn document() -> Value {
    json!({
        "title": "T",
        "contacts": [{"name": "A", "email": "a@a"}, {"name": "B"}],
        "customProperties": {"a": 1, "o": {"x": 1}, "l": [1, 2]},
        "tags": {"t": "1"}
    })
}

fn run(dialect: Dialect, op: Op, values: &[&str], force_string: bool) -> Result<Value> {
    let mut doc = document();
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    apply(&parse(dialect, &[(op, values)], force_string, FIELDS)?, &mut doc, FIELDS)?;
    Ok(doc)
}

/// The member after the change.
fn member_after(op: Op, values: &[&str], member: &str) -> Value {
    let found = run(Dialect::Aaz, op, values, false).unwrap();
    let sdk = run(Dialect::Sdk, op, values, false).unwrap();
    assert_eq!(found, sdk, "{values:?}");
    found.pointer(member).cloned().unwrap_or(Value::Null)
}

#[test]
fn set_types_values_by_json_and_schema() {
    for (expression, member, want) in [
        ("title=New", "/title", json!("New")),
        ("title=a=b", "/title", json!("a=b")),
        ("title=", "/title", json!("")),
        ("title=null", "/title", json!(null)),
        ("title=1.50", "/title", json!("1.50")),
        ("title=\"x\"", "/title", json!("x")),
        ("title={\"a\":1}", "/title", json!("{\"a\":1}")),
        ("display_name=x", "/displayName", json!("x")),
        ("DisplayName=x", "/displayName", json!("x")),
        ("kind=None", "/kind", json!("None")),
        ("customProperties.x=1", "/customProperties/x", json!(1)),
        ("customProperties.y=two words", "/customProperties/y", json!("two words")),
        ("customProperties.y={\"a\":[1,null]}", "/customProperties/y", json!({"a": [1, null]})),
        ("customProperties.o.x=2", "/customProperties/o/x", json!(2)),
        ("customProperties.l[-1]=9", "/customProperties/l", json!([1, 9])),
        ("contacts[1].email=z@z", "/contacts/1", json!({"name": "B", "email": "z@z"})),
        ("contacts[name=A].email=q", "/contacts/0/email", json!("q")),
        ("contacts[0]={\"name\":\"N\",\"bogus\":1}", "/contacts/0", json!({"name": "N"})),
        ("contacts=[]", "/contacts", json!([])),
        ("license.name=MIT", "/license", json!({"name": "MIT"})),
        ("license={name:MIT}", "/license", json!({"name": "MIT"})),
        ("tags.a=1", "/tags", json!({"t": "1", "a": "1"})),
        ("count=5", "/count", json!(5)),
        ("count=\"5\"", "/count", json!(5)),
        ("flag=True", "/flag", json!(true)),
    ] {
        assert_eq!(member_after(Op::Set, &[expression], member), want, "{expression}");
    }
    let forced =
        run(Dialect::Aaz, Op::Set, &["customProperties.q=1", "title=null", "count=5"], true).unwrap();
    assert_eq!(forced["customProperties"]["q"], json!("1"));
    assert_eq!((&forced["title"], &forced["count"]), (&json!("null"), &json!(5)));
}

#[test]
fn add_and_remove_change_lists() {
    for (op, values, member, want) in [
        (Op::Add, &["contacts", "name=N", "email=e"][..], "/contacts/2", json!({"name": "N", "email": "e"})),
        (
            Op::Add,
            &["contacts", "name=N", "{\"name\":\"a=b\"}", "name=O"],
            "/contacts/3",
            json!({"name": "a=b"}),
        ),
        (
            Op::Add,
            &["contacts", "name=N", "{\"name\":\"a=b\"}", "name=O"],
            "/contacts/4",
            json!({"name": "O"}),
        ),
        (Op::Add, &["uris", "https://x?a=b", "1"], "/uris", json!(["https://x?a=b", "1"])),
        (
            Op::Add,
            &["customProperties.l", "{\"k\":1}", "s"],
            "/customProperties/l",
            json!([1, 2, {"k": 1}, "s"]),
        ),
        (Op::Remove, &["contacts", "0"], "/contacts", json!([{"name": "B"}])),
        (Op::Remove, &["contacts", "-1"], "/contacts", json!([{"name": "A", "email": "a@a"}])),
        (Op::Remove, &["contacts"], "/contacts", json!([])),
        (Op::Remove, &["customProperties"], "/customProperties", json!(null)),
        (Op::Remove, &["title"], "/title", json!(null)),
        (Op::Remove, &["contacts[name=A].email"], "/contacts/0", json!({"name": "A"})),
        (Op::Remove, &["uris"], "/uris", json!(null)),
    ] {
        assert_eq!(member_after(op, values, member), want, "{values:?}");
    }
}

#[test]
fn operations_apply_in_order() {
    let ops = [
        (Op::Remove, vec!["contacts".to_owned()]),
        (Op::Add, vec!["contacts".to_owned(), "name=q".to_owned()]),
        (Op::Set, vec!["contacts[-1].email=w".to_owned()]),
    ];
    let mut doc = document();
    apply(&parse(Dialect::Aaz, &ops, false, FIELDS).unwrap(), &mut doc, FIELDS).unwrap();
    assert_eq!(doc["contacts"], json!([{"name": "q", "email": "w"}]));
}

#[test]
fn unknown_members_are_errors_that_list_the_valid_ones() {
    let error = run(Dialect::Aaz, Op::Set, &["bogus=1"], false).unwrap_err();
    assert_eq!(
        error.to_string(),
        "--set 'bogus=1': 'bogus' is not a member; valid members: title, displayName, kind, contacts, customProperties, license, uris, count, flag, tags"
    );
    assert!(run(Dialect::Sdk, Op::Set, &["bogus=1"], false).is_err());
    assert!(run(Dialect::Sdk, Op::Set, &["bogus.x=1"], false).is_err());
}

#[test]
fn a_path_that_is_too_deep_is_an_error() {
    let deep = format!("customProperties{}=1", ".a".repeat(50_000));
    for (op, value) in
        [(Op::Set, deep.as_str()), (Op::Add, &deep[..deep.len() - 2]), (Op::Remove, &deep[..deep.len() - 2])]
    {
        let error = run(Dialect::Aaz, op, &[value, "x"], false).unwrap_err().to_string();
        assert!(error.contains("more than 100 levels"), "{error}");
    }
}

#[test]
fn mistakes_have_the_exit_code_of_az() {
    for (op, values) in [
        (Op::Set, &["title"][..]),
        (Op::Set, &["=x"]),
        (Op::Set, &["properties.title=x"]),
        (Op::Set, &["title.x=1"]),
        (Op::Set, &["license[0]=x"]),
        (Op::Set, &["license=x"]),
        (Op::Set, &["contacts.name=x"]),
        (Op::Set, &["contacts[9].name=x"]),
        (Op::Set, &["contacts[x].name=x"]),
        (Op::Set, &["contacts[name=Z].email=x"]),
        (Op::Set, &["count=x"]),
        (Op::Set, &["flag=maybe"]),
        (Op::Set, &["a[b=c=d"]),
        (Op::Add, &["title", "x"]),
        (Op::Add, &["bogus", "x"]),
        (Op::Add, &["contacts", "x"]),
        (Op::Add, &["contacts"]),
        (Op::Add, &[]),
        (Op::Remove, &["bogus"]),
        (Op::Remove, &["contacts", "9"]),
        (Op::Remove, &["contacts", "x"]),
        (Op::Remove, &["contacts", "0", "1"]),
        (Op::Remove, &["title", "0"]),
        (Op::Remove, &[]),
    ] {
        for dialect in [Dialect::Aaz, Dialect::Sdk] {
            let error = run(dialect, op, values, false).unwrap_err();
            assert_eq!(error.exit_code(), 1, "{values:?}");
        }
    }
}

proptest! {
    #[test]
    fn no_expression_panics(text in "([\\[\\]{}:,'\"=.\\\\ -]|[a-c0-2é]|null|contacts|customProperties|name){0,20}", force in any::<bool>()) {
        for dialect in [Dialect::Aaz, Dialect::Sdk] {
            for op in [Op::Set, Op::Add, Op::Remove] {
                let _ = run(dialect, op, &[&text], force);
                let _ = run(dialect, op, &["contacts", &text], force);
            }
        }
    }
}
