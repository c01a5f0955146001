//! Conversion of parsed values to the types of the schema.

use serde_json::{Map, Number, Value};

use super::error::TypeMismatch;
use super::node::Node;
use crate::commands::{args, numeral};
use azr_arm::names;
use azr_arm::schema::{Field, Kind};
use azr_core::number::{is_integer, normalize};
use azr_core::python;

/// Where null is a value: in a new resource only in free-form values, in an update wherever a member can be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// For free-form values only.
    FreeForm,
    /// Also for optional members and elements, where null is the same as absent.
    Optional,
}

impl Nulls {
    /// Converts null to a type.
    fn convert(self, kind: &Kind) -> Result<Value, TypeMismatch> {
        if self == Self::Optional || kind.takes_null() {
            Ok(Value::Null)
        } else {
            Err(TypeMismatch::new("null is not allowed"))
        }
    }

    /// Where null is a value within a member.
    pub(super) fn of_member(self, field: &Field) -> Self {
        if field.required { Self::FreeForm } else { self }
    }
}

/// Converts a parsed value to a type.
pub(crate) fn convert(kind: &Kind, node: Node, nulls: Nulls) -> Result<Value, TypeMismatch> {
    match (kind, node) {
        (Kind::Any, node) => convert_any(node),
        (kind, Node::Scalar(Value::Null)) => nulls.convert(kind),
        (Kind::Bool, Node::Blank) => Ok(Value::Bool(true)),
        (kind, Node::Blank) if kind.is_memberless() => Ok(Value::Object(Map::new())),
        (_, Node::Blank) => Err(TypeMismatch::new("the value is missing")),
        (Kind::Object(fields), Node::Object(members)) => convert_object(fields, members, nulls),
        (Kind::Map(element), Node::Object(members)) => {
            let typed = |(key, node): (String, Node)| match convert(element, node, nulls) {
                Ok(value) => Ok((key, value)),
                Err(mismatch) => Err(mismatch.under(&key)),
            };
            let keep_null = element.takes_null();
            let members = members.into_iter().map(typed).filter(|m| is_kept(m, keep_null));
            members.collect::<Result<_, _>>().map(Value::Object)
        }
        (Kind::List(element), Node::List(elements)) => {
            let typed =
                |(index, node)| convert(element, node, nulls).map_err(|m| m.under(&format!("[{index}]")));
            let keep_null = element.takes_null();
            let elements = elements.into_iter().enumerate().map(typed);
            elements.filter(|e| keep_null || !matches!(e, Ok(Value::Null))).collect()
        }
        (Kind::Object(_) | Kind::Map(_), other) => Err(TypeMismatch::new(format!(
            "expected an object such as {{key:value}}, not {}",
            describe(&other)
        ))),
        (Kind::List(_), other) => {
            Err(TypeMismatch::new(format!("expected a list such as [a,b], not {}", describe(&other))))
        }
        (simple, node) => match node {
            Node::Bare(text) | Node::Text(text) => convert_word(simple, &text),
            Node::Scalar(scalar) => convert_scalar(simple, &scalar),
            other => Err(TypeMismatch::new(format!("expected a single value, not {}", describe(&other)))),
        },
    }
}

/// Whether to keep a member: null is the same as absent, unless the type allows any value.
fn is_kept(member: &Result<(String, Value), TypeMismatch>, keep_null: bool) -> bool {
    keep_null || !matches!(member, Ok((_, Value::Null)))
}

fn convert_object(
    fields: &'static [Field],
    members: Vec<(String, Node)>,
    nulls: Nulls,
) -> Result<Value, TypeMismatch> {
    let mut output = Map::new();
    for (key, node) in members {
        let field = find_writable_field(fields, &key).map_err(TypeMismatch::new)?;
        let value = convert(&field.kind, node, nulls.of_member(field)).map_err(|m| m.under(field.shown))?;
        if !value.is_null() {
            output.insert(field.shown.to_owned(), value);
        }
    }
    Ok(Value::Object(output))
}

