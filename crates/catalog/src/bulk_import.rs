//! The bulk import from API Management: read the inventory, plan, approve the plan, execute it.
//!
//! Each step needs the result of the one before: only an [`ApprovedPlan`] can be executed, and only
//! [`ImportPlan::approve`] creates one.

use futures_util::{StreamExt as _, TryFutureExt as _};

use super::approved_steps::ApprovedSteps;
use super::clients::Clients;
use super::deleted_workspace;
use super::deletion_guard::{ApprovedDeletions, DeletionGuard};
use super::desired::Change;
use super::dry_run::DryRunReport;
use super::filter::ApiFilter;
use super::found_apis::FoundApis;
use super::import_run::{ImportRun, ImportTask, RunTask};
use super::import_source::ImportSource;
use super::inventory;
use super::journal::Journal;
use super::plan::{
    MatchKey, OnCollision, OnInvalid, PlanOptions, PlannedApi, Planner, Prerequisites, Pruner,
    find_apis_to_match, find_apis_to_recognize, group_into_apis, needed_labels, plan_prerequisites,
};
use super::planned_center::PlannedCenter;
use super::report::{ApiResult, Status};

use super::service::{ApimApi, ServiceSnapshot};
use super::shard::Shard;
use super::snapshot::CenterSnapshot;
use super::source_inventory::{ReadOptions, Revisions, SourceInventory, read_source};
use super::source_selection::SourceSelection;
use super::writer::{ExecutionOptions, WriteError, WriteOutcome, Writer};
use azr_core::error::{Error, Result};
use azr_core::glob::{Selection, is_glob};
use azr_core::id::ResourceId;
use azr_core::revision::split_revision;

/// The reason of an API that was not reached because the import was interrupted.
pub const INTERRUPTED_REASON: &str = "not imported, because the import was interrupted";

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Where the APIs are.
    pub source: ImportSource,
    /// The names of the APIs, and patterns for them.
    pub patterns: Vec<String>,
    /// Only APIs with one of these tags, if there are any.
    pub tags: Vec<String>,
    /// Only APIs in one of these products, if there are any.
    pub products: Vec<String>,
    /// The revisions to import.
    pub revisions: Revisions,
    /// Only the APIs of this shard.
    pub shard: Option<Shard>,
    /// The user's choices about what the center should contain.
    pub plan: PlanOptions,
    /// How many APIs, versions, definitions and deployments all shards may delete; None to delete nothing.
    pub max_deletions: Option<usize>,
    /// How the import is executed.
    pub execution: ExecutionOptions,
}

/// An import of the APIs of an API Management service, or of one of its workspaces, into a center.
pub struct BulkImport<'a> {
    clients: Clients<'a>,
    center: ResourceId,
    options: ImportOptions,
    /// What earlier sources of the same dry run would have written.
    planned: Option<&'a PlannedCenter>,
    /// Whether a dry run reads the documents of new APIs, too.
    reads_all_documents: bool,
    /// The steps that may be carried out; None if every plan may.
    approved_steps: Option<&'a ApprovedSteps>,
}

/// What an import found in API Management and in the center.
pub struct Inventory {
    service: ServiceSnapshot,
    center: CenterSnapshot,
    filter: ApiFilter,
    /// What is uncertain about what was read, or unexpected; None if nothing is.
    pub warning: Option<String>,
    /// The patterns that match no API of the service.
    pub unmatched_patterns: Vec<String>,
    /// How many APIs were selected.
    pub found: FoundApis,
}

impl Inventory {
    /// The names of the APIs that are imported.
    pub fn selected_apis(&self) -> impl Iterator<Item = &str> {
        let current = self.service.apis.iter().filter(|api| api.revision().is_none());
        current.filter(|api| self.filter.matches(api)).map(ApimApi::root_name)
    }
}

impl<'a> BulkImport<'a> {
    /// Creates an import into a center.
    #[must_use]
    pub fn new(clients: Clients<'a>, center: ResourceId, options: ImportOptions) -> Self {
        Self { clients, center, options, planned: None, reads_all_documents: false, approved_steps: None }
    }

    /// Plans for the center as the plans of earlier sources would leave it; for dry runs.
    #[must_use]
    pub fn after(self, planned: &'a PlannedCenter) -> Self {
        Self { planned: Some(planned), ..self }
    }

