//! The representations of a body: its content types with types and samples.

use serde_json::{Map, Value, json};

use super::samples;
use super::schemas::Schemas;

/// A content type of a body or response, the same for `OpenAPI` and Swagger.
#[derive(Debug)]
pub(super) struct Media {
    pub content_type: String,
    pub schema: Option<Value>,
    /// Named examples, each with a `value`.
    examples: Option<Value>,
}

/// The content types of a body or response; in Swagger, those of `list` in the operation or document.
pub(super) fn read_media(part: &Value, operation: &Value, document: &Value, list: &str) -> Vec<Media> {
    if let Some(content) = part["content"].as_object() {
        return content.iter().map(|(name, media)| read_openapi_media(name, media)).collect();
    }
    let schema = part.get("schema").filter(|schema| schema.is_object());
    let declared = operation[list].as_array().or_else(|| document[list].as_array());
    let declared = declared.map(|types| types.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    let declared = declared.unwrap_or_else(|| schema.map(|_| "application/json").into_iter().collect());
    // Recorded: the types with examples come first, also if the operation does not produce them.
    let examples = part["examples"].as_object();
    let mut types: Vec<&str> = examples.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    types.extend(declared.into_iter().filter(|name| !examples.is_some_and(|e| e.contains_key(*name))));
    let common = schema.and_then(|schema| schema.get("example"));
    types
        .into_iter()
        .map(|name| {
            let example = examples.and_then(|examples| examples.get(name)).or(common);
            Media {
                content_type: name.to_owned(),
                schema: schema.cloned(),
                examples: example.map(|example| json!({"default": {"value": example}})),
            }
        })
        .collect()
}

fn read_openapi_media(content_type: &str, media: &Value) -> Media {
    let examples = match (media.get("example"), media.get("examples")) {
        (Some(example), _) => Some(json!({"default": {"value": example}})),
        (None, Some(examples)) if examples.is_object() => Some(examples.clone()),
        _ => None,
    };
    let schema = media.get("schema").filter(|schema| schema.is_object()).cloned();
    Media { content_type: content_type.to_owned(), schema, examples }
}

impl Media {
    /// The representation; `type_name` is proposed for the type of an inline schema.
    ///
    /// Recorded: without examples, one is generated from the schema; the first one is also the sample.
    pub(super) fn represent(&self, schemas: &mut Schemas, type_name: &str) -> Value {
        let mut representation = Map::new();
        representation.insert("contentType".to_owned(), json!(self.content_type));
        let Some(schema) = &self.schema else { return Value::Object(representation) };
        let type_name = schemas.type_name(schema, type_name);
        let examples = self.examples.clone().or_else(|| {
            let sample = samples::generate(schema, schemas.types());
            let sample = match self.syntax()? {
                Syntax::Json => sample,
                Syntax::Xml => json!(samples::to_xml(&type_name, &sample)),
            };
            Some(json!({"default": {"value": sample}}))
        });
        representation.insert("schemaId".to_owned(), json!(schemas.id()));
        representation.insert("typeName".to_owned(), json!(type_name));
        if let Some(examples) = examples {
            let first = examples.as_object().and_then(|examples| examples.values().next());
            if let Some(value) = first.and_then(|example| example.get("value")) {
                let text = samples::to_text(value);
                representation.insert("generatedSample".to_owned(), json!(text));
                representation.insert("sample".to_owned(), json!(text));
            }
            representation.insert("examples".to_owned(), examples);
        }
        Value::Object(representation)
    }

    /// How samples of the content type are written; `None` if none are generated.
    fn syntax(&self) -> Option<Syntax> {
        let content_type = self.content_type.to_ascii_lowercase();
        let subtype = content_type.split(';').next().unwrap_or_default();
        if subtype.ends_with("xml") {
            Some(Syntax::Xml)
        } else {
            subtype.ends_with("json").then_some(Syntax::Json)
        }
    }
}

/// How a sample is written.
enum Syntax {
    Json,
    Xml,
}
