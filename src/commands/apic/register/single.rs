//! One definition, as az registers it: step by step, and nothing on stdout.

use super::Request;
use super::document::{self, Document};
use super::locations::Location;
use crate::commands::apic::register_plan::{self, RegisterPlan, Step};
use crate::commands::tree::Outcome;
use crate::session::{LogObserver, Session};
use azr_arm::client::Client;
use azr_arm::execute;
use azr_arm::plan::{Action, Job, Target};
use azr_core::error::Result;
use azr_output::message;

/// Registers it.
pub async fn register(session: &Session, request: &Request, location: &Location) -> Result<Outcome> {
    let Document { definition, source, notes } = match location {
        Location::File(file) => document::of_file(file, request.bundling)?,
        Location::Url(url) => document::of_url(session, url).await?,
    };
    let plan = register_plan::plan(&request.workspace, &definition, &source, &request.options)?;
    for note in plan.notes.iter().chain(&notes) {
        message::warn(note);
    }
    carry_out(session.client()?, &plan, &definition.text).await?;
    message::status(&format!(
        "Registered {} with version {} and definition {}.",
        plan.api.name(),
        plan.version.name(),
        plan.definition.name()
    ));
    Ok(Outcome::empty())
}

async fn carry_out(client: &Client, plan: &RegisterPlan, text: &str) -> Result<()> {
    for (at, step) in plan.steps.iter().enumerate() {
        if let Err(error) = send(client, step, text).await {
            if at > 0 {
                message::warn(&half_done(plan, at));
            }
            return Err(error);
        }
        message::info(&format!("{} is registered", step.label));
    }
    Ok(())
}

/// Sends a step, for the document `text`, and waits for it to end.
pub async fn send(client: &Client, step: &Step, text: &str) -> Result<()> {
    // The import replaces what is there, as every step does.
    let target = Target::new(step.path.as_str(), step.api_version).idempotent();
    let body = Some(step.body(text));
    let action = match step.method {
        "POST" => Action::Post { body, location_from_group: None },
        _ => Action::Put { body, location_from_group: None },
    };
    execute::execute(client, &Job::new(target, action, None).into(), &mut LogObserver).await.map(|_| ())
}

/// What was created and what was not, when the step at `failed` failed.
fn half_done(plan: &RegisterPlan, failed: usize) -> String {
    let labels = |steps: &[Step]| steps.iter().map(|s| s.label.as_str()).collect::<Vec<_>>().join(", ");
    format!(
        "Registered: {}. Not registered: {}. Run the same command again to complete it.",
        labels(&plan.steps[..failed]),
        labels(&plan.steps[failed..])
    )
}
