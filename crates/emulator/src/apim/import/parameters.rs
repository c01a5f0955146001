//! The parameters of an operation, by location.

use serde_json::{Map, Value, json};

use super::names;
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
pub(super) fn read(
    mut reader: ParameterReader<'_>,
    path: &str,
    item: &Value,
    operation: &Value,
) -> Parameters {
    let mut parameters = Parameters::default();
    let mut seen: Vec<(String, String)> = Vec::new();
    for list in [&operation["parameters"], &item["parameters"]] {
        for parameter in list.as_array().into_iter().flatten() {
            let parameter = resolve_ref(reader.document, parameter);
            let text = |member: &str| parameter[member].as_str().unwrap_or_default().to_owned();
            let key = (text("in"), text("name"));
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            match parameter["in"].as_str().unwrap_or_default() {
                "path" => parameters.template.push(reader.read(&parameter, true)),
                "query" => parameters.query.push(reader.read(&parameter, false)),
                "header" => parameters.header.push(reader.read(&parameter, false)),
                "formData" => parameters.form.push(read_form_field(reader.document, &parameter)),
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

/// Reads a parameter or header, whose schema becomes a type.
pub(super) struct ParameterReader<'a> {
    pub document: &'a Value,
    pub schemas: &'a mut Schemas,
    /// The proposed name of the type of an inline schema.
    pub type_name: &'a str,
}

impl ParameterReader<'_> {
    /// Reads one.
    ///
    /// Recorded: in `OpenAPI`, every parameter has a type. In Swagger, those with a format have one, with the name of the
    /// parameter; that arrays have one as well is assumed.
    pub(super) fn read(&mut self, parameter: &Value, is_required: bool) -> Value {
        let mut object = read_without_type(self.document, parameter);
        if is_required {
            object.insert("required".to_owned(), json!(true));
        }
        let typed = match parameter.get("schema") {
            Some(schema) => Some((schema.clone(), self.type_name.to_owned())),
            None if self.schemas.is_swagger() => swagger_schema(parameter)
                .map(|schema| (schema, names::type_name(&[parameter["name"].as_str().unwrap_or_default()]))),
            None => None,
        };
        if let Some((schema, type_name)) = typed {
            object.insert("schemaId".to_owned(), json!(self.schemas.id()));
            object.insert("typeName".to_owned(), json!(self.schemas.type_name(&schema, &type_name)));
        }
        Value::Object(object)
    }
}

/// The schema of a Swagger parameter, whose members are those of the parameter itself; `None` for one without a type.
fn swagger_schema(parameter: &Value) -> Option<Value> {
    let has_type =
        !parameter["format"].is_null() || matches!(parameter["type"].as_str(), Some("array" | "object"));
    let is_of_schema = |name: &str| {
        !matches!(name, "name" | "in" | "description" | "required" | "allowEmptyValue")
            && !name.starts_with("x-")
    };
    let members = parameter.as_object().filter(|_| has_type)?.iter().filter(|(name, _)| is_of_schema(name));
    Some(Value::Object(members.map(|(name, value)| (name.clone(), value.clone())).collect()))
}

/// Reads a field of a form, which has no type.
pub(super) fn read_form_field(document: &Value, field: &Value) -> Value {
    Value::Object(read_without_type(document, field))
}

fn read_without_type(document: &Value, parameter: &Value) -> Map<String, Value> {
    let schema = parameter.get("schema").map(|s| resolve_ref(document, s));
    let schema = schema.as_ref().unwrap_or(parameter);
    let mut object = Map::new();
    object.insert("name".to_owned(), parameter["name"].clone());
    let text = parameter["description"].as_str().unwrap_or_default();
    let text = match schema["format"].as_str().map(describe_format) {
        Some(format) if text.is_empty() => format,
        Some(format) => format!("{format} {text}"),
        None => text.to_owned(),
    };
    if !text.is_empty() {
        object.insert("description".to_owned(), json!(text));
    }
    object.insert("type".to_owned(), json!(schema["type"].as_str().unwrap_or("string")));
    if parameter["required"] == json!(true) {
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
    object
}

/// What the service writes before the description of a parameter with a format, as recorded.
fn describe_format(format: &str) -> String {
    match format {
        "date" => "Format - date (as full-date in RFC3339).".to_owned(),
        "date-time" => "Format - date-time (as date-time in RFC3339).".to_owned(),
        other => format!("Format - {other}."),
    }
}