/// Finds a writable member; the error lists the valid ones.
pub(super) fn find_writable_field(fields: &'static [Field], key: &str) -> Result<&'static Field, String> {
    names::find_field(fields, key).filter(|f| !f.read_only).ok_or_else(|| {
        let valid: Vec<_> =
            names::flattened_fields(fields).into_iter().filter(|f| !f.read_only).map(|f| f.shown).collect();
        format!("'{key}' is not a member; valid members: {}", valid.join(", "))
    })
}

/// Converts a word or text to a simple type.
pub(super) fn convert_word(kind: &Kind, text: &str) -> Result<Value, TypeMismatch> {
    match kind {
        Kind::Choice(choices) => match_choice(choices, text)
            .map(Value::from)
            .ok_or_else(|| TypeMismatch::new(format!("'{text}' is not one of {}", choices.join(", ")))),
        Kind::Bool => parse_bool(text)
            .map(Value::Bool)
            .ok_or_else(|| TypeMismatch::new(format!("'{text}' is not true or false"))),
        Kind::Int => numeral::parse_decimal(text)
            .ok_or_else(|| TypeMismatch::new(format!("'{text}' is not a whole number"))),
        Kind::Number => {
            parse_number(text).ok_or_else(|| TypeMismatch::new(format!("'{text}' is not a number")))
        }
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Finds a choice ignoring case; returns it as the service spells it.
pub(super) fn match_choice(choices: &[&'static str], text: &str) -> Option<&'static str> {
    choices.iter().find(|c| c.to_lowercase() == text.to_lowercase()).copied()
}

/// Parses a boolean in any of az's spellings.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    args::parse_bool(text).ok()
}

fn parse_number(text: &str) -> Option<Value> {
    let text = text.trim();
    numeral::parse_decimal(text).or_else(|| text.parse().ok().and_then(Number::from_f64).map(Value::Number))
}

fn convert_scalar(kind: &Kind, scalar: &Value) -> Result<Value, TypeMismatch> {
    let has_type = match kind {
        Kind::Bool => scalar.is_boolean(),
        Kind::Int => scalar.as_number().is_some_and(is_integer),
        Kind::Number => scalar.is_number(),
        _ => false,
    };
    let word = match scalar {
        Value::Number(number) => python::format_number(number),
        other => other.to_string(),
    };
    if has_type { Ok(scalar.clone()) } else { convert_word(kind, &word) }
}

/// Converts a parsed value to JSON; bare words that are a boolean or number in JSON become one.
fn convert_any(node: Node) -> Result<Value, TypeMismatch> {
    Ok(match node {
        Node::Blank => return Err(TypeMismatch::new("the value is missing")),
        Node::Bare(word) => match serde_json::from_str(&word) {
            Ok(value @ Value::Bool(_)) => value,
            Ok(Value::Number(number)) => Value::Number(normalize(&number)),
            _ => Value::String(word),
        },
        Node::Text(text) => Value::String(text),
        Node::Scalar(Value::Number(number)) => Value::Number(normalize(&number)),
        Node::Scalar(value) => value,
        Node::List(elements) => {
            let typed = |(index, node)| convert_any(node).map_err(|m| m.under(&format!("[{index}]")));
            elements.into_iter().enumerate().map(typed).collect::<Result<_, _>>()?
        }
        Node::Object(members) => {
            let typed = |(key, node): (String, Node)| match convert_any(node) {
                Ok(value) => Ok((key, value)),
                Err(mismatch) => Err(mismatch.under(&key)),
            };
            Value::Object(members.into_iter().map(typed).collect::<Result<_, _>>()?)
        }
    })
}

fn describe(node: &Node) -> String {
    match node {
        Node::Bare(text) | Node::Text(text) => format!("'{text}'"),
        Node::Scalar(value) => value.to_string(),
        Node::List(_) => "a list".to_owned(),
        Node::Object(_) => "an object".to_owned(),
        Node::Blank => "a missing value".to_owned(),
    }
}
