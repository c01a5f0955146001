//! Executes an import: several APIs at the same time, the steps of one API in order.
//!
//! A version set is one API of the center, so its exports run one after the other, as API Management requires.

use std::cell::Cell;
use std::time::{Duration, Instant};

use futures_util::stream::{self, StreamExt as _};

use super::digest::sha256_hex;
use super::document;
use super::import_run::{ImportRun, ImportTask};
use super::inventory;
use super::journal::{Journal, JournalEntry, PendingWrite};
use super::plan::{
    Change, Deletion, DeploymentStep, DocumentStep, ExistingDocument, PlannedApi, PlannedVersion,
    Prerequisites, PutStep,
};
use super::report::{ApiResult, Status};
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::lro;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};

/// How an import is executed.
#[derive(Debug, Clone, Copy)]
pub struct ExecutionOptions {
    /// How many APIs are imported at the same time.
    pub concurrency: usize,
    /// Whether no further API is started after one has failed.
    pub fail_fast: bool,
}

/// Executes the tasks of a run; `on_result` receives each result with the index of its task.
///
/// The result of an orphan of which nothing had to be deleted is None. An API that fails is a result; an error ends
/// the whole import.
pub(crate) async fn execute(
    run: &ImportRun<'_>,
    prerequisites: &Prerequisites,
    journal: &Journal,
    options: ExecutionOptions,
    on_result: &mut dyn FnMut(usize, Option<ApiResult>) -> Result<()>,
) -> Result<()> {
    let executor =
        Executor { run, center: run.clients.center, journal, has_journal_failed: Cell::new(false) };
    if run.tasks.iter().any(|task| matches!(task, ImportTask::Group { over_quota: None, .. })) {
        let mut progress = ApiProgress::default();
        executor.put(&prerequisites.metadata, &mut progress).await?;
        executor.put(&prerequisites.environment, &mut progress).await?;
        executor.wait_all(progress.pending).await?;
    }
    let is_stopped = Cell::new(false);
    let imports = run.tasks.iter().enumerate().map(|(index, task)| {
        let (executor, is_stopped) = (&executor, &is_stopped);
        async move {
            let result =
                if is_stopped.get() {
                    Some(task.unplanned_result(
                        Status::Skipped,
                        "not started, because another API failed".to_owned(),
                    ))
                } else {
                    executor.run_task(task).await
                };
            if options.fail_fast && result.as_ref().is_some_and(|r| r.status == Status::Failed) {
                is_stopped.set(true);
            }
            (index, result)
        }
    });
    let mut results = stream::iter(imports).buffer_unordered(options.concurrency.max(1));
    while let Some((index, result)) = results.next().await {
        on_result(index, result)?;
    }
    Ok(())
}

/// The delays between attempts to write below an API that was just created; about a minute in total.
const VISIBILITY_DELAYS: [Duration; 7] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// Whether the service says that the parent of a resource does not exist.
fn is_parent_missing(error: &Error) -> bool {
    error.is_not_found() && error.code() == "ParentResourceNotFound"
}

/// Sends a request, again while the parent of its resource was just created and is not visible yet.
async fn retry_below_new_parent<T>(
    is_parent_new: bool,
    label: &str,
    send: impl AsyncFn() -> Result<T>,
) -> Result<T> {
    let mut delays = VISIBILITY_DELAYS.iter();
    loop {
        match (send().await, delays.next()) {
            (Err(error), Some(delay)) if is_parent_new && is_parent_missing(&error) => {
                tracing::info!("{label}: {error}; trying again");
                tokio::time::sleep(*delay).await;
            }
            (outcome, _) => return outcome,
        }
    }
}

/// A failed step, with its label.
type StepError = (String, Error);

struct Executor<'a> {
    run: &'a ImportRun<'a>,
    center: &'a Client,
    journal: &'a Journal,
    /// Whether an entry could not be written; then no further API is started.
    has_journal_failed: Cell<bool>,
}

