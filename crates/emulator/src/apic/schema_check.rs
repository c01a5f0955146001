//! The part of JSON Schema that metadata schemas use.
//!
//! `pattern`, `format` and references are not checked.

use serde_json::Value;

/// Why the value does not satisfy the schema, if it does not.
#[must_use]
pub fn problem(schema: &Value, value: &Value) -> Option<String> {
    if let Some(kind) = schema["type"].as_str().filter(|kind| !is(kind, value)) {
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
        let fitting = options.iter().filter(|option| problem(option, value).is_none()).count();
        if fitting == 0 || (key == "oneOf" && fitting > 1) {
            return Some(format!("The value does not match exactly one of the options in {key}."));
        }
    }
    length(schema, value).or_else(|| range(schema, value)).or_else(|| inner(schema, value))
}

fn is(kind: &str, value: &Value) -> bool {
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

fn length(schema: &Value, value: &Value) -> Option<String> {
    let length = value.as_str()?.chars().count() as u64;
    let bad = schema["minLength"].as_u64().is_some_and(|n| length < n)
        || schema["maxLength"].as_u64().is_some_and(|n| length > n);
    bad.then(|| format!("The text has {length} characters, which the schema does not allow."))
}

fn range(schema: &Value, value: &Value) -> Option<String> {
    let number = value.as_f64()?;
    let bad = schema["minimum"].as_f64().is_some_and(|n| number < n)
        || schema["maximum"].as_f64().is_some_and(|n| number > n);
    bad.then(|| format!("{number} is outside the range of the schema."))
}

fn inner(schema: &Value, value: &Value) -> Option<String> {
    if let Some(items) = value.as_array() {
        return items.iter().find_map(|item| problem(&schema["items"], item));
    }
    let object = value.as_object()?;
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    if let Some(name) = required.iter().filter_map(Value::as_str).find(|name| !object.contains_key(*name)) {
        return Some(format!("The member '{name}' is required."));
    }
    object.iter().find_map(|(name, value)| problem(&schema["properties"][name], value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn checks_what_metadata_schemas_say() {
        let regions = json!({"type": "string", "oneOf": [{"const": "A", "description": ""}, {"const": "B"}]});
        assert_eq!(problem(&regions, &json!("A")), None);
        assert!(problem(&regions, &json!("C")).is_some());
        assert!(problem(&json!({"type": "boolean"}), &json!("true")).is_some());
        assert!(problem(&json!({"type": "string", "maxLength": 2}), &json!("abc")).is_some());
        let list = json!({"type": "array", "items": {"type": "integer", "minimum": 1}});
        assert_eq!(problem(&list, &json!([1, 2])), None);
        assert!(problem(&list, &json!([0])).is_some());
    }
}
