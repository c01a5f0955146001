//! Conversion of the values of a generic update to the types of the schema.

use serde_json::{Map, Value};

use crate::commands::literal;
use crate::commands::shorthand::{Nulls, TypeMismatch, convert, is_simple, parse_bool, parse_inline};
use azr_arm::edit::Dialect;
use azr_arm::names;
use azr_arm::schema::{Field, Kind};

/// Parses a text as a value of a type.
pub(super) fn parse_value(
    dialect: Dialect,
    kind: &Kind,
    text: &str,
    force_string: bool,
) -> Result<Value, TypeMismatch> {
    let parsed = if force_string { None } else { literal::parse(text) };
    match (kind, parsed) {
        (Kind::Any, parsed) => Ok(parsed.unwrap_or_else(|| text.into())),
        (Kind::Bool | Kind::Int | Kind::Number, None) => convert_json(dialect, kind, text.into()),
        // Text that is also valid JSON is kept as written, except for a quoted string and null.
        // `None` is null in Python, but also a choice of some members.
        (Kind::Choice(choices), _) if choices.contains(&text) => Ok(text.into()),
        (Kind::Text | Kind::Choice(_) | Kind::Time, parsed) => {
            Ok(parsed.filter(|v| v.is_string() || v.is_null()).unwrap_or_else(|| text.into()))
        }
        (kind, Some(value)) => convert_json(dialect, kind, value),
        (kind, None) if !force_string && text.starts_with(['{', '[']) => {
            let node = parse_inline(kind, text)
                .map_err(|e| TypeMismatch::new(format!("{} at character {}", e.reason, e.position + 1)))?;
            convert(kind, node, Nulls::Optional)
        }
        (kind, None) => convert_json(dialect, kind, text.into()),
    }
}

/// Converts a JSON value to a type.
pub(super) fn convert_json(dialect: Dialect, kind: &Kind, value: Value) -> Result<Value, TypeMismatch> {
    match (kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Any, value) => Ok(value),
        (Kind::Object(fields), Value::Object(members)) => convert_object(dialect, fields, members),
        (Kind::Map(element), Value::Object(members)) => {
            let keep_null = dialect == Dialect::Sdk || element.takes_null();
            let mut output = Map::new();
            for (key, value) in members.into_iter().filter(|(_, v)| keep_null || !v.is_null()) {
                let value = convert_json(dialect, element, value).map_err(|m| m.under(&key))?;
                output.insert(key, value);
            }
            Ok(Value::Object(output))
        }
        (Kind::List(element), Value::Array(elements)) => {
            let typed = |(index, value)| {
                convert_json(dialect, element, value).map_err(|m| m.under(&format!("[{index}]")))
            };
            elements.into_iter().enumerate().map(typed).collect()
        }
        (Kind::Object(_) | Kind::Map(_), other) => Err(unexpected("an object", &other)),
        (Kind::List(_), other) => Err(unexpected("a list", &other)),
        (kind, other @ (Value::Object(_) | Value::Array(_))) if is_simple(kind) => {
            Err(unexpected("a single value", &other))
        }
        (Kind::Bool, Value::String(text)) => parse_bool(&text)
            .map(Value::Bool)
            .ok_or_else(|| unexpected("true or false", &Value::String(text))),
        (Kind::Bool, value) if !value.is_boolean() => {
            parse_bool(&value.to_string()).map(Value::Bool).ok_or_else(|| unexpected("true or false", &value))
        }
        (Kind::Int | Kind::Number, Value::String(text)) => match literal::parse(&text) {
            Some(number @ Value::Number(_)) => convert_json(dialect, kind, number),
            _ => Err(unexpected("a number", &Value::String(text))),
        },
        (Kind::Int, value) if !value.is_i64() && !value.is_u64() => Err(unexpected("a whole number", &value)),
        (Kind::Number, value) if !value.is_number() => Err(unexpected("a number", &value)),
        (Kind::Text | Kind::Choice(_) | Kind::Time, value @ (Value::Number(_) | Value::Bool(_))) => {
            Ok(value.to_string().into())
        }
        (_, value) => Ok(value),
    }
}

fn unexpected(expected: &str, value: &Value) -> TypeMismatch {
    TypeMismatch::new(format!("expected {expected}, not {value}"))
}

fn convert_object(
    dialect: Dialect,
    fields: &'static [Field],
    members: Map<String, Value>,
) -> Result<Value, TypeMismatch> {
    let mut output = Map::new();
    for (key, value) in members {
        match names::find_field(fields, &key) {
            _ if value.is_null() => {}
            Some(field) => {
                let value = convert_json(dialect, &field.kind, value).map_err(|m| m.under(field.shown))?;
                output.insert(field.shown.to_owned(), value);
            }
            None => tracing::warn!("{key} is not a known member and is ignored"),
        }
    }
    Ok(Value::Object(output))
}
