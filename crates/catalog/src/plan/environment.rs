//! The environment of the deployments of a service.

use serde_json::{Value, json};

use super::limits::{TITLE, truncate};
use super::properties::set_custom_metadata;
use super::resource_step::ResourceStep;
use super::types::PlanOptions;
use crate::desired::DesiredResource;
use crate::service::ServiceSnapshot;
use crate::snapshot::CenterSnapshot;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_ENVIRONMENT;
use azr_definitions::names;

/// The kinds of environment.
pub const ENVIRONMENT_KINDS: [&str; 4] = ["development", "production", "staging", "testing"];

/// The environment that the user chose for the deployments of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvironmentOptions {
    /// The name of the environment; without it, an environment named after the service.
    pub id: Option<String>,
    /// The title, which is set in every run; without it, a new environment is titled after the service.
    pub title: Option<String>,
    /// The kind, which is set in every run; without it, a new environment is one of production.
    pub kind: Option<String>,
}

impl EnvironmentOptions {
    /// Checks the length of the title; the error is the reason.
    pub fn check_title(&self) -> Result<(), String> {
        match self.title.as_deref().map(|title| title.trim().chars().count()) {
            Some(length) if !(1..=TITLE).contains(&length) => {
                Err(format!("must have 1 to {TITLE} characters, and has {length}"))
            }
            _ => Ok(()),
        }
    }
}

/// Plans the environment of a service; what the user did not choose of an existing one is left unchanged.
pub(super) fn plan_environment(
    service: &ServiceSnapshot,
    center: &CenterSnapshot,
    options: &PlanOptions,
) -> Result<ResourceStep> {
    let service_name = service.source.service_id().name();
    let chosen = &options.environment;
    let name = chosen.id.clone().unwrap_or_else(|| names::id_for_name(service_name, "apim-"));
    let id = center.workspace.child("environments", &name);
    let existing = center.environments.get(&name.to_ascii_lowercase());
    let mut desired = DesiredResource::new(format!("environment {name}"), id, &CENTER_ENVIRONMENT);
    let title = chosen.id.as_deref().unwrap_or(service_name);
    for (member, chosen, default) in
        [("title", &chosen.title, truncate(title, TITLE)), ("kind", &chosen.kind, "production")]
    {
        match chosen {
            Some(chosen) => desired.set(member, json!(chosen)),
            None if existing.is_none() => desired.set(member, json!(default)),
            None => {}
        }
    }
    if existing.is_none() {
        let portal_url = format!("https://portal.azure.com/#resource{}", service.source.service_id());
        desired.set("server", json!({"type": "Azure API Management", "managementPortalUri": [portal_url]}));
        let custom_properties = &options.custom_properties;
        if let Some(name) = set_custom_metadata(&mut desired, None, "environment", center, custom_properties)
        {
            let center = center.workspace.parent();
            return Err(Error::invalid(format!(
                "{} requires the metadata '{name}' of every environment, and the import creates one for {service_name}",
                center.as_ref().map_or("the center", ResourceId::name)
            ))
            .with_hint(format!("Set it with --custom-properties {name}=…")));
        }
    }
    Ok(ResourceStep::new(desired, existing.map(|environment: &Value| environment["properties"].clone())))
}
