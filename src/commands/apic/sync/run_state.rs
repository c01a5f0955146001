//! What a run has done so far, and the journals of its sources.

use std::collections::HashSet;

use super::sources::RunSource;
use crate::commands::apic::summary;
use crate::commands::apic::summary::failure_log::FailureLog;
use crate::session::Session;
use azr_catalog::found_apis::FoundApis;
use azr_catalog::journal::{self, Journal};
use azr_catalog::report::ApiResult;
use azr_catalog::results::ImportResults;
use azr_core::error::Result;
use azr_core::id::ResourceId;

/// What happened so far.
#[derive(Default)]
pub(super) struct RunState {
    /// The results of all sources in their order.
    pub results: ImportResults,
    /// How many APIs were found in API Management.
    pub found: FoundApis,
    /// The number of results of the sources that are done.
    pub count: usize,
    /// What failed.
    pub failures: FailureLog,
    /// How many APIs were skipped that the user does not accept to be skipped.
    pub unexpected_skips: usize,
    /// The names, in lower case, of the APIs that folders have registered.
    pub registered: HashSet<String>,
    /// Whether the user interrupted the run.
    pub is_interrupted: bool,
}

impl RunState {
    /// Adds the results of all APIs of a source.
    pub(super) fn add_all(&mut self, source: &RunSource, all: impl Iterator<Item = ApiResult>) -> Result<()> {
        for result in all {
            self.failures.record(&result);
            self.results.add(self.count, Some(source.with_origin(result)))?;
            self.count += 1;
        }
        Ok(())
    }
}

/// Opens the journal of one source.
pub(super) fn open_journal(session: &Session, center: &ResourceId, source: &str) -> Result<Journal> {
    let path = journal::default_path(&session.context.state_dir()?, center, source);
    let journal = Journal::open(&path, center, source)?;
    summary::print_resumed(&journal, "an import");
    Ok(journal)
}
