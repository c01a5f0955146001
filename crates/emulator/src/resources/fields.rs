//! The rules of a resource's properties: their types, lengths and defaults.

use serde_json::{Map, Value};

use super::Shown;

/// What a value may be. Lengths are in UTF-16 units, as .NET counts them.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// A string with a minimum and a maximum length.
    Text(usize, usize),
    /// A string that is stored in lower case.
    Lowercase,
    /// One of these strings, compared without regard to case and stored in this spelling.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// An integer that is not negative.
    Count,
    /// Anything.
    Any,
    /// An object with any members.
    AnyObject,
    /// An object with these members.
    Object(&'static [Field]),
    /// A list with a maximum length.
    List(&'static Rule, usize),
}

/// What happens if a member is absent or null.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Absent {
    /// The request is refused.
    Refused,
    /// Nothing is stored.
    Omitted,
    /// This JSON is stored.
    Default(&'static str),
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// The JSON name.
    pub name: &'static str,
    /// What the value may be.
    pub rule: Rule,
    /// What happens if it is absent.
    pub absent: Absent,
    /// How responses show it.
    pub shown: Shown,
}

/// A member that must be present.
pub(crate) const fn required(name: &'static str, rule: Rule) -> Field {
    Field { name, rule, absent: Absent::Refused, shown: Shown::AS_STORED }
}

/// A member that may be absent.
pub(crate) const fn optional(name: &'static str, rule: Rule) -> Field {
    Field { name, rule, absent: Absent::Omitted, shown: Shown::AS_STORED }
}

/// A member with a default, as JSON; defaults are added to the members of `properties` itself only.
pub(crate) const fn with_default(name: &'static str, rule: Rule, json: &'static str) -> Field {
    Field { name, rule, absent: Absent::Default(json), shown: Shown::AS_STORED }
}

/// A string of any length.
pub(crate) const ANY_TEXT: Rule = Rule::Text(0, usize::MAX);

/// Which members are stored, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Those that were sent, in that order; unknown ones too. Defaults come last.
    AsSent,
    /// Those in the table, in its order.
    AsDeclared,
}

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reason {
    /// A required value is absent.
    Required,
    /// The value has another JSON type than the one named here.
    WrongType(&'static str),
    /// The text is too short or too long.
    Length { min: usize, max: usize, actual: usize },
    /// The text is not one of the choices.
    NotAllowed { value: String, choices: &'static [&'static str] },
    /// The list has more items than this.
    TooManyItems(usize),
    /// Anything else, as a sentence.
    Other(String),
}

/// A value that is not valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The path below `properties`, such as `links[0].url`; empty for `properties` itself.
    pub path: String,
    /// Why it is refused.
    pub reason: Reason,
}

impl Problem {
    /// A problem with a reason of its own.
    pub(crate) fn new(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), reason: Reason::Other(message.into()) }
    }
}

/// The members as they would be stored, without defaults; or all problems with them.
pub(crate) fn check_fields(
    fields: &'static [Field],
    sent: &Value,
    layout: Layout,
) -> Result<Map<String, Value>, Vec<Problem>> {
    let mut checker = Checker { layout, problems: Vec::new() };
    let members = checker.object(fields, sent, "");
    if checker.problems.is_empty() { Ok(members) } else { Err(checker.problems) }
}

/// Adds the defaults of absent members.
pub(crate) fn add_defaults(fields: &[Field], properties: &mut Map<String, Value>, layout: Layout) {
    let missing = fields.iter().filter_map(|field| match field.absent {
        Absent::Default(json) if !properties.contains_key(field.name) => {
            Some((field.name.to_owned(), serde_json::from_str(json).unwrap_or_default()))
        }
        _ => None,
    });
    let missing: Vec<(String, Value)> = missing.collect();
    if missing.is_empty() {
        return;
    }
    properties.extend(missing);
    if layout == Layout::AsDeclared {
        let mut ordered = Map::new();
        for field in fields {
            if let Some(value) = properties.shift_remove(field.name) {
                ordered.insert(field.name.to_owned(), value);
            }
        }
        ordered.append(properties);
        *properties = ordered;
    }
}

struct Checker {
    layout: Layout,
    problems: Vec<Problem>,
}

impl Checker {
    fn refuse(&mut self, path: &str, reason: Reason) -> Value {
        self.problems.push(Problem { path: path.to_owned(), reason });
        Value::Null
    }

