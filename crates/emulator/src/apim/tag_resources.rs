//! `tagResources`: every API, operation and product with each of its tags; `productsByTags` and `operationsByTags`: the
//! products of a service, and the operations of an API.
//!
//! The shape is that of the published examples: ids are relative to the service, and `name` is the display name.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{apis, revisions};
use crate::arm_errors;
use crate::context::Context;
use crate::resources::{Target, page};
use crate::response::HandlerResult;
use crate::state::State;
use crate::store::Entry;

const OPERATION_MEMBERS: &[&str] = &["method", "urlTemplate", "description"];
const PRODUCT_MEMBERS: &[&str] =
    &["description", "terms", "subscriptionRequired", "approvalRequired", "subscriptionsLimit", "state"];
const API_MEMBERS: &[&str] = &[
    "apiRevision",
    "serviceUrl",
    "path",
    "isCurrent",
    "description",
    "protocols",
    "apiVersion",
    "apiVersionSetId",
];

/// Handles a request for all tagged resources of a service.
pub(super) fn handle(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let state = &*context.state;
    let mut items = Vec::new();
    for api in state.store.list_in_version(&format!("{}/apis", target.parent), target.version) {
        add(state, api, &json!({"api": describe(target, api, API_MEMBERS)}), false, &mut items);
        add_operations(state, target, api, false, &mut items);
    }
    add_products(state, target, false, &mut items);
    respond(context, target, &items)
}

/// Handles a request for the tagged products of a service.
pub(super) fn handle_products(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let includes_untagged = apis::is_true(context.request.query("includeNotTaggedProducts"));
    let mut items = Vec::new();
    add_products(context.state, target, includes_untagged, &mut items);
    respond(context, target, &items)
}

/// Handles a request for the tagged operations of an API.
pub(super) fn handle_operations(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let includes_untagged = apis::is_true(context.request.query("includeNotTaggedOperations"));
    let mut items = Vec::new();
    if let Some(api) = context.state.store.get(&target.parent) {
        add_operations(context.state, target, api, includes_untagged, &mut items);
    }
    respond(context, target, &items)
}

fn respond(context: &Context<'_>, target: &Target<'_>, items: &[Value]) -> HandlerResult {
    if context.method() != "GET" || target.name.is_some() {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    page(context, target.provider, items.iter(), |item| Cow::Owned(filtered(item)), |item| (*item).clone())
}

/// What a filter compares: the members of the resource, also without a prefix.
fn filtered(item: &Value) -> Value {
    let resource = ["api", "operation", "product"].iter().map(|kind| &item[*kind]).find(|r| r.is_object());
    let mut properties = resource.and_then(Value::as_object).cloned().unwrap_or_default();
    properties.insert("displayName".to_owned(), properties.get("name").cloned().unwrap_or_default());
    let mut filtered = item.clone();
    filtered["properties"] = Value::Object(properties);
    if let Some(id) = item["tag"]["id"].as_str() {
        filtered["tag"]["id"] = json!(id.trim_start_matches("/tags/"));
    }
    filtered
}

fn add_operations(
    state: &State,
    target: &Target<'_>,
    api: &Entry,
    includes_untagged: bool,
    items: &mut Vec<Value>,
) {
    for operation in state.store.list(&format!("{}/operations", api.id)) {
        let mut described = describe(target, operation, OPERATION_MEMBERS);
        described["apiName"] = api.body["properties"]["displayName"].clone();
        described["apiRevision"] = json!(revisions::number(api));
        add(state, operation, &json!({"operation": described}), includes_untagged, items);
    }
}

fn add_products(state: &State, target: &Target<'_>, includes_untagged: bool, items: &mut Vec<Value>) {
    for product in state.store.list(&format!("{}/products", target.parent)) {
        let described = describe(target, product, PRODUCT_MEMBERS);
        add(state, product, &json!({"product": described}), includes_untagged, items);
    }
}

/// Adds the item once for each tag of the resource, or once if it has none and those are included.
fn add(state: &State, resource: &Entry, item: &Value, includes_untagged: bool, items: &mut Vec<Value>) {
    let before = items.len();
    add_tagged(state, resource, item, items);
    if includes_untagged && items.len() == before {
        items.push(item.clone());
    }
}

/// Adds the item once for each tag of the resource.
fn add_tagged(state: &State, resource: &Entry, item: &Value, items: &mut Vec<Value>) {
    let tags = state.store.list(&format!("{}/tags", resource.id));
    for tag in tags.filter_map(|link| state.store.get(link.body["to"].as_str()?)) {
        let id = format!("/tags/{}", tag.body["name"].as_str().unwrap_or_default());
        let tag = json!({"id": id, "name": tag.body["properties"]["displayName"]});
        let mut tagged = Map::from_iter([("tag".to_owned(), tag)]);
        tagged.extend(item.as_object().cloned().unwrap_or_default());
        items.push(Value::Object(tagged));
    }
}

fn describe(target: &Target<'_>, resource: &Entry, members: &[&str]) -> Value {
    let properties = &resource.body["properties"];
    let mut described = json!({"id": resource.id[target.root.len()..], "name": properties["displayName"]});
    for member in members {
        if !properties[*member].is_null() {
            described[*member] = properties[*member].clone();
        }
    }
    described
}
