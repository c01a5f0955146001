//! `azr apic apply`: carries out a saved plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Args};

use super::api_rows;
use super::report_option::ReportFile;
use super::sync::options::{RunOptions, execution_args, read_execution};
use super::sync::plans::{Plans, plan_sources};
use super::sync::run::Sync;
use super::sync::sources;
use crate::commands::args;
use crate::commands::tree::{Example, Leaf, Outcome, read_options};
use crate::interrupt::run_interruptible;
use crate::session::Session;
use azr_catalog::approved_steps::ApprovedSteps;
use azr_catalog::planned_step::describe_differences;
use azr_catalog::saved_plan::{MAX_BYTES, SavedApi, SavedPlan};
use azr_core::error::{Error, Result};
use azr_core::files;

/// How many differences are listed.
const MAX_LISTED_DIFFERENCES: usize = 20;

const DETAILS: &str = "The plan comes from azr apic sync or import-from-apim --mode client with --dry-run --out. azr plans \
    again from the same sources, and writes only if every step is the one in the file; otherwise it lists what has changed \
    since, and exits with 1. While it writes, an API that somebody changes fails instead of being planned again. The exit \
    codes are those of the import: 4 if some APIs failed, 130 if it was interrupted. After a partial failure, save a new \
    plan: what is done already is no longer in it.";

/// `azr apic apply`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("apply", "Carry out a saved plan, if nothing has changed since", args, run)
        .details(DETAILS)
        .handles_interrupt()
        .table(api_rows::import_table)
        .examples(&[Example {
            summary: "Carry out a plan",
            command: "azr apic apply plan.json --report applied.md",
        }])
}

/// The options of the command, besides those of every import.
#[derive(Args)]
struct ApplyOptions {
    #[arg(required = true, value_name = "FILE", help = "Plan that was saved with --dry-run --out")]
    plan: PathBuf,
}

fn args() -> Vec<Arg> {
    let mut all = args::derived::<ApplyOptions>();
    all.extend(execution_args());
    all
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let path = read_options::<ApplyOptions>(matches)?.plan;
    let saved = read_plan(&path)?;
    let center = saved.center_id()?;
    let options = RunOptions {
        yes: true,
        max_deletions: saved.max_delete,
        execution: read_execution(matches),
        report: ReportFile::read(matches)?,
    };
    let sources = sources::resolve(session, saved.sync_file(&path)?, &center, options.execution)?;
    let planning = plan_sources(session, &center, &sources, true);
    let current = run_interruptible(Box::pin(planning)).await?;
    check_unchanged(&saved, &current)?;
    drop(current);
    let approved: Vec<ApprovedSteps> =
        (0..sources.len()).map(|source| saved.approved_steps(source)).collect();
    let sync = Sync { session, center: &center, options: &options, approved: Some(&approved) };
    Box::pin(sync.run(&sources)).await
}

fn read_plan(path: &Path) -> Result<SavedPlan> {
    let mut file = std::fs::File::open(path).map_err(|e| Error::read(path, e))?;
    let bytes = files::read_limited(&mut file, MAX_BYTES).map_err(|e| Error::read(path, e))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Error::invalid(format!("{} is not a plan that can be applied: it is not UTF-8", path.display()))
    })?;
    SavedPlan::parse(&text, path)
}

/// Fails with what has changed since the plan was saved.
fn check_unchanged(saved: &SavedPlan, current: &Plans) -> Result<()> {
    let mut differences = Vec::new();
    for (saved, current) in saved.prerequisites.iter().zip(&current.prerequisites) {
        differences.extend(describe_differences(saved, current));
    }
    let mut by_name: BTreeMap<(usize, String), &SavedApi> =
        current.apis.iter().map(|api| ((api.source, api.name.to_ascii_lowercase()), api)).collect();
    for api in &saved.apis {
        match by_name.remove(&(api.source, api.name.to_ascii_lowercase())) {
            None => differences.push(format!("{} is no longer in {}", api.name, api.origin)),
            Some(now) if (now.action == "refused") != (api.action == "refused") => differences.push(format!(
                "{} of {}: the plan says {}, and now it is {}",
                api.name, api.origin, api.action, now.action
            )),
            Some(now) => differences.extend(describe_differences(&api.steps, &now.steps)),
        }
    }
    differences.extend(by_name.into_values().map(|api| format!("{} is new in {}", api.name, api.origin)));
    if differences.is_empty() {
        return Ok(());
    }
    let more = differences.len().saturating_sub(MAX_LISTED_DIFFERENCES);
    differences.truncate(MAX_LISTED_DIFFERENCES);
    if more > 0 {
        differences.push(format!("and {more} more"));
    }
    let text = differences.join("; ");
    Err(Error::conflict(format!("the plan is out of date, and nothing was written: {text}"))
        .with_hint("Save a new plan with --dry-run --out FILE, and review it."))
}