    /// Reads the documents of new APIs in a dry run, too, for a plan that is saved.
    #[must_use]
    pub fn with_all_documents(self) -> Self {
        Self { reads_all_documents: true, ..self }
    }

    /// Carries out only these steps; an API with other ones fails.
    #[must_use]
    pub fn with_approved_steps(self, steps: &'a ApprovedSteps) -> Self {
        Self { approved_steps: Some(steps), ..self }
    }

    /// The text that identifies the source of the import in its journal: the service or workspace, and the shard.
    #[must_use]
    pub fn journal_source(&self) -> String {
        match self.options.shard {
            Some(shard) => format!("{} part {shard}", self.options.source.id()),
            None => self.options.source.id().to_string(),
        }
    }

    /// Reads the service and the center; fails if an API was requested by a name that does not exist.
    ///
    /// `on_progress` receives the number of APIs read so far and, if known, the total.
    pub async fn read_inventory(
        &self,
        on_progress: &(dyn Fn(usize, Option<usize>) + Sync),
    ) -> Result<Inventory> {
        let ImportOptions { source, tags, products, revisions, execution, .. } = &self.options;
        let (needs_tags, needs_products) = needed_labels(&self.options.plan.metadata);
        let selection = SourceSelection { tags, products, needs_tags, needs_products };
        let options = ReadOptions { revisions: *revisions, concurrency: execution.concurrency };
        let (SourceInventory { mut service, members, is_deleted }, mut center) = futures_util::try_join!(
            read_source(self.clients.source, source, &selection, options, on_progress)
                .map_err(|error| name_source(error, source)),
            inventory::read_center(self.clients.center, &self.center),
        )?;
        let mut warning = service.gateway_warning.take();
        if is_deleted {
            warning = Some(deleted_workspace::check(source, &center, self.options.max_deletions.is_some())?);
        }
        if let Some(planned) = self.planned {
            planned.apply(&mut center, source);
        }
        let selection = Selection::new(&self.options.patterns);
        let unmatched_patterns =
            if is_deleted { Vec::new() } else { unmatched_patterns(&selection, &service)? };
        let filter = ApiFilter::new(selection, members);
        // Every API is named as if collisions were resolved, so that --on-collision fail does not end this early.
        let options = PlanOptions {
            on_collision: OnCollision::Suffix,
            match_rules: self.options.plan.match_rules.clone(),
            ..PlanOptions::default()
        };
        let groups = group_into_apis(&service, &center, &filter, &options)?;
        let apis = PlannedCenter::without_new(self.planned, find_apis_to_recognize(source, &center, &groups));
        let imported_sources = inventory::read_imported_sources(
            self.clients.center,
            source,
            &center.workspace,
            &apis,
            execution.concurrency,
        )
        .await?;
        center.imported_sources.extend(imported_sources);
        if options.match_rules.has(MatchKey::Path) {
            let apis = PlannedCenter::without_new(self.planned, find_apis_to_match(source, &center));
            let paths = inventory::read_deployment_paths(
                self.clients.center,
                &center.workspace,
                &apis,
                execution.concurrency,
            )
            .await?;
            center.deployment_paths.extend(paths);
        }
        let found = FoundApis::count(&service, &filter);
        Ok(Inventory { service, center, filter, warning, unmatched_patterns, found })
    }

    /// Plans the import; the APIs themselves are planned when the plan is previewed, approved or executed.
    pub fn plan<'i>(&'i self, inventory: &'i Inventory) -> Result<ImportPlan<'i>> {
        let Inventory { service, center, filter, .. } = inventory;
        let ImportOptions { plan, revisions, shard, max_deletions, .. } = &self.options;
        let groups = group_into_apis(service, center, filter, plan)?;
        let prerequisites = plan_prerequisites(service, center, plan)?;
        let pruner = max_deletions.is_some().then(|| Pruner::new(service, filter, *revisions, plan));
        let planner = Planner::new(service, center, plan, &prerequisites, pruner);
        let is_in_shard = |name: &str| shard.is_none_or(|shard| shard.contains(name));
        let mut run = ImportRun::new(self.clients, planner, groups, is_in_shard);
        run.planned_center = self.planned;
        run.reads_all_documents = self.reads_all_documents;
        run.approved_steps = self.approved_steps;
        Ok(ImportPlan { run, prerequisites, options: &self.options })
    }
}

