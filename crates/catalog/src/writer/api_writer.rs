//! Writes one API: the API itself, its versions with their documents and deployments, then what has to be deleted.

use super::change_log::ChangeLog;
use super::effect::{repeat_until, without_effect};
use super::resource_deletion::Deleted;
use super::resource_writer::{ResourceWriter, WriteError};
use super::{WriteOutcome, WriteTask, Writer};
use crate::desired::Change;
use crate::document;
use crate::inventory;
use crate::journal::PendingWrite;
use crate::plan::{DeploymentStep, DocumentStep, ExistingDocument, PlannedApi, PlannedVersion, ResourceStep};
use crate::report::{ApiResult, Status};
use azr_core::error::{Error, Result};

/// Somebody created, deleted or replaced the resource with this label since it was planned.
pub(super) struct Outdated(pub(super) String);

/// Why an API, or one of its versions, was not written.
enum StepError {
    /// Somebody created, deleted or replaced the resource with this label since it was planned.
    Outdated(String),
    /// The step with this label failed.
    Failed(String, Error),
}

impl StepError {
    fn new(label: &str, error: WriteError) -> Self {
        match error {
            WriteError::Outdated => Self::Outdated(label.to_owned()),
            WriteError::Failed(error) => Self::Failed(label.to_owned(), error),
        }
    }
}

/// What has been done for one API, whatever the number of times it was planned.
#[derive(Default)]
pub(super) struct ApiProgress {
    /// Whether this run has created the API, so that it may not be visible everywhere yet.
    is_new: bool,
    /// The status so far.
    status: Option<Status>,
    changes: ChangeLog,
    completed: Vec<String>,
    deleted: Vec<String>,
}

/// Writes one API.
pub(super) struct ApiWriter<'a, T> {
    writer: &'a Writer<'a>,
    resources: ResourceWriter<'a>,
    task: &'a T,
}

impl<'a, T: WriteTask> ApiWriter<'a, T> {
    pub(super) fn new(writer: &'a Writer<'a>, task: &'a T) -> Self {
        Self { writer, resources: writer.resources(), task }
    }

    /// Writes a planned API; fails only if the plan is outdated.
    pub(super) async fn write(
        &self,
        api: &PlannedApi,
        progress: &mut ApiProgress,
    ) -> Result<WriteOutcome, Outdated> {
        let mut result = ApiResult::from(api);
        if let Some(reason) = &api.skip_reason {
            result.finish(Status::Skipped, Some(reason.clone()));
            return Ok(WriteOutcome { result, completed: Vec::new(), remaining: Vec::new(), error: None });
        }
        let mut pending = Vec::new();
        let mut failures = Vec::new();
        let outcome = self.run_steps(api, progress, &mut pending, &mut failures).await;
        if let Err(error) = self.resources.wait_all(pending).await {
            self.writer.has_journal_failed.set(true);
            failures.push(("journal".to_owned(), error));
        }
        match outcome {
            // A step that failed counts more than one that has to be planned again.
            Err(StepError::Outdated(label)) if failures.is_empty() => return Err(Outdated(label)),
            Err(StepError::Failed(label, error)) => failures.push((label, error)),
            _ => {}
        }
        let status = progress.status.unwrap_or(Status::Unchanged);
        if status == Status::Updated {
            result.notes.extend(progress.changes.summary());
        }
        result.notes.append(&mut progress.deleted);
        if failures.is_empty() {
            result.finish(status, None);
        } else {
            let reasons = failures.iter().map(|(label, error)| format!("{label}: {}", error.described()));
            result.finish(Status::Failed, Some(reasons.collect::<Vec<_>>().join("; ")));
        }
        let completed = std::mem::take(&mut progress.completed);
        let remaining = api.labels().into_iter().filter(|label| !completed.contains(label)).collect();
        let error = failures.into_iter().next().map(|(_, error)| error);
        Ok(WriteOutcome { result, completed, remaining, error })
    }

