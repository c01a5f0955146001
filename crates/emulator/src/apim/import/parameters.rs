//! The parameters of an operation, by location.

use serde_json::{Map, Value, json};

use super::openapi::resolve_ref;

/// The parameters of one operation, as API Management represents them.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    /// In the URL template.
    pub path: Vec<Value>,
    /// In the query.
    pub query: Vec<Value>,
    /// In headers.
    pub header: Vec<Value>,
    /// In a form.
    pub form: Vec<Value>,
    /// The body, which is a parameter in Swagger 2.0.
    pub body: Option<Value>,
}

/// Reads the parameters of an operation and of its path; those of the operation take precedence.
pub(super) fn read(document: &Value, path: &str, item: &Value, operation: &Value) -> Parameters {
    let mut parameters = Parameters::default();
    let mut seen: Vec<(String, String)> = Vec::new();
    for list in [&operation["parameters"], &item["parameters"]] {
        for parameter in list.as_array().into_iter().flatten() {
            let parameter = resolve_ref(document, parameter);
            let text = |member: &str| parameter[member].as_str().unwrap_or_default().to_owned();
            let key = (text("in"), text("name"));
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            match parameter["in"].as_str() {
                Some("path") => parameters.path.push(read_parameter(document, &parameter, true)),
                Some("query") => parameters.query.push(read_parameter(document, &parameter, false)),
                Some("header") => parameters.header.push(read_parameter(document, &parameter, false)),
                Some("formData") => parameters.form.push(read_parameter(document, &parameter, false)),
                Some("body") => parameters.body = Some(parameter),
                _ => {}
            }
        }
    }
    // A path may have parameters that the document does not declare.
    for name in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
        if !parameters.path.iter().any(|p| p["name"] == name) {
            parameters.path.push(json!({"name": name, "type": "string", "required": true}));
        }
    }
    parameters
}

fn read_parameter(document: &Value, parameter: &Value, is_required: bool) -> Value {
    let schema = parameter.get("schema").map(|s| resolve_ref(document, s));
    let schema = schema.as_ref().unwrap_or(parameter);
    let mut object = Map::new();
    object.insert("name".to_owned(), parameter["name"].clone());
    let text = parameter["description"].as_str().unwrap_or_default();
    let text = match schema["format"].as_str() {
        Some(format) if text.is_empty() => format!("Format - {format}."),
        Some(format) => format!("Format - {format}. {text}"),
        None => text.to_owned(),
    };
    if !text.is_empty() {
        object.insert("description".to_owned(), json!(text));
    }
    object.insert("type".to_owned(), json!(schema["type"].as_str().unwrap_or("string")));
    if is_required || parameter["required"] == json!(true) {
        object.insert("required".to_owned(), json!(true));
    }
    let as_text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if let Some(default) = schema.get("default") {
        object.insert("defaultValue".to_owned(), json!(as_text(default)));
    }
    let values: Vec<String> = schema["enum"].as_array().into_iter().flatten().map(as_text).collect();
    object.insert("values".to_owned(), json!(values));
    Value::Object(object)
}
