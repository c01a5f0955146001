//! Plans an import: what happens to each resource of the center, decided without any request.
//!
//! Planning has two stages, because the children of an API in the center are read only when the API is planned:
//! [`group_into_apis`] decides which APIs the center should have and how they are named; [`Planner::plan_api`] checks
//! one of them against the limits of the center and compares it with what is there.

mod definition;
mod deletion;
mod environment;
mod grouping;
mod imported_sources;
mod limits;
mod matching;
mod metadata;
mod moved;
mod planner;
mod portal_links;
mod prerequisites;
mod properties;
mod prune;
mod resource_step;
mod runtime_uri;
mod stale;
mod types;
mod unfinished;

pub use deletion::{DeletedResource, Deletion};
pub use environment::{ENVIRONMENT_KINDS, EnvironmentOptions};
pub(crate) use grouping::UNVERSIONED_TITLE;
pub use grouping::{ApiGroup, ApiGroupVersion, group_into_apis};
pub use imported_sources::{ImportedSources, find_apis_to_recognize};
pub(crate) use matching::find_apis_to_match;
pub use matching::{MatchKey, MatchRules};
pub(crate) use metadata::needed_labels;
pub use metadata::{MetadataMapping, MetadataTemplate};
pub use planner::Planner;
pub use prerequisites::{Prerequisites, plan_prerequisites};
pub use prune::Pruner;
pub use resource_step::ResourceStep;
pub use stale::{StaleCandidate, StaleSources};
pub use types::{
    AfterImport, DeploymentStep, DocumentSource, DocumentStep, ExistingDocument, ExportSource, OnCollision,
    OnInvalid, PlanOptions, PlannedApi, PlannedVersion,
};

#[cfg(test)]
mod tests;
