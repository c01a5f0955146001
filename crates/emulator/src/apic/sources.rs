//! API sources ("integrations"): a link to an API Management service that keeps the center in sync with it.
//!
//! The emulator synchronizes once: when [`Options::operation_time`](crate::Options) has passed since the source was
//! written. Until then `linkState` is `initializing`. An Amazon API Gateway is accepted but never read.
//!
//! What is synchronized can only be changed in API Management; people may add metadata and documentation to an API. How
//! the service refuses other changes is not recorded.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::from_apim::{self, Import};
use crate::context::Context;
use crate::resources::Problem;
use crate::state::State;
use crate::store::Entry;
use crate::timestamps;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_SERVICE;

const INITIALIZING: &str = "initializing";
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

/// The members of an API that only synchronization changes.
const SYNCHRONIZED: &[&str] = &["title", "description", "kind"];

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
    let sources = sources.filter(|e| e.body["properties"]["linkState"]["state"] == INITIALIZING);
    for id in sources.map(|e| e.id.clone()).collect::<Vec<_>>() {
        synchronize_if_due(context, center, &id);
    }
}

fn synchronize_if_due(context: &mut Context<'_>, center: &str, id: &str) {
    let started = context.state.store.get(id).and_then(|e| e.hidden["started"].as_i64()).unwrap_or_default();
    let passed = milliseconds(context.request.now) - started;
    if u128::try_from(passed).is_ok_and(|passed| passed >= context.options.operation_time.as_millis()) {
        synchronize(context, center, id);
    }
}

fn milliseconds(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}

/// Refuses to delete an API that a source synchronizes, and to change anything below it.
pub(super) fn check_not_linked(state: &State, id: &str) -> Result<(), Problem> {
    if linked_api(state, id).is_none() {
        return Ok(());
    }
    Err(Problem::new("", "The API is synchronized from an API source; it can only be changed there."))
}

/// The problems with changes of an API that a source synchronizes.
pub(super) fn check_linked_api(state: &State, id: &str, properties: &Map<String, Value>) -> Vec<Problem> {
    let Some(stored) = linked_api(state, id) else { return Vec::new() };
    let stored = &stored.body["properties"];
    let is_same = |member: &&&str| {
        let sent = properties.get(**member).and_then(Value::as_str).unwrap_or_default();
        stored[**member].as_str().unwrap_or_default().eq_ignore_ascii_case(sent)
    };
    let changed = SYNCHRONIZED.iter().filter(|member| !is_same(member));
    changed.map(|member| Problem::new(member, "The value is synchronized from an API source.")).collect()
}

/// The API with this id, or that this id is below, if it is synchronized.
fn linked_api<'a>(state: &'a State, id: &str) -> Option<&'a Entry> {
    let start = id.to_ascii_lowercase().find("/apis/")? + "/apis/".len();
    let end = id[start..].find('/').map_or(id.len(), |length| start + length);
    let api = state.store.get(&id[..end])?;
    let source = api.hidden["link"].as_str()?;
    state.store.get(source).map(|_| api)
}

/// Imports the APIs of a source, and records the outcome in `linkState`.
fn synchronize(context: &mut Context<'_>, center: &str, id: &str) {
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

/// Deletes the APIs and agents that a source has imported, because the source is deleted.
///
/// See <https://learn.microsoft.com/azure/api-center/synchronize-api-management-apis>.
pub(super) fn delete_linked_apis(state: &mut State, source_id: &str) {
    let Some((workspace, _)) = source_id.split_once("/apiSources/") else { return };
    let is_linked = |link: &Value| link.as_str().is_some_and(|link| link.eq_ignore_ascii_case(source_id));
    for collection in ["apis", "agents"] {
        let copies = state.store.list(&format!("{workspace}/{collection}"));
        let linked: Vec<String> =
            copies.filter(|e| is_linked(&e.hidden["link"])).map(|e| e.id.clone()).collect();
        for id in linked {
            state.store.delete(&id);
        }
    }
}
