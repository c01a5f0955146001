//! Generates an `OpenAPI` 3.0.1 document from the operations of an API.

use serde_json::{Map, Value, json};

use super::super::import::INLINE;
use super::parts;
use crate::state::State;
use crate::store::Entry;

/// Generates the document.
pub(super) fn generate(state: &State, api: &Entry) -> Value {
    let properties = &api.body["properties"];
    let mut info = Map::new();
    info.insert("title".to_owned(), properties["displayName"].clone());
    for (member, from) in [
        ("description", "description"),
        ("termsOfService", "termsOfServiceUrl"),
        ("contact", "contact"),
        ("license", "license"),
    ] {
        if !properties[from].is_null() {
            info.insert(member.to_owned(), properties[from].clone());
        }
    }
    info.insert("version".to_owned(), json!(parts::version(api)));
    let servers: Vec<Value> = parts::urls(state, api).into_iter().map(|url| json!({"url": url})).collect();
    let types = parts::types(state, api);
    let mut paths = Map::new();
    for operation in parts::operations(state, api) {
        let properties = &operation.body["properties"];
        let template = properties["urlTemplate"].as_str().unwrap_or("/");
        let path = template.split('?').next().unwrap_or("/");
        let method = properties["method"].as_str().unwrap_or("GET").to_lowercase();
        let item = paths.entry(path.to_owned()).or_insert_with(|| json!({}));
        item[method.as_str()] = operation_object(operation, &types);
    }
    let mut document = json!({"openapi": "3.0.1", "info": info, "servers": servers, "paths": paths});
    let mut components = Map::new();
    let mut schemas = types;
    schemas.retain(|_, schema| schema[INLINE] != json!(true));
    if !schemas.is_empty() {
        components.insert("schemas".to_owned(), Value::Object(schemas));
    }
    if properties["subscriptionRequired"] == json!(true) {
        let names = &properties["subscriptionKeyParameterNames"];
        let header = names["header"].as_str().unwrap_or("Ocp-Apim-Subscription-Key");
        let query = names["query"].as_str().unwrap_or("subscription-key");
        components.insert(
            "securitySchemes".to_owned(),
            json!({
                "apiKeyHeader": {"type": "apiKey", "name": header, "in": "header"},
                "apiKeyQuery": {"type": "apiKey", "name": query, "in": "query"},
            }),
        );
        document["security"] = json!([{"apiKeyHeader": []}, {"apiKeyQuery": []}]);
    }
    if !components.is_empty() {
        document["components"] = Value::Object(components);
    }
    document
}

fn operation_object(operation: &Entry, types: &Map<String, Value>) -> Value {
    let properties = &operation.body["properties"];
    let mut object = Map::new();
    object.insert("summary".to_owned(), properties["displayName"].clone());
    if let Some(text) = properties["description"].as_str().filter(|t| !t.is_empty()) {
        object.insert("description".to_owned(), json!(text));
    }
    object.insert("operationId".to_owned(), operation.body["name"].clone());
    let parameters = parameters(properties, types);
    if !parameters.is_empty() {
        object.insert("parameters".to_owned(), Value::Array(parameters));
    }
    let content = content(&properties["request"]["representations"], types);
    if !content.is_empty() {
        let mut body = Map::new();
        if let Some(text) = properties["request"]["description"].as_str() {
            body.insert("description".to_owned(), json!(text));
        }
        body.insert("content".to_owned(), Value::Object(content));
        object.insert("requestBody".to_owned(), Value::Object(body));
    }
    object.insert("responses".to_owned(), Value::Object(responses(properties, types)));
    Value::Object(object)
}

fn parameters(properties: &Value, types: &Map<String, Value>) -> Vec<Value> {
    let template = properties["urlTemplate"].as_str().unwrap_or_default();
    let path = template.split('?').next().unwrap_or_default();
    let items = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut parameters = Vec::new();
    for parameter in items(&properties["templateParameters"]) {
        let name = parameter["name"].as_str().unwrap_or_default();
        let in_path = path.contains(&format!("{{{name}}}")) || path.contains(&format!("{{*{name}}}"));
        parameters.push(parameter_object(&parameter, if in_path { "path" } else { "query" }, true, types));
    }
    for parameter in items(&properties["request"]["queryParameters"]) {
        parameters.push(parameter_object(&parameter, "query", false, types));
    }
    for parameter in items(&properties["request"]["headers"]) {
        parameters.push(parameter_object(&parameter, "header", false, types));
    }
    parameters
}

