//! A value as written, given the type that the schema says.

use serde_json::{Map, Number, Value};

use super::node::Node;
use azr_arm::names;
use azr_arm::schema::{Field, Kind};

/// What does not fit its type: the place within the value, and why.
#[derive(Debug)]
pub struct Misfit {
    /// Such as `[0].name`; empty for the value itself.
    pub place: String,
    /// What is wrong.
    pub why: String,
}

impl Misfit {
    /// A misfit of the value itself.
    pub fn new(why: impl Into<String>) -> Self {
        Self { place: String::new(), why: why.into() }
    }

    /// The same, one step further down.
    pub fn under(mut self, step: &str) -> Self {
        let dot = if self.place.is_empty() || self.place.starts_with('[') { "" } else { "." };
        self.place = format!("{step}{dot}{}", self.place);
        self
    }
}

/// The value of `kind` that the node writes; `null` is for the one who applies it to judge.
pub fn value(kind: &Kind, node: Node) -> Result<Value, Misfit> {
    match (kind, node) {
        (Kind::Any, node) => any(node),
        (_, Node::Scalar(Value::Null)) => Ok(Value::Null),
        (Kind::Bool, Node::Blank) => Ok(Value::Bool(true)),
        (Kind::Object([]), Node::Blank) => Ok(Value::Object(Map::new())),
        (_, Node::Blank) => Err(Misfit::new("the value is missing")),
        (Kind::Object(fields), Node::Object(members)) => object(fields, members),
        (Kind::Map(element), Node::Object(members)) => {
            let typed = |(key, node): (String, Node)| match value(element, node) {
                Ok(value) => Ok((key, value)),
                Err(misfit) => Err(misfit.under(&key)),
            };
            let keep_null = element.takes_null();
            let members = members.into_iter().map(typed).filter(|m| keep(m, keep_null));
            members.collect::<Result<_, _>>().map(Value::Object)
        }
        (Kind::List(element), Node::List(elements)) => {
            let typed = |(at, node)| value(element, node).map_err(|m| m.under(&format!("[{at}]")));
            let keep_null = element.takes_null();
            let elements = elements.into_iter().enumerate().map(typed);
            elements.filter(|e| keep_null || !matches!(e, Ok(Value::Null))).collect()
        }
        (Kind::Object(_) | Kind::Map(_), other) => {
            Err(Misfit::new(format!("an object such as {{key:value}} is expected, not {}", shown(&other))))
        }
        (Kind::List(_), other) => {
            Err(Misfit::new(format!("a list such as [a,b] is expected, not {}", shown(&other))))
        }
        (simple, node) => match node {
            Node::Bare(text) | Node::Text(text) => word(simple, &text),
            Node::Scalar(scalar) => scalar_of(simple, &scalar),
            other => Err(Misfit::new(format!("one value is expected, not {}", shown(&other)))),
        },
    }
}

/// Members that are null are as good as absent, except where any value may be.
fn keep(member: &Result<(String, Value), Misfit>, keep_null: bool) -> bool {
    keep_null || !matches!(member, Ok((_, Value::Null)))
}

fn object(fields: &'static [Field], members: Vec<(String, Node)>) -> Result<Value, Misfit> {
    let mut out = Map::new();
    for (key, node) in members {
        let field = writable(fields, &key).map_err(Misfit::new)?;
        let value = value(&field.kind, node).map_err(|m| m.under(field.shown))?;
        if !value.is_null() {
            out.insert(field.shown.to_owned(), value);
        }
    }
    Ok(Value::Object(out))
}

/// The member that `key` names, or a text that says which there are.
pub fn writable(fields: &'static [Field], key: &str) -> Result<&'static Field, String> {
    names::find(fields, key).filter(|f| !f.read_only).ok_or_else(|| {
        let valid: Vec<_> =
            names::members(fields).into_iter().filter(|f| !f.read_only).map(|f| f.shown).collect();
        format!("there is no member '{key}'; valid members: {}", valid.join(", "))
    })
}

/// A word or text for a member that holds one value.
pub fn word(kind: &Kind, text: &str) -> Result<Value, Misfit> {
    match kind {
        Kind::Choice(choices) => choice(choices, text)
            .map(Value::from)
            .ok_or_else(|| Misfit::new(format!("'{text}' is not one of {}", choices.join(", ")))),
        Kind::Bool => boolean(text)
            .map(Value::Bool)
            .ok_or_else(|| Misfit::new(format!("'{text}' is not true or false"))),
        Kind::Int => text
            .trim()
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| Misfit::new(format!("'{text}' is not a whole number"))),
        Kind::Number => number(text).ok_or_else(|| Misfit::new(format!("'{text}' is not a number"))),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// The choice as the service writes it.
pub fn choice(choices: &[&'static str], text: &str) -> Option<&'static str> {
    choices.iter().find(|c| c.to_lowercase() == text.to_lowercase()).copied()
}

/// The words that az takes for true and false.
pub fn boolean(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    text.parse::<i64>()
        .map(Value::from)
        .ok()
        .or_else(|| text.parse().ok().and_then(Number::from_f64).map(Value::Number))
}

fn scalar_of(kind: &Kind, scalar: &Value) -> Result<Value, Misfit> {
    let fits = match kind {
        Kind::Bool => scalar.is_boolean(),
        Kind::Int => scalar.is_i64() || scalar.is_u64(),
        Kind::Number => scalar.is_number(),
        _ => return word(kind, &scalar.to_string()),
    };
    if fits { Ok(scalar.clone()) } else { word(kind, &scalar.to_string()) }
}

/// The value as JSON: bare words that read as a bool or number are one.
fn any(node: Node) -> Result<Value, Misfit> {
    Ok(match node {
        Node::Blank => return Err(Misfit::new("the value is missing")),
        Node::Bare(word) => match serde_json::from_str(&word) {
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
            _ => Value::String(word),
        },
        Node::Text(text) => Value::String(text),
        Node::Scalar(value) => value,
        Node::List(elements) => {
            let typed = |(at, node)| any(node).map_err(|m| m.under(&format!("[{at}]")));
            elements.into_iter().enumerate().map(typed).collect::<Result<_, _>>()?
        }
        Node::Object(members) => {
            let typed = |(key, node): (String, Node)| match any(node) {
                Ok(value) => Ok((key, value)),
                Err(misfit) => Err(misfit.under(&key)),
            };
            Value::Object(members.into_iter().map(typed).collect::<Result<_, _>>()?)
        }
    })
}

fn shown(node: &Node) -> String {
    match node {
        Node::Bare(text) | Node::Text(text) => format!("'{text}'"),
        Node::Scalar(value) => value.to_string(),
        Node::List(_) => "a list".to_owned(),
        Node::Object(_) => "an object".to_owned(),
        Node::Blank => "nothing".to_owned(),
    }
}
