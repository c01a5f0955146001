//! `--mode client`: azr itself imports, instead of the service.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::super::report_option::ReportFile;
use super::super::summary;
use super::super::summary::failure_log::FailureLog;
use super::client_options::{ClientOptions, RunOptions};
use super::sources::SourceApis;
use super::swapped_names;
use crate::commands::apic::linked_service::{self, LinkCheck};
use crate::commands::apic::portal;
use crate::commands::apic::service_workspaces;
use crate::commands::apic::summary::conclusion;
use crate::commands::apic::summary::confirmation::confirm_deletions;
use crate::commands::apic::summary::found_types::FoundTypes;
use crate::commands::apic::summary::plan_view::{self, NextCommand};
use crate::commands::apic::sync::{self, ServiceWork};
use crate::commands::tree::{Outcome, TerminalView};
use crate::interrupt::{run_interruptible, run_until_interrupt};
use crate::session::Session;
use azr_arm::client::Client;
use azr_catalog::bulk_import::{ApprovedPlan, BulkImport, ImportOptions, ImportPlan, Inventory};
use azr_catalog::clients::Clients;
use azr_catalog::deleted_workspace::read_imported_workspaces;
use azr_catalog::import_source::ImportSource;
use azr_catalog::journal::{self, Journal};
use azr_catalog::plan::OnInvalid;
use azr_catalog::report::ApiResult;
use azr_catalog::results::ImportResults;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

/// The exit code of `--detailed-exitcode` if something would change.
const EXIT_CHANGES: u8 = 5;

/// Imports, or shows what an import would do.
pub(super) async fn run(
    session: &Session,
    mut options: ClientOptions,
    center: ResourceId,
) -> Result<Outcome> {
    let mut sources = std::mem::take(&mut options.sources);
    if let (false, Some(apis)) = (options.workspaces.is_empty(), sources.first()) {
        let subscription = apis.source.service_id().subscription();
        let other_client = session.client_for_subscription(subscription, options.tenant.as_deref())?;
        let client = other_client.as_ref().map_or_else(|| session.client(), Ok)?;
        let service = apis.source.service_id();
        let list = async {
            let imported = if options.import.max_deletions.is_some() {
                read_imported_workspaces(session.client()?, &center, &apis.source).await?
            } else {
                BTreeSet::new()
            };
            let patterns = &options.workspaces;
            service_workspaces::list_matching(client, service, patterns, &imported, "--workspace").await
        };
        let workspaces = run_interruptible(Box::pin(list)).await?;
        let with_apis = |source| SourceApis { source, patterns: apis.patterns.clone() };
        sources = workspaces.into_iter().map(with_apis).collect();
    }
    if sources.len() == 1
        && options.run.plan_file.is_none()
        && let Some(SourceApis { source, patterns }) = sources.pop()
    {
        options.import.source = source;
        options.import.patterns = patterns;
        return Box::pin(run_one(session, options, center)).await;
    }
    if options.run.journal.is_some() {
        return Err(Error::usage("--journal cannot be combined with several workspaces: each has a journal"));
    }
    Box::pin(run_several(session, options, sources, &center)).await
}

/// Imports from several workspaces, one after the other, with one plan and one report.
async fn run_several(
    session: &Session,
    options: ClientOptions,
    sources: Vec<SourceApis>,
    center: &ResourceId,
) -> Result<Outcome> {
    let ClientOptions { import, tenant, run, .. } = options;
    let work = |SourceApis { source, patterns }: SourceApis| ServiceWork {
        import: ImportOptions {
            source,
            patterns,
            // The limit is for all sources together.
            max_deletions: import.max_deletions.map(|_| usize::MAX),
            ..import.clone()
        },
        tenant: tenant.clone(),
        beside_link: run.beside_link,
    };
    let next_command = next_command(&run);
    let preview = run.dry_run.then_some(sync::PreviewOptions {
        detailed_exitcode: run.detailed_exitcode,
        plan_file: run.plan_file,
        max_deletions: run.max_deletions,
        next_command,
    });
    let run_options = sync::RunOptions {
        yes: run.yes,
        max_deletions: run.max_deletions,
        execution: import.execution,
        report: run.report,
    };
    let works = sources.into_iter().map(work).collect();
    sync::import_services(session, center, works, preview.as_ref(), &run_options).await
}

