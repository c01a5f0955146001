//! Writes planned APIs to the center: several APIs at the same time, the steps of one API in order.
//!
//! The writer does not trust the snapshot that a plan was made from, because a whole run may lie between the two. It
//! reads each resource immediately before it writes it, and decides again. If somebody created, deleted or replaced the
//! resource in the meantime, the whole API is read and planned again.

mod api_writer;
mod change_log;
mod effect;
mod resource_deletion;
mod resource_writer;

use std::cell::Cell;
use std::time::Instant;

use futures_util::stream::{self, StreamExt as _};

use crate::document::Document;
use crate::journal::Journal;
use crate::plan::{DocumentSource, PlannedApi};
use crate::report::{ApiResult, Status};
use crate::snapshot::CenterApi;
use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_core::error::{Error, Result};

pub(crate) use change_log::ChangeLog;

use api_writer::{ApiProgress, ApiWriter, Outdated};
pub(crate) use resource_deletion::Deleted;
pub(crate) use resource_writer::{ResourceWriter, WriteError, read_resource};

/// How many times an API is planned while somebody else is changing it.
const PLAN_ATTEMPTS: usize = 4;

/// How an import is executed.
#[derive(Debug, Clone, Copy)]
pub struct ExecutionOptions {
    /// How many APIs are written at the same time.
    pub concurrency: usize,
    /// Whether no further API is started after one has failed.
    pub fail_fast: bool,
}

/// One API to write: where its plan and its documents come from.
pub(crate) trait WriteTask {
    /// Plans the API; None if there is nothing to do.
    ///
    /// The first attempt may use a snapshot of the center; further attempts read what the center has now.
    async fn plan(&self, attempt: usize) -> Result<Option<PlannedApi>>;

    /// Reads the document of a definition.
    async fn read_document(&self, source: &DocumentSource) -> Result<Document>;

    /// Whether an API that this run has created is still the same one.
    fn is_own(&self, api: &CenterApi) -> bool;

    /// The result of an API that has not been planned.
    fn unplanned_result(&self, status: Status, reason: String) -> ApiResult;
}

/// What happened to one API.
pub struct WriteOutcome {
    /// The result for reports.
    pub result: ApiResult,
    /// The labels of the finished steps.
    pub completed: Vec<String>,
    /// The labels of the other steps.
    pub remaining: Vec<String>,
    /// The first error.
    pub error: Option<Error>,
}

/// Writes to a center.
pub(crate) struct Writer<'a> {
    /// The client of the center.
    pub(crate) center: &'a Client,
    /// The journal, if the run can be resumed.
    pub(crate) journal: Option<&'a Journal>,
    /// Whether a journal entry could not be written; then no further API is started.
    has_journal_failed: Cell<bool>,
    /// Whether an API has failed, and no further API is started for that reason.
    is_stopped: Cell<bool>,
}

impl<'a> Writer<'a> {
    /// Creates a writer.
    pub(crate) fn new(center: &'a Client, journal: Option<&'a Journal>) -> Self {
        Self { center, journal, has_journal_failed: Cell::new(false), is_stopped: Cell::new(false) }
    }

    /// The writer of single resources.
    pub(crate) fn resources(&self) -> ResourceWriter<'a> {
        ResourceWriter { center: self.center, journal: self.journal }
    }

    /// Writes the APIs of the tasks; `on_outcome` receives each outcome with the index of its task.
    ///
    /// The outcome of a task for which there was nothing to do is None. An API that fails has an outcome; an error ends
    /// the whole run. A task is dropped when it is done, with the documents that it has read.
    pub(crate) async fn write_all<T: WriteTask>(
        &self,
        tasks: impl IntoIterator<Item = T>,
        options: ExecutionOptions,
        on_outcome: &mut dyn FnMut(usize, Option<WriteOutcome>) -> Result<()>,
    ) -> Result<()> {
        let writes = tasks.into_iter().enumerate().map(|(index, task)| async move {
            let outcome = if self.is_stopped.get() {
                Some(skipped(&task, "not started, because another API failed"))
            } else if self.has_journal_failed.get() {
                Some(skipped(&task, "not started, because the journal cannot be written"))
            } else {
                run_task(self.write_api(&task)).await
            };
            let has_failed = outcome.as_ref().is_some_and(|o| o.result.status == Status::Failed);
            if options.fail_fast && has_failed {
                self.is_stopped.set(true);
            }
            (index, outcome)
        });
        let mut outcomes = stream::iter(writes).buffer_unordered(options.concurrency.max(1));
        while let Some((index, outcome)) = outcomes.next().await {
            on_outcome(index, outcome)?;
        }
        Ok(())
    }

    /// Plans and writes one API, again if somebody else changes it in the meantime.
    async fn write_api(&self, task: &impl WriteTask) -> Option<WriteOutcome> {
        let started = Instant::now();
        let mut attempt = 0;
        let mut progress = ApiProgress::default();
        let mut outcome = loop {
            let planned = match task.plan(attempt).await {
                Ok(planned) => planned?,
                Err(error) => break failed_outcome(task, error),
            };
            attempt += 1;
            match ApiWriter::new(self, task).write(&planned, &mut progress).await {
                Ok(outcome) => break outcome,
                Err(Outdated(label)) if attempt < PLAN_ATTEMPTS => {
                    tracing::info!("somebody changed {label} in the meantime; planning the API again");
                }
                Err(Outdated(label)) => {
                    let error = Error::conflict(format!("somebody else keeps changing {label}"))
                        .with_hint("Run the same command again.");
                    break failed_outcome(task, error);
                }
            }
        };
        outcome.result.seconds = started.elapsed().as_secs_f64();
        Some(outcome)
    }
}

fn skipped(task: &impl WriteTask, reason: &str) -> WriteOutcome {
    let result = task.unplanned_result(Status::Skipped, reason.to_owned());
    WriteOutcome { result, completed: Vec::new(), remaining: Vec::new(), error: None }
}

fn failed_outcome(task: &impl WriteTask, error: Error) -> WriteOutcome {
    let mut result = task.unplanned_result(Status::Failed, String::new());
    result.reason = Some(format!("API {}: {}", result.name, error.described()));
    WriteOutcome { result, completed: Vec::new(), remaining: Vec::new(), error: Some(error) }
}
