//! The types of an `OpenAPI` or Swagger document. API Management stores them as one schema resource.

use serde_json::{Map, Value, json};

use super::names;

/// The member that marks a type as an inline schema of the document.
pub(in super::super) const INLINE: &str = "x-apim-inline";

/// The types of a document that is being read.
#[derive(Debug)]
pub(super) struct Schemas {
    id: String,
    types: Map<String, Value>,
    swagger: bool,
}

impl Schemas {
    /// The named types of a document; the name of the schema resource is derived from the title.
    pub(super) fn new(document: &Value, title: &str) -> Self {
        let swagger = document.get("swagger").is_some();
        let named = if swagger { &document["definitions"] } else { &document["components"]["schemas"] };
        Self {
            id: names::hex_name(&format!("schema of {title}")),
            types: named.as_object().cloned().unwrap_or_default(),
            swagger,
        }
    }

    /// The name of the schema resource.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The name of the type that a schema refers to.
    ///
    /// An inline schema becomes a type with a name like `proposed`, marked with `x-apim-inline` as recorded.
    pub(super) fn type_name(&mut self, schema: &Value, proposed: &str) -> String {
        let reference = schema["$ref"].as_str().and_then(|r| {
            r.strip_prefix("#/components/schemas/").or_else(|| r.strip_prefix("#/definitions/"))
        });
        if let Some(name) = reference {
            return name.to_owned();
        }
        let mut inline = schema.clone();
        inline[INLINE] = json!(true);
        let mut name = proposed.to_owned();
        let mut number = 0;
        while self.types.get(&name).is_some_and(|other| *other != inline) {
            number += 1;
            name = format!("{proposed}-{number}");
        }
        self.types.insert(name.clone(), inline);
        name
    }

    /// The name and properties of the schema resource; empty if the document has no types.
    pub(super) fn into_resources(self) -> Vec<(String, Value)> {
        if self.types.is_empty() {
            return Vec::new();
        }
        let properties = if self.swagger {
            json!({
                "contentType": "application/vnd.ms-azure-apim.swagger.definitions+json",
                "document": {"definitions": self.types},
            })
        } else {
            json!({
                "contentType": "application/vnd.oai.openapi.components+json",
                "document": {"components": {"schemas": self.types}},
            })
        };
        vec![(self.id, properties)]
    }
}
