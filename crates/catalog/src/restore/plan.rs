//! Plans a restore, and executes it.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};

use super::context::Restore;
use super::shared::{SharedResult, SharedStep};
use super::task::{RestoreTask, TaskContext, TaskSource};
use crate::backup::ResourceKind;
use crate::bulk_import;
use crate::deletion_guard::DeletionGuard;
use crate::inventory;
use crate::journal::Journal;
use crate::plan::Deletion;
use crate::report::{ApiResult, Status};
use crate::writer::{WriteOutcome, WriteTask as _, Writer};
use azr_arm::large_responses::run_task;
use azr_core::error::{Error, Result};

/// The reason of an API that was not reached because the restore was interrupted.
pub const INTERRUPTED_REASON: &str = bulk_import::INTERRUPTED_REASON;

/// What a restore will do, as far as that is known before each API is read.
pub struct RestorePlan<'a> {
    pub(super) context: TaskContext<'a>,
    /// The APIs of the backup in the order of their names, followed by those that are deleted.
    pub(super) sources: Vec<TaskSource>,
    /// Metadata schemas and environments.
    pub(super) before: Vec<SharedStep>,
    /// Analyzers and API sources.
    pub(super) after: Vec<SharedStep>,
    /// What is deleted besides APIs, in order.
    pub(super) deletions: Vec<Deletion>,
    /// What is not restored, and why.
    pub notes: Vec<String>,
}

impl<'a> Restore<'a> {
    /// Reads the center and plans the restore; fails if the backup cannot be restored as a whole.
    pub async fn plan(self) -> Result<RestorePlan<'a>> {
        let backup_apis = self.read_backup_apis()?;
        self.check_edited()?;
        let (snapshot, existing) =
            futures_util::try_join!(inventory::read_center(self.client, &self.center), self.read_shared())?;
        let mut notes = Vec::new();
        let before = [ResourceKind::MetadataSchema, ResourceKind::Environment];
        let before = self.plan_shared(&before, &existing, &mut notes)?;
        let after = [ResourceKind::Analyzer, ResourceKind::ApiSource];
        let after = self.plan_shared(&after, &existing, &mut notes)?;
        self.check_mappings(&before, &existing)?;
        let mut sources: Vec<TaskSource> = Vec::new();
        let mut orphans: Vec<TaskSource> = Vec::new();
        let mut deletions = Vec::new();
        if self.options.max_deletions.is_some() {
            let missing = snapshot.apis.iter().filter(|(key, _)| !backup_apis.contains_key(*key));
            orphans.extend(missing.map(|(_, api)| TaskSource::Orphan { name: api.name.to_string() }));
            orphans.sort_unstable_by(|a, b| a.name().cmp(b.name()));
            deletions = self.plan_shared_deletions(&existing, before.iter().chain(&after));
        }
        sources.extend(backup_apis.into_values());
        sources.append(&mut orphans);
        let context = TaskContext { restore: self, apis: snapshot.apis, approved: None };
        Ok(RestorePlan { context, sources, before, after, deletions, notes })
    }

    /// The APIs of the backup by name in lower case; fails if two have the same name.
    fn read_backup_apis(&self) -> Result<BTreeMap<String, TaskSource>> {
        let mut apis: BTreeMap<String, TaskSource> = BTreeMap::new();
        for path in self.backup.resource_paths("", ResourceKind::Api) {
            let name = self.backup.read_resource(path)?.name;
            let source = TaskSource::Api { path: path.to_owned(), name };
            let key = source.name().to_ascii_lowercase();
            if let Some(TaskSource::Api { path: other, .. }) = apis.insert(key, source) {
                return Err(Error::conflict(format!(
                    "{}: {other} and {path} have the same name, and API Center does not distinguish the case of letters",
                    self.backup.path().display()
                ))
                .with_hint("Rename one of them, and add --allow-edits."));
            }
        }
        Ok(apis)
    }

    /// Fails if a file of an edited backup cannot be used, so that nothing is restored in part.
    fn check_edited(&self) -> Result<()> {
        if self.backup.edited.is_empty() {
            return Ok(());
        }
        for path in self.backup.files().keys() {
            let Some(kind) = ResourceKind::of_path(path) else { continue };
            let file = self.backup.read_resource(path)?;
            if kind == ResourceKind::Definition {
                self.backup.document_path(path, &file)?;
            }
        }
        Ok(())
    }
}