    fn object(&mut self, fields: &'static [Field], sent: &Value, path: &str) -> Map<String, Value> {
        let none = Map::new();
        let sent = match sent {
            Value::Object(sent) => sent,
            Value::Null => &none,
            _ => {
                self.refuse(path, Reason::WrongType("an object"));
                return Map::new();
            }
        };
        // This fixes the order of the members; their values are replaced below.
        let mut checked = match self.layout {
            Layout::AsSent => {
                sent.iter().filter(|(_, v)| !v.is_null()).map(|(n, v)| (n.clone(), v.clone())).collect()
            }
            Layout::AsDeclared => Map::new(),
        };
        for field in fields {
            let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
            match sent.get(field.name).filter(|value| !value.is_null()) {
                Some(value) => {
                    let value = self.value(&field.rule, value, &path);
                    checked.insert(field.name.to_owned(), value);
                }
                None if matches!(field.absent, Absent::Refused) => {
                    self.refuse(&path, Reason::Required);
                }
                None => {}
            }
        }
        checked
    }

    fn value(&mut self, rule: &'static Rule, sent: &Value, path: &str) -> Value {
        match (rule, sent) {
            (Rule::Any, _) | (Rule::AnyObject, Value::Object(_)) | (Rule::Flag, Value::Bool(_)) => {
                sent.clone()
            }
            (Rule::Count, Value::Number(number)) if number.is_u64() => sent.clone(),
            (Rule::Lowercase, Value::String(text)) => Value::from(text.to_ascii_lowercase()),
            (Rule::Text(min, max), Value::String(text)) => {
                let actual = text.encode_utf16().count();
                if (*min..=*max).contains(&actual) {
                    return sent.clone();
                }
                self.refuse(path, Reason::Length { min: *min, max: *max, actual })
            }
            (Rule::Choice(choices), Value::String(text)) => {
                match choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)) {
                    Some(choice) => Value::from(*choice),
                    None => self.refuse(path, Reason::NotAllowed { value: text.clone(), choices }),
                }
            }
            (Rule::Object(fields), Value::Object(_)) => Value::Object(self.object(fields, sent, path)),
            (Rule::List(_, max), Value::Array(items)) if items.len() > *max => {
                self.refuse(path, Reason::TooManyItems(*max))
            }
            (Rule::List(rule, _), Value::Array(items)) => {
                let items = items.iter().enumerate();
                items.map(|(index, item)| self.value(rule, item, &format!("{path}[{index}]"))).collect()
            }
            (Rule::Text(..) | Rule::Lowercase | Rule::Choice(_), _) => {
                self.refuse(path, Reason::WrongType("a string"))
            }
            (Rule::Flag, _) => self.refuse(path, Reason::WrongType("true or false")),
            (Rule::Count, _) => self.refuse(path, Reason::WrongType("a whole number")),
            (Rule::AnyObject | Rule::Object(_), _) => self.refuse(path, Reason::WrongType("an object")),
            (Rule::List(..), _) => self.refuse(path, Reason::WrongType("an array")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static FIELDS: &[Field] = &[
        required("title", Rule::Text(1, 5)),
        optional("kind", Rule::Choice(&["rest", "soap"])),
        with_default("links", Rule::List(&Rule::Object(LINK), 1), "[]"),
        optional("operator", Rule::Lowercase),
    ];
    static LINK: &[Field] = &[required("url", ANY_TEXT)];

    fn stored(sent: &Value, layout: Layout) -> String {
        let mut checked = check_fields(FIELDS, sent, layout).expect("valid");
        add_defaults(FIELDS, &mut checked, layout);
        Value::Object(checked).to_string()
    }

    #[test]
    fn members_are_stored_as_declared_or_as_sent() {
        let sent = json!({"other": 1, "operator": "EQ", "note": null, "kind": "REST", "title": "ok"});
        assert_eq!(
            stored(&sent, Layout::AsDeclared),
            r#"{"title":"ok","kind":"rest","links":[],"operator":"eq"}"#
        );
        assert_eq!(
            stored(&sent, Layout::AsSent),
            r#"{"other":1,"operator":"eq","kind":"rest","title":"ok","links":[]}"#
        );
    }

    #[test]
    fn every_problem_is_reported() {
        let sent = json!({"title": "too long", "kind": 1, "links": [{}]});
        let problems = check_fields(FIELDS, &sent, Layout::AsSent).expect_err("invalid");
        let paths: Vec<&str> = problems.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["title", "kind", "links[0].url"]);
        assert_eq!(problems[0].reason, Reason::Length { min: 1, max: 5, actual: 8 });
        assert!(check_fields(FIELDS, &json!({"title": null}), Layout::AsSent).is_err());
        let problems = check_fields(FIELDS, &json!([]), Layout::AsDeclared).expect_err("not an object");
        assert_eq!(problems[0].reason, Reason::WrongType("an object"));
    }
}
