//! The tasks of an import, and the planning of each.

mod stale_sources;

use std::collections::{HashMap, HashSet};

use futures_util::Stream;
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::OnceCell;

use super::approved_steps::{ApprovedSteps, changed_error};
use super::clients::Clients;
use super::deletion_guard::ApprovedDeletions;
use super::desired::Change;
use super::document::{self, Document};
use super::exported_terms::ExportedTerms;
use super::inventory;
use super::over_quota::OverQuota;
use super::plan::{
    ApiGroup, DocumentSource, DocumentStep, ExistingDocument, OnCollision, PlannedApi, Planner, StaleSources,
};
use super::planned_center::PlannedCenter;
use super::planned_step::plan_steps;
use super::report::{ApiResult, Status};

use super::snapshot::{ApiChildren, CenterApi};
use super::source_details::SourceDetails;
use super::writer::WriteTask;
use azr_arm::large_responses::run_task;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// One API to import or to delete.
#[derive(Debug)]
pub(crate) enum ImportTask<'a> {
    /// An API that the center should have.
    Group {
        /// The API.
        group: ApiGroup<'a>,
        /// Why the center has no room for it; None if it has.
        over_quota: Option<Box<str>>,
    },
    /// An API that an earlier run imported and of which the service has nothing any more.
    Orphan(&'a CenterApi),
}

impl ImportTask<'_> {
    /// The name of the API in the center.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Group { group, .. } => &group.name,
            Self::Orphan(api) => &api.name,
        }
    }

    /// The result of an API that has not been planned.
    pub(crate) fn unplanned_result(&self, status: Status, reason: String) -> ApiResult {
        let mut result =
            ApiResult { name: self.name().to_owned(), status, reason: Some(reason), ..ApiResult::default() };
        if let Self::Group { group, .. } = self {
            let title = group.version_set.map_or(&*group.versions[0].api.title, |set| &set.title);
            title.clone_into(&mut result.title);
            result.sources = group.selected().map(|version| version.api.name.to_string()).collect();
            result.versions = group.selected().map(|version| version.title.to_string()).collect();
        }
        result
    }
}

/// What an API is planned for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To show or to approve the plan, before anything is written.
    Review,
    /// To execute the plan.
    Execution,
}

/// The tasks of one run of an import.
pub(crate) struct ImportRun<'a> {
    pub(crate) clients: Clients<'a>,
    planner: Planner<'a>,
    /// What the documents of the source have shown about contacts and licenses.
    exported_terms: ExportedTerms,
    /// The APIs in the order of their names, followed by the orphans.
    pub(crate) tasks: Vec<ImportTask<'a>>,
    /// With pruning, the tasks of the other shards, whose deletions count against the same limit.
    pub(crate) other_tasks: Vec<ImportTask<'a>>,
    /// What earlier sources of the same dry run would have written.
    pub(crate) planned_center: Option<&'a PlannedCenter>,
    /// Whether a dry run reads the documents of new APIs, too, so that the plan says what is imported.
    pub(crate) reads_all_documents: bool,
    /// The steps that may be carried out; None if every plan may.
    pub(crate) approved_steps: Option<&'a ApprovedSteps>,
}

impl<'a> ImportRun<'a> {
    /// Creates the tasks for the groups and, if the planner prunes, for the orphans; `is_in_shard` selects among them.
    pub(crate) fn new(
        clients: Clients<'a>,
        mut planner: Planner<'a>,
        groups: Vec<ApiGroup<'a>>,
        is_in_shard: impl Fn(&str) -> bool,
    ) -> Self {
        let over_quota = OverQuota::new(&planner, &groups);
        let mut orphans = find_orphans(&planner, &groups);
        if planner.pruner.is_none() {
            let orphans = std::mem::take(&mut orphans);
            if !planner.options.has_shared_apis() {
                planner.left_over = sources_of(&planner, orphans);
            }
        }
        let groups = groups.into_iter().filter(ApiGroup::is_selected);
        let all_tasks = groups.map(|group| ImportTask::Group {
            over_quota: over_quota.reason(&group.name).map(Into::into),
            group,
        });
        let all_tasks = all_tasks.chain(orphans.into_iter().map(ImportTask::Orphan));
        let (mut tasks, mut other_tasks) = (Vec::new(), Vec::new());
        for task in all_tasks {
            if is_in_shard(task.name()) {
                tasks.push(task);
            } else if planner.pruner.is_some() {
                other_tasks.push(task);
            }
        }
        // They are kept during the whole run.
        tasks.shrink_to_fit();
        Self {
            clients,
            planner,
            exported_terms: ExportedTerms::default(),
            tasks,
            other_tasks,
            planned_center: None,
            reads_all_documents: false,
            approved_steps: None,
        }
    }

