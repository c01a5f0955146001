//! Synthetic APIs, for testing bulk commands.

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::ids::service_id;
use crate::state::State;
use crate::timestamps;

/// Subjects that the APIs are about, in turn.
const SUBJECTS: &[&str] =
    &["accounts", "bookings", "customers", "deliveries", "invoices", "payments", "returns", "suppliers"];

/// The tag of every second API, and the product of every fifth.
const BULK: &str = "bulk";

/// Every how many APIs a version set starts.
const SET_EVERY: usize = 10;

/// How many synthetic APIs to add, and whether they have version sets.
#[derive(Debug, Clone, Copy, Default)]
pub struct SyntheticApis {
    /// The number of APIs.
    pub count: usize,
    /// Whether there are version sets: `pair-00010` of `api-00010` (v1) and `api-00011` (v2), and so on in steps of ten.
    pub version_sets: bool,
}

/// Adds APIs `api-00001`, `api-00002`, … with a small document each to the sample's API Management service.
///
/// Every second has the tag `bulk`, every fifth is in the product `bulk`. They are stored as if they had been imported;
/// actually importing each takes much longer.
pub fn add_synthetic_apis(state: &mut State, synthetic: SyntheticApis, now: OffsetDateTime) {
    let time = timestamps::utc(now);
    if synthetic.count > 0 {
        add_resource(state, "tags", &json!({"displayName": BULK}));
        add_resource(
            state,
            "products",
            &json!({"displayName": "Bulk", "state": "published", "subscriptionRequired": true}),
        );
    }
    for number in 1..=synthetic.count {
        let set = synthetic.version_sets.then(|| VersionInSet::of_api(number)).flatten();
        let id = add_api(state, number, set.as_ref(), &time);
        if number % 2 == 0 {
            let tag = format!("{}/tags/{BULK}", service_id());
            state.store.put(&format!("{id}/tags/{BULK}"), json!({"to": tag}));
        }
        if number % 5 == 0 {
            let link = format!("{}/products/{BULK}/apis/{}", service_id(), api_name(number));
            state.store.put(&link, json!({"to": id}));
        }
    }
}

fn api_name(number: usize) -> String {
    format!("api-{number:05}")
}

/// Adds the tag or the product.
fn add_resource(state: &mut State, collection: &str, properties: &Value) {
    let id = format!("{}/{collection}/{BULK}", service_id());
    let kind = format!("Microsoft.ApiManagement/service/{collection}");
    state.store.put(&id, json!({"id": id, "type": kind, "name": BULK, "properties": properties}));
}

/// An API that is a version in a version set.
struct VersionInSet {
    /// The number of the set and of its first API.
    set: usize,
    name: &'static str,
}

impl VersionInSet {
    fn of_api(number: usize) -> Option<Self> {
        let set = number / SET_EVERY * SET_EVERY;
        let name = ["v1", "v2"].get(number - set)?;
        (set > 0).then_some(Self { set, name })
    }

    /// Adds the version set, if the API is its first; returns its id.
    fn add_set(&self, state: &mut State, number: usize) -> String {
        let name = format!("pair-{:05}", self.set);
        let id = format!("{}/apiVersionSets/{name}", service_id());
        if number == self.set {
            let kind = "Microsoft.ApiManagement/service/apiVersionSets";
            let properties = json!({"displayName": format!("Synthetic pair {:05}", self.set), "versioningScheme": "Segment"});
            state.store.put(&id, json!({"id": id, "type": kind, "name": name, "properties": properties}));
        }
        id
    }
}

/// Adds one API; returns its id.
fn add_api(state: &mut State, number: usize, version: Option<&VersionInSet>, time: &str) -> String {
    let subject = SUBJECTS[number % SUBJECTS.len()];
    let title = format!("Synthetic {subject} {number:05}");
    let server = format!("https://{subject}-{number:05}.example.com");
    let operation = format!("list-{subject}");
    let id = format!("{}/apis/{}", service_id(), api_name(number));
    // The document of a version has its name, so that those of one set differ.
    let document_version = version.map_or("1.0", |version| version.name);
    let document = json!({
        "openapi": "3.0.1",
        "info": {"title": title, "description": format!("API number {number} of many."), "version": document_version},
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
    let mut body = json!({
        "id": id,
        "type": "Microsoft.ApiManagement/service/apis",
        "name": api_name(number),
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
    if let Some(version) = version {
        body["properties"]["path"] = json!(format!("synthetic/{:05}", version.set));
        body["properties"]["apiVersion"] = json!(version.name);
        body["properties"]["apiVersionSetId"] = json!(version.add_set(state, number));
    }
    state.store.put(&id, body);
    if let Some(entry) = state.store.get_mut(&id) {
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
    state.store.put(&operation_id, body);
    id
}
