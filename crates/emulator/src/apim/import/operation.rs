//! The operations of an `OpenAPI` or Swagger document.

use azr_core::text::truncate_utf16;
use serde_json::{Map, Value, json};

use super::names;
use super::openapi::resolve_ref;
use super::parameters::{self, ParameterReader};
use super::representations::{self, Media};
use super::schemas::Schemas;

/// The content types of forms, whose fields become form parameters.
const FORM_TYPES: &[&str] = &["application/x-www-form-urlencoded", "multipart/form-data"];

/// Reads one operation of a document.
pub(super) struct OperationReader<'a> {
    pub document: &'a Value,
    pub path: &'a str,
    pub method: &'a str,
    pub operation: &'a Value,
    pub schemas: &'a mut Schemas,
}

impl OperationReader<'_> {
    /// The properties of the operation; `item` is the path item that it is in.
    pub(super) fn read(&mut self, item: &Value) -> Value {
        let operation = self.operation;
        let method = self.method.to_uppercase();
        let title = ["summary", "operationId"]
            .iter()
            .find_map(|member| operation[*member].as_str().filter(|text| !text.is_empty()));
        let title = title.map_or_else(|| format!("{} - {method}", self.path), str::to_owned);
        // Recorded: a query in the path of a document is ignored, except for the required parameters of the operation.
        let path = self.path.split('?').next().unwrap_or_default();
        let request_type = names::type_name(&[self.path, self.method, "Request"]);
        let reader =
            ParameterReader { document: self.document, schemas: self.schemas, type_name: &request_type };
        let mut parameters = parameters::read(reader, path, item, operation);
        let mut properties = Map::new();
        properties.insert("displayName".to_owned(), json!(truncate_utf16(&title, 300)));
        properties.insert("method".to_owned(), json!(method));
        let template = parameters.move_required_to_template(path);
        properties.insert("urlTemplate".to_owned(), json!(template));
        properties.insert("templateParameters".to_owned(), Value::Array(parameters.template));
        if let Some(text) = operation["description"].as_str() {
            properties.insert("description".to_owned(), json!(truncate_utf16(text, 1000)));
        }
        let mut request = Map::new();
        if let Some(body) = parameters.body.as_ref().or_else(|| operation.get("requestBody")) {
            self.read_body(body, &request_type, &mut request);
        } else if !parameters.form.is_empty() {
            let form = json!([{"contentType": self.form_type(), "formParameters": parameters.form}]);
            request.insert("representations".to_owned(), form);
        }
        for (member, values) in [("queryParameters", parameters.query), ("headers", parameters.header)] {
            if !values.is_empty() {
                request.insert(member.to_owned(), Value::Array(values));
            }
        }
        if !request.is_empty() {
            properties.insert("request".to_owned(), Value::Object(request));
        }
        properties.insert("responses".to_owned(), self.read_responses());
        Value::Object(properties)
    }

    fn read_body(&mut self, body: &Value, request_type: &str, request: &mut Map<String, Value>) {
        let component = body["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/requestBodies/"));
        let body = resolve_ref(self.document, body);
        if let Some(text) = body["description"].as_str() {
            request.insert("description".to_owned(), json!(text));
        }
        let media = representations::read_media(&body, self.operation, self.document, "consumes");
        let representations: Vec<Value> = media
            .iter()
            .map(|media| {
                // Recorded: the type of a component has the name of the component and of the subtype, that of a body
                // parameter the name of the parameter, and others that of the request.
                let type_name = match (component, body["name"].as_str()) {
                    (Some(component), _) => {
                        format!("{}-{}", names::type_name(&[component, "Request"]), subtype(media))
                    }
                    (None, Some(name)) if self.schemas.is_swagger() => names::type_name(&[name]),
                    _ => request_type.to_owned(),
                };
                self.read_form(media).unwrap_or_else(|| media.represent(self.schemas, &type_name))
            })
            .collect();
        request.insert("representations".to_owned(), Value::Array(representations));
    }

    /// The representation of a form whose fields are declared inline; `None` for other bodies.
    fn read_form(&mut self, media: &Media) -> Option<Value> {
        let is_form = FORM_TYPES.iter().any(|form| media.content_type.eq_ignore_ascii_case(form));
        let fields = media.schema.as_ref().filter(|_| is_form)?["properties"].as_object()?;
        let is_required = |name: &str| {
            let required = media.schema.as_ref().and_then(|schema| schema["required"].as_array());
            required.is_some_and(|required| required.iter().any(|other| other == name))
        };
        let form: Vec<Value> = fields
            .iter()
            .map(|(name, schema)| {
                let field = json!({
                    "name": name, "schema": schema, "description": schema["description"], "required": is_required(name),
                });
                parameters::read_form_field(self.document, &field)
            })
            .collect();
        Some(json!({"contentType": media.content_type, "formParameters": form}))
    }

    /// The content type of a form in Swagger.
    fn form_type(&self) -> &str {
        let types = [self.operation, self.document].map(|part| part["consumes"].as_array());
        let mut types = types.into_iter().flatten().flatten().filter_map(Value::as_str);
        types.find(|t| FORM_TYPES.contains(t)).unwrap_or("application/x-www-form-urlencoded")
    }

    fn read_responses(&mut self) -> Value {
        let (document, operation) = (self.document, self.operation);
        let mut responses = Vec::new();
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            // API Management has status codes only: the default is taken for errors, and ranges are dropped.
            let code = match status.as_str() {
                "default" => 500,
                number => match number.parse::<u16>() {
                    Ok(code) => code,
                    Err(_) => continue,
                },
            };
            let response = resolve_ref(document, response);
            let media = representations::read_media(&response, operation, document, "produces");
            let representations: Vec<Value> = media
                .iter()
                .map(|media| {
                    let words = [self.path, self.method, status, &media.content_type, "Response"];
                    media.represent(self.schemas, &names::type_name(&words))
                })
                .collect();
            responses.push(json!({
                "statusCode": code,
                "description": response["description"].as_str().unwrap_or_default(),
                "representations": representations,
                "headers": self.read_headers(&response, status),
            }));
        }
        Value::Array(responses)
    }

    fn read_headers(&mut self, response: &Value, status: &str) -> Vec<Value> {
        let headers = response["headers"].as_object().into_iter().flatten();
        headers
            .map(|(name, header)| {
                let mut header = resolve_ref(self.document, header);
                header["name"] = json!(name);
                let type_name = names::type_name(&[self.path, self.method, status, name, "ResponseHeader"]);
                let mut reader =
                    ParameterReader { document: self.document, schemas: self.schemas, type_name: &type_name };
                let mut read = reader.read(&header, false);
                // Recorded: the format is not in the description, as it is in that of a parameter.
                if let Some(members) = read.as_object_mut() {
                    members.shift_remove("description");
                }
                if let Some(text) = header["description"].as_str() {
                    read["description"] = json!(text);
                }
                read
            })
            .collect()
    }
}

/// `json` of `application/json`.
fn subtype(media: &Media) -> &str {
    media.content_type.rsplit('/').next().unwrap_or_default()
}
