use proptest::prelude::*;
use serde_json::json;

use super::*;
use azr_arm::edit::apply;
use azr_arm::schema::{Field, field, text};

static CONTACT: &[Field] = &[text("email"), text("name"), text("url")];
static ASSIGNMENT: &[Field] =
    &[field("deprecated", Kind::Bool), field("entity", Kind::Choice(&["api", "deployment", "environment"]))];
static LICENSE: &[Field] = &[text("identifier"), text("name"), text("url"), text("id").read_only()];
static SERVER: &[Field] =
    &[field("runtimeUri", Kind::List(&Kind::Text)), field("type", Kind::Choice(&["AWS", "Azure"]))];
static IDENTITY: &[Field] = &[text("type"), field("userAssignedIdentities", Kind::Map(&Kind::Object(&[])))];
static FIELDS: &[Field] = &[
    field("contacts", Kind::List(&Kind::Object(CONTACT))),
    field("assignments", Kind::List(&Kind::Object(ASSIGNMENT))),
    field("license", Kind::Object(LICENSE)),
    field("server", Kind::Object(SERVER)),
    field("identity", Kind::Object(IDENTITY)),
    field("custom", Kind::Map(&Kind::Any)),
    field("tags", Kind::Map(&Kind::Text)),
    field("apis", Kind::List(&Kind::Text)),
];

/// The member of a resource after an update with the option.
fn updated(mut doc: Value, option: &str, values: &[&str]) -> Result<Value> {
    let kind = azr_arm::names::find_field(FIELDS, option).unwrap().kind;
    let values = values.iter().map(|v| (*v).to_owned()).collect();
    let edits =
        parse(&format!("--{option}"), &kind, Nulls::Optional, &[PathSegment::Key(option.into())], &[values])?;
    apply(&edits, &mut doc, FIELDS)?;
    Ok(doc[option].clone())
}

fn created(option: &str, values: &[&str]) -> Result<Value> {
    updated(json!({}), option, values)
}

