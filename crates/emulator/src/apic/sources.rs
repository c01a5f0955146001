//! API sources ("integrations"): a link to an API Management service that keeps the center in step.
//!
//! The emulator synchronizes once, when the source is written. An Amazon API Gateway is accepted and never read.

use serde_json::{Map, Value, json};

use super::from_apim::{self, Import};
use super::place::Place;
use super::shape::Problems;
use crate::context::Context;
use crate::state::State;
use crate::timestamps;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

const APIM: &str = "azureApiManagementSource";
const AWS: &str = "amazonApiGatewaySource";

/// What is wrong with a source beyond its shape: it needs one origin, and an environment that exists.
#[must_use]
pub fn problem(state: &State, place: &Place<'_>, properties: &Map<String, Value>) -> Problems {
    let mut problems = Problems::new();
    match (properties.get(APIM), properties.contains_key(AWS)) {
        (Some(apim), false) => {
            let id: Option<ResourceId> = apim["resourceId"].as_str().and_then(|id| id.parse().ok());
            if !id.is_some_and(|id| APIM_SERVICE.matches(&id)) {
                let target = format!("properties.{APIM}.resourceId");
                problems.push((target, "The value is not the id of an API Management service.".to_owned()));
            }
        }
        (None, true) => {}
        _ => problems.push(("properties".to_owned(), format!("Give either {APIM} or {AWS}."))),
    }
    let target = properties.get("targetEnvironmentId").and_then(Value::as_str);
    let known = |id: &str| {
        id.contains("/environments/") && state.store.get(&format!("{}{id}", place.center)).is_some()
    };
    if let Some(given) = target.filter(|id| !known(id)) {
        let member = "properties.targetEnvironmentId".to_owned();
        problems.push((member, format!("The resource '{given}' does not exist.")));
    }
    problems
}

/// Copies what the source offers, and notes in it how that went.
pub fn synchronize(context: &mut Context<'_>, center: &str, id: &str) {
    let Some(properties) = context.state.store.get(id).map(|e| e.body["properties"].clone()) else { return };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let outcome = match text(&properties[APIM]["resourceId"]) {
        None => Ok(()),
        Some(service) => from_apim::run(
            context.state,
            &Import {
                center,
                sources: vec![format!("{}/apis/*", service.trim_end_matches('/'))],
                identity: text(&properties[APIM]["msiResourceId"]),
                environment: text(&properties["targetEnvironmentId"]),
                stage: text(&properties["targetLifecycleStage"]),
                documents: properties["importSpecification"] != "never",
                link: Some(id),
                now: context.request.now,
            },
        ),
    };
    let now = timestamps::utc(context.request.now);
    let state = match outcome {
        Ok(()) => json!({"state": "syncing", "lastUpdatedOn": now}),
        Err(failure) => json!({"state": "error", "message": failure["message"], "lastUpdatedOn": now}),
    };
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.body["properties"]["linkState"] = state;
    }
}

/// Takes away what a source brought, as it is being deleted: its APIs with all that is below them.
///
/// As <https://learn.microsoft.com/azure/api-center/synchronize-api-management-apis> has it.
pub fn unlink(state: &mut State, id: &str) {
    let Some((workspace, _)) = id.split_once("/apiSources/") else { return };
    let apis = state.store.list(&format!("{workspace}/apis"));
    let brought = |link: &Value| link.as_str().is_some_and(|link| link.eq_ignore_ascii_case(id));
    let gone: Vec<String> = apis.filter(|e| brought(&e.hidden["link"])).map(|e| e.id.clone()).collect();
    for api in gone {
        state.store.delete(&api);
    }
}
