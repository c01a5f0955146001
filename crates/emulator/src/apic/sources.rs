//! API sources ("integrations"): a link to an API Management service that keeps the center in sync with it.
//!
//! The emulator synchronizes once, when the source is written. An Amazon API Gateway is accepted but never read.

use serde_json::{Map, Value, json};

use super::from_apim::{self, Import};
use crate::context::Context;
use crate::resources::Problem;
use crate::state::State;
use crate::timestamps;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

const APIM: &str = "azureApiManagementSource";
const AMAZON: &str = "amazonApiGatewaySource";

/// Checks that a source has one origin, and that its environment exists.
pub(super) fn validate(state: &State, center: &str, properties: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    match (properties.get(APIM), properties.contains_key(AMAZON)) {
        (Some(apim), false) => {
            let id: Option<ResourceId> = apim["resourceId"].as_str().and_then(|id| id.parse().ok());
            if !id.is_some_and(|id| APIM_SERVICE.matches(&id)) {
                let message = "The value is not the id of an API Management service.";
                problems.push(Problem::new(&format!("{APIM}.resourceId"), message));
            }
        }
        (None, true) => {}
        _ => problems.push(Problem::new("", format!("Give either {APIM} or {AMAZON}."))),
    }
    let environment = properties.get("targetEnvironmentId").and_then(Value::as_str);
    let exists =
        |id: &str| id.contains("/environments/") && state.store.get(&format!("{center}{id}")).is_some();
    if let Some(id) = environment.filter(|id| !exists(id)) {
        let message = format!("The resource '{id}' does not exist.");
        problems.push(Problem::new("targetEnvironmentId", message));
    }
    problems
}

/// Imports the APIs of a source, and records the outcome in `linkState`.
pub(super) fn synchronize(context: &mut Context<'_>, center: &str, id: &str) {
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
                with_documents: properties["importSpecification"] != "never",
                link: Some(id),
                now: context.request.now,
            },
        ),
    };
    let now = timestamps::utc(context.request.now);
    let link_state = match outcome {
        Ok(()) => json!({"state": "syncing", "lastUpdatedOn": now}),
        Err(failure) => json!({"state": "error", "message": failure["message"], "lastUpdatedOn": now}),
    };
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.body["properties"]["linkState"] = link_state;
    }
}

/// Deletes the APIs that a source has imported, because the source is deleted.
///
/// See <https://learn.microsoft.com/azure/api-center/synchronize-api-management-apis>.
pub(super) fn delete_linked_apis(state: &mut State, source_id: &str) {
    let Some((workspace, _)) = source_id.split_once("/apiSources/") else { return };
    let is_linked = |link: &Value| link.as_str().is_some_and(|link| link.eq_ignore_ascii_case(source_id));
    let apis = state.store.list(&format!("{workspace}/apis"));
    let linked: Vec<String> = apis.filter(|e| is_linked(&e.hidden["link"])).map(|e| e.id.clone()).collect();
    for api in linked {
        state.store.delete(&api);
    }
}
