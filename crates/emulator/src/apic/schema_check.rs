//! Checks values against the part of JSON Schema that metadata schemas use.
//!
//! `pattern`, `format` and references are not checked.

use serde_json::Value;

/// The first way in which a value violates a schema, as a sentence.
#[must_use]
pub(super) fn find_violation(schema: &Value, value: &Value) -> Option<String> {
    if let Some(kind) = schema["type"].as_str().filter(|kind| !has_type(kind, value)) {
        return Some(format!("The value must be of type {kind}."));
    }
    if let Some(choices) = schema["enum"].as_array().filter(|choices| !choices.contains(value)) {
        return Some(format!("The value must be one of {}.", Value::from(choices.clone())));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        return Some(format!("The value must be {}.", schema["const"]));
    }
    for key in ["oneOf", "anyOf"] {
        let Some(options) = schema[key].as_array() else { continue };
        let fitting = options.iter().filter(|option| find_violation(option, value).is_none()).count();
        if fitting == 0 || (key == "oneOf" && fitting > 1) {
            return Some(format!("The value does not match exactly one of the options in {key}."));
        }
    }
    check_length(schema, value).or_else(|| check_range(schema, value)).or_else(|| check_parts(schema, value))
}

fn has_type(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|n| n.fract() == 0.0),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn check_length(schema: &Value, value: &Value) -> Option<String> {
    let length = value.as_str()?.chars().count() as u64;
    let bad = schema["minLength"].as_u64().is_some_and(|n| length < n)
        || schema["maxLength"].as_u64().is_some_and(|n| length > n);
    bad.then(|| format!("The text has {length} characters, which the schema does not allow."))
}

fn check_range(schema: &Value, value: &Value) -> Option<String> {
    let number = value.as_f64()?;
    let bad = schema["minimum"].as_f64().is_some_and(|n| number < n)
        || schema["maximum"].as_f64().is_some_and(|n| number > n);
    bad.then(|| format!("{number} is outside the range of the schema."))
}

fn check_parts(schema: &Value, value: &Value) -> Option<String> {
    if let Some(items) = value.as_array() {
        return items.iter().find_map(|item| find_violation(&schema["items"], item));
    }
    let object = value.as_object()?;
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    if let Some(name) = required.iter().filter_map(Value::as_str).find(|name| !object.contains_key(*name)) {
        return Some(format!("The member '{name}' is required."));
    }
    object.iter().find_map(|(name, value)| find_violation(&schema["properties"][name], value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn checks_what_metadata_schemas_say() {
        let regions = json!({"type": "string", "oneOf": [{"const": "A", "description": ""}, {"const": "B"}]});
        assert_eq!(find_violation(&regions, &json!("A")), None);
        assert!(find_violation(&regions, &json!("C")).is_some());
        assert!(find_violation(&json!({"type": "boolean"}), &json!("true")).is_some());
        assert!(find_violation(&json!({"type": "string", "maxLength": 2}), &json!("abc")).is_some());
        let list = json!({"type": "array", "items": {"type": "integer", "minimum": 1}});
        assert_eq!(find_violation(&list, &json!([1, 2])), None);
        assert!(find_violation(&list, &json!([0])).is_some());
    }
}
