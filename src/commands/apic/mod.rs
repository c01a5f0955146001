//! `azr apic`: API Center.

mod api;
mod definition;
mod deployment;
mod environment;
mod import_from_apim;
mod register;
mod register_plan;
mod service;
mod shapes;
mod specification;
mod version;

use super::tree::{Node, group, hidden_group};

/// `azr apic …`.
#[must_use]
pub fn children() -> Vec<Node> {
    let mut all = service::commands();
    all.extend([
        import_from_apim::command().into(),
        group("api", "APIs in a center", api::children),
        group("environment", "Environments of a center", environment::children),
        group("import", "Import APIs from another service", import_from_apim::children),
        hidden_group("service", "API centers (older spelling of azr apic)", service_children),
    ]);
    all
}

/// `azr apic service …`, as the commands were called before az 2.57.
fn service_children() -> Vec<Node> {
    let mut all = service::commands();
    all.push(import_from_apim::command().into());
    all
}
