//! MCP servers and A2A agents: APIs of the types `mcp` and `a2a`, and the tools of MCP servers.
//!
//! API versions before 2025-09-01-preview neither show nor accept them, as the documentation says; users report that
//! earlier previews of the service show them as well. The members of MCP servers and tools are those of the published
//! types and examples (`mcpProperties`, `mcpTools`, `serviceUrl`, `apis/{id}/tools`) and of templates (`backendId`). The
//! members of A2A agents (`isAgent`, `agent`, `a2aProperties`, `jsonRpcProperties`) are not published; they are those of
//! templates that people deploy. `mcpProperties` and the members of agents are stored as they are sent.
//!
//! Assumed, because no public source says so: `mcpTools` of a request replaces the tools of the server, and a GET of the
//! server shows its tools in `mcpTools`; lists do not. A PUT with an earlier API version to the name of a server or
//! agent is refused, and a DELETE does nothing.

use serde_json::{Map, Value, json};

use super::{errors, revisions};
use crate::api_version::is_at_least;
use crate::context::Context;
use crate::resources::{Draft, Problem, Target, store};
use crate::response::Response;
use crate::state::State;
use crate::store::Entry;

/// The first API version with MCP servers and A2A agents.
pub(super) const SINCE: &str = "2025-09-01-preview";

const TYPES: &[&str] = &["mcp", "a2a"];

/// A tool of an MCP server: an operation of an API of the same service.
pub(super) struct Tool {
    name: String,
    properties: Map<String, Value>,
}

/// The first API version that shows an API with these properties; `None` for all versions.
pub(super) fn first_version(properties: &Map<String, Value>) -> Option<&'static str> {
    let api_type = properties.get("type").and_then(Value::as_str)?;
    TYPES.contains(&api_type).then_some(SINCE)
}

/// Refuses a type that the API version of the request does not have, and in workspaces.
pub(super) fn check_type(target: &Target<'_>, properties: &Map<String, Value>) -> Result<(), Response> {
    if first_version(properties).is_none() {
        return Ok(());
    }
    let api_type = properties.get("type").and_then(Value::as_str).unwrap_or_default();
    if !is_at_least(target.version, SINCE) {
        let message = format!("'type' is '{api_type}'; it must be one of: http, soap, websocket, graphql.");
        return Err(errors::invalid("type", &message));
    }
    if target.scope() != target.root {
        let message = format!("APIs of the type '{api_type}' are not supported in workspaces.");
        return Err(errors::invalid("type", &message));
    }
    Ok(())
}

/// Refuses to replace an API that the API version of the request does not show.
pub(super) fn check_name(state: &State, target: &Target<'_>, name: &str) -> Result<(), Response> {
    let stored = revisions::resolve(state, &target.collection(), name);
    if stored.is_none_or(|entry| entry.is_visible_in(target.version)) {
        return Ok(());
    }
    let message = format!("The API '{name}' can be changed with API version {SINCE} and later only.");
    Err(errors::invalid("", &message))
}

/// The tools in the properties of a request.
pub(super) fn read_tools(
    state: &State,
    target: &Target<'_>,
    sent: &Map<String, Value>,
) -> Result<Option<Vec<Tool>>, Response> {
    let Some(tools) = sent.get("mcpTools").and_then(Value::as_array) else { return Ok(None) };
    let tools = tools.iter().map(|tool| {
        let name = tool["name"].as_str().unwrap_or_default();
        let operation = operation_id(state, target, &tool["operationId"]);
        let operation =
            operation.ok_or_else(|| errors::invalid("mcpTools", &unknown_operation(&tool["operationId"])))?;
        let mut properties = Map::from_iter([("displayName".to_owned(), json!(name))]);
        if !tool["description"].is_null() {
            properties.insert("description".to_owned(), tool["description"].clone());
        }
        properties.insert("operationId".to_owned(), json!(operation));
        Ok(Tool { name: name.to_owned(), properties })
    });
    tools.collect::<Result<_, _>>().map(Some)
}

/// Replaces the tools of the MCP server with this id.
pub(super) fn store_tools(context: &mut Context<'_>, target: &Target<'_>, id: &str, tools: &[Tool]) {
    let collection = format!("{id}/tools");
    let stored: Vec<String> = context.state.store.list(&collection).map(|tool| tool.id.clone()).collect();
    for id in stored {
        context.state.store.delete(&id);
    }
    for tool in tools {
        let id = format!("{collection}/{}", tool.name);
        store(context.state, target.provider, &id, tool.properties.clone(), context.request.now);
    }
}

/// Adds the tools of an MCP server to its body.
pub(super) fn add_tools(state: &State, api: &Entry, body: &mut Value) {
    if api.body["properties"]["type"] != "mcp" {
        return;
    }
    let tools = state.store.list(&format!("{}/tools", api.id)).map(|tool| {
        let properties = &tool.body["properties"];
        let mut shown = json!({"name": tool.body["name"]});
        for member in ["description", "operationId"] {
            if !properties[member].is_null() {
                shown[member] = properties[member].clone();
            }
        }
        shown
    });
    let tools: Vec<Value> = tools.collect();
    if !tools.is_empty() {
        body["properties"]["mcpTools"] = Value::Array(tools);
    }
}

/// Tools: their API is an MCP server, and their operation exists.
pub(super) fn validate_tool(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let api = context.state.store.get(&target.parent);
    if api.is_none_or(|api| api.body["properties"]["type"] != "mcp") {
        return vec![Problem::new("", "Only APIs of the type 'mcp' have tools.")];
    }
    let operation = properties.get("operationId").unwrap_or(&Value::Null);
    if operation_id(context.state, target, operation).is_none() {
        return vec![Problem::new("operationId", unknown_operation(operation))];
    }
    Vec::new()
}

/// Tools: the operation is shown with its full id.
pub(super) fn before_put_of_tool(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    let operation = draft.properties.get("operationId").unwrap_or(&Value::Null);
    if let Some(id) = operation_id(context.state, target, operation) {
        draft.properties.insert("operationId".to_owned(), json!(id));
    }
}

/// The id of an operation that a request names by its id, or by its id relative to the service.
fn operation_id(state: &State, target: &Target<'_>, sent: &Value) -> Option<String> {
    let sent = sent.as_str()?;
    let id = if sent.starts_with("/apis/") { format!("{}{sent}", target.root) } else { sent.to_owned() };
    let entry = state.store.get(&id)?;
    let rest = entry.id.strip_prefix(&target.root)?;
    matches!(rest.split('/').collect::<Vec<_>>()[..], ["", "apis", _, "operations", _])
        .then(|| entry.id.clone())
}

fn unknown_operation(sent: &Value) -> String {
    format!("The operation '{}' does not exist.", sent.as_str().unwrap_or_default())
}
