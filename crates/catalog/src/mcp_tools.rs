//! The document of an MCP server: what API Management says about its tools.
//!
//! API Management has no export for MCP servers. Microsoft's extension for Visual Studio Code registers a server with a
//! small `OpenAPI` document that names the endpoint; this document has the same shape, and lists the tools in the
//! extension member `x-mcp-tools`. They are not paths, because a client does not call them by URL.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::api_version::is_unsupported_type_or_version;
use crate::export::ExportedDocument;
use crate::export_check::CheckedDocument;
use crate::inventory;
use crate::plan::{ExportSource, UNVERSIONED_TITLE};
use crate::service::ApiTerms;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};

/// The version of `OpenAPI` that the document uses.
const OPENAPI_VERSION: &str = "3.0.3";

/// How many times the list of tools is read while it changes.
const LIST_ATTEMPTS: u32 = 3;

/// What the document copies of a tool besides its name, title and operation.
const COPIED_MEMBERS: [&str; 3] = ["description", "inputSchema", "outputSchema"];

/// Reads the tools of an MCP server and writes the document.
///
/// Tools come from the list of tools, and from the server itself if the service does not have that list.
pub(crate) async fn read_tools_document(client: &Client, source: &ExportSource) -> Result<ExportedDocument> {
    let target = Target::new(source.api.as_str(), source.api_version);
    let server = inventory::request_source_api(client, source.api.as_str(), source.api_version).await?;
    let mut tools = match read_tool_list(client, &target.clone().join("tools"), source.api.name()).await {
        Ok(tools) => tools,
        Err(error) if error.is_not_found() || is_unsupported_type_or_version(&error) => {
            tracing::info!("{}; using the tools in the API {} itself", error, source.api.name());
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    let inline_tools = server.pointer("/properties/mcpTools").and_then(Value::as_array);
    for tool in inline_tools.into_iter().flatten() {
        if let Some(tool) = describe_tool(&tool["name"], tool)
            && !tools.iter().any(|known| known["name"] == tool["name"])
        {
            tools.push(tool);
        }
    }
    tools.sort_by_cached_key(|tool| tool["name"].as_str().unwrap_or_default().to_owned());
    let note = tools.is_empty().then(|| {
        format!("API Management does not list any tools of {}, so its definition has none", source.api.name())
    });
    let document = write_document(source, &tools)?;
    let checked = CheckedDocument {
        format_version: Some(OPENAPI_VERSION.to_owned()),
        terms: ApiTerms::read(&server["properties"]),
    };
    Ok(ExportedDocument { bytes: document, link: None, checked, note })
}

fn write_document(source: &ExportSource, tools: &[Value]) -> Result<Bytes> {
    let servers: Vec<Value> = source.urls.iter().map(|url| json!({"url": url})).collect();
    let mut document = json!({
        "openapi": OPENAPI_VERSION,
        "info": {"title": source.title, "version": source.version.as_deref().unwrap_or(UNVERSIONED_TITLE)},
        "servers": servers,
        "paths": {},
    });
    if !tools.is_empty() {
        document["x-mcp-tools"] = json!(tools);
    }
    let text = serde_json::to_vec_pretty(&document)
        .map_err(|e| Error::unexpected(format!("the document of {}: {e}", source.api.name())))?;
    Ok(Bytes::from(text))
}

/// Reads the list of tools, again while it has fewer tools than it counts.
async fn read_tool_list(client: &Client, target: &Target, api: &str) -> Result<Vec<Value>> {
    for _ in 0..LIST_ATTEMPTS {
        let mut tools = Vec::new();
        let mut unnamed = 0;
        let mut expected = 0;
        let mut add = |item: Value, count: Option<usize>| {
            expected = count.unwrap_or(expected);
            match describe_tool(&item["name"], &item["properties"]) {
                Some(tool) if !tools.contains(&tool) => tools.push(tool),
                Some(_) => {}
                None => unnamed += 1,
            }
        };
        pager::for_each_item(client, target, 1, &mut add).await?;
        if unnamed > 0 {
            let text = format!("{unnamed} of the tools of {api} do not have a name");
            return Err(Error::invalid_response(text));
        }
        if tools.len() >= expected {
            return Ok(tools);
        }
        tracing::info!("the list of tools of {api} changed while it was read; reading it again");
    }
    Err(Error::invalid_response(format!("the list of tools of {api} is not complete"))
        .with_hint("Run the command again when nobody is changing the MCP server."))
}

/// A tool as the document lists it; None if it has no name.
fn describe_tool(name: &Value, properties: &Value) -> Option<Value> {
    let name = name.as_str().filter(|name| !name.is_empty())?;
    let mut tool = Map::from_iter([("name".to_owned(), json!(name))]);
    if let Some(title) = properties["displayName"].as_str().filter(|title| *title != name) {
        tool.insert("title".to_owned(), json!(title));
    }
    for member in COPIED_MEMBERS {
        if let Some(value) = properties.get(member).filter(|value| !value.is_null()) {
            tool.insert(member.to_owned(), value.clone());
        }
    }
    if let Some(operation) = properties["operationId"].as_str() {
        tool.insert("operation".to_owned(), json!(path_in_service(operation)));
    }
    Some(Value::Object(tool))
}

/// The part of an operation's id that follows the service: the catalog does not need to name the subscription.
fn path_in_service(operation: &str) -> &str {
    operation.find("/apis/").map_or(operation, |start| &operation[start + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_described_by_what_api_management_says() {
        let properties = json!({"displayName": "Search", "description": "Find \u{202e}books\n\u{1b}[31m.",
            "operationId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/m/apis/a/operations/o",
            "inputSchema": {"type": "object"}, "other": 1});
        assert_eq!(
            describe_tool(&json!("search"), &properties),
            Some(
                json!({"name": "search", "title": "Search", "description": "Find \u{202e}books\n\u{1b}[31m.",
                "inputSchema": {"type": "object"}, "operation": "apis/a/operations/o"})
            )
        );
        assert_eq!(
            describe_tool(&json!("x"), &json!({"displayName": "x", "description": null})),
            Some(json!({"name": "x"}))
        );
        assert_eq!(describe_tool(&Value::Null, &properties), None);
        assert_eq!(describe_tool(&json!(""), &properties), None);
    }
}