/// Imports from one source.
async fn run_one(session: &Session, options: ClientOptions, center: ResourceId) -> Result<Outcome> {
    let started = Instant::now();
    let source = options.import.source.clone();
    let other_client =
        session.client_for_subscription(source.service_id().subscription(), options.tenant.as_deref())?;
    let center_client = session.client()?;
    let clients = Clients { source: other_client.as_ref().unwrap_or(center_client), center: center_client };

    let may_skip = options.import.plan.on_invalid == OnInvalid::Skip;
    let import = BulkImport::new(clients, center.clone(), options.import);
    let link_check = check_links(center_client, &center, source.service_id(), &options.run);
    let reads = async { futures_util::try_join!(link_check, read_inventory(&import, &source, &center)) };
    let reads = run_interruptible(Box::pin(reads)).await;
    let reads = swapped_names::explain(reads, center_client, &center, source.service_id()).await;
    let (link_warning, inventory) = reads?;
    if let Some(warning) = link_warning {
        message::warn(&warning);
    }
    let plan = import.plan(&inventory)?;
    if options.run.dry_run {
        return run_interruptible(preview(&plan, FoundTypes(&inventory.found), &options.run)).await;
    }
    // A report or journal that cannot be written is an error before anything is imported.
    let subject = || format!("Import from {} into {}", source, center.name());
    let report = options.run.report.as_ref().map(|file| file.start_about(session, subject())).transpose()?;
    let journal_source = import.journal_source();
    let journal_path = match options.run.journal {
        Some(path) => path,
        None => journal::default_path(&session.context.state_dir()?, &center, &journal_source),
    };
    let journal = Journal::open(&journal_path, &center, &journal_source)?;
    let mut results = ImportResults::new(report);
    let details = format!("from {} into {}", source, center.name());
    let plan = approve(plan).await?;
    confirm_deletions(session, &plan.deletions, center.name(), options.run.yes)?;
    let is_interrupted = execute(&plan, &journal, &mut results, &details).await?;
    let run = FinishedRun {
        center: &center,
        found: FoundTypes(&inventory.found),
        elapsed: started.elapsed(),
        is_interrupted,
        may_skip,
    };
    let mut outcome = conclude(options.run.report.as_ref(), journal, &results, run)?;
    portal::add_link(&mut outcome.closing, &center, portal::base_url(session)?);
    Ok(outcome)
}

/// Fails if the center synchronizes the service already, unless the user accepts that; returns a warning.
async fn check_links(
    client: &Client,
    center: &ResourceId,
    service: &ResourceId,
    options: &RunOptions,
) -> Result<Option<String>> {
    match linked_service::check(client, center, service).await {
        LinkCheck::NotLinked => Ok(None),
        LinkCheck::Unknown(warning) => Ok(Some(warning)),
        LinkCheck::Linked(refusal) if options.beside_link => Ok(Some(format!("{refusal}."))),
        LinkCheck::Linked(refusal) if options.dry_run => {
            Ok(Some(format!("{refusal}. Without --beside-link it will be refused.")))
        }
        LinkCheck::Linked(refusal) => Err(refusal),
    }
}

async fn read_inventory(
    import: &BulkImport<'_>,
    source: &ImportSource,
    center: &ResourceId,
) -> Result<Inventory> {
    let inventory = sync::read_inventory(import, &source.to_string(), center).await?;
    for pattern in &inventory.unmatched_patterns {
        message::warn(&format!("--apim-apis: no API of {source} matches '{pattern}'"));
    }
    if let Some(warning) = &inventory.warning {
        message::warn(warning);
    }
    Ok(inventory)
}