    /// Whether a task deletes what another task may have to import elsewhere first.
    pub(crate) fn is_after_others(&self, task: &ImportTask<'a>) -> bool {
        match task {
            ImportTask::Orphan(_) => true,
            ImportTask::Group { group, .. } => self.planner.has_given_up_sources(group),
        }
    }

    /// Plans one API from the snapshot; None for an orphan of which nothing has to be deleted.
    pub(crate) async fn plan(&self, task: &ImportTask<'a>) -> Result<Option<PlannedApi>> {
        let existing = self.planner.api_in_snapshot(task.name());
        self.plan_with(task, existing, None, Purpose::Review).await
    }

    /// Plans one API from what the center has now.
    ///
    /// Fails if people have created or changed the API since the snapshot in a way that makes it another API than the
    /// one that was planned.
    async fn plan_current(
        &self,
        task: &ImportTask<'a>,
        details: &OnceCell<SourceDetails>,
    ) -> Result<Option<PlannedApi>> {
        let planner = &self.planner;
        let current = inventory::read_center_api(self.clients.center, &planner.api_id(task.name())).await?;
        let was_imported =
            planner.api_in_snapshot(task.name()).is_none_or(|api| planner.is_from_service(api));
        if let Some(current) = &current
            && was_imported
            && !planner.is_from_service(current)
            && planner.options.on_collision != OnCollision::Merge
        {
            return Err(Error::conflict(format!(
                "somebody created or replaced the API '{}' in the center during the import",
                current.name
            ))
            .with_hint("Run the same command again."));
        }
        self.plan_with(task, current.as_ref(), Some(details), Purpose::Execution).await
    }

    /// Plans one API; `existing` is the API in the center. `details` are read unless they were before.
    async fn plan_with(
        &self,
        task: &ImportTask<'a>,
        existing: Option<&CenterApi>,
        details: Option<&OnceCell<SourceDetails>>,
        purpose: Purpose,
    ) -> Result<Option<PlannedApi>> {
        let planner = &self.planner;
        let id = planner.api_id(task.name());
        match task {
            ImportTask::Group { group, over_quota } => {
                let mut children = ApiChildren::default();
                let mut stale = StaleSources::default();
                let planned_center = self.planned_center.filter(|planned| planned.has_plan(task.name()));
                let is_planned_only = planned_center.is_some_and(|planned| planned.is_new(task.name()));
                if existing.is_some() && !is_planned_only {
                    let is_pruned = planner.pruner.is_some();
                    let needs_definitions =
                        |name: &str| is_pruned || group.selected().any(|v| v.name.eq_ignore_ascii_case(name));
                    let read = inventory::read_api_children(self.clients.center, &id, needs_definitions);
                    children = match read.await {
                        Err(error) if error.is_not_found() => {
                            return Err(self.deleted_error(&id, error).await);
                        }
                        read => read?,
                    };
                    stale = self.confirm_stale(&id, existing, Some(group), &children, purpose).await?;
                }
                if let Some(planned) = planned_center {
                    planned.apply_to_children(task.name(), &mut children);
                }
                let mut plan = planner.plan_api(group, existing, &children, &stale);
                if plan.skip_reason.is_none() {
                    plan.skip_reason = over_quota.as_deref().map(str::to_owned);
                }
                if let Some(details) = details.filter(|_| plan.skip_reason.is_none()) {
                    let details = details.get_or_try_init(|| self.read_details(group, &plan)).await?;
                    plan = planner.plan_api_with(group, existing, &children, &stale, details);
                }
                Ok(Some(plan))
            }
            ImportTask::Orphan(_) => {
                let Some(pruner) = &planner.pruner else { return Ok(None) };
                let read = inventory::read_listed_api(self.clients.center, &id, existing, |_| true);
                let (Some(existing), children) = read.await? else { return Ok(None) };
                let stale = self.confirm_stale(&id, Some(existing), None, &children, purpose).await?;
                Ok(pruner.plan_orphan(&id, existing, &children, &stale))
            }
        }
    }

