//! Parameters of an operation, sorted by where they go.

use serde_json::{Map, Value, json};

use super::openapi::resolved;

/// The parameters of one operation, in API Management's form.
#[derive(Debug, Default)]
pub struct Parameters {
    /// In the URL template.
    pub path: Vec<Value>,
    /// In the query.
    pub query: Vec<Value>,
    /// In headers.
    pub header: Vec<Value>,
    /// In a form.
    pub form: Vec<Value>,
    /// The body, for Swagger 2.0, which counts it among the parameters.
    pub body: Option<Value>,
}

/// Reads the parameters of an operation and of the path it belongs to; the operation's own go first.
pub fn read(document: &Value, path: &str, item: &Value, operation: &Value) -> Parameters {
    let mut found = Parameters::default();
    let mut seen: Vec<(String, String)> = Vec::new();
    for list in [&operation["parameters"], &item["parameters"]] {
        for parameter in list.as_array().into_iter().flatten() {
            let parameter = resolved(document, parameter);
            let text = |member: &str| parameter[member].as_str().unwrap_or_default().to_owned();
            let key = (text("in"), text("name"));
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            match parameter["in"].as_str() {
                Some("path") => found.path.push(described(document, &parameter, true)),
                Some("query") => found.query.push(described(document, &parameter, false)),
                Some("header") => found.header.push(described(document, &parameter, false)),
                Some("formData") => found.form.push(described(document, &parameter, false)),
                Some("body") => found.body = Some(parameter),
                _ => {}
            }
        }
    }
    // A template may name what the document forgot to declare.
    for name in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
        if !found.path.iter().any(|p| p["name"] == name) {
            found.path.push(json!({"name": name, "type": "string", "required": true}));
        }
    }
    found
}

fn described(document: &Value, parameter: &Value, required: bool) -> Value {
    let schema = parameter.get("schema").map(|s| resolved(document, s));
    let schema = schema.as_ref().unwrap_or(parameter);
    let mut shown = Map::new();
    shown.insert("name".to_owned(), parameter["name"].clone());
    let text = parameter["description"].as_str().unwrap_or_default();
    let text = match schema["format"].as_str() {
        Some(format) if text.is_empty() => format!("Format - {format}."),
        Some(format) => format!("Format - {format}. {text}"),
        None => text.to_owned(),
    };
    if !text.is_empty() {
        shown.insert("description".to_owned(), json!(text));
    }
    shown.insert("type".to_owned(), json!(schema["type"].as_str().unwrap_or("string")));
    if required || parameter["required"] == json!(true) {
        shown.insert("required".to_owned(), json!(true));
    }
    let as_text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let Some(default) = schema.get("default") {
        shown.insert("defaultValue".to_owned(), json!(as_text(default)));
    }
    let values: Vec<String> = schema["enum"].as_array().into_iter().flatten().map(as_text).collect();
    shown.insert("values".to_owned(), json!(values));
    Value::Object(shown)
}
