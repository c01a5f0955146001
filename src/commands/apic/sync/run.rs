//! Imports the sources one after the other.

use std::time::Instant;

use clap::ArgMatches;

use super::file_keys::name_key;
use super::folder_run::FolderRun;
use super::options::{RunOptions, SyncOptions};
use super::preview::{self, PreviewOptions};
use super::run_state::{RunState, open_journal};
use super::selected_apis::SelectedApis;
use super::service_run::{self, ServiceClients};
use super::sources::{self, RunSource, ServiceWork, SourceWork};
use crate::commands::apic::center;
use crate::commands::apic::register::folder::ReadFolder;
use crate::commands::apic::summary::confirmation::confirm_deletions;
use crate::commands::apic::summary::found_types::FoundTypes;
use crate::commands::apic::summary::plan_view::NextCommand;
use crate::commands::apic::summary::{self, conclusion};
use crate::commands::names;
use crate::commands::tree::{Outcome, TerminalView};
use crate::interrupt::{run_interruptible, run_until_interrupt};
use crate::session::Session;
use azr_catalog::approved_steps::ApprovedSteps;
use azr_catalog::bulk_import::{ApprovedPlan, BulkImport, ImportPlan};
use azr_catalog::deletion_guard::check_deletion_count;
use azr_catalog::plan::OnInvalid;
use azr_catalog::report::{ApiResult, Status};
use azr_catalog::results::ImportResults;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

/// The hint after a run of which a part failed.
const RETRY_HINT: &str =
    "Run the same command again to retry what failed; what succeeded is not written again.";

/// `azr apic sync`.
pub(super) async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let center = center::read_center(session, matches, &names::CENTER)?;
    let options = SyncOptions::read(matches)?;
    let path = options.file.clone();
    run_file(session, center, options).await.map_err(|error| name_key(error, &path))
}

async fn run_file(session: &Session, center: ResourceId, options: SyncOptions) -> Result<Outcome> {
    let file = sources::read_file(&options.file)?;
    let sources = sources::resolve(session, file, &center, options.run.execution)?;
    let sources = run_interruptible(Box::pin(sources::expand_workspaces(session, &center, sources))).await?;
    if options.dry_run {
        let plan_options = PreviewOptions {
            detailed_exitcode: options.detailed_exitcode,
            plan_file: options.plan_file,
            max_deletions: options.run.max_deletions,
            next_command: NextCommand::WithoutDryRun,
        };
        let preview = preview::preview(session, &center, &sources, &plan_options);
        return run_interruptible(Box::pin(preview)).await;
    }
    Box::pin(Sync { session, center: &center, options: &options.run, approved: None }.run(&sources)).await
}

/// Imports from several services or workspaces that no file describes.
pub(crate) async fn import_services(
    session: &Session,
    center: &ResourceId,
    works: Vec<ServiceWork>,
    preview: Option<&PreviewOptions>,
    options: &RunOptions,
) -> Result<Outcome> {
    let sources: Vec<RunSource> = works.into_iter().map(RunSource::service).collect();
    if let Some(preview) = preview {
        return run_interruptible(Box::pin(preview::preview(session, center, &sources, preview))).await;
    }
    Box::pin(Sync { session, center, options, approved: None }.run(&sources)).await
}

/// A run that writes.
pub(crate) struct Sync<'a> {
    pub(crate) session: &'a Session,
    pub(crate) center: &'a ResourceId,
    pub(crate) options: &'a RunOptions,
    /// The steps of each source that may be carried out; None if every plan may.
    pub(crate) approved: Option<&'a [ApprovedSteps]>,
}

