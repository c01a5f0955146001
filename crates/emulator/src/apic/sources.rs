//! API sources ("integrations"): a link to an API Management service, or to a workspace of one, that keeps the center in
//! sync with it (<https://learn.microsoft.com/azure/api-center/synchronize-api-management-apis>).
//!
//! `linkState` is `initializing` until [`Options::operation_time`](crate::Options) has passed since the source was written.
//! From then on, what changes in API Management appears in the center: at the next request for the center, but not before
//! that time has passed since the last synchronization, or that of the quirk `late-sync`. An Amazon API Gateway is accepted but never read.

use std::time::Duration;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::from_apim::{self, Import};
use crate::context::Context;
use crate::resources::Problem;
use crate::state::State;
use crate::timestamps;
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_SERVICE, APIM_WORKSPACE};

const INITIALIZING: &str = "initializing";
const SYNCING: &str = "syncing";
const APIM: &str = "azureApiManagementSource";
const AMAZON: &str = "amazonApiGatewaySource";

/// Checks that a source has one origin, and that its environment exists.
pub(super) fn validate(state: &State, center: &str, properties: &Map<String, Value>) -> Vec<Problem> {
    let mut problems = Vec::new();
    match (properties.get(APIM), properties.contains_key(AMAZON)) {
        (Some(apim), false) => {
            let id: Option<ResourceId> = apim["resourceId"].as_str().and_then(|id| id.parse().ok());
            if !id.is_some_and(|id| APIM_SERVICE.matches(&id) || APIM_WORKSPACE.matches(&id)) {
                let message = "The value is not the id of an API Management service or workspace.";
                problems.push(Problem::new(&format!("{APIM}.resourceId"), message));
            }
        }
        (None, true) => {}
        _ => problems.push(Problem::new("", format!("Give either {APIM} or {AMAZON}."))),
    }
    let environment = properties.get("targetEnvironmentId").and_then(Value::as_str);
    let exists = |id: &str| {
        id.to_ascii_lowercase().contains("/environments/")
            && state.store.get(&format!("{center}{id}")).is_some()
    };
    if let Some(id) = environment.filter(|id| !exists(id)) {
        let message = format!("The resource '{id}' does not exist.");
        problems.push(Problem::new("targetEnvironmentId", message));
    }
    problems
}

/// Starts to synchronize a source that has been written.
pub(super) fn start(context: &mut Context<'_>, center: &str, id: &str) {
    let now = context.request.now;
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.body["properties"]["linkState"] =
            json!({"state": INITIALIZING, "lastUpdatedOn": timestamps::utc(now)});
        entry.hidden = json!({"started": milliseconds(now)});
    }
    synchronize_if_due(context, center, id);
}

/// Synchronizes the sources of a center whose time has come.
pub(super) fn synchronize_due(context: &mut Context<'_>, center: &str) {
    let sources = context.state.store.list(&format!("{center}/workspaces/default/apiSources"));
    for id in sources.map(|e| e.id.clone()).collect::<Vec<_>>() {
        synchronize_if_due(context, center, &id);
    }
}

/// Synchronizes a source if enough time has passed and its origin has changed, or if the last time failed.
fn synchronize_if_due(context: &mut Context<'_>, center: &str, id: &str) {
    let Some(source) = context.state.store.get(id) else { return };
    let passed = milliseconds(context.request.now) - source.hidden["started"].as_i64().unwrap_or_default();
    let is_syncing = source.body["properties"]["linkState"]["state"] == SYNCING;
    let delay = if is_syncing { context.options.synchronization_delay } else { Duration::ZERO };
    let delay = delay.max(context.options.operation_time);
    let is_due = u128::try_from(passed).is_ok_and(|passed| passed >= delay.as_millis());
    if !is_due || context.state.synchronized.get(id) == Some(&context.state.store.changes()) {
        return;
    }
    let origin = source.body["properties"][APIM]["resourceId"].as_str().unwrap_or_default();
    let origin_hash = context.state.store.content_hash(origin);
    if !is_syncing || source.hidden["origin_hash"] != json!(origin_hash) {
        synchronize(context, center, id, origin_hash);
    }
    let changes = context.state.store.changes();
    context.state.synchronized.insert(id.to_owned(), changes);
}

