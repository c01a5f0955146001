//! Values of custom metadata, and the JSON schemas that say which are valid.

use serde_json::{Map, Value, json};

use crate::snapshot::MetadataSchema;
use azr_core::error::{Error, Result};

/// Fails if the center does not have metadata that the user sets, or if its schema does not allow the value.
pub(crate) fn check_custom_properties(
    values: &Map<String, Value>,
    schemas: &[MetadataSchema],
    center: &str,
) -> Result<()> {
    for (name, value) in values {
        let schema = schemas.iter().find(|schema| schema.name.eq_ignore_ascii_case(name));
        let Some(schema) = schema else {
            return Err(Error::no_match(format!(
                "--custom-properties: {center} does not have a metadata schema '{name}'"
            ))
            .with_hint("azr apic metadata list lists the metadata schemas."));
        };
        if let Err(reason) = check(value, &schema.schema) {
            let error = Error::invalid(format!("--custom-properties: the metadata '{name}' {reason}"));
            return Err(match value {
                Value::Number(_) | Value::Bool(_) if schema.schema["type"] == "string" => {
                    error.with_hint(format!("With quotes it is a text: {name}=\"'{value}'\""))
                }
                _ => error,
            });
        }
    }
    Ok(())
}

/// Checks a value of metadata; the error says what the schema allows. Null removes a value.
fn check(value: &Value, schema: &Value) -> Result<(), String> {
    if value.is_null() {
        return Ok(());
    }
    let choices = choices(schema);
    if !choices.is_empty() {
        return if choices.contains(&value) { Ok(()) } else { Err(not_a_choice(&text_of(value), &choices)) };
    }
    let refused = |expected: &str| Err(format!("{expected}, and '{}' is not", text_of(value)));
    match schema["type"].as_str() {
        Some("array") => match value.as_array() {
            Some(items) => items.iter().try_for_each(|item| check(item, &schema["items"])),
            None => refused("is a list"),
        },
        Some("boolean") if !value.is_boolean() => refused("is true or false"),
        Some("number") if !value.is_number() => refused("is a number"),
        Some("integer") if !is_integer(value) => refused("is a whole number"),
        Some("object") if !value.is_object() => refused("is an object"),
        Some("string") => match value.as_str() {
            Some(text) => check_text(text, schema),
            None => refused("is a text"),
        },
        _ => check_range(value, schema),
    }
}

fn is_integer(value: &Value) -> bool {
    value.is_i64() || value.is_u64()
}

fn check_range(value: &Value, schema: &Value) -> Result<(), String> {
    let Some(number) = value.as_f64() else { return Ok(()) };
    let limit = |name: &str| schema[name].as_f64();
    match (limit("minimum"), limit("maximum")) {
        (Some(minimum), _) if number < minimum => Err(format!("is at least {minimum}, and {value} is less")),
        (_, Some(maximum)) if number > maximum => Err(format!("is at most {maximum}, and {value} is more")),
        _ => Ok(()),
    }
}

fn check_text(text: &str, schema: &Value) -> Result<(), String> {
    if schema["format"] == "date" && !is_date(text) {
        return Err(format!("is a date such as 2026-01-31, and '{text}' is not"));
    }
    let limit = schema["maxLength"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    match limit.filter(|limit| text.chars().count() > *limit) {
        Some(limit) => Err(format!("has at most {limit} characters, and '{text}' has more")),
        None => Ok(()),
    }
}

/// The texts of a template in the form that a metadata schema has.
pub(crate) fn fit(values: Vec<String>, schema: &Value) -> Result<Value, String> {
    if schema["type"] == "array" {
        return values.into_iter().map(|value| fit_one(value, &schema["items"])).collect();
    }
    fit_one(values.join(", "), schema)
}

fn fit_one(text: String, schema: &Value) -> Result<Value, String> {
    let choices = choices(schema);
    if !choices.is_empty() {
        // As the schema spells it.
        let choice = choices.iter().find(|choice| text_of(choice).eq_ignore_ascii_case(&text));
        return choice.map_or_else(|| Err(not_a_choice(&text, &choices)), |choice| Ok((*choice).clone()));
    }
    let value = match schema["type"].as_str() {
        Some("boolean") => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => json!(true),
            "false" | "no" => json!(false),
            _ => return Err(format!("is true or false, and '{text}' is neither")),
        },
        Some("number" | "integer") => {
            let number = text.parse().map(|number: i64| json!(number));
            let number = number.or_else(|_| text.parse().map(|number: f64| json!(number)));
            number.ok().filter(Value::is_number).unwrap_or(Value::String(text))
        }
        Some(kind @ ("object" | "array")) => {
            return Err(format!("is an {kind}, which a template cannot describe"));
        }
        _ => Value::String(text),
    };
    check(&value, schema).map(|()| value)
}