#[test]
fn values_are_parsed_as_in_az() {
    for (option, values, want) in [
        (
            "contacts",
            &["[{name:Bob,email:b@x.y,url:'https://x'}]"][..],
            json!([{"name": "Bob", "email": "b@x.y", "url": "https://x"}]),
        ),
        ("contacts", &["[0].name=Bob", "[0].email=b@x.y"], json!([{"name": "Bob", "email": "b@x.y"}])),
        (
            "contacts",
            &["[{name:a},{name:b}]", "[-1].email=x"],
            json!([{"name": "a"}, {"name": "b", "email": "x"}]),
        ),
        (
            "contacts",
            &["[0].name=a", "[1].name=b", "[-2].email=c"],
            json!([{"name": "a", "email": "c"}, {"name": "b"}]),
        ),
        ("contacts", &["[null]"], json!([])),
        ("contacts", &["[{name:a}]", "[{name:b}]"], json!([{"name": "b"}])),
        ("license", &["name=MIT"], json!({"name": "MIT"})),
        ("license", &["name=a b c"], json!({"name": "a b c"})),
        ("license", &["name='a b'"], json!({"name": "a b"})),
        ("license", &["name='null'"], json!({"name": "null"})),
        ("license", &["name=[a]"], json!({"name": "[a]"})),
        ("license", &["{name:A}", "url=x"], json!({"name": "A", "url": "x"})),
        ("license", &["url=x", "{name:A}"], json!({"name": "A"})),
        ("license", &["{\"name\":1,\"url\":true}"], json!({"name": "1", "url": "true"})),
        ("license", &["{'name': 'x', 'url': None}"], json!({"name": "x"})),
        ("license", &["null"], json!(null)),
        (
            "server",
            &["runtimeUri=['https://a','https://b']"],
            json!({"runtimeUri": ["https://a", "https://b"]}),
        ),
        (
            "server",
            &["runtime-uri=[a]", "runtime_uri[1]=b", "RuntimeUri[-1]=c"],
            json!({"runtimeUri": ["a", "c"]}),
        ),
        ("server", &["{type:aws}"], json!({"type": "AWS"})),
        ("assignments", &["[{entity:API,deprecated}]"], json!([{"entity": "api", "deprecated": true}])),
        ("assignments", &["[{entity:api,deprecated:no}]"], json!([{"entity": "api", "deprecated": false}])),
        ("assignments", &["[0].deprecated="], json!([{"deprecated": true}])),
        (
            "identity",
            &["type=UserAssigned", "user-assigned-identities={/s/r/id1:{}}"],
            json!({"type": "UserAssigned", "userAssignedIdentities": {"/s/r/id1": {}}}),
        ),
        (
            "identity",
            &["user-assigned-identities={/a,/b:null}"],
            json!({"userAssignedIdentities": {"/a": {}, "/b": null}}),
        ),
        ("custom", &["{a:[1,2,3],b:[],c:{}}"], json!({"a": [1, 2, 3], "b": [], "c": {}})),
        ("custom", &["a=[1,x,null]"], json!({"a": [1, "x", null]})),
        ("custom", &["a=1", "b=two", "a=3"], json!({"a": 3, "b": "two"})),
        (
            "custom",
            &["{\"a\":\"true\",\"b\":true,\"c\":\"1\",\"d\":1.5,\"e\":-2}"],
            json!({"a": "true", "b": true, "c": "1", "d": 1.5, "e": -2}),
        ),
        (
            "custom",
            &["a='1'", "b=\"1\"", "c=1e3", "d=007"],
            json!({"a": "1", "b": "1", "c": 1000.0, "d": "007"}),
        ),
        ("custom", &["a=null"], json!({"a": null})),
        ("custom", &["{a:-0,b:-0.0}"], json!({"a": 0, "b": -0.0})),
        ("custom", &["{ }"], json!({})),
        ("custom", &[], json!({})),
        ("tags", &["a=b", "c=d"], json!({"a": "b", "c": "d"})),
        ("tags", &["{a:b,'c d':e}"], json!({"a": "b", "c d": "e"})),
        ("tags", &["a=1", "b=x=y"], json!({"a": "1", "b": "x=y"})),
        ("apis", &["[echo,foo]"], json!(["echo", "foo"])),
        ("apis", &["echo", "foo"], json!(["echo", "foo"])),
        ("apis", &["1", "a b"], json!(["1", "a b"])),
        ("apis", &["[a]", "[b]"], json!(["b"])),
        ("apis", &["https://x?a=b"], json!(["https://x?a=b"])),
        ("apis", &["null", "a"], json!(["a"])),
    ] {
        assert_eq!(created(option, values).unwrap(), want, "{option} {values:?}");
    }
}

#[test]
fn an_update_changes_the_member_or_the_value_at_a_path() {
    let doc = json!({"contacts": [{"name": "A"}, {"name": "B", "email": "b@c"}], "license": {"name": "MIT", "url": "u"}, "custom": {"a": 1}});
    for (option, value, want) in [
        ("contacts", "[1].email=z@z", json!([{"name": "A"}, {"name": "B", "email": "z@z"}])),
        ("contacts", "[{name:Al}]", json!([{"name": "Al"}])),
        ("contacts", "[3].name=C", json!([{"name": "A"}, {"name": "B", "email": "b@c"}, {"name": "C"}])),
        ("license", "name=X", json!({"name": "X", "url": "u"})),
        ("license", "name=null", json!({"url": "u"})),
        ("license", "{name:X}", json!({"name": "X"})),
        ("license", "null", json!(null)),
        ("custom", "b=2", json!({"a": 1, "b": 2})),
        ("custom", "{b:2}", json!({"b": 2})),
    ] {
        assert_eq!(updated(doc.clone(), option, &[value]).unwrap(), want, "{option} {value}");
    }
}