    /// The error of an API if the center does not have it, or something below it, that it had when it was listed.
    async fn deleted_error(&self, id: &ResourceId, error: Error) -> Error {
        let name = id.name();
        let difference = match inventory::read_center_api(self.clients.center, id).await {
            Ok(None) => format!("the API '{name}' was deleted in the center"),
            Ok(Some(_)) => format!("a version of the API '{name}' was deleted in the center"),
            Err(_) => return error,
        };
        if self.approved_steps.is_some() {
            return changed_error(&difference);
        }
        Error::conflict(format!("{difference} while it was read")).with_hint("Run the same command again.")
    }

    async fn read_details(&self, group: &ApiGroup<'a>, plan: &PlannedApi) -> Result<SourceDetails> {
        let Planner { service, options, .. } = &self.planner;
        let newest = group.selected().last().unwrap_or(&group.versions[0]).api;
        let client = self.clients.source;
        SourceDetails::read(client, service, plan, newest, options.require_documents, &self.exported_terms)
            .await
    }

    /// Plans the APIs of other shards, `concurrency` at the same time, for their deletions.
    pub(crate) fn plan_other_shards(
        &self,
        concurrency: usize,
    ) -> impl Stream<Item = Result<Option<PlannedApi>>> + '_ {
        let plans = self.other_tasks.iter().map(|task| run_task(self.plan(task)));
        stream::iter(plans).buffer_unordered(concurrency.max(1))
    }

    /// Plans all APIs, `concurrency` at the same time, and yields each plan with the index of its task as it is ready.
    ///
    /// With `compare_documents`, documents are compared with those in the center.
    pub(crate) fn plan_all(
        &self,
        concurrency: usize,
        compare_documents: bool,
    ) -> impl Stream<Item = (usize, Result<Option<PlannedApi>>)> + '_ {
        let plans = self.tasks.iter().enumerate().map(move |(index, task)| async move {
            let details = OnceCell::new();
            let existing = self.planner.api_in_snapshot(task.name());
            // A new API is planned without its documents.
            let reads_documents = existing.is_some() || self.reads_all_documents;
            let wanted = Some(&details).filter(|_| compare_documents && reads_documents);
            let mut planned = self.plan_with(task, existing, wanted, Purpose::Review).await;
            if let Ok(Some(planned)) = &mut planned
                && compare_documents
                && planned.skip_reason.is_none()
            {
                self.compare_documents(planned, details.get()).await;
            }
            (index, planned)
        });
        stream::iter(plans.map(run_task)).buffer_unordered(concurrency.max(1))
    }

    /// Compares the documents of a plan with those in the center, for a dry run.
    ///
    /// A document that cannot be exported becomes a note; it is an error only when the API is imported.
    async fn compare_documents(&self, planned: &mut PlannedApi, details: Option<&SourceDetails>) {
        for version in &mut planned.versions {
            for step in &mut version.documents {
                match self.document_change(step, details).await {
                    Ok((change, digest)) => {
                        step.new_digest = digest;
                        step.definition.change = step.definition.change.or(change);
                        step.document_change = change;
                    }
                    Err(error) => planned.notes.push(format!("{}: {error}", step.definition.label())),
                }
            }
        }
    }

    /// What happens to a document, and the digest of the new one if it was read.
    async fn document_change(
        &self,
        step: &DocumentStep,
        details: Option<&SourceDetails>,
    ) -> Result<(Change, Option<String>)> {
        if step.existing == ExistingDocument::Missing && !self.reads_all_documents {
            return Ok((Change::Create, None));
        }
        let DocumentSource::Export(source) = &step.source else { return Ok((Change::Unchanged, None)) };
        let exported = match details.and_then(|details| details.digest(source)) {
            Some(digest) => digest,
            None => document::read_document(self.clients.source, source).await?.digest(),
        };
        let existing = match &step.existing {
            ExistingDocument::Digest(digest) => Some(digest.clone()),
            ExistingDocument::Missing => None,
            ExistingDocument::Unknown | ExistingDocument::Different => {
                document::digest_in_center(self.clients.center, step.definition.id()).await?
            }
        };
        let change = match existing {
            None => Change::Create,
            Some(existing) if existing == exported => Change::Unchanged,
            Some(_) => Change::Update,
        };
        Ok((change, Some(exported)))
    }
}

