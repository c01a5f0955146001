//! `--mode client`: azr itself imports, instead of the service.

use super::super::report_option::ReportFile;
use super::super::summary;
use super::client_options::ClientOptions;
use crate::commands::tree::Outcome;
use crate::interrupt::{run_interruptible, wait_for_interrupt};
use crate::session::Session;
use azr_catalog::bulk_import::{BulkImport, ImportPlan, Inventory};
use azr_catalog::clients::Clients;
use azr_catalog::journal::{self, Journal};
use azr_catalog::plan::OnInvalid;
use azr_catalog::report::ApiResult;
use azr_catalog::results::ImportResults;
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

/// The exit code of `--detailed-exitcode` if something would change.
const EXIT_CHANGES: u8 = 5;

/// Imports, or shows what an import would do.
pub(super) async fn run(session: &Session, options: ClientOptions, center: ResourceId) -> Result<Outcome> {
    let service = options.import.service.clone();
    let other_client = session.client_for_subscription(service.subscription(), options.tenant.as_deref())?;
    let center_client = session.client()?;
    let clients = Clients { source: other_client.as_ref().unwrap_or(center_client), center: center_client };

    let may_skip = options.import.plan.on_invalid == OnInvalid::Skip;
    let import = BulkImport::new(clients, center.clone(), options.import);
    let inventory = run_interruptible(Box::pin(read_inventory(&import, &service, &center))).await?;
    let plan = import.plan(&inventory)?;
    if options.run.dry_run {
        return run_interruptible(preview(&plan, options.run.detailed_exitcode)).await;
    }
    // A report or journal that cannot be written is an error before anything is imported.
    let report = options.run.report.as_ref().map(ReportFile::start).transpose()?;
    let journal_source = import.journal_source();
    let journal_path = match options.run.journal {
        Some(path) => path,
        None => journal::default_path(&session.context.state_dir()?, &center, &journal_source),
    };
    let journal = Journal::open(&journal_path, &center, &journal_source)?;
    let mut results = ImportResults::new(report);
    let is_interrupted = execute(plan, &journal, &mut results).await?;
    conclude(options.run.report.as_ref(), journal, &results, is_interrupted, may_skip)
}

async fn read_inventory(
    import: &BulkImport<'_>,
    service: &ResourceId,
    center: &ResourceId,
) -> Result<Inventory> {
    let progress = Progress::spinner(format!("Reading {} and {}", service.name(), center.name()));
    let on_progress = |read: usize, count: Option<usize>| {
        let total = count.map_or(String::new(), |count| format!(" of {count}"));
        progress.set_message(format!("Reading {}: {read}{total} APIs", service.name()));
    };
    let inventory = Box::pin(import.read_inventory(&on_progress)).await?;
    progress.finish();
    for pattern in &inventory.unmatched_patterns {
        message::warn(&format!("--apim-apis: no API of {} matches '{pattern}'", service.name()));
    }
    Ok(inventory)
}

/// Shows what the import would do.
async fn preview(plan: &ImportPlan<'_>, detailed_exitcode: bool) -> Result<Outcome> {
    let bar = Progress::bar("Planning", plan.len());
    let preview = plan.preview(&|| bar.advance()).await?;
    bar.finish();
    if let Some(refusal) = preview.refusal {
        message::warn(&refusal.to_string());
    }
    let exit_code = if detailed_exitcode && preview.report.has_changes() { EXIT_CHANGES } else { 0 };
    Ok(Outcome { exit_code, prefers_table: true, ..Outcome::value(preview.report.into_value()) })
}

/// Executes the plan; returns whether it was interrupted.
async fn execute(plan: ImportPlan<'_>, journal: &Journal, results: &mut ImportResults) -> Result<bool> {
    let plan = if plan.needs_review() {
        let bar = Progress::bar("Planning", plan.len());
        run_interruptible(plan.approve(&|| bar.advance())).await?
    } else {
        plan.approve(&|| ()).await?
    };
    if !journal.is_empty() {
        message::status(&format!(
            "Resuming an import that was not completed: {} steps are done.",
            journal.len()
        ));
    }
    let bar = Progress::bar("Importing", plan.len());
    let mut on_result = |index: usize, result: Option<ApiResult>| {
        bar.advance();
        results.add(index, result)
    };
    let outcome = tokio::select! {
        biased;
        () = wait_for_interrupt() => Err(Error::interrupted()),
        outcome = plan.execute(journal, &mut on_result) => outcome,
    };
    bar.finish();
    let is_interrupted = match outcome {
        Ok(()) => false,
        Err(error) if error.kind() == ErrorKind::Interrupted => true,
        Err(error) => return Err(error),
    };
    results.finish(plan.len(), |index| plan.interrupted_result(index))?;
    Ok(is_interrupted)
}

/// Prints the summary, and deletes the journal of a completed import.
fn conclude(
    report: Option<&ReportFile>,
    journal: Journal,
    results: &ImportResults,
    is_interrupted: bool,
    may_skip: bool,
) -> Result<Outcome> {
    summary::print_notes(results);
    summary::print_problems(results);
    summary::print_counts(results);
    summary::print_report_path(report);
    let mut outcome = Outcome::value(results.summary());
    if is_interrupted {
        message::error(&Error::interrupted());
        message::status("Run the same command again to resume.");
        outcome.exit_code = Error::interrupted().exit_code();
        return Ok(outcome);
    }
    // The next run finds what failed by comparing, without the journal.
    journal.delete()?;
    outcome.exit_code = summary::print_failures(results);
    if outcome.exit_code == 0 && !may_skip {
        outcome.exit_code = summary::print_skipped(results);
        return Ok(outcome);
    }
    if outcome.exit_code != 0 {
        message::status(
            "Run the same command again to retry what failed; what succeeded is not written again.",
        );
    }
    Ok(outcome)
}
