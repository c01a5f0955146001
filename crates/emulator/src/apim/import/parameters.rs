//! The parameters of an operation, by location.

use serde_json::{Map, Value, json};

use super::openapi::resolve_ref;
use super::schemas::Schemas;

/// The parameters of one operation, as API Management represents them.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    /// In the URL template.
    pub template: Vec<Value>,
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
///
/// `type_name` is the name of the type of a parameter that is an array or object.
pub(super) fn read(
    document: &Value,
    path: &str,
    item: &Value,
    operation: &Value,
    schemas: &mut Schemas,
    type_name: &str,
) -> Parameters {
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
            let location = parameter["in"].as_str().unwrap_or_default().to_owned();
            let mut read =
                |is_required| read_parameter(document, &parameter, is_required, schemas, type_name);
            match location.as_str() {
                "path" => parameters.template.push(read(true)),
                "query" => parameters.query.push(read(false)),
                "header" => parameters.header.push(read(false)),
                "formData" => parameters.form.push(read(false)),
                "body" => parameters.body = Some(parameter),
                _ => {}
            }
        }
    }
    // A path may have parameters that the document does not declare.
    for name in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
        if !parameters.template.iter().any(|p| p["name"] == name) {
            parameters.template.push(json!({"name": name, "type": "string", "required": true, "values": []}));
        }
    }
    parameters
}

impl Parameters {
    /// Moves required query parameters to the URL template, as recorded; returns the template.
    pub(super) fn move_required_to_template(&mut self, path: &str) -> String {
        let mut template = path.to_owned();
        let (required, optional): (Vec<Value>, Vec<Value>) =
            std::mem::take(&mut self.query).into_iter().partition(|query| query["required"] == json!(true));
        self.query = optional;
        for parameter in required {
            let name = parameter["name"].as_str().unwrap_or_default();
            let separator = if template.contains('?') { '&' } else { '?' };
            template = format!("{template}{separator}{name}={{{name}}}");
            self.template.push(parameter);
        }
        template
    }
}

/// Reads a parameter or header; one that is an array or object has a type with its schema.
pub(super) fn read_parameter(
    document: &Value,
    parameter: &Value,
    is_required: bool,
    schemas: &mut Schemas,
    type_name: &str,
) -> Value {
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
    let kind = schema["type"].as_str().unwrap_or("string");
    object.insert("type".to_owned(), json!(kind));
    if matches!(kind, "array" | "object") {
        // In Swagger, the members of the schema are members of the parameter itself.
        let inline = ["type", "items", "collectionFormat", "properties", "additionalProperties"]
            .iter()
            .filter_map(|member| Some(((*member).to_owned(), schema.get(*member)?.clone())));
        let own_schema = parameter.get("schema").cloned().unwrap_or_else(|| Value::Object(inline.collect()));
        object.insert("schemaId".to_owned(), json!(schemas.id()));
        object.insert("typeName".to_owned(), json!(schemas.type_name(&own_schema, type_name)));
    }
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