#[test]
fn unambiguous_values_that_az_rejects_are_accepted() {
    for (option, values, want) in [
        ("custom", &["a=multi word value"][..], json!({"a": "multi word value"})),
        ("custom", &["a=https://x/y?z=1&w=2"], json!({"a": "https://x/y?z=1&w=2"})),
        ("custom", &["a.b=1", "a.c[0]=x"], json!({"a": {"b": 1, "c": ["x"]}})),
        (
            "license",
            &["{url:https://x/y?z=1&w=2,name:Bob Smith}"],
            json!({"url": "https://x/y?z=1&w=2", "name": "Bob Smith"}),
        ),
        ("license", &["{name:Bob", "Smith,url:https://x}"], json!({"name": "Bob Smith", "url": "https://x"})),
        ("license", &["{name:1.50}"], json!({"name": "1.50"})),
        ("server", &["runtime-uri=[https://a,https://b]"], json!({"runtimeUri": ["https://a", "https://b"]})),
        ("apis", &["[a b,c]"], json!(["a b", "c"])),
        (
            "tags",
            &["hidden-link:/x=y", "a.b/c=d", "e="],
            json!({"hidden-link:/x": "y", "a.b/c": "d", "e": ""}),
        ),
        ("tags", &[""], json!({})),
    ] {
        assert_eq!(created(option, values).unwrap(), want, "{option} {values:?}");
    }
}

#[test]
fn an_invalid_value_is_an_error_with_its_option_and_path() {
    for (option, value, want) in [
        (
            "contacts",
            "name=Bob",
            "--contacts: it is a list; use [a,b], or [0].member=value for one element in 'name=Bob'",
        ),
        ("contacts", "{name:A}", "--contacts: expected a list such as [a,b], not an object in '{name:A}'"),
        (
            "contacts",
            "[{name:A},{x:1}]",
            "--contacts[1]: 'x' is not a member; valid members: email, name, url in '[{name:A},{x:1}]'",
        ),
        (
            "license",
            "{bogus:1}",
            "--license: 'bogus' is not a member; valid members: identifier, name, url in '{bogus:1}'",
        ),
        (
            "license",
            "id=x",
            "--license: 'id' is not a member; valid members: identifier, name, url in 'id=x'",
        ),
        ("license", "MIT", "--license: expected an object such as {key:value}, not 'MIT'"),
        ("license", "name=", "--license: the value is missing"),
        (
            "license",
            "name='a",
            "--license: cannot read ''a' at character 3: the closing single quote is missing",
        ),
        ("license", "{name:[]}", "--license.name: expected a single value, not a list in '{name:[]}'"),
        ("server", "type=gcp", "--server: 'gcp' is not one of AWS, Azure"),
        ("custom", "{a:}", "--custom: cannot read '{a:}' at character 4: a value is missing"),
        ("custom", "{a:1", "--custom: cannot read '{a:1' at character 5: expected ',' or '}'"),
        (
            "custom",
            "{a 1}",
            "--custom: cannot read '{a 1}' at character 3: text with spaces must be in single quotes",
        ),
        ("custom", "{\"a\" 1}", "--custom: cannot read '{\"a\" 1}' at character 6: as JSON: expected `:`"),
        ("apis", "a=b", "--apis: it is a list; use [a,b], or [0].member=value for one element in 'a=b'"),
        (
            "custom",
            "a:1,b=2",
            "--custom: cannot read 'a:1,b=2' at character 2: unexpected text after the value",
        ),
        (
            "tags",
            "{a:1}b=2",
            "--tags: cannot read '{a:1}b=2' at character 6: unexpected text after the value",
        ),
    ] {
        let error = created(option, &[value]).unwrap_err();
        assert_eq!(error.to_string(), want, "{value}");
        assert_eq!(error.exit_code(), 1);
    }
}

