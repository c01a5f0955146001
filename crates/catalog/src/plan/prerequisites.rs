//! Plans the resources that all imported APIs need.

use serde_json::json;

use super::limits::{TITLE, truncate};
use super::properties::set_custom_metadata;
use super::resource_step::ResourceStep;
use super::types::PlanOptions;
use crate::desired::{Change, DesiredResource};
use crate::provenance;
use crate::service::ServiceSnapshot;
use crate::snapshot::CenterSnapshot;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_ENVIRONMENT, CENTER_METADATA};
use azr_definitions::names;

/// The resources that all imported APIs need.
#[derive(Debug, Clone)]
pub struct Prerequisites {
    /// The metadata schema for provenance.
    pub metadata: ResourceStep,
    /// The environment that represents the API Management service.
    pub environment: ResourceStep,
}

/// Plans the prerequisites; fails if the center has no room for them, or requires metadata that is missing.
pub fn plan_prerequisites(
    service: &ServiceSnapshot,
    center: &CenterSnapshot,
    options: &PlanOptions,
) -> Result<Prerequisites> {
    let center_id = center.workspace.parent().unwrap_or_else(|| center.workspace.clone());
    if !center.has_provenance_schema() && center.metadata_schemas.len() >= center.limits.metadata_schemas {
        return Err(Error::limit_exceeded(format!(
            "{} has {} metadata schemas, the maximum of its plan, and azr needs one more, '{}', to recognise what it imported",
            center_id.name(),
            center.metadata_schemas.len(),
            provenance::METADATA_NAME
        ))
        .with_hint("Delete one with azr apic metadata delete; --mode service does not need any."));
    }
    if let Some(unknown) = options.custom_properties.keys().find(|name| !center.has_metadata(name)) {
        return Err(Error::no_match(format!(
            "--custom-properties: {} does not have a metadata schema '{unknown}'",
            center_id.name()
        ))
        .with_hint("azr apic metadata list lists the metadata schemas."));
    }
    let environment = plan_environment(service, center, options)?;
    let change = match (center.has_provenance_schema(), center.assigns_provenance()) {
        (false, _) => Change::Create,
        // Somebody removed an assignment.
        (true, false) => Change::Update,
        (true, true) => Change::Unchanged,
    };
    let id = center_id.child("metadataSchemas", provenance::METADATA_NAME);
    let mut desired =
        DesiredResource::new(format!("metadata {}", provenance::METADATA_NAME), id, &CENTER_METADATA);
    for (member, value) in provenance::metadata_schema_fields() {
        desired.set(member, value);
    }
    let metadata = ResourceStep { change, ..ResourceStep::new(desired, None) };
    Ok(Prerequisites { metadata, environment })
}

/// Plans the environment that represents the service; an existing one is left unchanged.
fn plan_environment(
    service: &ServiceSnapshot,
    center: &CenterSnapshot,
    options: &PlanOptions,
) -> Result<ResourceStep> {
    let service_name = service.source.service_id().name();
    let name = names::id_for_name(service_name, "apim-");
    let id = center.workspace.child("environments", &name);
    let existing = center.environments.get(&name.to_ascii_lowercase());
    let mut desired = DesiredResource::new(format!("environment {name}"), id, &CENTER_ENVIRONMENT);
    if existing.is_none() {
        let portal_url = format!("https://portal.azure.com/#resource{}", service.source.service_id());
        desired.set("title", json!(truncate(service_name, TITLE)));
        desired.set("kind", json!("production"));
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
    Ok(ResourceStep::new(desired, existing.map(|environment| environment["properties"].clone())))
}
