//! Values of a generic update, given the types of the schema.

use serde_json::{Map, Value};

use crate::commands::literal;
use crate::commands::shorthand::{Misfit, boolean, inline, is_simple, typed_value};
use azr_arm::edit::Dialect;
use azr_arm::names;
use azr_arm::schema::{Field, Kind};

/// The value that `text` writes for a member of `kind`.
pub fn read(dialect: Dialect, kind: &Kind, text: &str, force_string: bool) -> Result<Value, Misfit> {
    let parsed = if force_string { None } else { literal::parse(text) };
    match (kind, parsed) {
        (Kind::Any, parsed) => Ok(parsed.unwrap_or_else(|| text.into())),
        (Kind::Bool | Kind::Int | Kind::Number, None) => of(dialect, kind, text.into()),
        // Text that happens to be JSON stays as it was written, but for a quoted string and null.
        // `None` is a choice of some members, and null in Python.
        (Kind::Choice(choices), _) if choices.contains(&text) => Ok(text.into()),
        (Kind::Text | Kind::Choice(_) | Kind::Time, parsed) => {
            Ok(parsed.filter(|v| v.is_string() || v.is_null()).unwrap_or_else(|| text.into()))
        }
        (kind, Some(value)) => of(dialect, kind, value),
        (kind, None) if !force_string && text.starts_with(['{', '[']) => {
            let node = inline(kind, text)
                .map_err(|bad| Misfit::new(format!("{} at character {}", bad.why, bad.at + 1)))?;
            typed_value(kind, node)
        }
        (kind, None) => of(dialect, kind, text.into()),
    }
}

/// A JSON value as a member of `kind`.
pub fn of(dialect: Dialect, kind: &Kind, value: Value) -> Result<Value, Misfit> {
    match (kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Any, value) => Ok(value),
        (Kind::Object(fields), Value::Object(members)) => object(dialect, fields, members),
        (Kind::Map(element), Value::Object(members)) => {
            let keep_null = dialect == Dialect::Sdk || element.takes_null();
            let mut out = Map::new();
            for (key, value) in members.into_iter().filter(|(_, v)| keep_null || !v.is_null()) {
                let value = of(dialect, element, value).map_err(|m| m.under(&key))?;
                out.insert(key, value);
            }
            Ok(Value::Object(out))
        }
        (Kind::List(element), Value::Array(elements)) => {
            let typed = |(at, value)| of(dialect, element, value).map_err(|m| m.under(&format!("[{at}]")));
            elements.into_iter().enumerate().map(typed).collect()
        }
        (Kind::Object(_) | Kind::Map(_), other) => Err(expected("an object", &other)),
        (Kind::List(_), other) => Err(expected("a list", &other)),
        (kind, other @ (Value::Object(_) | Value::Array(_))) if is_simple(kind) => {
            Err(expected("one value", &other))
        }
        (Kind::Bool, Value::String(text)) => {
            boolean(&text).map(Value::Bool).ok_or_else(|| expected("true or false", &Value::String(text)))
        }
        (Kind::Bool, value) if !value.is_boolean() => {
            boolean(&value.to_string()).map(Value::Bool).ok_or_else(|| expected("true or false", &value))
        }
        (Kind::Int | Kind::Number, Value::String(text)) => match literal::parse(&text) {
            Some(number @ Value::Number(_)) => of(dialect, kind, number),
            _ => Err(expected("a number", &Value::String(text))),
        },
        (Kind::Int, value) if !value.is_i64() && !value.is_u64() => Err(expected("a whole number", &value)),
        (Kind::Number, value) if !value.is_number() => Err(expected("a number", &value)),
        (Kind::Text | Kind::Choice(_) | Kind::Time, value @ (Value::Number(_) | Value::Bool(_))) => {
            Ok(value.to_string().into())
        }
        (_, value) => Ok(value),
    }
}

fn expected(wanted: &str, value: &Value) -> Misfit {
    Misfit::new(format!("{wanted} is expected, not {value}"))
}

fn object(dialect: Dialect, fields: &'static [Field], members: Map<String, Value>) -> Result<Value, Misfit> {
    let mut out = Map::new();
    for (key, value) in members {
        match names::find(fields, &key) {
            _ if value.is_null() => {}
            Some(field) => {
                let value = of(dialect, &field.kind, value).map_err(|m| m.under(field.shown))?;
                out.insert(field.shown.to_owned(), value);
            }
            None => tracing::warn!("{key} is no known member and is left out"),
        }
    }
    Ok(Value::Object(out))
}
