//! The facts of a specification, and whether a response fits them.
//!
//! A file of facts in `tests/data` has a line `TYPES = NAME` for each resource, such as `apis/operations = Operation` (`.`
//! for the top-level resource), and an entry `NAME: MEMBER KIND; …` for each type, which continues on indented lines. `!`
//! after a member means that it is required. A kind is `text`, `number`, `boolean`, `any`, the name of a type, `list KIND`,
//! `map KIND`, or texts with `|` in between and `_` for spaces.

use std::collections::HashMap;

use serde_json::Value;

/// The facts of a specification.
pub(super) struct Facts {
    resources: HashMap<&'static str, &'static str>,
    types: HashMap<&'static str, Vec<Member>>,
}

/// A member of a type.
struct Member {
    name: &'static str,
    is_required: bool,
    kind: &'static str,
}

impl Facts {
    /// Parses the text of a file; panics where it is not valid.
    pub(super) fn parse(text: &'static str) -> Self {
        let mut facts = Self { resources: HashMap::new(), types: HashMap::new() };
        let mut current = "";
        let mut entries: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
        for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            if let Some((path, name)) = line.split_once(" = ") {
                facts.resources.insert(path, name);
            } else if line.starts_with(' ') {
                entries.last_mut().unwrap_or_else(|| panic!("{line}")).1.extend(line.split_whitespace());
            } else {
                let (name, members) = line.split_once(':').unwrap_or_else(|| panic!("{line}"));
                current = name;
                entries.push((name, members.split_whitespace().collect()));
            }
        }
        assert!(!current.is_empty(), "there are no types");
        for (name, words) in entries {
            facts.types.insert(name, members(&words));
        }
        facts
    }

    /// Whether a resource with these types below the top-level resource is specified.
    pub(super) fn has(&self, path: &str) -> bool {
        self.resources.contains_key(path)
    }

    /// How a resource violates the specification: the type and member, and what is wrong.
    pub(super) fn violations(&self, path: &str, resource: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        self.check("", &[self.resources[path]], resource, &mut violations);
        violations
    }

    fn check(&self, member: &str, kind: &[&str], value: &Value, violations: &mut Vec<Violation>) {
        let mut expect = |is_valid: bool| {
            if !is_valid {
                violations.push(Violation {
                    member: member.to_owned(),
                    problem: format!("is {value}, not {}", kind.join(" ")),
                });
            }
        };
        match (kind, value) {
            (["any"], _) => {}
            (["text"], value) => expect(value.is_string()),
            (["number"], value) => expect(value.is_number()),
            (["boolean"], value) => expect(value.is_boolean()),
            (["list", items @ ..], Value::Array(list)) => {
                for item in list {
                    self.check(member, items, item, violations);
                }
            }
            (["map", items @ ..], Value::Object(map)) => {
                for item in map.values() {
                    self.check(member, items, item, violations);
                }
            }
            ([name], value) if self.types.contains_key(name) => match value {
                Value::Object(_) => self.check_members(name, value, violations),
                _ => expect(false),
            },
            ([choices], Value::String(text)) => {
                expect(choices.split('|').any(|choice| choice.replace('_', " ") == *text));
            }
            _ => expect(false),
        }
    }

    fn check_members(&self, name: &str, value: &Value, violations: &mut Vec<Violation>) {
        let members = &self.types[name];
        for member in members {
            let path = format!("{name}.{}", member.name);
            match value.get(member.name) {
                Some(value) => {
                    let kind: Vec<&str> = member.kind.split(' ').collect();
                    self.check(&path, &kind, value, violations);
                }
                None if member.is_required => {
                    violations.push(Violation { member: path, problem: "is missing".to_owned() });
                }
                None => {}
            }
        }
        for (additional, value) in value.as_object().into_iter().flatten() {
            if !members.iter().any(|member| member.name == additional) {
                let member = format!("{name}.{additional}");
                violations.push(Violation { member, problem: format!("is not specified: {value}") });
            }
        }
    }
}

/// The members that these words declare.
fn members(words: &[&'static str]) -> Vec<Member> {
    let mut members = Vec::new();
    for declaration in words.split_inclusive(|word| word.ends_with(';')) {
        let [name, kind @ ..] = declaration else { panic!("an empty declaration") };
        let kind: Vec<&str> = kind.iter().map(|word| word.trim_end_matches(';')).collect();
        assert!(!kind.is_empty(), "{name} has no kind");
        let is_required = name.ends_with('!');
        members.push(Member { name: name.trim_end_matches('!'), is_required, kind: kind.join(" ").leak() });
    }
    members
}

/// A violation of a specification.
#[derive(Debug)]
pub(super) struct Violation {
    /// The type and the member, such as `ApiProperties.path`.
    pub(super) member: String,
    /// What is wrong with it.
    pub(super) problem: String,
}

#[test]
fn violations_are_found() {
    use serde_json::json;
    let facts = Facts::parse(
        "# A comment\napis = Api\n\nApi: name! text; kind rest|web_socket; tags list text; by map Owner;\n  open any\nOwner: age! number; is boolean\n",
    );
    assert!(facts.has("apis") && !facts.has("api"));
    let valid = json!({"name": "n", "kind": "web socket", "tags": ["t"], "by": {"x": {"age": 1, "is": true}}, "open": 1});
    assert!(facts.violations("apis", &valid).is_empty());
    for (member, value) in [
        ("Api.name", json!({})),
        ("Api.name", json!({"name": null})),
        ("Api.kind", json!({"name": "n", "kind": "soap"})),
        ("Api.tags", json!({"name": "n", "tags": [1]})),
        ("Api.tags", json!({"name": "n", "tags": {}})),
        ("Owner.age", json!({"name": "n", "by": {"x": {}}})),
        ("Owner.is", json!({"name": "n", "by": {"x": {"age": 1, "is": "no"}}})),
        ("Api.by", json!({"name": "n", "by": {"x": 1}})),
        ("Api.other", json!({"name": "n", "other": 1})),
    ] {
        let violations = facts.violations("apis", &value);
        assert_eq!(violations.iter().map(|v| v.member.as_str()).collect::<Vec<_>>(), [member], "{value}");
    }
}
