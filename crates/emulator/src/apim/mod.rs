//! `Microsoft.ApiManagement`: services, their APIs, and what belongs to them.

mod api_operations;
mod api_write;
mod apis;
mod apis_by_tag;
mod deleted_services;
mod dialect;
mod errors;
mod export;
mod fields;
mod hooks;
mod import;
mod kinds;
mod links;
mod mcp_and_a2a;
mod named_links;
mod operations;
mod policy_text;
mod revisions;
mod schema_documents;
mod service;
mod service_actions;
mod service_view;
mod signature;
mod tag_resources;
mod workspace_gateways;

pub(crate) use export::{export_document, export_family, is_wsdl_link_export};
pub(crate) use revisions::api_name;

use crate::context::Context;
use crate::resources;
use crate::response::HandlerResult;
pub(crate) use kinds::PROVIDER;

/// Handles a request to `Microsoft.ApiManagement`.
pub(crate) fn handle(context: &mut Context<'_>) -> HandlerResult {
    resources::check_api_version(context, &PROVIDER)?;
    if let Some(response) = operations::poll(context) {
        return response;
    }
    let route = context.route;
    let lower: Vec<String> = route.rest.iter().map(|segment| segment.to_ascii_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    // `subscriptions/S/providers/NAMESPACE`, with `resourceGroups/G` in between for what is in a resource group.
    match (route.all.len() - route.rest.len(), lower.as_slice()) {
        (4 | 6, ["service"]) => service::list(context),
        (4, ["checknameavailability"]) => service_actions::check_name_availability(context),
        (4, ["deletedservices"]) => deleted_services::list(context, None),
        (4, ["locations", _, "deletedservices"]) => deleted_services::list(context, Some(route.rest[1])),
        (4, ["locations", _, "deletedservices", _]) => {
            deleted_services::handle(context, route.rest[1], route.rest[3])
        }
        (4 | 6, ["gateways"]) => workspace_gateways::list(context),
        (6, ["gateways", _, ..]) => workspace_gateways::handle(context, route.rest[1], &route.rest[2..]),
        (6, ["service", _]) => service::handle(context, route.rest[1]),
        (6, ["service", _, "operationresults", _]) => {
            operations::poll_service(context, route.rest[1], route.rest[3])
        }
        (6, ["service", _, ..]) => {
            let id = service::id(context, route.rest[1]);
            resources::handle(context, &PROVIDER, &id, &route.rest[2..])
        }
        _ => Err(PROVIDER.dialect.unknown_type(context)),
    }
}

#[cfg(test)]
mod tests;
