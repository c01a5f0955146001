//! `importFromApim`: the center copies APIs of API Management with its own managed identity.
//!
//! Recorded: 202 and polls; APIs with decimal names, the kind in upper case and the stage `design`; no result per API.
//! The order of the checks and the wording of failures are assumed.

mod access;
mod copy;

use std::collections::HashSet;

use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{errors, operations};
use crate::context::Context;
use crate::response::{HandlerResult, Response};
use crate::state::State;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_API;
pub(super) use copy::environment_name;

/// The API version that an import reads API Management with.
const IMPORT_VERSION: &str = "2022-08-01";
/// The API version that an API source reads API Management with.
const LINK_VERSION: &str = "2025-09-01-preview";

/// What to import, and how.
#[derive(Debug)]
pub(super) struct Import<'a> {
    /// The id of the center.
    pub center: &'a str,
    /// Ids of APIs; the name `*` stands for all APIs of a service.
    pub sources: Vec<String>,
    /// The user-assigned identity to read with; `None` for the center's default.
    pub identity: Option<String>,
    /// The id of the deployments' environment, relative to the center; `None` for one made from the service.
    pub environment: Option<String>,
    /// The lifecycle stage of the copies; `None` for `design`.
    pub stage: Option<String>,
    /// Whether the documents of definitions are imported.
    pub with_documents: bool,
    /// The id of the API source that the copies belong to.
    pub link: Option<&'a str>,
    /// When the import is made.
    pub now: OffsetDateTime,
}

/// `importFromApim` of a center.
pub(super) fn import_from_apim(context: &mut Context<'_>, center: &str) -> HandlerResult {
    let body = context.request.json()?;
    let sources = read_sources(&body["sourceResourceIds"])?;
    let now = context.request.now;
    let import = Import {
        center,
        sources,
        identity: None,
        environment: None,
        stage: None,
        with_documents: true,
        link: None,
        now,
    };
    accept(context, &import)
}

/// `importApiSource` of a workspace (2024-06-01-preview).
///
/// The emulator has no Amazon API Gateway, so an import from one is accepted and fails.
pub(super) fn import_api_source(context: &mut Context<'_>, workspace: &str) -> HandlerResult {
    let center = workspace.rsplit_once("/workspaces/").map_or(workspace, |(center, _)| center);
    let body = context.request.json()?;
    let text = |member: &Value| member.as_str().map(str::to_owned);
    match body["apiSourceType"].as_str() {
        Some("AzureApiManagement") => {}
        Some("AmazonApiGateway") => {
            let reason = failure("ApiSourceUnreachable", "The Amazon API Gateway cannot be reached.");
            return Ok(operations::accept(context, center, Some(reason)));
        }
        _ => {
            let text = "The apiSourceType field is required: AzureApiManagement or AmazonApiGateway.";
            return Err(errors::invalid("apiSourceType", text));
        }
    }
    let source = &body["azureApiManagementSource"];
    let import = Import {
        center,
        sources: read_sources(&source["sourceResourceIds"])?,
        identity: text(&source["msiResourceId"]),
        environment: text(&body["targetEnvironmentId"]),
        stage: text(&body["targetLifecycleStage"]),
        with_documents: body["importSpecification"].as_str() != Some("never"),
        link: None,
        now: context.request.now,
    };
    accept(context, &import)
}

/// The ids in a request; ids of other resources than APIs are refused.
fn read_sources(ids: &Value) -> Result<Vec<String>, Response> {
    let sources: Option<Vec<String>> =
        ids.as_array().and_then(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    let Some(sources) = sources.filter(|ids| !ids.is_empty()) else {
        let text = "The sourceResourceIds field is required and must be a list of resource IDs.";
        return Err(errors::invalid("sourceResourceIds", text));
    };
    for source in &sources {
        if !source.parse::<ResourceId>().is_ok_and(|id| APIM_API.matches(&id)) {
            let text = format!("'{source}' is not the resource ID of an API Management API.");
            return Err(errors::invalid("sourceResourceIds", &text));
        }
    }
    Ok(sources)
}

/// Accepts an import, and carries it out.
fn accept(context: &mut Context<'_>, import: &Import<'_>) -> HandlerResult {
    if access::principal(context.state, import.center, import.identity.as_deref()).is_none() {
        let text =
            "The API center has no managed identity; assign one that may read the API Management service.";
        return Err(errors::invalid("identity", text));
    }
    let failure = run(context.state, import).err();
    Ok(operations::accept(context, import.center, failure))
}

/// Copies every source; the first failure ends the import with an error body. Returns the ids of the copies in lower case.
pub(super) fn run(state: &mut State, import: &Import<'_>) -> Result<HashSet<String>, Value> {
    // Synchronization brings MCP servers and agents, as its documentation says. That an import does not is assumed.
    let version = if import.link.is_some() { LINK_VERSION } else { IMPORT_VERSION };
    let mut apis = Vec::new();
    let mut readable_service: Option<String> = None;
    for source in &import.sources {
        let id: ResourceId = source
            .parse()
            .map_err(|e: azr_core::error::Error| failure("InvalidResourceId", &e.to_string()))?;
        let Some(service) = id.parent() else {
            return Err(failure("InvalidResourceId", &format!("'{source}' has no service.")));
        };
        let Some(service) = state.store.get(service.as_str()).map(|e| e.id.clone()) else {
            return Err(failure("ResourceNotFound", &format!("The resource '{service}' was not found.")));
        };
        if readable_service.as_ref() != Some(&service) {
            access::check_access(state, import, &service)?;
            readable_service = Some(service.clone());
        }
        if id.name() == "*" {
            let all = state.store.list_in_version(&format!("{service}/apis"), version);
            apis.extend(all.filter(|e| copy::is_current(&e.body)).map(|e| e.id.clone()));
        } else {
            let api = state.store.get(&format!("{service}/apis/{}", id.name()));
            let api = api.filter(|entry| entry.is_visible_in(version)).map(|e| e.id.clone());
            apis.push(
                api.ok_or_else(|| failure("ResourceNotFound", &format!("The API '{id}' was not found.")))?,
            );
        }
    }
    let mut copies = HashSet::new();
    apis.iter().try_for_each(|api| copy::copy_api(state, import, api, &mut copies))?;
    Ok(copies)
}

fn failure(code: &str, message: &str) -> Value {
    json!({"code": code, "message": message})
}

#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod tests;
