//! `azr apim`: API Management.

mod api;
mod api_resource;
mod api_shape;
mod api_wide;
mod backend;
mod deletedservice;
mod export;
mod graphql;
mod import;
mod mcp;
mod named_value;
mod operation;
mod product;
mod product_api;
mod release;
mod revision;
mod schema;
mod service;
mod service_shape;
mod shapes;
mod subscription_key;
mod top_skip;
mod versionset;
mod workspace;

use super::tree::{Node, group};

/// `azr apim …`.
#[must_use]
pub(crate) fn children() -> Vec<Node> {
    let mut all = service::commands();
    all.extend([
        group("api", "APIs", api::children),
        group("backend", "Backends", backend::children),
        group("deletedservice", "Soft-deleted services", deletedservice::children),
        group("graphql", "GraphQL APIs", graphql::children),
        group("mcp", "MCP servers", mcp::children),
        group("nv", "Named values", named_value::children),
        group("product", "Products", product::children),
        group("workspace", "Workspaces", workspace::children),
    ]);
    all
}
