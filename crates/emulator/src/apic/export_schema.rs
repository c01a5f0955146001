//! `exportMetadataSchema`: the JSON schema of an entity, its custom properties included.
//!
//! Recorded: format `json-schema`, the built-in members first, then `customProperties` with the assigned schemas,
//! `unevaluatedProperties: false` and the required names. The members that only mirror the service's database are
//! left out.

use serde_json::{Map, Value, json};

use super::kinds::STAGES;
use super::{custom_properties, errors};
use crate::context::Context;
use crate::response::{self, HandlerResult};

/// Returns the schema of the entity type that the body names, or of all custom properties.
pub(super) fn export_metadata_schema(context: &mut Context<'_>, center: &str) -> HandlerResult {
    let body = if context.request.body.is_empty() { Value::Null } else { context.request.json()? };
    let entity = body["assignedTo"].as_str().map(str::to_ascii_lowercase);
    let (mut members, required): (Map<String, Value>, &[&str]) = match entity.as_deref() {
        Some("api") => (api(), &[]),
        Some("environment") => (environment(), &["title", "kind"]),
        Some("deployment") => (deployment(), &["title"]),
        None => (Map::new(), &[]),
        Some(other) => {
            let text =
                format!("The value '{other}' is not valid. Allowed values: api, environment, deployment.");
            return Err(errors::invalid("assignedTo", text));
        }
    };
    let schemas = custom_properties::assigned_schemas(context.state, center, entity.as_deref());
    let names: Vec<&str> = schemas.iter().filter(|s| s.is_required).map(|s| s.name.as_str()).collect();
    let names = json!(names);
    let defined: Map<String, Value> = schemas.into_iter().map(|s| (s.name, s.schema)).collect();
    members.insert(
        "customProperties".to_owned(),
        json!({"type": "object", "properties": defined, "unevaluatedProperties": false, "required": names}),
    );
    let mut schema = json!({"type": "object", "properties": members});
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    Ok(response::json(200, &json!({"format": "json-schema", "value": schema.to_string()})))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn api() -> Map<String, Value> {
    let url = json!({"type": "string", "maxLength": 200, "format": "uri"});
    object(json!({
        "Name": {"type": "string"},
        "WorkspaceName": {"type": "string"},
        "Title": {"type": "string"},
        "Summary": {"type": "string"},
        "Description": {"type": "string"},
        "Kind": {"type": "string"},
        "LifecycleStage": {"type": "string", "enum": STAGES},
        "TermsOfService": {"type": "object", "properties": {"url": url}},
        "License": {"type": "object", "properties": {
            "name": {"type": "string", "maxLength": 50}, "url": url, "identifier": {"type": "string"}}},
        "ExternalDocumentation": {"type": "array", "items": {"type": "object", "properties": {
            "title": {"type": "string", "maxLength": 50},
            "description": {"type": "string", "maxLength": 1000},
            "url": url}}},
        "Contacts": {"type": "array", "items": {"type": "object", "properties": {
            "name": {"type": "string", "maxLength": 100},
            "url": url,
            "email": {"type": "string", "maxLength": 100, "format": "email"}}}},
    }))
}

fn environment() -> Map<String, Value> {
    let uris = json!({"type": "array", "items": {"type": "string"}, "maxItems": 200});
    object(json!({
        "WorkspaceName": {"type": "string"},
        "Name": {"type": "string"},
        "title": {"type": "string", "maxLength": 50},
        "kind": {"type": "string"},
        "description": {"type": "string", "maxLength": 1000},
        "server": {"type": "object", "properties": {"type": {"type": "string"}, "managementPortalUri": uris}},
        "onboarding": {"type": "object", "properties": {
            "instructions": {"type": "string", "maxLength": 1000}, "developerPortalUri": uris}},
    }))
}

fn deployment() -> Map<String, Value> {
    object(json!({
        "WorkspaceName": {"type": "string"},
        "Name": {"type": "string"},
        "title": {"type": "string", "maxLength": 50},
        "description": {"type": "string", "maxLength": 500},
        "environmentId": {"type": "string"},
        "definitionId": {"type": "string"},
        "server": {"type": "object", "properties": {"runtimeUri": {"type": "array", "items": {"type": "string"}}}},
    }))
}
