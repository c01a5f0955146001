//! Converts an `OpenAPI` 3 document that the emulator has generated to Swagger 2.0.

use serde_json::{Map, Value, json};

use super::parts::replace_refs;

/// Converts a document of `openapi::generate`; other documents may have features that are not converted.
pub(super) fn from_openapi(document: &Value) -> Value {
    let mut converted = Map::new();
    converted.insert("swagger".to_owned(), json!("2.0"));
    converted.insert("info".to_owned(), document["info"].clone());
    let urls: Vec<&str> =
        document["servers"].as_array().into_iter().flatten().filter_map(|s| s["url"].as_str()).collect();
    if let Some((_, rest)) = urls.first().and_then(|u| u.split_once("://")) {
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        converted.insert("host".to_owned(), json!(host));
        converted.insert("basePath".to_owned(), json!(format!("/{path}")));
    }
    let schemes: Vec<&str> = urls.iter().filter_map(|u| u.split("://").next()).collect();
    converted.insert("schemes".to_owned(), json!(schemes));
    let components = &document["components"];
    if components["securitySchemes"].is_object() {
        converted.insert("securityDefinitions".to_owned(), components["securitySchemes"].clone());
        converted.insert("security".to_owned(), document["security"].clone());
    }
    let mut paths = Map::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let methods: Map<String, Value> = item
            .as_object()
            .into_iter()
            .flatten()
            .map(|(method, operation)| (method.clone(), convert_operation(operation)))
            .collect();
        paths.insert(path.clone(), Value::Object(methods));
    }
    converted.insert("paths".to_owned(), Value::Object(paths));
    if components["schemas"].is_object() {
        converted.insert("definitions".to_owned(), components["schemas"].clone());
    }
    let mut converted = Value::Object(converted);
    replace_refs(&mut converted, "#/components/schemas/", "#/definitions/");
    converted
}

fn convert_operation(operation: &Value) -> Value {
    let mut converted = operation.as_object().cloned().unwrap_or_default();
    let mut parameters: Vec<Value> =
        operation["parameters"].as_array().into_iter().flatten().map(flatten_schema).collect();
    if let Some(body) = converted.shift_remove("requestBody") {
        let content = body["content"].as_object().cloned().unwrap_or_default();
        let types: Vec<&String> = content.keys().collect();
        let schema = content.values().find_map(|m| m.get("schema")).cloned().unwrap_or_else(|| json!({}));
        parameters.push(json!({"name": "body", "in": "body", "schema": schema}));
        converted.insert("consumes".to_owned(), json!(types));
    }
    if parameters.is_empty() {
        converted.shift_remove("parameters");
    } else {
        converted.insert("parameters".to_owned(), Value::Array(parameters));
    }
    let mut produces: Vec<String> = Vec::new();
    let mut responses = Map::new();
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let mut object = json!({"description": response["description"]});
        for (content_type, media) in response["content"].as_object().into_iter().flatten() {
            if !produces.contains(content_type) {
                produces.push(content_type.clone());
            }
            if let Some(schema) = media.get("schema") {
                object["schema"] = schema.clone();
            }
            if let Some(example) = media.get("example") {
                object["examples"][content_type.as_str()] = example.clone();
            }
        }
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            object["headers"][name.as_str()] = flatten_schema(header);
        }
        responses.insert(status.clone(), object);
    }
    converted.insert("responses".to_owned(), Value::Object(responses));
    if !produces.is_empty() {
        converted.insert("produces".to_owned(), json!(produces));
    }
    Value::Object(converted)
}

/// In Swagger, the members of a parameter's schema are members of the parameter itself.
fn flatten_schema(parameter: &Value) -> Value {
    let mut converted = parameter.as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(schema)) = converted.shift_remove("schema") {
        converted.extend(schema);
    }
    Value::Object(converted)
}
