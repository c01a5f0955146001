//! `azr apic backup`: everything in a center as files.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Arg, ArgMatches, Args};
use serde_json::{Value, json};

use super::center;
use crate::commands::args::OutputPath;
use crate::commands::tree::{Example, Leaf, Outcome, TerminalView, read_options};
use crate::commands::{args, names};
use crate::interrupt::run_interruptible;
use crate::session::Session;
use azr_catalog::backup::{BackupOptions, BackupSummary, BackupTarget, CenterBackup, Counts, Manifest};
use azr_core::error::{Error, ErrorKind, Result};
use azr_core::files;
use azr_core::id::ResourceId;
use azr_output::progress::Progress;
use azr_output::{counted, format_duration, message};

/// The default of `--concurrency`.
pub(super) const DEFAULT_CONCURRENCY: u16 = 32;

/// How many APIs that could not be read are named.
const MAX_PRINTED_FAILURES: usize = 10;

const DETAILS: &str = "The backup contains the metadata schemas, environments, APIs, versions, definitions with their \
    documents, deployments, API analysis configurations with their rulesets, and API sources. There is one JSON file for \
    each resource, with sorted members and without anything that changes by itself, and each document is a file of its own: \
    Git shows what has changed between two backups. manifest.json has the SHA-256 of every file.\n\n\
    A backup never contains credentials; what is left out is in the manifest. A backup into a folder with an earlier \
    backup of the same center updates it, and an interrupted backup continues when the command is run again. The command \
    exits with 4 if some APIs could not be read; then the backup is not complete.";

/// `azr apic backup`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("backup", "Back up a center to a folder or a zip file", args, run)
        .details(DETAILS)
        .handles_interrupt()
        .table(table)
        .examples(&[
            Example {
                summary: "Back up a center to a folder, to keep it in Git",
                command: "azr apic backup -g myResourceGroup -n myAPICenter --path catalog",
            },
            Example {
                summary: "Back up a center to a zip file",
                command: "azr apic backup -g myResourceGroup -n myAPICenter --path catalog.zip",
            },
        ])
}

/// The options of the command, besides those that name the center.
#[derive(Args)]
struct BackupArgs {
    #[arg(
        long,
        value_name = "DIR|FILE.zip",
        required = true,
        value_parser = args::output_path(),
        add = OutputPath,
        help = "Folder or zip file to write to; a folder may have an earlier backup of the center; --output sets it too"
    )]
    path: PathBuf,
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=64),
        help = "Number of APIs to read at the same time, 1 to 64 [default: 32]"
    )]
    concurrency: Option<u16>,
}

fn args() -> Vec<Arg> {
    let mut all = center::options();
    all.extend(args::derived::<BackupArgs>());
    all
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let started = Instant::now();
    let center = center::read_center(session, matches, &names::CENTER)?;
    let options: BackupArgs = read_options(matches)?;
    let target = BackupTarget::new(&options.path);
    let concurrency = usize::from(options.concurrency.unwrap_or(DEFAULT_CONCURRENCY));
    let backup = CenterBackup::open(session.client()?, &center, &target, BackupOptions { concurrency })?;
    if backup.is_resumed() {
        message::status("Continuing a backup that was not completed.");
    }
    let summary = run_interruptible(Box::pin(read_center(backup, &center)))
        .await
        .map_err(|error| add_hint(error, &target))?;
    let Some(manifest) = &summary.manifest else { return Ok(describe_failures(&summary)) };
    Ok(describe(&summary, manifest, &target, started.elapsed()))
}

/// Reads a center, and shows the progress.
pub(super) async fn read_center(backup: CenterBackup<'_>, center: &ResourceId) -> Result<BackupSummary> {
    let progress = Progress::spinner(format!("Reading {}", center.name()));
    let on_progress = |done: usize, total: usize| {
        progress.set_message(format!("Reading {}: {done} of {total} APIs", center.name()));
    };
    let summary = Box::pin(backup.run(&on_progress)).await;
    progress.finish();
    summary
}

/// An error after which the same command continues the backup.
fn add_hint(error: Error, target: &BackupTarget) -> Error {
    let can_continue =
        matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Network(_) | ErrorKind::Timeout);
    if error.hint().is_some() || !can_continue {
        return error;
    }
    let folder = files::display_path(&target.progress_folder());
    error.with_hint(format!("Run the same command again to continue; what has been read is in {folder}."))
}

/// Says which APIs could not be read.
fn describe_failures(summary: &BackupSummary) -> Outcome {
    for failed in summary.failed.iter().take(MAX_PRINTED_FAILURES) {
        message::warn(&format!("API {}: {}", failed.name, failed.error.described()));
    }
    let count = summary.failed.len();
    if count > MAX_PRINTED_FAILURES {
        message::warn(&format!("{} more could not be read", counted(count - MAX_PRINTED_FAILURES, "API")));
    }
    let error = Error::operation_failed(format!(
        "the backup is not complete: {} could not be read",
        counted(count, "API")
    ))
    .with_hint("Run the same command again; only what is missing is read.")
    .with_exit_code(Error::partial(count, count).exit_code());
    message::error(&error);
    let failed =
        summary.failed.iter().map(|failed| json!({"name": failed.name, "reason": failed.error.described()}));
    let value = json!({"complete": false, "failed": failed.collect::<Vec<_>>()});
    Outcome { exit_code: error.exit_code(), view: Some(TerminalView::Nothing), ..Outcome::value(value) }
}

/// Says what was backed up, and what was left out.
fn describe(
    summary: &BackupSummary,
    manifest: &Manifest,
    target: &BackupTarget,
    elapsed: Duration,
) -> Outcome {
    for omission in &manifest.omitted {
        message::note(&format!("{} was left out, fully or in part: {}", omission.resource, omission.reason));
    }
    let path = files::display_path(target.path());
    let changes = match (target, summary.written, summary.deleted) {
        (BackupTarget::Archive(_), ..) => String::new(),
        (BackupTarget::Folder(_), 0, 0) => " Nothing has changed since the last backup.".to_owned(),
        (BackupTarget::Folder(_), written, 0) => format!(" {} written.", counted(written, "file")),
        (BackupTarget::Folder(_), written, deleted) => {
            format!(" {} written, {deleted} deleted.", counted(written, "file"))
        }
    };
    message::status(&format!(
        "Backed up {} to {path} in {}: {}.{changes}",
        counted(manifest.counts.apis, "API"),
        format_duration(elapsed),
        describe_counts(&manifest.counts)
    ));
    let value = json!({
        "complete": true,
        "center": manifest.center,
        "path": path,
        "counts": manifest.counts,
        "written": summary.written,
        "deleted": summary.deleted,
        "omitted": manifest.omitted,
    });
    Outcome { view: Some(TerminalView::Nothing), ..Outcome::value(value) }
}

/// The counts in words, without those that are 0.
fn describe_counts(counts: &Counts) -> String {
    let words: Vec<String> = [
        (counts.versions, "version"),
        (counts.definitions, "definition"),
        (counts.documents, "document"),
        (counts.deployments, "deployment"),
        (counts.environments, "environment"),
        (counts.metadata_schemas, "metadata schema"),
        (counts.analyzers, "analyzer"),
        (counts.api_sources, "API source"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, noun)| counted(count, noun))
    .collect();
    if words.is_empty() { "nothing else".to_owned() } else { words.join(", ") }
}

/// The counts, one per row.
fn table(value: &Value) -> Value {
    let row = |(name, count): (&String, &Value)| json!({"Resources": name, "Count": count});
    value["counts"].as_object().into_iter().flatten().map(row).collect()
}