    /// Runs the steps of an API in order; a version that fails does not stop the others.
    async fn run_steps(
        &self,
        api: &PlannedApi,
        progress: &mut ApiProgress,
        pending: &mut Vec<PendingWrite>,
        failures: &mut Vec<(String, Error)>,
    ) -> Result<(), StepError> {
        let label = api.step_label(None, api.api.label());
        let written = self.resources.write(&api.api, false, pending).await;
        let change = written.map_err(|error| StepError::new(&label, error))?;
        progress.is_new |= api.api.existing.is_none();
        progress.set_status(change);
        progress.changes.add(&api.api, change);
        progress.completed.push(api.api.label().to_owned());
        for version in &api.versions {
            match self.write_version(api, version, progress, pending).await {
                Ok(()) => {}
                Err(StepError::Failed(label, error)) => failures.push((label, error)),
                Err(outdated) => return Err(outdated),
            }
        }
        for deployment in &api.deployments {
            let step = &deployment.resource;
            let written = self.resources.write(step, progress.is_new, pending).await;
            match written.map_err(|error| StepError::new(step.label(), error)) {
                Ok(change) => progress.add(step, change),
                Err(StepError::Failed(label, error)) => failures.push((label, error)),
                Err(outdated) => return Err(outdated),
            }
        }
        if !failures.is_empty() {
            return Ok(());
        }
        for deletion in &api.deletions {
            let deleted = self.resources.delete(deletion).await;
            let label = &deletion.label;
            progress.deleted.push(match deleted.map_err(|error| StepError::new(label, error))? {
                Deleted::Completely => format!("{label} was deleted"),
                Deleted::InPart => {
                    format!("{label} stays, because people changed it while it was being deleted")
                }
            });
            let is_api = api.is_deleted_by(deletion);
            progress.status = Some(if is_api { Status::Deleted } else { Status::Updated });
        }
        if let Some(update) = &api.provenance_update {
            let mut update = update.clone();
            if api.api.change.is_write() {
                update = update.after(&api.api);
            }
            let written = self.resources.write(&update, false, pending).await;
            written.map_err(|error| StepError::new(update.label(), error))?;
        }
        Ok(())
    }

    /// Writes a version with its document and its deployments.
    async fn write_version(
        &self,
        api: &PlannedApi,
        version: &PlannedVersion,
        progress: &mut ApiProgress,
        pending: &mut Vec<PendingWrite>,
    ) -> Result<(), StepError> {
        let origin = version.origin.as_deref();
        let failed = |label: &str| {
            let label = api.step_label(origin, label);
            move |error: WriteError| StepError::new(&label, error)
        };
        let is_new = progress.is_new;
        let step = &version.version;
        let change = self.resources.write(step, is_new, pending).await.map_err(failed(step.label()))?;
        progress.add(step, change);
        let mut digest = None;
        let mut deployments = version.deployments.clone();
        for step in &version.definitions {
            let change = self.resources.write(step, is_new, pending).await.map_err(failed(step.label()))?;
            progress.add(step, change);
        }
        for document in &version.documents {
            let label = document.definition.label();
            let imported = self.import_document(document, &mut deployments, progress, pending).await;
            digest = Some(imported.map_err(failed(label))?);
        }
        for deployment in deployments {
            let step = deployment.with_digest(digest.clone());
            let change = self.resources.write(&step, is_new, pending).await.map_err(failed(step.label()))?;
            progress.add(&step, change);
        }
        Ok(())
    }

