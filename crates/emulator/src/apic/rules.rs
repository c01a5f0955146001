//! What the service knows about a kind of resource beyond the shape of its properties.

use serde_json::{Map, Value};

use super::place::Place;
use super::shape::Problems;
use super::{custom, errors, sources};
use crate::context::Context;
use crate::response::Response;
use crate::state::State;
use crate::store::Entry;

/// Checks the properties against the rest of the center, and adds what the service adds.
pub fn before(
    state: &State,
    place: &Place<'_>,
    id: &str,
    properties: &mut Map<String, Value>,
) -> Result<(), Response> {
    let mut problems = Problems::new();
    if let Some(entity) = place.kind.entity {
        let given = properties.get("customProperties").unwrap_or(&Value::Null);
        problems = custom::check(state, &place.center, entity, given);
    }
    let there = state.store.get(id);
    match place.kind.collection() {
        "metadataSchemas" => problems.extend(schema_problem(properties)),
        "apis" => keep(there, properties, "lifecycleStage", Some("kind")),
        "versions" => {
            default_flag(state, place, there, properties);
            flag(there, properties, "isRecommended");
        }
        "definitions" => keep(there, properties, "specification", None),
        "deployments" => {
            problems.extend(references(state, place, properties));
            flag(there, properties, "recommended");
            default_flag(state, place, there, properties);
        }
        "apiSources" => problems.extend(sources::problem(state, place, properties)),
        _ => {}
    }
    if problems.is_empty() { Ok(()) } else { Err(errors::invalid(&problems)) }
}

/// What else changes once the resource is stored.
pub fn after(context: &mut Context<'_>, place: &Place<'_>, id: &str) {
    match place.kind.collection() {
        "versions" => stage_of_api(context.state, &place.parent),
        "apiSources" => sources::synchronize(context, &place.center, id),
        _ => {}
    }
}

/// What else goes when the resource is deleted.
pub fn before_delete(state: &mut State, place: &Place<'_>, id: &str) {
    if place.kind.collection() == "apiSources" {
        sources::unlink(state, id);
    }
}

fn schema_problem(properties: &Map<String, Value>) -> Option<(String, String)> {
    let text = properties.get("schema").and_then(Value::as_str).unwrap_or_default();
    let parsed: Result<Map<String, Value>, _> = serde_json::from_str(text);
    let why = parsed.err()?;
    Some(("properties.schema".to_owned(), format!("The schema is not a JSON object: {why}.")))
}

/// Carries a member that only the service writes over from the stored resource.
fn keep(there: Option<&Entry>, properties: &mut Map<String, Value>, name: &str, behind: Option<&str>) {
    let Some(value) = there.map(|e| &e.body["properties"][name]).filter(|v| !v.is_null()) else { return };
    let at =
        behind.and_then(|b| properties.keys().position(|k| k == b)).map_or(properties.len(), |at| at + 1);
    properties.shift_insert(at, name.to_owned(), value.clone());
}

fn flag(there: Option<&Entry>, properties: &mut Map<String, Value>, name: &str) {
    let set = there.is_some_and(|e| e.body["properties"][name] == true);
    properties.insert(name.to_owned(), Value::Bool(set));
}

/// The first of its collection becomes the default, as recorded for versions and deployments.
fn default_flag(
    state: &State,
    place: &Place<'_>,
    there: Option<&Entry>,
    properties: &mut Map<String, Value>,
) {
    let set = match there {
        Some(entry) => entry.body["properties"]["isDefault"] == true,
        None => state.store.count(&place.collection()) == 0,
    };
    properties.insert("isDefault".to_owned(), Value::Bool(set));
}

/// A deployment names its environment and definition relative to the center, and both must exist.
fn references(state: &State, place: &Place<'_>, properties: &Map<String, Value>) -> Problems {
    let mut problems = Problems::new();
    for (member, marker) in [("environmentId", "/environments/"), ("definitionId", "/definitions/")] {
        let Some(given) = properties.get(member).and_then(Value::as_str) else { continue };
        let target = format!("properties.{member}");
        if !given.starts_with("/workspaces/") || !given.contains(marker) {
            let text = format!(
                "'{given}' is not an API center-scoped resource ID, such as /workspaces/default{marker}x."
            );
            problems.push((target, text));
        } else if state.store.get(&format!("{}{given}", place.center)).is_none() {
            problems.push((target, format!("The resource '{given}' does not exist.")));
        }
    }
    problems
}

/// An API is in the stage of its default version: recorded only for an API with one version.
fn stage_of_api(state: &mut State, api: &str) {
    let mut versions = state.store.list(&format!("{api}/versions"));
    let first = versions.clone().next();
    let chosen = versions.find(|e| e.body["properties"]["isDefault"] == true).or(first);
    let Some(stage) = chosen.map(|e| e.body["properties"]["lifecycleStage"].clone()) else { return };
    let Some(properties) = state.store.get_mut(api).and_then(|e| e.body["properties"].as_object_mut()) else {
        return;
    };
    if let Some(there) = properties.get_mut("lifecycleStage") {
        *there = stage;
    } else {
        let at = properties.keys().position(|k| k == "kind").map_or(properties.len(), |at| at + 1);
        properties.shift_insert(at, "lifecycleStage".to_owned(), stage);
    }
}
