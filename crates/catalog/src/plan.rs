//! Plans an import: what happens to each resource of the center, decided without any request.
//!
//! Planning has two stages, because the children of an API in the center are read only when the API is planned:
//! [`group_into_apis`] decides which APIs the center should have and how they are named; [`Planner::plan_api`] checks
//! one of them against the limits of the center and compares it with what is there.

mod definition;
mod grouping;
mod imported_sources;
mod limits;
mod planner;
mod prerequisites;
mod properties;
mod prune;
mod resource_step;
mod runtime_uri;
mod types;

pub use grouping::{ApiGroup, ApiGroupVersion, group_into_apis};
pub use imported_sources::{ImportedSources, find_apis_to_recognize};
pub use planner::Planner;
pub use prerequisites::{Prerequisites, plan_prerequisites};
pub use prune::{Pruner, StaleCandidate, StaleSources};
pub use resource_step::ResourceStep;
pub use types::{
    AfterImport, Deletion, DeploymentStep, DocumentSource, DocumentStep, ExistingDocument, ExportSource,
    OnCollision, OnInvalid, PlanOptions, PlannedApi, PlannedVersion,
};

#[cfg(test)]
mod tests;
