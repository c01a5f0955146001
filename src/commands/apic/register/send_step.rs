//! Sends a step of a registration.

use crate::commands::apic::register_plan::{Step, StepMethod};
use crate::session::LogObserver;
use azr_arm::client::Client;
use azr_arm::execute;
use azr_arm::plan::{Action, Job, Target};
use azr_core::error::Result;

/// Sends a step with the document `text`, and waits until its operation ends.
pub(super) async fn send_step(client: &Client, step: &Step, text: &str) -> Result<()> {
    // Every step, also the import of a document, replaces what is there.
    let target = Target::new(step.path.as_str(), step.api_version).idempotent();
    let body = Some(step.body(text));
    let action = match step.method {
        StepMethod::Post => Action::Post { body, location_from_group: None },
        StepMethod::Put => Action::Put { body, location_from_group: None },
    };
    execute::execute(client, &Job::new(target, action, None).into(), &mut LogObserver).await.map(|_| ())
}
