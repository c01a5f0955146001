//! Plans the resources that all imported APIs need.

use super::environment::plan_environment;
use super::metadata::{ResolvedMapping, resolve_mappings};
use super::resource_step::ResourceStep;
use super::types::PlanOptions;
use crate::desired::{Change, DesiredResource};
use crate::metadata_value::check_custom_properties;
use crate::provenance;
use crate::service::ServiceSnapshot;
use crate::snapshot::CenterSnapshot;
use azr_core::error::{Error, Result};
use azr_core::resource::CENTER_METADATA;

/// The resources that all imported APIs need.
#[derive(Debug, Clone)]
pub struct Prerequisites {
    /// The metadata schema for provenance.
    pub metadata: ResourceStep,
    /// The metadata schemas to create for [`PlanOptions::metadata`].
    pub metadata_schemas: Vec<ResourceStep>,
    /// The environment of the deployments of the API Management service.
    pub environment: ResourceStep,
    /// How the metadata of [`PlanOptions::metadata`] is set.
    pub(super) mappings: Vec<ResolvedMapping>,
}

/// Plans the prerequisites; fails if the center has no room for them, or requires metadata that is missing.
pub fn plan_prerequisites(
    service: &ServiceSnapshot,
    center: &CenterSnapshot,
    options: &PlanOptions,
) -> Result<Prerequisites> {
    let center_id = center.workspace.parent().unwrap_or_else(|| center.workspace.clone());
    let (mappings, to_create) = resolve_mappings(center, options)?;
    let needed = to_create.len() + usize::from(!center.has_provenance_schema());
    let count = center.metadata_schemas.len();
    if needed > 0 && count + needed > center.limits.metadata_schemas {
        let mut names: Vec<String> = to_create.iter().map(|schema| schema.id.name().to_owned()).collect();
        if !center.has_provenance_schema() {
            names.push(provenance::METADATA_NAME.to_owned());
        }
        return Err(Error::limit_exceeded(format!(
            "{} has {count} metadata schemas, of at most {} in its plan, and azr needs {needed} more: {}",
            center_id.name(),
            center.limits.metadata_schemas,
            names.join(", ")
        ))
        .with_hint("Delete one with azr apic metadata delete; --mode service does not need any."));
    }
    check_custom_properties(&options.custom_properties, &center.metadata_schemas, center_id.name())?;
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
    let metadata_schemas = to_create.into_iter().map(|schema| ResourceStep::new(schema, None)).collect();
    Ok(Prerequisites { metadata, metadata_schemas, environment, mappings })
}
