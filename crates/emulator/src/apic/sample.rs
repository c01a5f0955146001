//! What a fresh API center holds: the workspace `default` and a sample API.
//!
//! Name, title, kind, stage and links are as recorded; the texts and the document are our own, and the names of
//! the version and definition are assumed.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::{entities, kinds, specification};
use crate::state::State;
use crate::timestamps;

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Fills a center that was just created.
pub fn fill(state: &mut State, center: &str, now: OffsetDateTime) {
    let workspace = format!("{center}/workspaces/default");
    let properties =
        json!({"title": "Default workspace", "description": "The workspace of this API center."});
    entities::write(state, &kinds::WORKSPACES, &workspace, members(properties), now);

    let api = format!("{workspace}/apis/swagger-petstore");
    let properties = json!({
        "title": "Swagger Petstore",
        "summary": "A pet store, to show what an API in the catalog looks like.",
        "description": "A sample API: it keeps the pets of a store, takes orders for them, and shows how an OpenAPI \
                        document describes that.",
        "kind": "REST",
        "lifecycleStage": "testing",
        "termsOfService": {"url": "https://aka.ms/apicenter-samples-api-termsofservice-link"},
        "license": {"name": "MIT", "url": "https://aka.ms/apicenter-samples-api-license-link"},
        "externalDocumentation": [{
            "description": "API Documentation",
            "url": "https://aka.ms/apicenter-samples-api-documentation-link",
        }],
        "contacts": [{"name": "John Doe", "email": "john.doe@example.com"}],
        "customProperties": {},
    });
    entities::write(state, &kinds::APIS, &api, members(properties), now);

    let version = format!("{api}/versions/1-0-0");
    let properties =
        json!({"title": "1.0.0", "lifecycleStage": "testing", "isDefault": true, "isRecommended": false});
    entities::write(state, &kinds::VERSIONS, &version, members(properties), now);

    let definition = format!("{version}/definitions/openapi");
    entities::write(state, &kinds::DEFINITIONS, &definition, members(json!({"title": "OpenAPI"})), now);
    let document = json!({
        "openapi": "3.0.1",
        "info": {"title": "Swagger Petstore", "version": "1.0.0"},
        "paths": {"/pets": {"get": {
            "operationId": "listPets",
            "responses": {"200": {"description": "The pets of the store."}},
        }}},
    });
    let of = json!({"name": "openapi", "version": "3.0.1"});
    specification::store(state, &definition, document.to_string(), of, &timestamps::utc(now));
}