fn milliseconds(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}

/// Imports the APIs of a source, deletes those that it does not have any more, and records the outcome in `linkState`.
fn synchronize(context: &mut Context<'_>, center: &str, id: &str, origin_hash: u64) {
    let Some(properties) = context.state.store.get(id).map(|e| e.body["properties"].clone()) else { return };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let now = context.request.now;
    let outcome = match text(&properties[APIM]["resourceId"]) {
        None => Ok(()),
        Some(origin) => from_apim::run(
            context.state,
            &Import {
                center,
                sources: vec![format!("{}/apis/*", origin.trim_end_matches('/'))],
                identity: text(&properties[APIM]["msiResourceId"]),
                environment: text(&properties["targetEnvironmentId"]),
                stage: text(&properties["targetLifecycleStage"]),
                with_documents: properties["importSpecification"] != "never",
                link: Some(id),
                now,
            },
        )
        .map(|copies| delete_linked(context.state, id, |copy| !copies.contains(&copy.to_ascii_lowercase()))),
    };
    let time = timestamps::utc(now);
    let link_state = match outcome {
        Ok(()) => json!({"state": SYNCING, "lastUpdatedOn": time}),
        Err(failure) => json!({"state": "error", "message": failure["message"], "lastUpdatedOn": time}),
    };
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.body["properties"]["linkState"] = link_state;
        entry.hidden = json!({"started": milliseconds(now), "origin_hash": origin_hash});
    }
}

/// Deletes what a source has imported, and its environment, because the source is deleted.
///
/// That an environment stays if other APIs are deployed to it is assumed.
pub(super) fn delete_linked_apis(state: &mut State, center: &str, source_id: &str) {
    delete_linked(state, source_id, |_| true);
    let Some(properties) = state.store.get(source_id).map(|e| e.body["properties"].clone()) else { return };
    let own = properties[APIM]["resourceId"].as_str().map(from_apim::environment_name);
    let own = own.map(|name| format!("/workspaces/default/environments/{name}"));
    let Some(environment) = properties["targetEnvironmentId"].as_str().map(str::to_owned).or(own) else {
        return;
    };
    let apis = state.store.list(&format!("{center}/workspaces/default/apis"));
    let mut deployments = apis.flat_map(|api| state.store.list(&format!("{}/deployments", api.id)));
    let is_here = |value: &Value| value.as_str().is_some_and(|id| id.eq_ignore_ascii_case(&environment));
    if !deployments.any(|deployment| is_here(&deployment.body["properties"]["environmentId"])) {
        state.store.delete(&format!("{center}{environment}"));
    }
}

/// Deletes the copies of a source whose ids satisfy the condition.
fn delete_linked(state: &mut State, source_id: &str, is_deleted: impl Fn(&str) -> bool) {
    let Some((workspace, _)) = source_id.split_once("/apiSources/") else { return };
    let is_linked = |link: &Value| link.as_str().is_some_and(|link| link.eq_ignore_ascii_case(source_id));
    let mut deleted = Vec::new();
    for collection in ["apis", "agents"] {
        for copy in state.store.list(&format!("{workspace}/{collection}")) {
            let parts =
                ["versions", "deployments"].map(|part| state.store.list(&format!("{}/{part}", copy.id)));
            let copies = std::iter::once(copy).chain(parts.into_iter().flatten());
            let copies = copies.filter(|e| is_linked(&e.hidden["link"]) && is_deleted(&e.id));
            deleted.extend(copies.map(|e| e.id.clone()));
        }
    }
    for id in deleted {
        state.store.delete(&id);
    }
}
