//! A Swagger 2.0 document made from an `OpenAPI` 3 document of the emulator's own making.

use serde_json::{Map, Value, json};

use super::parts::redirect;

/// Converts a document that `openapi::make` made; it has no features that were read from elsewhere.
pub fn from_openapi(document: &Value) -> Value {
    let mut shown = Map::new();
    shown.insert("swagger".to_owned(), json!("2.0"));
    shown.insert("info".to_owned(), document["info"].clone());
    let urls: Vec<&str> =
        document["servers"].as_array().into_iter().flatten().filter_map(|s| s["url"].as_str()).collect();
    if let Some((_, rest)) = urls.first().and_then(|u| u.split_once("://")) {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        shown.insert("host".to_owned(), json!(host));
        shown.insert("basePath".to_owned(), json!(format!("/{path}")));
    }
    let schemes: Vec<&str> = urls.iter().filter_map(|u| u.split("://").next()).collect();
    shown.insert("schemes".to_owned(), json!(schemes));
    let components = &document["components"];
    if components["securitySchemes"].is_object() {
        shown.insert("securityDefinitions".to_owned(), components["securitySchemes"].clone());
        shown.insert("security".to_owned(), document["security"].clone());
    }
    let mut paths = Map::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let methods: Map<String, Value> = item
            .as_object()
            .into_iter()
            .flatten()
            .map(|(method, operation)| (method.clone(), convert(operation)))
            .collect();
        paths.insert(path.clone(), Value::Object(methods));
    }
    shown.insert("paths".to_owned(), Value::Object(paths));
    if components["schemas"].is_object() {
        shown.insert("definitions".to_owned(), components["schemas"].clone());
    }
    let mut shown = Value::Object(shown);
    redirect(&mut shown, "#/components/schemas/", "#/definitions/");
    shown
}

fn convert(operation: &Value) -> Value {
    let mut shown = operation.as_object().cloned().unwrap_or_default();
    let mut parameters: Vec<Value> =
        operation["parameters"].as_array().into_iter().flatten().map(flattened).collect();
    if let Some(body) = shown.shift_remove("requestBody") {
        let content = body["content"].as_object().cloned().unwrap_or_default();
        let types: Vec<&String> = content.keys().collect();
        let schema = content.values().find_map(|m| m.get("schema")).cloned().unwrap_or_else(|| json!({}));
        parameters.push(json!({"name": "body", "in": "body", "schema": schema}));
        shown.insert("consumes".to_owned(), json!(types));
    }
    if parameters.is_empty() {
        shown.shift_remove("parameters");
    } else {
        shown.insert("parameters".to_owned(), Value::Array(parameters));
    }
    let mut produces: Vec<String> = Vec::new();
    let mut responses = Map::new();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let mut converted = json!({"description": response["description"]});
        for (content_type, media) in response["content"].as_object().into_iter().flatten() {
            if !produces.contains(content_type) {
                produces.push(content_type.clone());
            }
            if let Some(schema) = media.get("schema") {
                converted["schema"] = schema.clone();
            }
            if let Some(example) = media.get("example") {
                converted["examples"][content_type.as_str()] = example.clone();
            }
        }
        responses.insert(status.clone(), converted);
    }
    shown.insert("responses".to_owned(), Value::Object(responses));
    if !produces.is_empty() {
        shown.insert("produces".to_owned(), json!(produces));
    }
    Value::Object(shown)
}

/// Swagger has the members of a parameter's schema in the parameter itself.
fn flattened(parameter: &Value) -> Value {
    let mut shown = parameter.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(schema)) = shown.shift_remove("schema") {
        shown.extend(schema);
    }
    Value::Object(shown)
}
