//! Restores a backup into a center: the third source of the catalog writer.
//!
//! What the backup says is the desired state of all fields, whoever has entered them since: that is what a restore
//! means, and the plan shows it. Resources that the backup does not have stay, unless the restore prunes.
//!
//! The order is: metadata schemas and environments; the APIs, each with its versions, definitions, documents and
//! deployments; analyzers and API sources; and last what is pruned besides APIs.

mod api_files;
mod api_plan;
mod context;
mod mapped_provenance;
mod mapping;
mod plan;
mod preview;
mod prune;
mod shared;
mod task;

pub use context::{Restore, RestoreOptions};
pub use mapping::IdMappings;
pub use plan::{INTERRUPTED_REASON, RestorePlan};
pub use preview::RestorePreview;
pub use shared::{SharedResult, SharedStatus};