/// The error with the name of the source, unless it has it: it may be one of several.
fn name_source(error: Error, source: &ImportSource) -> Error {
    let name = source.service_id().name().to_ascii_lowercase();
    if error.to_string().to_ascii_lowercase().contains(&name) {
        return error;
    }
    error.with_context(source)
}

/// Finds the patterns that match no API; fails for a name that does not exist.
fn unmatched_patterns(selection: &Selection, service: &ServiceSnapshot) -> Result<Vec<String>> {
    let names = service.apis.iter().map(ApimApi::root_name);
    let unmatched = selection.unmatched_patterns(&names);
    if let Some(name) = unmatched.iter().find(|pattern| !is_glob(pattern)) {
        let (root_name, revision) = split_revision(name);
        if revision.is_some()
            && service.apis.iter().any(|api| api.root_name().eq_ignore_ascii_case(root_name))
        {
            let text = format!("--apim-apis: '{name}' is a revision; APIs are selected by their own names");
            return Err(Error::no_match(text).with_hint(format!(
                "--apim-apis {root_name} imports the current revision; with --revisions all, every revision becomes a version."
            )));
        }
        let text = format!("--apim-apis: {} does not have an API '{name}'", service.source);
        let service_id = service.source.service_id();
        return Err(Error::no_match(text).with_hint(format!(
            "List the names with: azr apim api list -g {} -n {}. Patterns may contain * and ?.",
            service_id.group().unwrap_or("GROUP"),
            service_id.name()
        )));
    }
    Ok(unmatched.into_iter().map(str::to_owned).collect())
}

/// A planned import.
pub struct ImportPlan<'i> {
    run: ImportRun<'i>,
    prerequisites: Prerequisites,
    options: &'i ImportOptions,
}

/// The result of [`ImportPlan::preview`].
pub struct Preview {
    /// What would happen to every API.
    pub report: DryRunReport,
    /// Why the import would be refused; None if it would not.
    pub refusal: Option<Error>,
    /// How many APIs, versions, definitions and deployments would be deleted.
    pub deletion_count: usize,
}

impl<'i> ImportPlan<'i> {
    /// The number of APIs to import or delete.
    #[must_use]
    pub fn len(&self) -> usize {
        self.run.tasks.len()
    }

    /// Whether there is nothing to import or delete.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.run.tasks.is_empty()
    }

    /// Plans every API and compares documents, without writing anything; `on_planned` is called for each API.
    pub async fn preview(&self, on_planned: &dyn Fn()) -> Result<Preview> {
        self.preview_into(on_planned, &mut |_| ()).await
    }

    /// The same, and passes the plan of each API on.
    pub async fn preview_into(
        &self,
        on_planned: &dyn Fn(),
        on_plan: &mut dyn FnMut(&PlannedApi),
    ) -> Result<Preview> {
        let mut report = DryRunReport::default();
        let mut guard = DeletionGuard::default();
        let mut plans = self.run.plan_all(self.options.execution.concurrency, true);
        while let Some((index, planned)) = plans.next().await {
            on_planned();
            match planned {
                Ok(Some(planned)) => {
                    guard.add(&planned);
                    report.add(index, &planned);
                    on_plan(&planned);
                }
                Ok(None) => {}
                Err(error) => report.add_failed(index, self.run.tasks[index].name(), &error),
            }
        }
        guard.check_skipped(self.options.plan.on_invalid)?;
        let refusal = self.options.max_deletions.and_then(|max| guard.check_deleted(max).err());
        Ok(Preview { report, refusal, deletion_count: guard.deleted_count() })
    }

    /// What the APIs of the source need, besides the APIs themselves.
    #[must_use]
    pub fn prerequisites(&self) -> &Prerequisites {
        &self.prerequisites
    }

    /// Whether the plan of every API has to be known before anything is written.
    #[must_use]
    pub fn needs_review(&self) -> bool {
        self.options.max_deletions.is_some() || self.options.plan.on_invalid == OnInvalid::Fail
    }

    /// Approves the plan, after a review of the plan of every API if that [is needed](Self::needs_review).
    ///
    /// Fails if the import would delete more than allowed, or skip an API that must not be skipped.
    pub async fn approve(self, on_planned: &dyn Fn()) -> Result<ApprovedPlan<'i>> {
        if !self.needs_review() {
            return Ok(ApprovedPlan {
                plan: self,
                deletions: Vec::new(),
                deletion_count: 0,
                approved: ApprovedDeletions::default(),
            });
        }
        let mut guard = DeletionGuard::default();
        let mut plans = self.run.plan_all(self.options.execution.concurrency, false);
        while let Some((_, planned)) = plans.next().await {
            on_planned();
            if let Some(planned) = planned? {
                guard.add(&planned);
            }
        }
        drop(plans);
        let mut other_plans = self.run.plan_other_shards(self.options.execution.concurrency);
        while let Some(planned) = other_plans.next().await {
            if let Some(planned) = planned? {
                guard.add_deletions(&planned);
            }
        }
        drop(other_plans);
        guard.check_skipped(self.options.plan.on_invalid)?;
        if let Some(max_deletions) = self.options.max_deletions {
            guard.check_deleted(max_deletions)?;
        }
        let deletion_count = guard.deleted_count();
        let (deletions, approved) = guard.into_deletions();
        Ok(ApprovedPlan { plan: self, deletions, deletion_count, approved })
    }
}

