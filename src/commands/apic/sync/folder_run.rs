//! The part of a run that registers the definitions of one folder.

use std::cell::RefCell;

use super::options::RunOptions;
use super::run_state::{RunState, open_journal};
use super::sources::RunSource;
use crate::commands::apic::register::folder::ReadFolder;
use crate::commands::apic::register::options::RegisterOptions;
use crate::interrupt::{run_interruptible, run_until_interrupt};
use crate::session::Session;
use azr_catalog::approved_steps::ApprovedSteps;
use azr_catalog::bulk_import::INTERRUPTED_REASON;
use azr_catalog::planned_step::plan_steps;
use azr_catalog::report::{ApiResult, Status};
use azr_catalog::writer::WriteOutcome;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_output::progress::Progress;

/// The registration of one folder.
pub(super) struct FolderRun<'a> {
    /// The session.
    pub session: &'a Session,
    /// The center.
    pub center: &'a ResourceId,
    /// The folder as a source.
    pub source: &'a RunSource,
    /// How the run is executed.
    pub options: &'a RunOptions,
    /// The steps that may be carried out; None if every plan may.
    pub approved: Option<&'a ApprovedSteps>,
}

impl FolderRun<'_> {
    /// Registers the definitions.
    pub(super) async fn register(&self, folder: &RegisterOptions, state: &mut RunState) -> Result<()> {
        let Self { session, center, source, options, .. } = *self;
        let read = run_interruptible(Box::pin(ReadFolder::read(session, folder))).await?;
        let is_registered = |name: &str| state.registered.contains(&name.to_ascii_lowercase());
        let mut planned =
            run_interruptible(Box::pin(read.plan(session.client()?, folder, &is_registered))).await?;
        let registered = planned.plans.iter().filter(|plan| plan.skip_reason.is_none());
        state.registered.extend(registered.map(|plan| plan.name.to_ascii_lowercase()));
        if let Some(approved) = self.approved {
            run_interruptible(Box::pin(planned.compare_documents())).await?;
            for plan in planned.plans.iter_mut().filter(|plan| plan.skip_reason.is_none()) {
                match approved.check_all(&plan.name, &plan_steps(plan, false)) {
                    Ok(()) => plan.require_exact(),
                    Err(error) => plan.skip_reason = Some(error.described()),
                }
            }
        }
        let journal = open_journal(session, center, &folder.journal_source()?)?;
        let bar = Progress::bar("Registering", planned.plans.len()).with_details(&format!(
            "from {} into {}",
            source.label,
            center.name()
        ));
        let outcomes: RefCell<Vec<Option<ApiResult>>> = RefCell::new(vec![None; planned.plans.len()]);
        let mut on_outcome = |index: usize, outcome: WriteOutcome| {
            if outcome.result.status == Status::Failed {
                bar.advance_failed();
            } else {
                bar.advance();
            }
            outcomes.borrow_mut()[index] = Some(outcome.result);
        };
        let outcome =
            run_until_interrupt(planned.execute(Some(&journal), options.execution, &mut on_outcome)).await;
        drop(bar);
        let is_interrupted = outcome?;
        let unfinished = planned.plans.iter().map(|plan| {
            let mut result = ApiResult::from(plan);
            result.finish(Status::Skipped, Some(INTERRUPTED_REASON.to_owned()));
            result
        });
        let all = outcomes.into_inner().into_iter().zip(unfinished);
        let all = all.map(|(result, unfinished)| result.unwrap_or(unfinished));
        state.add_all(source, all.chain(read.failed))?;
        if is_interrupted {
            state.is_interrupted = true;
            return Ok(());
        }
        journal.delete()
    }
}
