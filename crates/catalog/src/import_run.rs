//! The tasks of an import, and the planning of each.

use std::collections::HashSet;

use futures_util::Stream;
use futures_util::stream::{self, StreamExt as _};

use super::clients::Clients;
use super::document;
use super::inventory;
use super::over_quota::OverQuota;
use super::plan::{ApiGroup, Change, DocumentStep, ExistingDocument, PlannedApi, Planner};
use super::report::{ApiResult, Status};
use super::snapshot::{ApiChildren, CenterApi};
use azr_core::error::Result;

/// One API to import or to delete.
#[derive(Debug)]
pub(crate) enum ImportTask<'a> {
    /// An API that the center should have.
    Group {
        /// The API.
        group: ApiGroup<'a>,
        /// Why the center has no room for it; None if it has.
        over_quota: Option<String>,
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
            result.versions = group.selected().map(|version| version.title.clone()).collect();
        }
        result
    }
}

/// The tasks of one run of an import.
pub(crate) struct ImportRun<'a> {
    pub(crate) clients: Clients<'a>,
    planner: Planner<'a>,
    /// The APIs in the order of their names, followed by the orphans.
    pub(crate) tasks: Vec<ImportTask<'a>>,
}

impl<'a> ImportRun<'a> {
    /// Creates the tasks for the groups and, if the planner prunes, for the orphans; `is_in_shard` selects among them.
    pub(crate) fn new(
        clients: Clients<'a>,
        planner: Planner<'a>,
        groups: Vec<ApiGroup<'a>>,
        is_in_shard: impl Fn(&str) -> bool,
    ) -> Self {
        let over_quota = OverQuota::new(&planner, &groups);
        let orphans = find_orphans(&planner, &groups, &is_in_shard);
        let groups = groups.into_iter().filter(|group| group.is_selected() && is_in_shard(&group.name));
        let mut tasks: Vec<ImportTask<'a>> = groups
            .map(|group| ImportTask::Group {
                over_quota: over_quota.reason(&group.name).map(str::to_owned),
                group,
            })
            .collect();
        tasks.extend(orphans.into_iter().map(ImportTask::Orphan));
        Self { clients, planner, tasks }
    }

    /// Plans one API; None for an orphan of which nothing has to be deleted.
    pub(crate) async fn plan(&self, task: &ImportTask<'a>) -> Result<Option<PlannedApi>> {
        let planner = &self.planner;
        let id = planner.api_id(task.name());
        match task {
            ImportTask::Group { group, over_quota } => {
                let mut children = ApiChildren::default();
                if planner.center.apis.contains_key(&group.name.to_ascii_lowercase()) {
                    let is_pruned = planner.pruner.is_some();
                    let needs_definitions =
                        |name: &str| is_pruned || group.selected().any(|v| v.name.eq_ignore_ascii_case(name));
                    children =
                        inventory::read_api_children(self.clients.center, &id, needs_definitions).await?;
                }
                let mut api = planner.plan_api(group, &children);
                if api.skip_reason.is_none() {
                    api.skip_reason.clone_from(over_quota);
                }
                Ok(Some(api))
            }
            ImportTask::Orphan(api) => {
                let Some(pruner) = &planner.pruner else { return Ok(None) };
                let children = inventory::read_api_children(self.clients.center, &id, |_| true).await?;
                Ok(pruner.plan_orphan(&id, api, &children))
            }
        }
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
            let mut planned = self.plan(task).await;
            if let Ok(Some(planned)) = &mut planned
                && compare_documents
                && planned.skip_reason.is_none()
            {
                self.compare_documents(planned).await;
            }
            (index, planned)
        });
        stream::iter(plans).buffer_unordered(concurrency.max(1))
    }

    /// Compares the documents of a plan with those in the center, for a dry run.
    ///
    /// A document that cannot be exported becomes a note; it is an error only when the API is imported.
    async fn compare_documents(&self, planned: &mut PlannedApi) {
        for version in &mut planned.versions {
            let Some(step) = &mut version.document else { continue };
            match self.document_change(step).await {
                Ok(change) => step.definition.change = step.definition.change.or(change),
                Err(error) => planned.notes.push(format!("{}: {error}", step.definition.label)),
            }
        }
    }

    async fn document_change(&self, step: &DocumentStep) -> Result<Change> {
        if step.existing == ExistingDocument::Missing {
            return Ok(Change::Create);
        }
        let exported = document::export_document(self.clients.source, step).await?.digest();
        let existing = match &step.existing {
            ExistingDocument::Digest(digest) => Some(digest.clone()),
            _ => document::digest_in_center(self.clients.center, step).await?,
        };
        Ok(match existing {
            None => Change::Create,
            Some(existing) if existing == exported => Change::Unchanged,
            Some(_) => Change::Update,
        })
    }
}

/// Finds the APIs of the center that were imported from the service and that none of the groups becomes.
fn find_orphans<'a>(
    planner: &Planner<'a>,
    groups: &[ApiGroup<'_>],
    is_in_shard: &impl Fn(&str) -> bool,
) -> Vec<&'a CenterApi> {
    let Some(pruner) = &planner.pruner else { return Vec::new() };
    let names: HashSet<String> = groups.iter().map(|group| group.name.to_ascii_lowercase()).collect();
    let apis = planner.center.apis.iter();
    let mut orphans: Vec<&CenterApi> = apis
        .filter(|(name, api)| !names.contains(*name) && pruner.is_from_service(api) && is_in_shard(name))
        .map(|(_, api)| api)
        .collect();
    orphans.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    orphans
}

impl From<&PlannedApi> for ApiResult {
    /// The result of an API for which nothing has been done yet.
    fn from(api: &PlannedApi) -> Self {
        Self {
            name: api.name.clone(),
            title: api.title.clone(),
            kind: api.kind.to_owned(),
            status: Status::Skipped,
            sources: api.sources.clone(),
            versions: api.version_titles.clone(),
            seconds: 0.0,
            reason: None,
            notes: api.notes.clone(),
        }
    }
}