/// Shows what the import would do.
async fn preview(plan: &ImportPlan<'_>, found: FoundTypes<'_>, options: &RunOptions) -> Result<Outcome> {
    let bar = Progress::bar("Planning", plan.len());
    let preview = plan.preview(&|| bar.advance()).await?;
    bar.finish();
    if let Some(refusal) = preview.refusal {
        message::warn(&refusal.to_string());
    }
    let exit_code = if options.detailed_exitcode && preview.report.has_changes() { EXIT_CHANGES } else { 0 };
    let mut value = preview.report.into_value();
    found.add_to(&mut value);
    if !found.0.is_empty() {
        message::status(&found.to_string());
    }
    let closing = plan_view::closing(&value, next_command(options));
    let view = Some(plan_view::view(&value, None));
    Ok(Outcome { exit_code, view, closing, ..Outcome::value(value) })
}

/// How the plan of a dry run is carried out.
fn next_command(options: &RunOptions) -> NextCommand {
    if options.is_mode_given { NextCommand::WithoutDryRun } else { NextCommand::WithModeClient }
}

/// Plans every API, if that is needed before anything is written.
async fn approve(plan: ImportPlan<'_>) -> Result<ApprovedPlan<'_>> {
    if !plan.needs_review() {
        return plan.approve(&|| ()).await;
    }
    let bar = Progress::bar("Planning", plan.len());
    run_interruptible(plan.approve(&|| bar.advance())).await
}

/// Executes the plan; returns whether it was interrupted. `details` says where the APIs come from and go to.
async fn execute(
    plan: &ApprovedPlan<'_>,
    journal: &Journal,
    results: &mut ImportResults,
    details: &str,
) -> Result<bool> {
    summary::print_resumed(journal, "an import");
    let bar = Progress::bar("Importing", plan.len()).with_details(details);
    let mut failures = FailureLog::default();
    let mut on_result = |index: usize, result: Option<ApiResult>| {
        if result.as_ref().is_some_and(|result| failures.record(result)) {
            bar.advance_failed();
        } else {
            bar.advance();
        }
        results.add(index, result)
    };
    let outcome = run_until_interrupt(plan.execute(journal, &mut on_result)).await;
    bar.finish();
    let is_interrupted = outcome?;
    results.finish(plan.len(), |index| plan.interrupted_result(index))?;
    Ok(is_interrupted)
}

/// How a run ended, besides its results.
#[derive(Clone, Copy)]
struct FinishedRun<'a> {
    center: &'a ResourceId,
    found: FoundTypes<'a>,
    elapsed: Duration,
    is_interrupted: bool,
    /// Whether the user accepts that APIs are skipped.
    may_skip: bool,
}

/// Prints the summary, and deletes the journal of a completed import.
fn conclude(
    report: Option<&ReportFile>,
    journal: Journal,
    results: &ImportResults,
    run: FinishedRun<'_>,
) -> Result<Outcome> {
    let FinishedRun { center, found, elapsed, is_interrupted, may_skip } = run;
    summary::print_notes(results);
    summary::print_remaining_problems(results);
    let describe = if is_interrupted { conclusion::describe_interrupted } else { conclusion::describe };
    if !found.0.is_empty() {
        message::status(&found.to_string());
    }
    message::status(&describe(results, conclusion::IMPORT, center, elapsed));
    summary::print_report_path(report);
    let mut value = results.summary();
    found.add_to(&mut value);
    let mut outcome = Outcome { view: Some(TerminalView::Nothing), ..Outcome::value(value) };
    if is_interrupted {
        return Ok(summary::interrupted(outcome));
    }
    // The next run finds what failed by comparing, without the journal.
    journal.delete()?;
    outcome.exit_code = summary::print_failures(results, RETRY_HINT);
    if outcome.exit_code == 0 && !may_skip {
        outcome.exit_code = summary::print_skipped(results);
    }
    if outcome.exit_code == 0 {
        outcome.closing.next = conclusion::next_steps(results, center);
    }
    Ok(outcome)
}

/// The hint after an import of which a part failed.
const RETRY_HINT: &str =
    "Run the same command again to retry what failed; what succeeded is not written again.";
