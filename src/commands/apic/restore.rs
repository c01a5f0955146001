//! `azr apic restore`: the contents of a backup, into a center.

mod options;

use std::time::{Duration, Instant};

use clap::ArgMatches;
use serde_json::{Value, json};

use super::center;
use super::summary::confirmation::confirm_deletions;
use super::summary::failure_log::FailureLog;
use super::summary::plan_view::{self, NextCommand};
use super::summary::{self, conclusion};
use crate::commands::names;
use crate::commands::tree::{Example, Leaf, Outcome, TerminalView};
use crate::interrupt::{run_interruptible, run_until_interrupt};
use crate::session::Session;
use azr_catalog::backup::{BackupReader, ResourceKind};
use azr_catalog::journal::{self, Journal};
use azr_catalog::report::ApiResult;
use azr_catalog::restore::{Restore, RestorePlan, SharedResult, SharedStatus};
use azr_catalog::results::ImportResults;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_output::progress::Progress;
use azr_output::{counted, message};
use options::RestoreArgs;

/// The exit code of `--detailed-exitcode` if something would change.
const EXIT_CHANGES: u8 = 5;

const DETAILS: &str = "The backup, which azr apic backup has written, may be of the same center or of another one, in another \
    subscription or tenant. The hashes of all files are checked before anything is written. Then metadata schemas, \
    environments, APIs, versions, definitions, documents, deployments, API analysis configurations and API sources are brought \
    to what the backup says: a resource that people have changed since is changed back, which --dry-run shows. What the \
    backup does not have stays, unless --prune is given.\n\n\
    An interrupted restore is resumed when the same command is run again. The command exits with 4 if a part failed, 5 if a \
    dry run with --detailed-exitcode would change something, 130 if it was interrupted.";

/// `azr apic restore`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("restore", "Restore a backup into a center", options::args, run)
        .details(DETAILS)
        .handles_interrupt()
        .table(table)
        .examples(&[
            Example {
                summary: "Show what a restore would change",
                command: "azr apic restore -g myResourceGroup -n myAPICenter --path catalog --dry-run -o table",
            },
            Example {
                summary: "Restore a backup into another center",
                command: "azr apic restore -g myResourceGroup -n otherAPICenter --path catalog.zip --report restore.md",
            },
            Example {
                summary: "Make a center what the backup says, and delete everything else in it",
                command: "azr apic restore -g myResourceGroup -n myAPICenter --path catalog --prune --max-delete 50",
            },
        ])
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let started = Instant::now();
    let center = center::read_center(session, matches, &names::CENTER)?;
    let args = RestoreArgs::read(matches)?;
    let backup = open_backup(&args)?;
    let source = args.path.display().to_string();
    let restore = Restore::new(session.client()?, &center, &backup, args.restore.clone());
    let mut plan = run_interruptible(Box::pin(read_center(restore, &center))).await?;
    for text in &plan.notes {
        message::note(text);
    }
    if args.dry_run {
        return run_interruptible(Box::pin(preview(&plan, args.detailed_exitcode))).await;
    }
    // A report or journal that cannot be written is an error before anything is restored.
    let subject = || format!("Restore of {source} into {}", center.name());
    let report = args.report.as_ref().map(|file| file.start_about(session, subject())).transpose()?;
    let journal_source = format!("backup {}", backup.content_hash());
    let journal_path = match &args.journal {
        Some(path) => path.clone(),
        None => journal::default_path(&session.context.state_dir()?, &center, &journal_source),
    };
    let journal = Journal::open(&journal_path, &center, &journal_source)?;
    approve(session, &mut plan, args.yes, &center).await?;
    let mut run = Run { results: ImportResults::new(report), shared: Vec::new() };
    let details = format!("from {source} into {}", center.name());
    let is_interrupted = run.execute(&plan, &journal, &details).await?;
    run.conclude(&args, journal, &center, started.elapsed(), is_interrupted)
}

fn open_backup(args: &RestoreArgs) -> Result<BackupReader> {
    let progress = Progress::spinner(format!("Checking {}", args.path.display()));
    let on_progress = |done: usize, total: usize| {
        progress.set_message(format!("Checking {}: {done} of {total} files", args.path.display()));
    };
    let backup = BackupReader::open(&args.path, args.edits, &on_progress)?;
    progress.finish();
    if !backup.edited.is_empty() {
        message::status(&format!(
            "{} of the backup differ from its manifest, which --allow-edits accepts.",
            counted(backup.edited.len(), "file")
        ));
    }
    Ok(backup)
}

async fn read_center<'a>(restore: Restore<'a>, center: &ResourceId) -> Result<RestorePlan<'a>> {
    let progress = Progress::spinner(format!("Reading {}", center.name()));
    let plan = Box::pin(restore.plan()).await;
    progress.finish();
    plan
}

/// Shows what the restore would do.
async fn preview(plan: &RestorePlan<'_>, detailed_exitcode: bool) -> Result<Outcome> {
    let bar = Progress::bar("Planning", plan.len());
    let preview = Box::pin(plan.preview(&|| bar.advance())).await?;
    bar.finish();
    if let Some(refusal) = &preview.refusal {
        message::warn(&refusal.to_string());
    }
    let exit_code = if detailed_exitcode && preview.has_changes() { EXIT_CHANGES } else { 0 };
    let value = preview.into_value();
    let others = other_resources(&value);
    let view = Some(plan_view::view_of(others.iter().chain(list(&value, "apis")), None));
    let closing = plan_view::closing(&value, NextCommand::WithoutDryRun);
    Ok(Outcome { exit_code, view, closing, ..Outcome::value(value) })
}

