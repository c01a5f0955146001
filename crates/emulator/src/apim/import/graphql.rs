//! GraphQL schemas.

use serde_json::json;

use super::{Definition, Family};

/// The content type of GraphQL schemas in API Management.
pub(in super::super) const CONTENT_TYPE: &str = "application/vnd.ms-azure-apim.graphql.schema";

/// Reads a document in the schema definition language.
///
/// It is not parsed, because it is stored as it is; it only has to define a type.
pub(super) fn read(text: &str) -> Result<Definition, String> {
    let defines = ["type ", "schema ", "interface ", "extend "];
    if !text.lines().any(|line| defines.iter().any(|d| line.trim_start().starts_with(d))) {
        return Err("The document does not define a GraphQL type.".to_owned());
    }
    let mut definition = Definition::new(Family::GraphQl, "graphql", text);
    definition.properties.insert("type".to_owned(), json!("graphql"));
    definition
        .schemas
        .push(("graphql".to_owned(), json!({"contentType": CONTENT_TYPE, "document": {"value": text}})));
    Ok(definition)
}