/// The values that a schema lists; empty if it does not list any.
fn choices(schema: &Value) -> Vec<&Value> {
    let listed = schema["enum"].as_array().into_iter().flatten();
    let constants = schema["oneOf"].as_array().into_iter().flatten().filter_map(|choice| choice.get("const"));
    listed.chain(constants).collect()
}

fn not_a_choice(text: &str, choices: &[&Value]) -> String {
    let choices: Vec<String> = choices.iter().map(|choice| text_of(choice)).collect();
    format!("cannot be '{text}': its values are {}", choices.join(", "))
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_date(text: &str) -> bool {
    time::Date::parse(text, time::macros::format_description!("[year]-[month]-[day]")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_a_template_get_the_type_of_the_schema() {
        let fit_one = |value: &str, schema: Value| fit(vec![value.to_owned()], &schema);
        assert_eq!(fit_one("yes", json!({"type": "boolean"})), Ok(json!(true)));
        assert_eq!(fit_one("12", json!({"type": "number"})), Ok(json!(12)));
        assert_eq!(fit_one("2", json!({"type": "number", "enum": [1, 2]})), Ok(json!(2)));
        assert_eq!(
            fit_one("GOLD", json!({"type": "string", "oneOf": [{"const": "gold"}]})),
            Ok(json!("gold"))
        );
        let date = json!({"type": "string", "format": "date"});
        assert_eq!(fit_one("2026-01-31", date.clone()), Ok(json!("2026-01-31")));
        let two = vec!["1".to_owned(), "2".to_owned()];
        let list = |item: &str| json!({"type": "array", "items": {"type": item}});
        assert_eq!(fit(two.clone(), &list("string")), Ok(json!(["1", "2"])));
        assert_eq!(fit(two.clone(), &list("number")), Ok(json!([1, 2])));
        assert_eq!(fit(two, &json!({"type": "string"})), Ok(json!("1, 2")));
    }

    #[test]
    fn a_value_that_the_schema_does_not_allow_is_an_error_that_says_what_it_allows() {
        for (text, schema, expected) in [
            (
                "tin",
                json!({"type": "string", "enum": ["gold", "lead"]}),
                "cannot be 'tin': its values are gold, lead",
            ),
            ("3", json!({"type": "number", "enum": [1, 2]}), "cannot be '3': its values are 1, 2"),
            ("x", json!({"type": "number"}), "is a number, and 'x' is not"),
            ("1.5", json!({"type": "integer"}), "is a whole number, and '1.5' is not"),
            ("11", json!({"type": "number", "maximum": 10}), "is at most 10, and 11 is more"),
            ("maybe", json!({"type": "boolean"}), "is true or false, and 'maybe' is neither"),
            ("2026-02-30", json!({"type": "string", "format": "date"}), "is a date such as 2026-01-31"),
            ("31.1.2026", json!({"type": "string", "format": "date"}), "is a date such as 2026-01-31"),
            ("abc", json!({"type": "string", "maxLength": 2}), "has at most 2 characters"),
            ("{}", json!({"type": "object"}), "is an object, which a template cannot describe"),
            (
                "tin",
                json!({"type": "array", "items": {"type": "string", "enum": ["gold"]}}),
                "its values are gold",
            ),
        ] {
            let error = fit(vec![text.to_owned()], &schema).expect_err(text);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn values_of_the_user_are_checked_as_they_are() {
        let schema = |name: &str, schema: Value| MetadataSchema {
            name: name.to_owned(),
            assignments: Vec::new(),
            schema,
        };
        let schemas = [
            schema("count", json!({"type": "number"})),
            schema("tier", json!({"type": "string", "oneOf": [{"const": "gold"}]})),
            schema("any", Value::Null),
        ];
        let check = |values: Value| {
            let values = values.as_object().cloned().unwrap_or_default();
            check_custom_properties(&values, &schemas, "c").map_err(|error| error.to_string())
        };
        assert_eq!(check(json!({"Count": 1.5, "tier": "gold", "any": [1]})), Ok(()));
        assert_eq!(check(json!({"count": null})), Ok(()));
        for (values, expected) in [
            (json!({"count": "1"}), "the metadata 'count' is a number, and '1' is not"),
            (json!({"tier": "Gold"}), "the metadata 'tier' cannot be 'Gold': its values are gold"),
            (json!({"other": 1}), "does not have a metadata schema 'other'"),
        ] {
            let error = check(values).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
    }
}