/// The progress of one API.
#[derive(Default)]
struct ApiProgress {
    /// Journal entries that are being written.
    pending: Vec<PendingWrite>,
    /// Whether this run has created the API, so that it may not be visible everywhere yet.
    is_new: bool,
}

impl<'a> Executor<'a> {
    async fn run_task(&self, task: &ImportTask<'a>) -> Option<ApiResult> {
        let started = Instant::now();
        let mut result = match self.run.plan_current(task).await {
            Ok(planned) => self.import_api(planned?).await,
            Err(error) => {
                task.unplanned_result(Status::Failed, format!("API {}: {}", task.name(), error.described()))
            }
        };
        result.seconds = started.elapsed().as_secs_f64();
        Some(result)
    }

    async fn import_api(&self, mut api: PlannedApi) -> ApiResult {
        let mut result = ApiResult::from(&api);
        if let Some(reason) = api.skip_reason {
            result.finish(Status::Skipped, Some(reason));
            return result;
        }
        let mut status = Status::Unchanged;
        let mut progress = ApiProgress::default();
        let mut outcome = self.run_steps(&mut api, &mut status, &mut result.notes, &mut progress).await;
        if let Err(error) = self.wait_all(progress.pending).await {
            self.has_journal_failed.set(true);
            outcome = outcome.and(Err(("journal".to_owned(), error)));
        }
        match outcome {
            Ok(()) => result.finish(status, None),
            Err((label, error)) => {
                result.finish(Status::Failed, Some(format!("{label}: {}", error.described())));
            }
        }
        result
    }

    /// Runs the steps of an API in order.
    async fn run_steps(
        &self,
        api: &mut PlannedApi,
        status: &mut Status,
        notes: &mut Vec<String>,
        progress: &mut ApiProgress,
    ) -> Result<(), StepError> {
        let change = self.put_labelled(&api.api, progress).await?;
        progress.is_new = api.api.change == Change::Create;
        *status = match change {
            Change::Create => Status::Created,
            Change::Update => Status::Updated,
            Change::Unchanged => Status::Unchanged,
        };
        for version in std::mem::take(&mut api.versions) {
            if self.import_version(version, progress).await?.is_write() && *status == Status::Unchanged {
                *status = Status::Updated;
            }
        }
        for deletion in &api.deletions {
            self.delete(deletion).await.map_err(|e| (deletion.label.clone(), e))?;
            notes.push(format!("{} was deleted", deletion.label));
            *status = if api.is_deleted_by(deletion) { Status::Deleted } else { Status::Updated };
        }
        if let Some(update) = &api.provenance_update {
            self.put_labelled(update, progress).await?;
        }
        Ok(())
    }

    /// Imports a version with its document and its deployment; returns the first change.
    async fn import_version(
        &self,
        version: PlannedVersion,
        progress: &mut ApiProgress,
    ) -> Result<Change, StepError> {
        let mut change = self.put_labelled(&version.version, progress).await?;
        let mut digest = None;
        if let Some(step) = &version.document {
            let (document_change, document_digest) = self
                .import_document(step, version.deployment.as_ref(), progress)
                .await
                .map_err(|error| (step.definition.label.clone(), error))?;
            digest = Some(document_digest);
            change = change.or(document_change);
        }
        if let Some(deployment) = version.deployment {
            let put = deployment.with_digest(digest);
            change = change.or(self.put_labelled(&put, progress).await?);
        }
        Ok(change)
    }

    async fn put_labelled(&self, step: &PutStep, progress: &mut ApiProgress) -> Result<Change, StepError> {
        self.put(step, progress).await.map_err(|error| (step.label.clone(), error))
    }

    /// Writes a resource if it changes; returns what this run, or the run that it resumes, did.
    async fn put(&self, step: &PutStep, progress: &mut ApiProgress) -> Result<Change> {
        let digest = sha256_hex(step.body.to_string().as_bytes());
        if step.change == Change::Unchanged {
            let completed = self.journal.completed(step.id.as_str(), &digest);
            return Ok(completed.unwrap_or(Change::Unchanged));
        }
        self.send_put(step, progress.is_new).await?;
        self.append(step.id.to_string(), digest, step.change, progress)
    }