/// The schema and the description of a parameter or header.
fn schema_and_description<'a>(parameter: &'a Value, types: &Map<String, Value>) -> (Value, &'a str) {
    let mut schema = json!({"type": parameter["type"].as_str().unwrap_or("string")});
    // API Management keeps a number's format at the head of its description.
    let text = parameter["description"].as_str().unwrap_or_default();
    let (format, text) = match text.strip_prefix("Format - ").and_then(|rest| rest.split_once('.')) {
        // For a date, a remark in parentheses follows the format.
        Some((format, rest)) => (format.split(" (").next(), rest.trim_start()),
        None => (None, text),
    };
    if let Some(format) = format {
        schema["format"] = json!(format);
    }
    if let Some(of_type) = parameter["typeName"].as_str().and_then(|name| type_schema(types, name)) {
        return (of_type, text);
    }
    let is_text = schema["type"] == "string";
    // API Management has values and defaults as text only.
    let parse_value = |value: &Value| match value.as_str() {
        Some(text) if !is_text => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        _ => value.clone(),
    };
    if let Some(values) = parameter["values"].as_array().filter(|v| !v.is_empty()) {
        schema["enum"] = values.iter().map(parse_value).collect();
    }
    if parameter["defaultValue"].is_string() {
        schema["default"] = parse_value(&parameter["defaultValue"]);
    }
    (schema, text)
}

/// A type as a schema: a reference to it, or itself if it was an inline schema of the imported document.
fn type_schema(types: &Map<String, Value>, name: &str) -> Option<Value> {
    let schema = types.get(name)?;
    if schema[INLINE] != json!(true) {
        return Some(json!({"$ref": format!("#/components/schemas/{name}")}));
    }
    let mut schema = schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove(INLINE);
    }
    Some(schema)
}

fn parameter_object(
    parameter: &Value,
    location: &str,
    is_required: bool,
    types: &Map<String, Value>,
) -> Value {
    let (schema, text) = schema_and_description(parameter, types);
    let mut object = Map::new();
    object.insert("name".to_owned(), parameter["name"].clone());
    object.insert("in".to_owned(), json!(location));
    if !text.is_empty() {
        object.insert("description".to_owned(), json!(text));
    }
    if is_required || parameter["required"] == json!(true) {
        object.insert("required".to_owned(), json!(true));
    }
    object.insert("schema".to_owned(), schema);
    Value::Object(object)
}

fn content(representations: &Value, types: &Map<String, Value>) -> Map<String, Value> {
    let mut content = Map::new();
    for representation in representations.as_array().into_iter().flatten() {
        let mut media = Map::new();
        if let Some(schema) = representation["typeName"].as_str().and_then(|name| type_schema(types, name)) {
            media.insert("schema".to_owned(), schema);
        } else if let Some(fields) = representation["formParameters"].as_array() {
            media.insert("schema".to_owned(), form_schema(fields, types));
        }
        if let Some(example) = representation["examples"]["default"].get("value") {
            media.insert("example".to_owned(), example.clone());
        } else if representation["examples"].is_object() {
            media.insert("examples".to_owned(), representation["examples"].clone());
        }
        let content_type = representation["contentType"].as_str().unwrap_or("application/json");
        content.insert(content_type.to_owned(), Value::Object(media));
    }
    content
}

/// The schema of a form with these fields.
fn form_schema(fields: &[Value], types: &Map<String, Value>) -> Value {
    let mut members = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let Some(name) = field["name"].as_str() else { continue };
        let (mut schema, text) = schema_and_description(field, types);
        if !text.is_empty() {
            schema["description"] = json!(text);
        }
        if field["required"] == json!(true) {
            required.push(name);
        }
        members.insert(name.to_owned(), schema);
    }
    let mut schema = json!({"type": "object", "properties": members});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

fn responses(properties: &Value, types: &Map<String, Value>) -> Map<String, Value> {
    let mut responses = Map::new();
    for response in properties["responses"].as_array().into_iter().flatten() {
        let status = response["statusCode"].as_u64().unwrap_or(200).to_string();
        let mut object = Map::new();
        object.insert("description".to_owned(), json!(response["description"].as_str().unwrap_or_default()));
        let content = content(&response["representations"], types);
        if !content.is_empty() {
            object.insert("content".to_owned(), Value::Object(content));
        }
        let headers: Map<String, Value> = response["headers"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|header| {
                let (schema, text) = schema_and_description(header, types);
                let mut object = json!({"schema": schema});
                if !text.is_empty() {
                    object["description"] = json!(text);
                }
                Some((header["name"].as_str()?.to_owned(), object))
            })
            .collect();
        if !headers.is_empty() {
            object.insert("headers".to_owned(), Value::Object(headers));
        }
        responses.insert(status, Value::Object(object));
    }
    if responses.is_empty() {
        responses.insert("200".to_owned(), json!({"description": ""}));
    }
    responses
}