impl RestorePlan<'_> {
    /// The number of APIs to restore or delete.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// Whether there is no API to restore or delete.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Whether something may be deleted, so that [`review_deletions`](Self::review_deletions) is needed.
    #[must_use]
    pub fn prunes(&self) -> bool {
        self.context.restore.options.max_deletions.is_some()
    }

    /// Plans all APIs and returns the labels of what would be deleted; fails if that is more than allowed.
    pub async fn review_deletions(&mut self, on_planned: &dyn Fn()) -> Result<Vec<String>> {
        let mut guard = DeletionGuard::default();
        let plan = &*self;
        let tasks = plan.sources.iter().map(|source| async move {
            let task = RestoreTask::new(&plan.context, source);
            task.plan(0).await
        });
        let mut plans = stream::iter(tasks.map(run_task))
            .buffer_unordered(plan.context.restore.options.execution.concurrency);
        while let Some(planned) = plans.next().await {
            on_planned();
            if let Some(planned) = planned? {
                guard.add(&planned);
            }
        }
        drop(plans);
        self.check_deletions(&mut guard)?;
        let (labels, approved) = guard.into_deletions();
        self.context.approved = Some(approved);
        Ok(labels)
    }

    /// Adds what is deleted besides APIs, and fails if that is more than allowed.
    pub(super) fn check_deletions(&self, guard: &mut DeletionGuard) -> Result<()> {
        self.deletions.iter().for_each(|deletion| guard.add_shared(deletion));
        self.context.restore.options.max_deletions.map_or(Ok(()), |max| guard.check_deleted(max))
    }

    /// Executes the plan; `on_result` receives each result of an API with its index, or None for an API that stays as
    /// it is, and `on_shared` the results of the other resources.
    ///
    /// An API that fails is a result; an error ends the whole restore.
    pub async fn execute(
        &self,
        journal: &Journal,
        on_result: &mut dyn FnMut(usize, Option<ApiResult>) -> Result<()>,
        on_shared: &mut dyn FnMut(SharedResult),
    ) -> Result<()> {
        let writer = Writer::new(self.context.restore.client, Some(journal));
        for step in &self.before {
            // Without a schema or an environment the APIs cannot be restored.
            let result = step.write(&writer.resources(), self.context.restore.backup).await;
            on_shared(result.map_err(|error| error.with_context(step.label()))?);
        }
        let tasks = self.sources.iter().map(|source| RestoreTask::new(&self.context, source));
        let mut on_outcome =
            |index, outcome: Option<WriteOutcome>| on_result(index, outcome.map(|outcome| outcome.result));
        writer.write_all(tasks, self.context.restore.options.execution, &mut on_outcome).await?;
        for step in &self.after {
            let result = step.write(&writer.resources(), self.context.restore.backup).await;
            on_shared(result.unwrap_or_else(|error| step.failed(&error)));
        }
        for deletion in &self.deletions {
            let deleted = writer.resources().delete(deletion).await;
            on_shared(SharedResult::deleted(deletion, deleted));
        }
        Ok(())
    }

    /// The result of an API that was not reached because the restore was interrupted; None for one to delete.
    #[must_use]
    pub fn interrupted_result(&self, index: usize) -> Option<ApiResult> {
        let source @ TaskSource::Api { .. } = &self.sources[index] else { return None };
        Some(source.unplanned_result(Status::Skipped, INTERRUPTED_REASON.to_owned()))
    }
}
