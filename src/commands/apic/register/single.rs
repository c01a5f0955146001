//! Registers a single definition as az does: step by step, with nothing on stdout.

use super::document::{self, FileReader, SourceDocument};
use super::locations::Location;
use super::options::RegisterOptions;
use super::send_step::{Existence, send_step};
use crate::commands::apic::register_plan::{self, RegisterPlan, Step};
use crate::commands::tree::Outcome;
use crate::session::Session;
use azr_arm::client::Client;
use azr_core::error::Result;
use azr_output::message;

/// Registers a definition.
pub(super) async fn register(
    session: &Session,
    options: &RegisterOptions,
    location: &Location,
) -> Result<Outcome> {
    let SourceDocument { definition, source, notes } = match location {
        Location::File(file) => FileReader::new(options.bundling).read(file)?,
        Location::Url(url) => document::read_url(session, url).await?,
    };
    let plan = register_plan::plan(&options.workspace, &definition, &source, &options.plan)?;
    for note in plan.notes.iter().chain(&notes) {
        message::warn(note);
    }
    run_steps(session.client()?, &plan, &definition.text).await?;
    message::status(&format!(
        "Registered {} with version {} and definition {}.",
        plan.api.name(),
        plan.version.name(),
        plan.definition.name()
    ));
    Ok(Outcome::empty())
}

async fn run_steps(client: &Client, plan: &RegisterPlan, text: &str) -> Result<()> {
    let mut existence = Existence::Unknown;
    for (index, step) in plan.steps.iter().enumerate() {
        match send_step(client, step, text, existence).await {
            // Nothing exists below an API that was just created.
            Ok(existed) if index == 0 && !existed => existence = Existence::New,
            Ok(_) => {}
            Err(error) => {
                if index > 0 {
                    message::warn(&partial_registration(plan, index));
                }
                return Err(error);
            }
        }
        message::info(&format!("Registered {}", step.label));
    }
    Ok(())
}

/// Lists the completed and the remaining steps if the step at `failed` failed.
fn partial_registration(plan: &RegisterPlan, failed: usize) -> String {
    let labels = |steps: &[Step]| steps.iter().map(|s| s.label.as_str()).collect::<Vec<_>>().join(", ");
    format!(
        "Registered: {}. Not registered: {}. Run the same command again to complete it.",
        labels(&plan.steps[..failed]),
        labels(&plan.steps[failed..])
    )
}
