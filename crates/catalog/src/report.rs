//! Reports: the results of an import as files for people and other programs.

mod exporter;
mod heading;
mod json;
mod junit;
mod markdown;
mod merge;
mod read;
mod types;
mod writer;

pub use heading::ReportHeading;
pub use markdown::without_request_ids;
pub use merge::merge;
pub use read::{parse, read};
pub use types::{ApiResult, ReportFormat, Status};
pub use writer::ReportWriter;

#[cfg(test)]
mod tests;
