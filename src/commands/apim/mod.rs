//! `azr apim`: API Management.

mod api;
mod api_shape;
mod api_wide;
mod backend;
mod deletedservice;
mod export;
mod graphql;
mod import;
mod named_value;
mod operation;
mod product;
mod product_api;
mod release;
mod revision;
mod schema;
mod service;
mod service_shape;
mod versionset;

use super::tree::{Node, group};
use azr_arm::schema::{Absent, Field, Schema, text};

/// `azr apim …`.
#[must_use]
pub fn children() -> Vec<Node> {
    let mut all = service::commands();
    all.extend([
        group("api", "APIs", api::children),
        group("backend", "Backends", backend::children),
        group("deletedservice", "Soft-deleted services", deletedservice::children),
        group("graphql", "GraphQL APIs", graphql::children),
        group("nv", "Named values", named_value::children),
        group("product", "Products", product::children),
    ]);
    all
}

// The members that every resource has besides its properties.
const ID: Field = text("id").read_only();
const NAME: Field = text("name").read_only();
const TYPE: Field = text("type").read_only();

/// A shape that prints absent members as null, like the models of the Python SDK.
const fn shape(fields: &'static [Field]) -> Schema {
    Schema { fields, absent: Absent::Null }
}
