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

    /// The named types, and the inline schemas that have become types.
    pub(super) fn types(&self) -> &Map<String, Value> {
        &self.types
    }

    /// Whether the document is Swagger 2.0.
    pub(super) fn is_swagger(&self) -> bool {
        self.swagger
    }

    /// The name of the type that a schema refers to.
    ///
    /// An inline schema becomes a type with a name like `proposed`, marked with `x-apim-inline` as recorded. In Swagger, a
    /// list of a named type is called `petArray`, as recorded.
    pub(super) fn type_name(&mut self, schema: &Value, proposed: &str) -> String {
        if let Some(name) = referenced_type(schema) {
            return name.to_owned();
        }
        let of_items =
            referenced_type(&schema["items"]).filter(|_| self.swagger && schema["type"] == "array");
        let list = of_items.map(|name| format!("{name}Array"));
        let proposed = list.as_deref().unwrap_or(proposed);
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

/// The name of the type that a schema is a reference to.
fn referenced_type(schema: &Value) -> Option<&str> {
    let reference = schema["$ref"].as_str()?;
    reference.strip_prefix("#/components/schemas/").or_else(|| reference.strip_prefix("#/definitions/"))
}
