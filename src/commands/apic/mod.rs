//! `azr apic`: API Center.

mod analysis;
mod analysis_resource;
mod api;
mod api_rows;
mod api_wide;
pub(crate) mod apim_service;
mod apply;
mod backup;
mod center;
mod custom_properties;
mod definition;
mod definition_resource;
mod deployment;
mod diff;
mod environment;
mod exported_document;
mod import_aws;
mod import_from_apim;
mod integration;
mod inventory;
mod linked_service;
mod mcp_config;
mod metadata;
mod metadata_export;
mod metadata_resource;
mod portal;
mod register;
mod report;
mod report_option;
mod restore;
mod ruleset;
pub(crate) mod ruleset_zip;
mod service;
pub(crate) mod service_reader;
mod service_workspaces;
mod shapes;
mod specification;
mod summary;
mod sync;
mod version;

use super::tree::{Node, group, hidden_group};

/// `azr apic …`.
#[must_use]
pub(crate) fn children() -> Vec<Node> {
    let mut all = service::commands();
    all.extend([
        import_from_apim::command().into(),
        group("api", "APIs in a center", api::children),
        group("api-analysis", "Rule-based analysis of APIs", analysis::children),
        group("environment", "Environments of a center", environment::children),
        group("import", "Import APIs from another service", import_from_apim::children),
        group("integration", "Integrations that synchronize a center with a gateway", integration::children),
        backup::command().into(),
        restore::command().into(),
        diff::command().into(),
        inventory::command().into(),
        sync::command().into(),
        apply::command().into(),
        group("metadata", "Schemas of custom metadata", metadata::children),
        group("report", "Reports of bulk commands", report::children),
        hidden_group("service", "API centers (older spelling of azr apic)", service_children),
    ]);
    all
}

/// `azr apic service …`, the older names of the commands.
fn service_children() -> Vec<Node> {
    let mut all = service::commands();
    all.push(import_from_apim::command().into());
    all
}
