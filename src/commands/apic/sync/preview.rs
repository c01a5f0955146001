//! The dry run: plans every source for the center as the sources before it would leave it.

use super::options::RunOptions;
use super::service_run::{self, ServiceClients};
use super::sources::{RunSource, ServiceWork, SourceWork};
use crate::commands::apic::register::folder::ReadFolder;
use crate::commands::apic::register::options::RegisterOptions;
use crate::commands::apic::summary::found_types::{self, FoundCounts, FoundTypes};
use crate::commands::apic::summary::plan_view;
use crate::commands::tree::Outcome;
use crate::session::Session;
use azr_catalog::bulk_import::BulkImport;
use azr_catalog::deletion_guard::check_deletion_count;
use azr_catalog::dry_run::DryRunReport;
use azr_catalog::plan::PlannedApi;
use azr_catalog::planned_center::PlannedCenter;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

/// The exit code of `--detailed-exitcode` if something would change.
const EXIT_CHANGES: u8 = 5;

/// The plans of all sources.
#[derive(Default)]
struct Plans {
    report: DryRunReport,
    center: PlannedCenter,
    found: FoundCounts,
    deletion_count: usize,
}

/// Shows what the sources would change.
pub(super) async fn preview(
    session: &Session,
    center: &ResourceId,
    sources: &[RunSource],
    options: &RunOptions,
) -> Result<Outcome> {
    let mut plans = Plans::default();
    for (index, source) in sources.iter().enumerate() {
        let is_last = index + 1 == sources.len();
        match &source.work {
            SourceWork::Service(work) => {
                Box::pin(preview_service(session, center, source, work, is_last, &mut plans)).await?;
            }
            SourceWork::Folder(folder) => {
                Box::pin(preview_folder(session, source, folder, &mut plans)).await?;
            }
        }
    }
    if let Err(refusal) = check_deletion_count(plans.deletion_count, options.max_deletions) {
        message::warn(&refusal.to_string());
    }
    let has_changes = plans.report.has_changes();
    let exit_code = if options.detailed_exitcode && has_changes { EXIT_CHANGES } else { 0 };
    let mut value = plans.report.into_value();
    let found = FoundTypes(&plans.found);
    found.add_to(&mut value);
    if !plans.found.is_empty() {
        message::status(&found.to_string());
    }
    let (view, closing) = (Some(plan_view::view(&value, None)), plan_view::closing(&value));
    Ok(Outcome { exit_code, view, closing, ..Outcome::value(value) })
}

async fn preview_service(
    session: &Session,
    center: &ResourceId,
    source: &RunSource,
    work: &ServiceWork,
    is_last: bool,
    plans: &mut Plans,
) -> Result<()> {
    let clients = ServiceClients::new(session, work)?;
    service_run::check_links(session.client()?, center, work, true).await?;
    let import = BulkImport::new(clients.get(), center.clone(), work.import.clone()).after(&plans.center);
    let inventory = service_run::read_inventory(&import, &source.label, center).await?;
    service_run::warn_about_patterns(&inventory, &source.label);
    found_types::add(&mut plans.found, &inventory.found);
    let plan = import.plan(&inventory)?;
    let bar = Progress::bar("Planning", plan.len()).with_details(&format!("from {}", source.label));
    // The plans are needed only for the sources that follow.
    let mut planned_apis: Vec<PlannedApi> = Vec::new();
    let mut on_plan = |planned: &PlannedApi| {
        if !is_last {
            planned_apis.push(planned.clone());
        }
    };
    let preview = plan.preview_into(&|| bar.advance(), &mut on_plan).await?;
    bar.finish();
    let prerequisites = plan.prerequisites().clone();
    plans.deletion_count += preview.deletion_count;
    plans.report.append(&source.label, preview.report);
    plans.center.add_prerequisites(&prerequisites);
    for planned in &planned_apis {
        plans.center.add(planned);
    }
    Ok(())
}

async fn preview_folder(
    session: &Session,
    source: &RunSource,
    options: &RegisterOptions,
    plans: &mut Plans,
) -> Result<()> {
    let folder = ReadFolder::read(session, options).await?;
    let is_planned = |name: &str| plans.center.has_plan(name);
    let mut planned = folder.plan(session.client()?, options, &is_planned).await?;
    planned.compare_documents().await?;
    let mut report = DryRunReport::default();
    for (index, plan) in planned.plans.iter().enumerate() {
        report.add(index, plan);
    }
    for (index, failed) in folder.failed.iter().enumerate() {
        let error = Error::invalid(failed.reason.clone().unwrap_or_default());
        report.add_failed(planned.plans.len() + index, &failed.name, &error);
    }
    plans.report.append(&source.label, report);
    for plan in &planned.plans {
        plans.center.add(plan);
    }
    Ok(())
}
