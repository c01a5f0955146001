//! GraphQL schemas.

use serde_json::json;

use super::{Definition, Family};

/// The content type under which API Management keeps a GraphQL schema.
pub const CONTENT_TYPE: &str = "application/vnd.ms-azure-apim.graphql.schema";

/// Takes a schema in the schema definition language.
///
/// The language is not parsed: what matters is that it defines something and comes back as it was.
pub fn read(text: &str) -> Result<Definition, String> {
    let defines = ["type ", "schema ", "interface ", "extend "];
    if !text.lines().any(|line| defines.iter().any(|d| line.trim_start().starts_with(d))) {
        return Err("The document defines no GraphQL type.".to_owned());
    }
    let mut definition = Definition::new(Family::GraphQl, "graphql", text);
    definition.properties.insert("type".to_owned(), json!("graphql"));
    definition
        .schemas
        .push(("graphql".to_owned(), json!({"contentType": CONTENT_TYPE, "document": {"value": text}})));
    Ok(definition)
}
