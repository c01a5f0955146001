//! Imports APIs into Azure API Center: inventory, plan, writer, journal and reports.
//!
//! [`bulk_import::BulkImport`] imports the APIs of an API Management service. It reads the service and the center
//! ([`inventory`]), decides what the center should contain ([`plan`], without any request), and writes it with a
//! [`journal`] that lets an interrupted import resume. [`results`] and [`report`] describe the outcome. APIs are planned
//! and written one at a time, several concurrently, so that memory does not grow with the number of APIs.
//!
//! Reports of several runs can be merged:
//!
//! ```
//! use azr_catalog::report::{ApiResult, Status, merge};
//!
//! let result = |status| ApiResult { name: "orders".to_owned(), status, ..ApiResult::default() };
//! let merged = merge([vec![result(Status::Failed)], vec![result(Status::Created)]]);
//! assert_eq!(merged.len(), 1);
//! assert_eq!(merged[0].status, Status::Created);
//! ```

pub mod api_source;
pub mod api_type;
pub mod approved_steps;
pub mod backup;
pub mod bulk_import;
pub mod clients;
pub mod deleted_workspace;
pub mod deletion_guard;
pub mod desired;
pub mod digest;
pub mod document;
pub mod dry_run;
pub mod export;
pub mod export_check;
pub mod filter;
pub mod format;
pub mod found_apis;
pub mod import_source;
pub mod inventory;
pub mod journal;
pub mod link_status;
pub mod plan;
pub mod planned_center;
pub mod planned_step;
pub mod provenance;
pub mod registration;
pub mod report;
pub mod restore;
pub mod results;
pub mod ruleset;
pub mod saved_plan;
pub mod service;
pub mod shard;
pub mod snapshot;
pub mod source_details;
pub mod source_inventory;
pub mod source_selection;
pub mod sync_file;
pub mod writer;

mod agent_card;
mod api_version;
mod exported_terms;
mod import_run;
mod mcp_tools;
mod metadata_value;
mod over_quota;
mod response_check;
mod source_reader;
mod workspace_gateway;
