//! Samples that are generated from schemas, as recorded.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// The most values of a sample, which a small document could make arbitrarily many.
const MAX_VALUES: usize = 1000;

/// The most references and members that a value is below; a schema may refer to itself.
const MAX_DEPTH: usize = 8;

/// A sample of a schema.
pub(super) fn generate(schema: &Value, types: &Map<String, Value>) -> Value {
    Generator { types, values_left: MAX_VALUES }.generate(schema, 0)
}

struct Generator<'a> {
    types: &'a Map<String, Value>,
    values_left: usize,
}

impl Generator<'_> {
    fn generate(&mut self, schema: &Value, depth: usize) -> Value {
        if self.values_left == 0 || depth > MAX_DEPTH {
            return Value::Null;
        }
        self.values_left -= 1;
        let (types, next) = (self.types, depth + 1);
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            return types.get(name).map_or(Value::Null, |of_type| self.generate(of_type, next));
        }
        let given = [schema.get("example"), schema.get("default"), schema["enum"].get(0)];
        if let Some(value) = given.into_iter().flatten().next() {
            return value.clone();
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut merged = self.generate_members(schema, next);
            for part in parts {
                if let Value::Object(members) = self.generate(part, next) {
                    merged.extend(members);
                }
            }
            return Value::Object(merged);
        }
        if let Some(choice) = ["oneOf", "anyOf"].iter().find_map(|member| schema[*member].get(0)) {
            return self.generate(choice, next);
        }
        match schema["type"].as_str() {
            Some("string") => json!("string"),
            Some("integer" | "number") => json!(0),
            Some("boolean") => json!(true),
            Some("array") => json!([self.generate(&schema["items"], next)]),
            _ if schema["properties"].is_object() || schema["type"] == "object" => {
                Value::Object(self.generate_members(schema, next))
            }
            _ => Value::Null,
        }
    }

    fn generate_members(&mut self, schema: &Value, depth: usize) -> Map<String, Value> {
        let members = schema["properties"].as_object().into_iter().flatten();
        members.map(|(name, member)| (name.clone(), self.generate(member, depth))).collect()
    }
}

/// A sample as text: JSON with the line ends of the service, or the text that it is.
pub(super) fn to_text(sample: &Value) -> String {
    match sample {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default().replace('\n', "\r\n"),
    }
}

/// A sample as an XML element.
pub(super) fn to_xml(name: &str, sample: &Value) -> String {
    let mut xml = String::new();
    write_element(&mut xml, name, sample, 0);
    xml
}

/// Recorded: the element of a list has the members of its first item.
fn write_element(xml: &mut String, name: &str, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    // Writing to a string does not fail.
    let _ = match value {
        Value::Object(members) => {
            let _ = write!(xml, "{indent}<{name}>\r\n");
            for (name, member) in members {
                write_element(xml, name, member, depth + 1);
                xml.push_str("\r\n");
            }
            write!(xml, "{indent}</{name}>")
        }
        Value::Array(items) => {
            write_element(xml, name, items.first().unwrap_or(&Value::Null), depth);
            Ok(())
        }
        Value::Null => write!(xml, "{indent}<{name} />"),
        Value::String(text) => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            write!(xml, "{indent}<{name}>{text}</{name}>")
        }
        other => write!(xml, "{indent}<{name}>{other}</{name}>"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_have_the_members_of_the_schema() {
        let types = json!({
            "pet": {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "tag": {"type": "string"}}},
            "order": {"allOf": [{"$ref": "#/definitions/pet"}, {"properties": {"open": {"type": "boolean"}}}]},
        });
        let types = types.as_object().expect("an object");
        let pets = json!({"type": "array", "items": {"$ref": "#/definitions/pet"}});
        let sample = generate(&pets, types);
        assert_eq!(sample, json!([{"id": 0, "name": "string", "tag": "string"}]));
        assert_eq!(
            to_xml("petArray", &sample),
            "<petArray>\r\n  <id>0</id>\r\n  <name>string</name>\r\n  <tag>string</tag>\r\n</petArray>"
        );
        assert_eq!(to_text(&json!(["string"])), "[\r\n  \"string\"\r\n]");
        assert_eq!(generate(&json!({"$ref": "#/definitions/order"}), types)["open"], json!(true));
    }

    #[test]
    fn schemas_that_refer_to_themselves_have_finite_samples() {
        let types = json!({"node": {"properties": {
            "left": {"$ref": "#/definitions/node"}, "right": {"$ref": "#/definitions/node"},
            "next": {"$ref": "#/definitions/node"}, "all": {"type": "array", "items": {"$ref": "#/definitions/node"}},
        }}});
        let sample = generate(&json!({"$ref": "#/definitions/node"}), types.as_object().expect("an object"));
        assert!(sample["left"].is_object() && to_text(&sample).len() < 100_000);
    }
}