#[test]
fn json_yaml_and_text_files_are_parsed() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        std::fs::write(dir.path().join(name), content).unwrap();
        format!("@{}", dir.path().join(name).display())
    };
    let json = file("l.json", "\u{feff}{\n  \"name\": \"MIT\"\n}\n");
    let yaml = file("l.yaml", "# licence\nname: MIT\n");
    let word = file("l.txt", "{name:MIT}");
    for value in [&json, &yaml, &word, &json[1..].to_owned()] {
        assert_eq!(created("license", &[value]).unwrap(), json!({"name": "MIT"}), "{value}");
    }
    assert_eq!(created("custom", &[&format!("a={json}")]).unwrap(), json!({"a": {"name": "MIT"}}));
    let words = file("w.txt", "two words\n\n");
    assert_eq!(created("custom", &[&format!("a={words}")]).unwrap(), json!({"a": "two words"}));
    assert_eq!(created("license", &[&format!("name={words}")]).unwrap(), json!({"name": "two words"}));
    let broken = file("b.json", "{\"name\":");
    let error = created("license", &[&broken]).unwrap_err().to_string();
    assert!(error.starts_with("--license: ") && error.contains("b.json: EOF"), "{error}");
}

#[test]
fn simple_values_are_converted_to_their_type() {
    let kind = Kind::Choice(&["rest", "graphql"]);
    assert_eq!(parse_scalar("--type", &kind, Nulls::Optional, "REST").unwrap(), json!("rest"));
    let error = parse_scalar("--type", &kind, Nulls::Optional, "nope").unwrap_err();
    assert_eq!((error.exit_code(), error.to_string().as_str()), (2, "--type: 'nope' is not valid"));
    assert_eq!(parse_scalar("--type", &kind, Nulls::Optional, "null").unwrap_err().exit_code(), 2);
    for (kind, text, want) in [
        (Kind::Text, "", Some(json!(""))),
        (Kind::Text, "null", Some(json!(null))),
        (Kind::Text, "'null'", Some(json!("null"))),
        (Kind::Text, "it's {a:b}", Some(json!("it's {a:b}"))),
        (Kind::Text, "a=@team", Some(json!("a=@team"))),
        (Kind::Text, "'a'b", None),
        (Kind::Text, "??", None),
        (Kind::Bool, "Yes", Some(json!(true))),
        (Kind::Bool, "maybe", None),
        (Kind::Int, " 7 ", Some(json!(7))),
        (Kind::Int, "1.5", None),
        (Kind::Number, "1.5", Some(json!(1.5))),
    ] {
        assert_eq!(parse_scalar("--x", &kind, Nulls::Optional, text).ok(), want, "{text}");
    }
}

proptest! {
    #[test]
    fn no_value_panics(value in "([\\[\\]{}:,'\"=.@?/\\\\ -]|[a-c0-2é\n]|null|true|name|https://){0,24}") {
        for option in ["contacts", "license", "server", "identity", "custom", "tags", "apis"] {
            let _ = created(option, &[&value]);
            let _ = created(option, &[&value, "[-1].name=x"]);
        }
        for kind in [Kind::Text, Kind::Bool, Kind::Int, Kind::Number, Kind::Any] {
            let _ = parse_scalar("--x", &kind, Nulls::Optional, &value);
        }
    }

    #[test]
    // What is behind an `=@` is a file, in quotes or not.
    fn quoted_text_is_unchanged(text in "[^@]{0,20}", other in "[^@]{0,20}") {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'/"));
        let (one, two) = (quoted(&text), quoted(&other));
        let read = |option: &str, value: &str| created(option, &[value]).map_err(|e| TestCaseError::fail(e.to_string()));
        prop_assert_eq!(read("license", &format!("name={one}"))?, json!({"name": text}));
        prop_assert_eq!(read("custom", &format!("{{a:{one},b:{{c:[{two},{one}]}}}}"))?, json!({"a": text, "b": {"c": [other, text]}}));
        prop_assert_eq!(read("apis", &format!("[{one},{two}]"))?, json!([text, other]));
        prop_assert_eq!(read("custom", &format!("{{ a : {one} , b : https://x }}"))?, json!({"a": text, "b": "https://x"}));
    }
}

#[test]
fn a_path_that_is_too_deep_is_an_error() {
    let deep = |levels: usize| format!("{}=1", vec!["a"; levels].join("."));
    assert!(created("custom", &[&deep(100)]).is_ok());
    for levels in [102, 50_000] {
        let error = created("custom", &[&deep(levels)]).unwrap_err().to_string();
        assert!(error.contains("more than 100 levels"), "{error}");
    }
}