    /// Sends a PUT.
    async fn send_put(&self, step: &PutStep, is_parent_new: bool) -> Result<()> {
        let target = Target::new(step.id.as_str(), step.api_version);
        let send = async || {
            let first = self.center.send(Method::PUT, &target, Some(&step.body)).await?;
            lro::wait_for_operation(self.center, &Method::PUT, &target, first, &mut |_| {}).await
        };
        retry_below_new_parent(is_parent_new, &step.label, send).await.map(drop)
    }

    /// Fails if somebody has replaced the API that this run created, so that its document would belong to another API.
    async fn check_still_own(&self, step: &DocumentStep) -> Result<()> {
        let Some(api) = step.definition.id.parent().and_then(|version| version.parent()) else {
            return Ok(());
        };
        match inventory::read_center_api(self.center, &api).await? {
            Some(current) if !self.run.is_own(&current) => Err(Error::conflict(format!(
                "somebody replaced the API '{}' in the center during the import",
                current.name
            ))
            .with_hint("Run the same command again.")),
            // An API that was just created may not be visible yet.
            _ => Ok(()),
        }
    }

    /// Imports a document if it differs from the one in the center; returns its digest, too.
    async fn import_document(
        &self,
        step: &DocumentStep,
        deployment: Option<&DeploymentStep>,
        progress: &mut ApiProgress,
    ) -> Result<(Change, String)> {
        // Exported before the definition is created, so that a failed export does not leave an empty definition.
        let exported = document::export_document(self.run.clients.source, step).await?;
        let digest = exported.digest();
        let definition_change = self.put(&step.definition, progress).await?;
        if step.existing == ExistingDocument::Digest(digest.clone()) {
            return Ok((definition_change, digest));
        }
        let journal_step = format!("{}/document", step.definition.id);
        let mut change = Change::Create;
        if step.definition.change != Change::Create {
            if step.existing == ExistingDocument::Unknown {
                match document::digest_in_center(self.center, &step.definition.id).await? {
                    Some(existing) if existing == digest => {
                        let completed = self.journal.completed(&journal_step, &digest);
                        return Ok((definition_change.or(completed.unwrap_or(Change::Unchanged)), digest));
                    }
                    Some(_) => change = Change::Update,
                    None => {}
                }
            } else {
                change = Change::Update;
            }
            if let Some(pending) = deployment.and_then(DeploymentStep::pending) {
                self.send_put(&pending, progress.is_new).await?;
            }
        }
        if progress.is_new {
            self.check_still_own(step).await?;
        }
        let import = async || document::import_document(self.center, step, &exported).await;
        retry_below_new_parent(progress.is_new, &step.definition.label, import).await?;
        Ok((self.append(journal_step, digest.clone(), change, progress)?, digest))
    }

    async fn delete(&self, deletion: &Deletion) -> Result<()> {
        for (id, api_version) in &deletion.resources {
            let target = Target::new(id.as_str(), api_version);
            match self.center.send(Method::DELETE, &target, None).await {
                Ok(first) => drop(
                    lro::wait_for_operation(self.center, &Method::DELETE, &target, first, &mut |_| {})
                        .await?,
                ),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Queues the journal entry of a finished step; the next step does not wait until it is on the disk.
    fn append(
        &self,
        step: String,
        digest: String,
        change: Change,
        progress: &mut ApiProgress,
    ) -> Result<Change> {
        progress.pending.push(self.journal.append(&JournalEntry { step, digest, change })?);
        Ok(change)
    }

    /// Waits until all queued journal entries are on the disk.
    async fn wait_all(&self, pending: Vec<PendingWrite>) -> Result<()> {
        for write in pending {
            self.journal.wait(write).await?;
        }
        Ok(())
    }
}