/// A plan that may be executed.
pub struct ApprovedPlan<'i> {
    plan: ImportPlan<'i>,
    /// What is to be deleted, such as `version v1 of API orders`.
    pub deletions: Vec<String>,
    /// How many APIs, versions, definitions and deployments are deleted.
    pub deletion_count: usize,
    approved: ApprovedDeletions,
}

impl ApprovedPlan<'_> {
    /// The number of APIs to import or delete.
    #[must_use]
    pub fn len(&self) -> usize {
        self.plan.len()
    }

    /// Whether there is nothing to import or delete.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plan.is_empty()
    }

    /// Executes the plan; `on_result` receives each result with its index, or None for an API that stays as it is.
    ///
    /// An API that fails is a result; an error ends the whole import.
    pub async fn execute(
        &self,
        journal: &Journal,
        on_result: &mut dyn FnMut(usize, Option<ApiResult>) -> Result<()>,
    ) -> Result<()> {
        let ImportPlan { run, prerequisites, options } = &self.plan;
        let writer = Writer::new(run.clients.center, Some(journal));
        if run.tasks.iter().any(|task| matches!(task, ImportTask::Group { over_quota: None, .. })) {
            write_prerequisites(&writer, prerequisites).await?;
        }
        // What has moved to another API is deleted after it was imported there.
        let (last, first): (Vec<_>, Vec<_>) =
            run.tasks.iter().enumerate().partition(|(_, task)| run.is_after_others(task));
        for tasks in [first, last] {
            let run_tasks = tasks.iter().map(|(_, task)| RunTask::new(run, task, &self.approved));
            let mut on_outcome = |position: usize, outcome: Option<WriteOutcome>| {
                on_result(tasks[position].0, outcome.map(|outcome| outcome.result))
            };
            writer.write_all(run_tasks, options.execution, &mut on_outcome).await?;
        }
        Ok(())
    }

    /// The result of an API that was not reached because the import was interrupted; None for an orphan.
    #[must_use]
    pub fn interrupted_result(&self, index: usize) -> Option<ApiResult> {
        let task @ ImportTask::Group { .. } = &self.plan.run.tasks[index] else { return None };
        Some(task.unplanned_result(Status::Skipped, INTERRUPTED_REASON.to_owned()))
    }
}

/// Writes what all imported APIs need.
async fn write_prerequisites(writer: &Writer<'_>, prerequisites: &Prerequisites) -> Result<()> {
    let resources = writer.resources();
    let mut pending = Vec::new();
    let Prerequisites { metadata, environment, metadata_schemas, .. } = prerequisites;
    if metadata.change == Change::Update {
        // An assignment was removed; the snapshot does not have the schema to compare it with.
        let replaced = resources.replace(metadata).await;
        replaced.map_err(|error| error.with_context(metadata.label()))?;
    }
    let metadata = Some(metadata).filter(|metadata| metadata.change == Change::Create);
    for step in metadata.into_iter().chain(metadata_schemas).chain([environment]) {
        match resources.write(step, false, &mut pending).await {
            // Another import has created it in the meantime.
            Ok(_) | Err(WriteError::Outdated) => {}
            Err(WriteError::Failed(error)) => return Err(error.with_context(step.label())),
        }
    }
    resources.wait_all(pending).await
}