fn list<'v>(plan: &'v Value, member: &str) -> impl Iterator<Item = &'v Value> + use<'v> {
    plan[member].as_array().into_iter().flatten()
}

/// The resources besides the APIs, in the form of APIs.
fn other_resources(plan: &Value) -> Vec<Value> {
    let resources = list(plan, "resources").cloned().map(|mut resource| {
        resource["kind"] = resource["type"].take();
        resource
    });
    resources.collect()
}

/// The rows of a dry run or a result: all resources.
fn table(value: &Value) -> Value {
    let mut all = value.clone();
    all["apis"] = other_resources(value).into_iter().chain(list(value, "apis").cloned()).collect();
    super::api_rows::table(&all, None)
}

/// Plans every API if something may be deleted, and asks whether that is right.
async fn approve(
    session: &Session,
    plan: &mut RestorePlan<'_>,
    yes: bool,
    center: &ResourceId,
) -> Result<()> {
    if !plan.prunes() {
        return Ok(());
    }
    let bar = Progress::bar("Planning", plan.len());
    let deletions = run_interruptible(Box::pin(plan.review_deletions(&|| bar.advance()))).await?;
    bar.finish();
    confirm_deletions(session, &deletions, center.name(), yes)
}

/// A restore that is running.
struct Run {
    results: ImportResults,
    /// The results of the resources besides the APIs.
    shared: Vec<SharedResult>,
}

impl Run {
    /// Executes the plan; returns whether it was interrupted.
    async fn execute(&mut self, plan: &RestorePlan<'_>, journal: &Journal, details: &str) -> Result<bool> {
        summary::print_resumed(journal, "a restore");
        let bar = Progress::bar("Restoring", plan.len()).with_details(details);
        let mut failures = FailureLog::default();
        let Self { results, shared } = self;
        let mut on_result = |index: usize, result: Option<ApiResult>| {
            if result.as_ref().is_some_and(|result| failures.record(result)) {
                bar.advance_failed();
            } else {
                bar.advance();
            }
            results.add(index, result)
        };
        let mut on_shared = |result: SharedResult| shared.push(result);
        let outcome =
            run_until_interrupt(Box::pin(plan.execute(journal, &mut on_result, &mut on_shared))).await;
        bar.finish();
        let is_interrupted = outcome?;
        results.finish(plan.len(), |index| plan.interrupted_result(index))?;
        Ok(is_interrupted)
    }

    /// Prints the summary, and deletes the journal of a completed restore.
    fn conclude(
        self,
        args: &RestoreArgs,
        journal: Journal,
        center: &ResourceId,
        elapsed: Duration,
        is_interrupted: bool,
    ) -> Result<Outcome> {
        let Self { results, shared } = self;
        summary::print_notes(&results);
        summary::print_remaining_problems(&results);
        let failed = shared.iter().filter(|result| result.status == SharedStatus::Failed);
        for result in failed.clone() {
            message::warn(&format!("{}: {}", result.name, result.reason.as_deref().unwrap_or_default()));
        }
        let failed = failed.count();
        let describe = if is_interrupted { conclusion::describe_interrupted } else { conclusion::describe };
        message::status(&describe(&results, conclusion::RESTORE, center, elapsed));
        if let Some(sentence) = describe_shared(&shared) {
            message::status(&sentence);
        }
        summary::print_report_path(args.report.as_ref());
        let mut value = results.summary();
        value["resources"] = json!(shared);
        let mut outcome = Outcome { view: Some(TerminalView::Nothing), ..Outcome::value(value) };
        if is_interrupted {
            return Ok(summary::interrupted(outcome));
        }
        // The next run finds what failed by comparing, without the journal.
        journal.delete()?;
        outcome.exit_code = summary::print_failures(&results, RETRY_HINT);
        if outcome.exit_code == 0 && failed > 0 {
            let error = Error::partial(failed, shared.len()).with_hint(RETRY_HINT);
            message::error(&error);
            outcome.exit_code = error.exit_code();
        }
        if outcome.exit_code == 0 {
            outcome.closing.next = conclusion::next_steps(&results, center);
        }
        Ok(outcome)
    }
}

/// What happened to the resources besides the APIs; None if nothing did.
fn describe_shared(shared: &[SharedResult]) -> Option<String> {
    let count = |status: SharedStatus| shared.iter().filter(|result| result.status == status).count();
    let counts: Vec<String> = [
        (SharedStatus::Created, "created"),
        (SharedStatus::Updated, "updated"),
        (SharedStatus::Deleted, "deleted"),
        (SharedStatus::Failed, "failed"),
    ]
    .into_iter()
    .map(|(status, word)| (count(status), word))
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    let kinds = [
        ResourceKind::MetadataSchema,
        ResourceKind::Environment,
        ResourceKind::Analyzer,
        ResourceKind::ApiSource,
    ]
    .map(ResourceKind::label);
    let [schemas, environments, analyzers, sources] = kinds;
    (!counts.is_empty()).then(|| {
        format!("Of {schemas}s, {environments}s, {analyzers}s and {sources}s: {}.", counts.join(", "))
    })
}

/// The hint after a restore of which a part failed.
const RETRY_HINT: &str =
    "Run the same command again to retry what failed; what succeeded is not written again.";
