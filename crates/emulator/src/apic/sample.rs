//! What a new API center has: the workspace `default` and a sample API.
//!
//! Name, title, kind, stage and links are as recorded. The texts, the document, and the names of the version and the
//! definition are not.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::kinds::PROVIDER;
use super::specification;
use crate::resources::store;
use crate::state::State;
use crate::timestamps;

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Adds the sample to a new center.
pub(super) fn fill(state: &mut State, center: &str, now: OffsetDateTime) {
    let workspace = format!("{center}/workspaces/default");
    let properties =
        json!({"title": "Default workspace", "description": "The workspace of this API center."});
    store(state, &PROVIDER, &workspace, object(properties), now);

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
    store(state, &PROVIDER, &api, object(properties), now);

    let version = format!("{api}/versions/1-0-0");
    let properties =
        json!({"title": "1.0.0", "lifecycleStage": "testing", "isDefault": true, "isRecommended": false});
    store(state, &PROVIDER, &version, object(properties), now);

    let definition = format!("{version}/definitions/openapi");
    store(state, &PROVIDER, &definition, object(json!({"title": "OpenAPI"})), now);
    let document = json!({
        "openapi": "3.0.1",
        "info": {"title": "Swagger Petstore", "version": "1.0.0"},
        "paths": {"/pets": {"get": {
            "operationId": "listPets",
            "responses": {"200": {"description": "The pets of the store."}},
        }}},
    });
    let specification = json!({"name": "openapi", "version": "3.0.1"});
    specification::store(state, &definition, document.to_string(), specification, &timestamps::utc(now));
}
