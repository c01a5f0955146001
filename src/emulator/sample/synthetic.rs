//! Any number of APIs, to see how a bulk command does.

use serde_json::json;
use time::OffsetDateTime;

use super::management_id;
use crate::emulator::stamp;
use crate::emulator::world::World;

/// Subjects that the APIs are about, in turn.
const SUBJECTS: &[&str] =
    &["accounts", "bookings", "customers", "deliveries", "invoices", "payments", "returns", "suppliers"];

/// Adds APIs `api-00001`, `api-00002`, … with a small document each to the sample's API Management service.
///
/// They are stored as an import would leave them, but not imported one by one, which takes far longer.
pub fn synthetic_apis(world: &mut World, count: usize, now: OffsetDateTime) {
    let time = stamp::utc(now);
    for number in 1..=count {
        add(world, number, &time);
    }
}

fn add(world: &mut World, number: usize, time: &str) {
    let subject = SUBJECTS[number % SUBJECTS.len()];
    let title = format!("Synthetic {subject} {number:05}");
    let server = format!("https://{subject}-{number:05}.example.com");
    let operation = format!("list-{subject}");
    let id = format!("{}/apis/api-{number:05}", management_id());
    let document = json!({
        "openapi": "3.0.1",
        "info": {"title": title, "description": format!("API number {number} of many."), "version": "1.0"},
        "servers": [{"url": server}],
        "paths": {
            format!("/{subject}"): {
                "get": {
                    "operationId": operation,
                    "summary": format!("List {subject}"),
                    "responses": {"200": {"description": format!("The {subject}.")}},
                },
            },
        },
    });
    let body = json!({
        "id": id,
        "type": "Microsoft.ApiManagement/service/apis",
        "name": format!("api-{number:05}"),
        "properties": {
            "displayName": title,
            "description": format!("API number {number} of many."),
            "serviceUrl": server,
            "path": format!("synthetic/{number:05}"),
            "protocols": ["https"],
            "type": "http",
            "apiRevision": "1",
            "isCurrent": true,
            "subscriptionRequired": true,
            "isOnline": true,
        },
    });
    world.store.put(&id, body);
    if let Some(entry) = world.store.get_mut(&id) {
        entry.hidden = json!({
            "created": time,
            "updated": time,
            "import": {"family": "openapi", "syntax": "json", "document": document.to_string()},
            "changed": false,
        });
    }
    let operation_id = format!("{id}/operations/{operation}");
    let body = json!({
        "id": operation_id,
        "type": "Microsoft.ApiManagement/service/apis/operations",
        "name": operation,
        "properties": {
            "displayName": format!("List {subject}"),
            "method": "GET",
            "urlTemplate": format!("/{subject}"),
            "templateParameters": [],
            "responses": [
                {"statusCode": 200, "description": format!("The {subject}."), "representations": [], "headers": []},
            ],
        },
    });
    world.store.put(&operation_id, body);
}
