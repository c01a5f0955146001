//! The properties of a resource: which there are, in which order they are echoed, and what they may hold.
//!
//! Lengths, choices and required members are those of the service's published types; orders, defaults and
//! spellings are those of recorded answers. Members that a type does not have are dropped, as the service does.

use serde_json::{Map, Value};

/// What a value may be.
#[derive(Debug)]
pub enum Rule {
    /// A text of so many UTF-16 units.
    Text(usize, usize),
    /// A text that is echoed in lower case.
    Lower,
    /// One of these, matched without regard to case and echoed as spelt here.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// Anything.
    Any,
    /// An object with these members.
    Object(&'static [Field]),
    /// A list of at most so many.
    List(&'static Rule, usize),
}

/// What stands for a member that was not given.
#[derive(Debug)]
pub enum Absent {
    /// The service refuses the body.
    Refused,
    /// Nothing.
    Omitted,
    /// `[]`.
    EmptyList,
    /// `{}`.
    EmptyObject,
    /// This text.
    Text(&'static str),
}

/// One member of an object.
#[derive(Debug)]
pub struct Field {
    /// Its JSON name.
    pub name: &'static str,
    /// What it may hold.
    pub rule: Rule,
    /// What if it is missing.
    pub absent: Absent,
}

/// A member that must be there.
pub const fn required(name: &'static str, rule: Rule) -> Field {
    Field { name, rule, absent: Absent::Refused }
}

/// A member that may be left out.
pub const fn optional(name: &'static str, rule: Rule) -> Field {
    Field { name, rule, absent: Absent::Omitted }
}

/// A member with a default.
pub const fn defaulted(name: &'static str, rule: Rule, absent: Absent) -> Field {
    Field { name, rule, absent }
}

/// A text of any length the service takes.
pub const ANY_TEXT: Rule = Rule::Text(0, usize::MAX);

/// What is wrong with a body: the member's path and the reason.
pub type Problems = Vec<(String, String)>;

/// The members as the service would store them, or everything that is wrong with them.
pub fn read(fields: &[Field], given: &Value) -> Result<Map<String, Value>, Problems> {
    let mut problems = Problems::new();
    let read = object(fields, given, "properties", &mut problems);
    if problems.is_empty() { Ok(read) } else { Err(problems) }
}

fn object(fields: &[Field], given: &Value, path: &str, problems: &mut Problems) -> Map<String, Value> {
    let mut made = Map::new();
    if !given.is_object() && !given.is_null() {
        problems.push((path.to_owned(), "The value must be an object.".to_owned()));
        return made;
    }
    for field in fields {
        let path = format!("{path}.{}", field.name);
        let value = match (&given[field.name], &field.absent) {
            (Value::Null, Absent::Refused) => {
                problems.push((path, format!("The {} field is required.", field.name)));
                continue;
            }
            (Value::Null, Absent::Omitted) => continue,
            (Value::Null, Absent::EmptyList) => Value::Array(Vec::new()),
            (Value::Null, Absent::EmptyObject) => Value::Object(Map::new()),
            (Value::Null, Absent::Text(text)) => Value::from(*text),
            (value, _) => self::value(&field.rule, value, &path, problems),
        };
        made.insert(field.name.to_owned(), value);
    }
    made
}

fn value(rule: &Rule, given: &Value, path: &str, problems: &mut Problems) -> Value {
    let mut wrong = |text: String| {
        problems.push((path.to_owned(), text));
        Value::Null
    };
    match rule {
        Rule::Any => given.clone(),
        Rule::Flag if given.is_boolean() => given.clone(),
        Rule::Flag => wrong("The value must be true or false.".to_owned()),
        Rule::Object(fields) => Value::Object(object(fields, given, path, problems)),
        Rule::List(of, most) => match given.as_array() {
            None => wrong("The value must be an array.".to_owned()),
            Some(items) if items.len() > *most => wrong(format!("At most {most} items are allowed.")),
            Some(items) => items
                .iter()
                .enumerate()
                .map(|(at, item)| value(of, item, &format!("{path}[{at}]"), problems))
                .collect(),
        },
        Rule::Text(..) | Rule::Lower | Rule::Choice(_) => match given.as_str() {
            None => wrong("The value must be a string.".to_owned()),
            Some(text) => match self::text(rule, text) {
                Ok(text) => Value::from(text),
                Err(why) => wrong(why),
            },
        },
    }
}

fn text(rule: &Rule, given: &str) -> Result<String, String> {
    match rule {
        Rule::Text(least, most) => {
            let length = given.encode_utf16().count();
            if (*least..=*most).contains(&length) {
                return Ok(given.to_owned());
            }
            Err(format!("The text must have {least} to {most} characters; it has {length}."))
        }
        Rule::Choice(choices) => {
            let found = choices.iter().find(|c| c.eq_ignore_ascii_case(given));
            found.map(|c| (*c).to_owned()).ok_or_else(|| {
                format!("The value '{given}' is not valid. Allowed values: {}.", choices.join(", "))
            })
        }
        _ => Ok(given.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static FIELDS: &[Field] = &[
        required("title", Rule::Text(1, 5)),
        optional("kind", Rule::Choice(&["rest", "soap"])),
        defaulted("links", Rule::List(&Rule::Object(LINK), 1), Absent::EmptyList),
    ];
    static LINK: &[Field] = &[required("url", ANY_TEXT)];

    #[test]
    fn orders_spells_and_fills_in() {
        let made = read(FIELDS, &json!({"other": 1, "kind": "REST", "title": "ok"})).expect("valid");
        assert_eq!(Value::Object(made).to_string(), r#"{"title":"ok","kind":"rest","links":[]}"#);
    }

    #[test]
    fn names_every_problem() {
        let wrong = json!({"title": "too long", "kind": 1, "links": [{}]});
        let paths: Vec<String> =
            read(FIELDS, &wrong).expect_err("invalid").into_iter().map(|p| p.0).collect();
        assert_eq!(paths, ["properties.title", "properties.kind", "properties.links[0].url"]);
        assert!(read(FIELDS, &json!({"title": null})).is_err());
    }
}
