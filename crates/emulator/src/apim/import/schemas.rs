//! The types of an `OpenAPI` or Swagger document, as the one schema entity API Management makes of them.

use serde_json::{Map, Value, json};

use super::names;

/// The types of a document while it is read.
#[derive(Debug)]
pub struct Schemas {
    id: String,
    types: Map<String, Value>,
    swagger: bool,
}

impl Schemas {
    /// The named types of a document; its title seeds the entity's name.
    pub fn of(document: &Value, title: &str) -> Self {
        let swagger = document.get("swagger").is_some();
        let named = if swagger { &document["definitions"] } else { &document["components"]["schemas"] };
        Self {
            id: names::of_hex(&format!("schema of {title}")),
            types: named.as_object().cloned().unwrap_or_default(),
            swagger,
        }
    }

    /// The name of the entity.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the type a schema refers to; one that refers to none becomes a type named `wanted`.
    pub fn type_of(&mut self, schema: &Value, wanted: &str) -> String {
        let referred = schema["$ref"].as_str().and_then(|r| {
            r.strip_prefix("#/components/schemas/").or_else(|| r.strip_prefix("#/definitions/"))
        });
        if let Some(name) = referred {
            return name.to_owned();
        }
        let mut name = wanted.to_owned();
        let mut number = 1;
        while self.types.get(&name).is_some_and(|there| there != schema) {
            number += 1;
            name = format!("{wanted}-{number}");
        }
        self.types.insert(name.clone(), schema.clone());
        name
    }

    /// The entity, if there are any types: its name and properties.
    pub fn parts(self) -> Vec<(String, Value)> {
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