impl Sync<'_> {
    /// Imports the sources.
    pub(crate) async fn run(&self, sources: &[RunSource]) -> Result<Outcome> {
        let started = Instant::now();
        // Every source is read before anything is written, and deletions of all of them are approved together.
        let deletions = run_interruptible(Box::pin(self.review(sources))).await?;
        let subject = || format!("Synchronization of {}", self.center.name());
        let report = self.options.report.as_ref();
        let report = report.map(|file| file.start_about(self.session, subject())).transpose()?;
        confirm_deletions(self.session, &deletions, self.center.name(), self.options.yes)?;
        let mut state = RunState { results: ImportResults::new(report), ..RunState::default() };
        let mut failure = None;
        for (index, source) in sources.iter().enumerate() {
            let approved = self.approved.and_then(|approved| approved.get(index));
            let skipped_before = state.results.count(Status::Skipped);
            let outcome = match &source.work {
                SourceWork::Service(work) => self.import_service(source, work, approved, &mut state).await,
                SourceWork::Folder(folder) => {
                    let run = FolderRun {
                        session: self.session,
                        center: self.center,
                        source,
                        options: self.options,
                        approved,
                    };
                    run.register(&folder.options, &mut state).await
                }
            };
            let may_skip = matches!(&source.work, SourceWork::Service(work) if work.import.plan.on_invalid == OnInvalid::Skip);
            if !may_skip {
                state.unexpected_skips += state.results.count(Status::Skipped) - skipped_before;
            }
            if let Err(error) = outcome {
                failure = Some(error);
                break;
            }
            let has_failed = state.results.count(Status::Failed) > 0;
            if state.is_interrupted || (self.options.execution.fail_fast && has_failed) {
                break;
            }
        }
        let count = state.count;
        state.results.finish(count, |_| None)?;
        if let Some(error) = failure {
            summary::print_report_path(self.options.report.as_ref());
            return Err(error);
        }
        self.conclude(&state, started)
    }

    /// Reads every source, and plans those that delete or that must not skip; returns what is to be deleted.
    async fn review(&self, sources: &[RunSource]) -> Result<Vec<String>> {
        let mut deletions = Vec::new();
        let mut deletion_count = 0;
        let mut selected = SelectedApis::default();
        for source in sources {
            match &source.work {
                SourceWork::Service(work) => {
                    let clients = ServiceClients::new(self.session, work)?;
                    service_run::check_links(self.session.client()?, self.center, work, false).await?;
                    let import = BulkImport::new(clients.get(), self.center.clone(), work.import.clone());
                    let inventory = service_run::read_inventory(&import, &source.label, self.center).await?;
                    service_run::warn_about_patterns(&inventory, &source.label);
                    selected.add(&work.import.source, &source.label, &inventory)?;
                    let plan = import.plan(&inventory)?;
                    if plan.needs_review() {
                        let approved = approve(plan, &source.label).await?;
                        deletion_count += approved.deletion_count;
                        deletions.extend(approved.deletions);
                    }
                }
                SourceWork::Folder(folder) => drop(ReadFolder::read(self.session, &folder.options).await?),
            }
        }
        check_deletion_count(deletion_count, self.options.max_deletions)?;
        Ok(deletions)
    }

    async fn import_service(
        &self,
        source: &RunSource,
        work: &ServiceWork,
        approved: Option<&ApprovedSteps>,
        state: &mut RunState,
    ) -> Result<()> {
        let clients = ServiceClients::new(self.session, work)?;
        let import = BulkImport::new(clients.get(), self.center.clone(), work.import.clone());
        let import = match approved {
            Some(approved) => import.with_approved_steps(approved),
            None => import,
        };
        let read = service_run::read_inventory(&import, &source.label, self.center);
        let inventory = run_interruptible(Box::pin(read)).await?;
        let plan = run_interruptible(Box::pin(approve(import.plan(&inventory)?, &source.label))).await?;
        state.found.add(&inventory.found);
        let journal_source = import.journal_source();
        let journal = open_journal(self.session, self.center, &journal_source)?;
        let bar = Progress::bar("Importing", plan.len()).with_details(&format!(
            "from {} into {}",
            source.label,
            self.center.name()
        ));
        let start = state.count;
        let RunState { results, failures, .. } = state;
        let mut on_result = |index: usize, result: Option<ApiResult>| {
            if result.as_ref().is_some_and(|result| failures.record(result)) {
                bar.advance_failed();
            } else {
                bar.advance();
            }
            results.add(start + index, result.map(|result| source.with_origin(result)))
        };
        let outcome = run_until_interrupt(plan.execute(&journal, &mut on_result)).await;
        bar.finish();
        state.is_interrupted = outcome?;
        state.count += plan.len();
        let missing =
            |index: usize| plan.interrupted_result(index - start).map(|result| source.with_origin(result));
        state.results.fill(state.count, missing)?;
        if state.is_interrupted { Ok(()) } else { journal.delete() }
    }

    /// Prints the summary.
    fn conclude(&self, state: &RunState, started: Instant) -> Result<Outcome> {
        let results = &state.results;
        summary::print_notes(results);
        summary::print_remaining_problems(results);
        let is_interrupted = state.is_interrupted;
        let describe = if is_interrupted { conclusion::describe_interrupted } else { conclusion::describe };
        let found = FoundTypes(&state.found);
        if !state.found.is_empty() {
            message::status(&found.to_string());
        }
        message::status(&describe(results, conclusion::SYNC, self.center, started.elapsed()));
        summary::print_report_path(self.options.report.as_ref());
        let mut value = results.summary();
        found.add_to(&mut value);
        let mut outcome = Outcome { view: Some(TerminalView::Nothing), ..Outcome::value(value) };
        if is_interrupted {
            return Ok(summary::interrupted(outcome));
        }
        outcome.exit_code = summary::print_failures(results, RETRY_HINT);
        if outcome.exit_code == 0 && state.unexpected_skips > 0 {
            outcome.exit_code = summary::print_skipped(results);
        }
        if outcome.exit_code == 0 {
            outcome.closing.next = conclusion::next_steps(results, self.center);
        }
        Ok(outcome)
    }
}

/// Plans every API, if that is needed before anything is written.
async fn approve<'i>(plan: ImportPlan<'i>, label: &str) -> Result<ApprovedPlan<'i>> {
    if !plan.needs_review() {
        return plan.approve(&|| ()).await;
    }
    let bar = Progress::bar("Planning", plan.len()).with_details(&format!("from {label}"));
    plan.approve(&|| bar.advance()).await
}
