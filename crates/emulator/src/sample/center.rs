//! The sample's API center. Like a new one, it has a default workspace with a sample API.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::ids::{CENTER, center_id};
use crate::state::State;
use crate::timestamps;

const PETSTORE: &str = include_str!("petstore.json");

/// Adds the API center. It has no managed identity; giving it one is a step of the how-to.
pub(super) fn load_center(state: &mut State, now: OffsetDateTime) {
    let time = timestamps::utc(now);
    let system_data = json!({"createdAt": time, "lastModifiedAt": time});
    let center = center_id();
    let host = format!("{}.portal.eastus.azure-apicenter.ms", CENTER.to_ascii_lowercase());
    state.store.put(
        &center,
        json!({
            "type": "Microsoft.ApiCenter/services",
            "location": "eastus",
            "sku": {"name": "Free"},
            "properties": {"portalHostname": host, "provisioningState": "Succeeded"},
            "id": center,
            "name": CENTER,
            "tags": {},
            "systemData": system_data,
        }),
    );
    for (path, resource_type, properties) in resources() {
        let id = format!("{center}/{path}");
        let name = path.rsplit('/').next().unwrap_or_default();
        let resource_type = format!("Microsoft.ApiCenter/services/{resource_type}");
        state.store.put(
            &id,
            json!({"type": resource_type, "properties": properties, "id": id, "name": name, "systemData": system_data}),
        );
    }
    let definition =
        format!("{center}/workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi");
    if let Some(entry) = state.store.get_mut(&definition) {
        entry.hidden =
            json!({"specification": {"name": "openapi", "version": "3.0.1"}, "document": PETSTORE});
    }
}

/// The resources below the center: path, type and properties.
fn resources() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        (
            "workspaces/default",
            "workspaces",
            json!({"title": "Default workspace", "description": "The workspace that every API center has."}),
        ),
        (
            "workspaces/default/apis/swagger-petstore",
            "workspaces/apis",
            json!({
                "title": "Swagger Petstore",
                "summary": "A pet store to try the commands on.",
                "description": "An invented shop that keeps pets: list them, look at one. Nothing answers at its address.",
                "kind": "REST",
                "lifecycleStage": "testing",
                "termsOfService": {"url": "https://petstore.example.com/terms"},
                "license": {"name": "MIT", "url": "https://opensource.org/licenses/MIT"},
                "externalDocumentation": [
                    {"description": "How to use the pet store", "url": "https://petstore.example.com/docs"},
                ],
                "contacts": [{"name": "Pet store desk", "email": "desk@petstore.example.com"}],
                "customProperties": {},
            }),
        ),
        (
            "workspaces/default/apis/swagger-petstore/versions/1-0-0",
            "workspaces/apis/versions",
            json!({"title": "1.0.0", "lifecycleStage": "testing"}),
        ),
        (
            "workspaces/default/apis/swagger-petstore/versions/1-0-0/definitions/openapi",
            "workspaces/apis/versions/definitions",
            json!({"title": "OpenAPI", "specification": {"name": "openapi", "version": "3.0.1"}}),
        ),
    ]
}