/// A task of a run.
pub(crate) struct RunTask<'r, 'a> {
    run: &'r ImportRun<'a>,
    task: &'r ImportTask<'a>,
    approved: &'r ApprovedDeletions,
    details: OnceCell<SourceDetails>,
}

impl<'r, 'a> RunTask<'r, 'a> {
    pub(crate) fn new(
        run: &'r ImportRun<'a>,
        task: &'r ImportTask<'a>,
        approved: &'r ApprovedDeletions,
    ) -> Self {
        Self { run, task, approved, details: OnceCell::new() }
    }
}

impl RunTask<'_, '_> {
    /// Fails if a saved plan does not have the steps of a plan.
    fn check_approved(&self, mut plan: Option<PlannedApi>) -> Result<Option<PlannedApi>> {
        let Some(approved) = self.run.approved_steps else { return Ok(plan) };
        if let Some(plan) = plan.as_mut().filter(|plan| plan.skip_reason.is_none()) {
            approved.check(self.task.name(), &plan_steps(plan, false))?;
            plan.require_exact();
        }
        Ok(plan)
    }
}

impl WriteTask for RunTask<'_, '_> {
    async fn plan(&self, attempt: usize) -> Result<Option<PlannedApi>> {
        if attempt == 0 {
            let existing = self.run.planner.api_in_snapshot(self.task.name());
            let details = Some(&self.details);
            let plan = self.run.plan_with(self.task, existing, details, Purpose::Execution).await?;
            // What is deleted must not have changed since the snapshot.
            if plan.as_ref().is_none_or(|plan| plan.deletions.is_empty()) {
                return self.check_approved(plan);
            }
        }
        let mut plan = self.run.plan_current(self.task, &self.details).await?;
        if let Some(plan) = &mut plan {
            self.approved.restrict(plan);
        }
        self.check_approved(plan)
    }

    async fn read_document(&self, source: &DocumentSource) -> Result<Document> {
        match source {
            DocumentSource::Export(source) => {
                let exported = match self.details.get().and_then(|details| details.take_document(source)) {
                    Some(exported) => exported?,
                    None => document::read_document(self.run.clients.source, source).await?,
                };
                if let Some(approved) = self.run.approved_steps {
                    approved.check_document(self.task.name(), source.api.as_str(), &exported.digest())?;
                }
                exported.into_document(source)
            }
            DocumentSource::Definition(_) => Err(Error::unexpected("the document is not exported")),
        }
    }

    fn is_own(&self, api: &CenterApi) -> bool {
        let source = &self.run.planner.service.source;
        api.provenance.as_ref().is_some_and(|provenance| provenance.is_only_from(source))
    }

    fn unplanned_result(&self, status: Status, reason: String) -> ApiResult {
        self.task.unplanned_result(status, reason)
    }
}

/// Finds the APIs of the center that were imported from the service and that none of the groups becomes.
fn find_orphans<'a>(planner: &Planner<'a>, groups: &[ApiGroup<'_>]) -> Vec<&'a CenterApi> {
    // With match rules, an API may come from several APIs of the service, of which only some are selected.
    let is_shared = planner.options.has_shared_apis();
    let groups = groups.iter().filter(|group| !is_shared || group.is_selected());
    let names: HashSet<String> = groups.map(|group| group.name.to_ascii_lowercase()).collect();
    let apis = planner.center.apis.iter();
    let mut orphans: Vec<&CenterApi> = apis
        .filter(|(name, api)| !names.contains(*name) && planner.is_from_service(api))
        .map(|(_, api)| api)
        .collect();
    orphans.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    orphans
}

/// The names of APIs of the center by the names, in lower case, of the source APIs that they were imported from.
fn sources_of(planner: &Planner<'_>, apis: Vec<&CenterApi>) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for api in apis {
        let sources = api.provenance.iter().flat_map(|p| p.sources_of(&planner.service.source));
        names.extend(sources.map(|(_, source)| (source.to_owned(), api.name.to_string())));
    }
    names
}

impl From<&PlannedApi> for ApiResult {
    /// The result of an API for which nothing has been done yet.
    fn from(api: &PlannedApi) -> Self {
        Self {
            name: api.name.clone(),
            title: api.title.clone(),
            kind: api.kind.clone(),
            status: Status::Skipped,
            sources: api.sources.clone(),
            versions: api.version_titles.clone(),
            seconds: 0.0,
            reason: None,
            notes: api.notes.clone(),
            origin: None,
        }
    }
}