    /// Imports a document if it differs from the one in the center; returns its digest.
    async fn import_document(
        &self,
        step: &DocumentStep,
        deployments: &mut [DeploymentStep],
        progress: &mut ApiProgress,
        pending: &mut Vec<PendingWrite>,
    ) -> Result<String, WriteError> {
        // Read before the definition is created, so that a failed export does not leave an empty definition.
        let document = self.task.read_document(&step.source).await?;
        let (definition, is_new) = (&step.definition, progress.is_new);
        let change = self.resources.write(definition, is_new, pending).await?;
        progress.add(definition, change);
        let label = step.label();
        if step.existing == ExistingDocument::Digest(document.digest.clone()) {
            progress.completed.push(label);
            return Ok(document.digest);
        }
        let journal_step = format!("{}/document", definition.id());
        let mut change = Change::Create;
        let mut replaced = None;
        if definition.existing.is_some() {
            match &step.existing {
                ExistingDocument::Unknown => {
                    replaced = document::digest_in_center(self.writer.center, definition.id()).await?;
                    if replaced.as_ref() == Some(&document.digest) {
                        let completed = self.resources.completed(&journal_step, &document.digest);
                        progress.set_status_below(completed.unwrap_or(Change::Unchanged));
                        progress.completed.push(label);
                        return Ok(document.digest);
                    }
                    if replaced.is_some() {
                        change = Change::Update;
                    }
                }
                ExistingDocument::Digest(digest) => {
                    (replaced, change) = (Some(digest.clone()), Change::Update);
                }
                ExistingDocument::Missing | ExistingDocument::Different => change = Change::Update,
            }
            for deployment in deployments {
                if let Some(step) = deployment.pending() {
                    let written = self.resources.write(&step, is_new, &mut Vec::new()).await;
                    written.map_err(|error| error.with_context(step.label()))?;
                    deployment.set_pending(&step);
                } else if deployment.provenance.is_some() {
                    // Another run that has created it has recorded a document, which people may have replaced since.
                    self.resources.check_current(&deployment.resource).await?;
                }
            }
        }
        if is_new {
            self.check_still_own(definition).await?;
        }
        let import = async || document::import_document(self.writer.center, definition.id(), &document).await;
        self.resources.retry_below_new_parent(is_new, definition.label(), import).await?;
        if let Some(replaced) = replaced {
            self.check_replaced(definition, &replaced).await?;
        }
        self.resources.record(journal_step, document.digest.clone(), change, pending)?;
        progress.set_status_below(change);
        progress.changes.add_document(definition.label(), change);
        progress.completed.push(label);
        Ok(document.digest)
    }

    /// Fails if a definition still has the document with this digest after another one was imported.
    ///
    /// The response of an import does not show the document, and later runs would take the wrong one for the new one.
    async fn check_replaced(&self, definition: &ResourceStep, replaced: &str) -> Result<()> {
        let is_replaced = async || {
            let current = document::digest_in_center(self.writer.center, definition.id()).await?;
            Ok(current.is_some_and(|current| current != replaced))
        };
        if repeat_until(self.writer.center, is_replaced).await? {
            Ok(())
        } else {
            Err(without_effect("its document was not replaced"))
        }
    }

    /// Fails if somebody has replaced the API that this run created, so that its document would belong to another API.
    async fn check_still_own(&self, definition: &ResourceStep) -> Result<()> {
        let Some(api) = definition.id().parent().and_then(|version| version.parent()) else { return Ok(()) };
        match inventory::read_center_api(self.writer.center, &api).await? {
            Some(current) if !self.task.is_own(&current) => Err(Error::conflict(format!(
                "somebody replaced the API '{}' in the center during the import",
                current.name
            ))
            .with_hint("Run the same command again.")),
            // An API that was just created may not be visible yet.
            _ => Ok(()),
        }
    }
}

impl ApiProgress {
    /// Adds the change of a resource below the API.
    fn add(&mut self, step: &ResourceStep, change: Change) {
        self.set_status_below(change);
        self.changes.add(step, change);
        self.completed.push(step.label().to_owned());
    }

    /// Adds the change of something below the API to the status: what is created there updates the API.
    fn set_status_below(&mut self, change: Change) {
        self.set_status(if change.is_write() { Change::Update } else { change });
    }

    /// Adds a change to the status; the first change that counts decides.
    fn set_status(&mut self, change: Change) {
        let status = match change {
            Change::Create => Status::Created,
            Change::Update => Status::Updated,
            Change::Unchanged => Status::Unchanged,
        };
        if matches!(self.status, None | Some(Status::Unchanged)) {
            self.status = Some(status);
        }
    }
}
