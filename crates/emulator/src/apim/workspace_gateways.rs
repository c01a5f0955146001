//! Workspace gateways: resources beside the services, with a connection for each workspace that they serve; and the links
//! of a service, which name the gateways of its workspaces.
//!
//! The members are those that are published. Creating a gateway takes no time, and how the service names its hosts is not
//! recorded.

use serde_json::{Map, Value, json};

use super::dialect::{ApiManagement, etag_value};
use super::{errors, fields, kinds};
use crate::arm_errors;
use crate::context::Context;
use crate::resources::{
    self, ApiVersions, Dialect as _, Draft, Hooks, NO_HOOKS, PageStyle, Problem, Provider, ResourceKind,
    Target, check_if_match, merge_patch,
};
use crate::response::{self, HandlerResult, Response, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;

/// The type of gateways.
const TYPE: &str = "Microsoft.ApiManagement/gateways";
/// The first API version with gateways of workspaces.
pub(super) const SINCE: ApiVersions = ApiVersions::Since("2023-09-01-preview");
const SKUS: &[&str] = &["WorkspaceGatewayStandard", "WorkspaceGatewayPremium"];

/// Gateways as the top-level resources of their connections.
static GATEWAYS: Provider = Provider {
    root_type: TYPE,
    deleted_since: ApiVersions::Since("9999"),
    root_actions: &[],
    kinds: &[ResourceKind {
        path: &["configConnections"],
        label: "GatewayConfigConnection",
        api_versions: SINCE,
        fields: fields::CONFIG_CONNECTION,
        hooks: Hooks { validate: validate_connection, before_put: before_put_of_connection, ..NO_HOOKS },
        ..kinds::REGULAR
    }],
    page_style: PageStyle { has_count: false, ..kinds::PAGE_STYLE },
    ..kinds::PROVIDER
};

/// Handles a request for the gateways of a subscription or resource group.
pub(super) fn list(context: &Context<'_>) -> HandlerResult {
    check_version(context)?;
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let scope = format!("{}/", context.route.scope.to_ascii_lowercase());
    let is_gateway = |key: &str| {
        let name = key.split_once("/providers/microsoft.apimanagement/gateways/").map(|(_, name)| name);
        key.starts_with(&scope) && name.is_some_and(|name| !name.contains('/'))
    };
    let gateways: Vec<&Value> = context.state.store.find(is_gateway).into_iter().map(|e| &e.body).collect();
    Ok(response::json(200, &json!({"value": gateways})))
}

/// Handles a request for a gateway, or for what is below it.
pub(super) fn handle(context: &mut Context<'_>, name: &str, below: &[&str]) -> HandlerResult {
    check_version(context)?;
    let id = format!("{}/providers/{TYPE}/{name}", context.group_id().unwrap_or_default());
    let existing = context.state.store.get(&id);
    let not_found = || arm_errors::resource_not_found(TYPE, name, context.route.group.unwrap_or_default());
    if !below.is_empty() {
        existing.ok_or_else(not_found)?;
        return resources::handle(context, &GATEWAYS, &id, below);
    }
    check_if_match(context.request, &ApiManagement, existing)?;
    match context.method() {
        "GET" | "HEAD" => existing.map(|entry| respond(200, entry)).ok_or_else(not_found),
        "PUT" => put(context, &id, name, Map::new()),
        "PATCH" => {
            let stored = existing.ok_or_else(not_found)?.body.as_object().cloned().unwrap_or_default();
            put(context, &id, name, stored)
        }
        "DELETE" => Ok(response::empty(if context.state.store.delete(&id) { 200 } else { 204 })),
        other => Err(arm_errors::method_not_allowed(other)),
    }
}

fn check_version(context: &Context<'_>) -> Result<(), Response> {
    let version = context.request.query("api-version").unwrap_or_default();
    if SINCE.contains(version) { Ok(()) } else { Err(errors::unknown_type(version)) }
}

/// Creates or replaces a gateway from the body of the request, merged into what is stored.
fn put(context: &mut Context<'_>, id: &str, name: &str, mut body: Map<String, Value>) -> HandlerResult {
    let Value::Object(sent) = context.request.json()? else {
        return Err(errors::invalid_service("the body must be an object."));
    };
    if !super::service::is_valid_name(name) {
        return Err(errors::invalid_service(&format!("'{name}' is not a valid name of a gateway.")));
    }
    merge_patch(&mut body, sent);
    let text = |pointer: &Value| pointer.as_str().map(str::to_owned);
    let Some(location) = body.get("location").and_then(text) else {
        let message = "The location property is required for this definition.";
        return Err(response::error(400, "LocationRequired", message));
    };
    let sku = body.get("sku").cloned().unwrap_or_default();
    let sku_name = sku["name"].as_str().unwrap_or_default();
    let Some(sku_name) = SKUS.iter().find(|known| known.eq_ignore_ascii_case(sku_name)) else {
        let message = format!("sku.name is '{sku_name}'; it must be one of: {}.", SKUS.join(", "));
        return Err(errors::invalid_service(&message));
    };
    let stored =
        context.state.store.get(id).map(|entry| entry.body["properties"].clone()).unwrap_or_default();
    let sent = body.get("properties").cloned().unwrap_or_default();
    let created =
        text(&stored["createdAtUtc"]).unwrap_or_else(|| crate::timestamps::utc(context.request.now));
    let lower = name.to_ascii_lowercase();
    let mut gateway = json!({
        "id": id, "name": name, "type": TYPE, "location": location,
        "tags": body.get("tags").filter(|tags| tags.is_object()).cloned().unwrap_or_else(|| json!({})),
        "sku": {"name": sku_name, "capacity": sku["capacity"].as_u64().unwrap_or(1)},
        "properties": {
            "provisioningState": "Succeeded",
            "targetProvisioningState": "",
            "createdAtUtc": created,
            "frontend": {"defaultHostname": format!("{lower}.gateway.{location}-01.azure-api.net").replace(' ', "").to_lowercase()},
            "configurationApi": {"hostname": format!("{lower}.configuration.azure-api.net")},
            "virtualNetworkType": text(&sent["virtualNetworkType"]).unwrap_or_else(|| "None".to_owned()),
        },
    });
    if sent["backend"].is_object() {
        gateway["properties"]["backend"] = sent["backend"].clone();
    }
    let is_new = context.state.store.put(id, gateway);
    let entry = context.state.store.get_mut(id);
    if let Some(entry) = entry {
        entry.body["etag"] = json!(etag_value(entry));
    }
    let entry = context.state.store.get(id).ok_or_else(|| errors::not_found("Gateway"))?;
    Ok(respond(if is_new { 201 } else { 200 }, entry))
}

fn respond(status: u16, entry: &Entry) -> Response {
    response::json(status, &entry.body).with_header("etag", ApiManagement.etag(entry))
}

/// Connections: the workspace must exist.
fn validate_connection(
    context: &Context<'_>,
    _: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let source = properties.get("sourceId").and_then(Value::as_str).unwrap_or_default();
    let is_workspace = source.to_ascii_lowercase().contains("/workspaces/");
    if source.is_empty() || is_workspace && context.state.store.get(source).is_some() {
        return Vec::new();
    }
    vec![Problem::new("sourceId", format!("The workspace '{source}' does not exist."))]
}

/// Connections: the host name that the gateway gives to the workspace.
fn before_put_of_connection(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    let gateway = context.state.store.get(&target.root);
    let host = gateway.and_then(|e| e.body["properties"]["frontend"]["defaultHostname"].as_str());
    let name = target.name.unwrap_or_default().to_ascii_lowercase();
    let default = format!("{name}-{}", host.unwrap_or_default());
    draft.properties.insert("provisioningState".to_owned(), json!("Succeeded"));
    draft.properties.insert("defaultHostname".to_owned(), json!(default));
}

/// Handles a request for the links of a service's workspaces to their gateways.
pub(super) fn handle_links(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let state = &*context.state;
    let workspaces = state.store.list(&format!("{}/workspaces", target.parent));
    match (context.method(), target.name) {
        ("GET", None) => {
            let links: Vec<Value> = workspaces.map(|workspace| workspace_link(state, workspace)).collect();
            Ok(response::json(200, &json!({"value": links})))
        }
        ("GET" | "HEAD", Some(name)) => {
            let workspace = state.store.get(&format!("{}/workspaces/{name}", target.parent));
            let workspace = workspace.ok_or_else(|| target.not_found())?;
            Ok(response::json(200, &workspace_link(state, workspace)))
        }
        (other, _) => Err(arm_errors::method_not_allowed(other)),
    }
}

fn workspace_link(state: &State, workspace: &Entry) -> Value {
    let is_of_workspace = |connection: &&Entry| {
        let source = connection.body["properties"]["sourceId"].as_str().unwrap_or_default();
        source.eq_ignore_ascii_case(&workspace.id)
    };
    let connections =
        state.store.find(|key| key.contains("/gateways/") && key.contains("/configconnections/"));
    let connections = connections.into_iter().filter(is_of_workspace);
    let gateways: Vec<Value> = connections
        .filter_map(|connection| connection.id.split_once("/configConnections/"))
        .map(|(gateway, _)| json!({"id": gateway}))
        .collect();
    let (service, name) = workspace.id.rsplit_once("/workspaces/").unwrap_or_default();
    json!({
        "id": format!("{service}/workspaceLinks/{name}"),
        "type": "Microsoft.ApiManagement/service/workspaceLinks",
        "name": name,
        "properties": {"workspaceId": workspace.id, "gateways": gateways},
    })
}
