//! Sends a step of a registration.

use serde_json::{Map, Value, json};

use crate::commands::apic::register_plan::{Content, Step, StepMethod};
use crate::session::LogObserver;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::execute;
use azr_arm::plan::{Action, Job, Target};
use azr_catalog::desired::DesiredResource;
use azr_core::error::Result;
use azr_core::resource::{CENTER_API, CENTER_DEFINITION, CENTER_DEPLOYMENT, CENTER_VERSION};

/// Whether the resource of a step exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Existence {
    /// It is below a resource that this run has created, so it does not.
    New,
    /// It has to be read.
    Unknown,
}

/// Sends a step with the document `text`, and waits until its operation ends; returns whether the resource existed.
///
/// A PUT replaces the whole resource. If it exists, the members that the document does not specify keep their values.
pub(super) async fn send_step(
    client: &Client,
    step: &Step,
    text: &str,
    existence: Existence,
) -> Result<bool> {
    // Every step, also the import of a document, replaces what is there.
    let target = Target::new(step.path.as_str(), step.api_version).idempotent();
    let mut existed = false;
    let action = match (step.method, &step.content) {
        (StepMethod::Put, Content::Body(body)) => {
            let mut body = body.clone();
            if existence == Existence::Unknown
                && let Some(existing) = read_properties(client, &target).await?
            {
                existed = true;
                body = json!({"properties": merge(step, &body, &existing)});
            }
            Action::Put { body: Some(body), location_from_group: None }
        }
        (StepMethod::Put, Content::Document { .. }) => {
            Action::Put { body: Some(step.body(text)), location_from_group: None }
        }
        (StepMethod::Post, _) => Action::Post { body: Some(step.body(text)), location_from_group: None },
    };
    execute::execute(client, &Job::new(target, action, None).into(), &mut LogObserver).await?;
    Ok(existed)
}

/// Reads the properties of a resource; None if it does not exist.
async fn read_properties(client: &Client, target: &Target) -> Result<Option<Value>> {
    match client.send(Method::GET, target, None).await {
        Ok(mut response) => Ok(Some(response.body["properties"].take())),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// The properties of an existing resource: those of the document, else those that people entered.
fn merge(step: &Step, body: &Value, existing: &Value) -> Map<String, Value> {
    let Some(resource_type) = [&CENTER_API, &CENTER_VERSION, &CENTER_DEFINITION, &CENTER_DEPLOYMENT]
        .into_iter()
        .find(|t| t.matches(&step.id))
    else {
        return body["properties"].as_object().cloned().unwrap_or_default();
    };
    let mut desired = DesiredResource::new(step.label.clone(), step.id.clone(), resource_type);
    for (member, value) in body["properties"].as_object().into_iter().flatten() {
        let has_value = existing.get(member).is_some_and(|value| !value.is_null());
        if let Some(member) = MEMBERS.iter().find(|name| *name == member)
            && !(has_value && step.initial_members.contains(member))
        {
            desired.set(member, value.clone());
        }
    }
    desired.decide(Some(existing)).body["properties"].as_object().cloned().unwrap_or_default()
}

/// The members that a registration writes.
const MEMBERS: [&str; 12] = [
    "title",
    "kind",
    "description",
    "summary",
    "termsOfService",
    "externalDocumentation",
    "contacts",
    "license",
    "lifecycleStage",
    "definitionId",
    "environmentId",
    "server",
];
