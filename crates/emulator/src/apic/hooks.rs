//! What single kinds of resources do besides storing what they are sent.

use serde_json::{Map, Value};

use super::{custom_properties, linked, sources};
use crate::context::Context;
use crate::resources::{Draft, Problem, Target};
use crate::response::Response;
use crate::state::State;
use crate::store::Entry;

/// Metadata schemas: the schema is a JSON object.
pub(super) fn validate_metadata_schema(
    _: &Context<'_>,
    _: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let text = properties.get("schema").and_then(Value::as_str).unwrap_or_default();
    match serde_json::from_str::<Map<String, Value>>(text) {
        Ok(_) => Vec::new(),
        Err(error) => vec![Problem::new("schema", format!("The schema is not a JSON object: {error}."))],
    }
}

/// APIs: custom properties.
pub(super) fn validate_api(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let mut problems = custom_properties::check(context.state, &target.root, "api", properties);
    problems.extend(linked::check_change(context.state, &target.id(), properties));
    problems
}

/// Versions: only the lifecycle stage of those of a synchronized API can be changed.
pub(super) fn validate_version(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    linked::check_change(context.state, &target.id(), properties)
}

/// Definitions: those of a synchronized API cannot be changed.
pub(super) fn validate_definition(
    context: &Context<'_>,
    target: &Target<'_>,
    _: &Map<String, Value>,
) -> Vec<Problem> {
    linked::check_not_linked(context.state, &target.id()).err().into_iter().collect()
}

/// APIs and what is below them: those of a synchronized API cannot be deleted.
pub(super) fn before_delete_of_api_or_part(
    context: &mut Context<'_>,
    target: &Target<'_>,
) -> Result<(), Response> {
    linked::check_not_linked(context.state, &target.id())
        .map_err(|problem| target.provider.dialect.invalid_properties(&[problem]))
}

/// APIs: the lifecycle stage is that of the default version, and stays.
pub(super) fn before_put_of_api(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    keep_stored(stored(context, target), &mut draft.properties, "lifecycleStage", Some("kind"));
}

/// Versions: the first one is the default, as recorded.
pub(super) fn before_put_of_version(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    set_default_flag(context, target, &mut draft.properties);
    keep_flag(stored(context, target), &mut draft.properties, "isRecommended");
}

/// Versions: the API takes the stage of its default version; recorded only for an API with one version.
pub(super) fn after_put_of_version(context: &mut Context<'_>, target: &Target<'_>, _is_new: bool) {
    update_stage(context.state, &target.parent);
}

/// Definitions: `specification` describes the imported document, and stays.
pub(super) fn before_put_of_definition(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    keep_stored(stored(context, target), &mut draft.properties, "specification", None);
}

/// Deployments: custom properties, and an environment and a definition that exist.
pub(super) fn validate_deployment(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let mut problems = custom_properties::check(context.state, &target.root, "deployment", properties);
    problems.extend(linked::check_change(context.state, &target.id(), properties));
    for (member, marker) in [("environmentId", "/environments/"), ("definitionId", "/definitions/")] {
        let Some(id) = properties.get(member).and_then(Value::as_str) else { continue };
        let lower = id.to_ascii_lowercase();
        if !lower.starts_with("/workspaces/") || !lower.contains(marker) {
            let message = format!(
                "'{id}' is not an API center-scoped resource ID, such as /workspaces/default{marker}x."
            );
            problems.push(Problem::new(member, message));
        } else if context.state.store.get(&format!("{}{id}", target.root)).is_none() {
            problems.push(Problem::new(member, format!("The resource '{id}' does not exist.")));
        }
    }
    problems
}

/// Deployments: the first one is the default, as recorded.
pub(super) fn before_put_of_deployment(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    keep_flag(stored(context, target), &mut draft.properties, "recommended");
    set_default_flag(context, target, &mut draft.properties);
}

/// Environments: custom properties.
pub(super) fn validate_environment(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    custom_properties::check(context.state, &target.root, "environment", properties)
}

/// API sources: a service to read from, and an environment that exists.
pub(super) fn validate_api_source(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    sources::validate(context.state, &target.root, properties)
}

/// API sources: reads the APIs of the source.
pub(super) fn after_put_of_api_source(context: &mut Context<'_>, target: &Target<'_>, _is_new: bool) {
    sources::start(context, &target.root, &target.id());
}

/// API sources: deletes the APIs of the source.
pub(super) fn before_delete_of_api_source(
    context: &mut Context<'_>,
    target: &Target<'_>,
) -> Result<(), Response> {
    sources::delete_linked_apis(context.state, &target.root, &target.id());
    Ok(())
}

/// Analyzer configurations: the title is the name unless there is another, as recorded.
pub(super) fn before_put_of_analyzer_config(_: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    if !draft.properties.contains_key("title") {
        let name = target.name.unwrap_or_default();
        draft.properties.shift_insert(0, "title".to_owned(), Value::from(name));
    }
}

fn stored<'a>(context: &'a Context<'_>, target: &Target<'_>) -> Option<&'a Entry> {
    context.state.store.get(&target.id())
}

/// Takes over a member that only the service writes from the stored resource.
fn keep_stored(
    stored: Option<&Entry>,
    properties: &mut Map<String, Value>,
    member: &str,
    after: Option<&str>,
) {
    let value = stored.map(|e| &e.body["properties"][member]).filter(|v| !v.is_null());
    if let Some(value) = value {
        insert_after(properties, after, member, value.clone());
    }
}

/// Inserts a member after another one, or at the end.
fn insert_after(properties: &mut Map<String, Value>, after: Option<&str>, member: &str, value: Value) {
    let index = after.and_then(|after| properties.keys().position(|name| name == after));
    properties.shift_insert(index.map_or(properties.len(), |index| index + 1), member.to_owned(), value);
}

/// Takes over a flag that only the service writes; it is false at first.
fn keep_flag(stored: Option<&Entry>, properties: &mut Map<String, Value>, member: &str) {
    let is_set = stored.is_some_and(|e| e.body["properties"][member] == true);
    properties.insert(member.to_owned(), Value::Bool(is_set));
}

/// Makes the first resource of a collection the default.
fn set_default_flag(context: &Context<'_>, target: &Target<'_>, properties: &mut Map<String, Value>) {
    let is_default = match stored(context, target) {
        Some(entry) => entry.body["properties"]["isDefault"] == true,
        None => context.state.store.count(&target.collection()) == 0,
    };
    properties.insert("isDefault".to_owned(), Value::Bool(is_default));
}

fn update_stage(state: &mut State, api: &str) {
    let mut versions = state.store.list(&format!("{api}/versions"));
    let first = versions.clone().next();
    let default = versions.find(|e| e.body["properties"]["isDefault"] == true).or(first);
    let Some(lifecycle_stage) = default.map(|e| e.body["properties"]["lifecycleStage"].clone()) else {
        return;
    };
    let Some(properties) = state.store.get_mut(api).and_then(|e| e.body["properties"].as_object_mut()) else {
        return;
    };
    if let Some(stored) = properties.get_mut("lifecycleStage") {
        *stored = lifecycle_stage;
    } else {
        insert_after(properties, Some("kind"), "lifecycleStage", lifecycle_stage);
    }
}
