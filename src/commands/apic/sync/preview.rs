//! The dry run, and the file of a plan.

use std::path::{Path, PathBuf};

use super::plans::{Plans, plan_sources};
use super::sources::{RunSource, SourceWork};
use crate::commands::apic::summary::found_types::FoundTypes;
use crate::commands::apic::summary::plan_view::{self, NextCommand};
use crate::commands::tree::Outcome;
use crate::session::Session;
use azr_catalog::deletion_guard::check_deletion_count;
use azr_catalog::saved_plan::{FORMAT_VERSION, SavedPlan};
use azr_catalog::sync_file::service_to_json;
use azr_core::error::Result;
use azr_core::files;
use azr_core::id::ResourceId;
use azr_output::message;

/// The exit code of `--detailed-exitcode` if something would change.
const EXIT_CHANGES: u8 = 5;

/// The options of a dry run.
pub(crate) struct PreviewOptions {
    /// `--detailed-exitcode`.
    pub detailed_exitcode: bool,
    /// `--out`.
    pub plan_file: Option<PathBuf>,
    /// How many APIs, versions, definitions and deployments of all sources may be deleted.
    pub max_deletions: usize,
    /// How the plan is carried out, if it is not saved.
    pub next_command: NextCommand,
}

/// Shows what the sources would change, and saves the plan if that is requested.
pub(crate) async fn preview(
    session: &Session,
    center: &ResourceId,
    sources: &[RunSource],
    options: &PreviewOptions,
) -> Result<Outcome> {
    let mut plans = plan_sources(session, center, sources, options.plan_file.is_some()).await?;
    if let Err(refusal) = check_deletion_count(plans.deletion_count, options.max_deletions) {
        message::warn(&refusal.to_string());
    }
    let has_changes = plans.report.has_changes();
    let exit_code = if options.detailed_exitcode && has_changes { EXIT_CHANGES } else { 0 };
    if let Some(path) = &options.plan_file {
        save(path, center, sources, options, &mut plans)?;
    }
    let mut value = plans.report.into_value();
    let found = FoundTypes(&plans.found);
    found.add_to(&mut value);
    if !plans.found.is_empty() {
        message::status(&found.to_string());
    }
    let view = Some(plan_view::view(&value, None));
    let mut closing = plan_view::closing(&value, options.next_command);
    if let Some(path) = options.plan_file.as_ref().filter(|_| has_changes) {
        closing.next.pop();
        closing.next.push(format!("To do exactly this: azr apic apply {}", path.display()));
    }
    Ok(Outcome { exit_code, view, closing, ..Outcome::value(value) })
}

fn save(
    path: &Path,
    center: &ResourceId,
    sources: &[RunSource],
    options: &PreviewOptions,
    plans: &mut Plans,
) -> Result<()> {
    let source_value = |source: &RunSource| match &source.work {
        SourceWork::Service(work) => service_to_json(&work.import, work.tenant.as_deref(), work.beside_link),
        SourceWork::Folder(folder) => folder.source.to_json(),
    };
    let creates_metadata = |source: &RunSource| matches!(&source.work, SourceWork::Service(work) if work.import.plan.create_metadata);
    let plan = SavedPlan {
        version: FORMAT_VERSION,
        azr: env!("CARGO_PKG_VERSION").to_owned(),
        digest: String::new(),
        center: center.to_string(),
        max_delete: options.max_deletions,
        create_metadata: sources.iter().any(creates_metadata),
        sources: sources.iter().map(source_value).collect(),
        prerequisites: std::mem::take(&mut plans.prerequisites),
        apis: std::mem::take(&mut plans.apis),
    };
    files::write_file(path, plan.to_text()?.as_bytes())?;
    message::status(&format!("Plan written to {}", path.display()));
    Ok(())
}
