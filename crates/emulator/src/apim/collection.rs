//! The verbs of the regular kinds, written once: what is peculiar to a kind is a row in `rules` or a hook in `natures`.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::place::Place;
use super::{errors, natures, page, precondition};
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;

/// Answers a request for an entity or a collection of a regular kind.
pub fn handle(state: &mut State, request: &ParsedRequest, place: &Place) -> Result<Response, Response> {
    let Some(name) = place.name.as_deref() else {
        return match request.method.as_str() {
            "GET" => {
                let entries = state.store.list(&place.collection());
                page::answer(request, entries, |e| Cow::Borrowed(&e.body), |e| e.body.clone())
            }
            other => Err(errors::method_not_allowed(other)),
        };
    };
    if let Some(action) = &place.action {
        return natures::act(state, request, place, name, action);
    }
    match request.method.as_str() {
        "GET" | "HEAD" => get(state, request, place, name),
        "PUT" => put(state, request, place, name),
        "PATCH" => patch(state, request, place, name),
        "DELETE" => delete(state, request, place, name),
        other => Err(errors::method_not_allowed(other)),
    }
}

/// One entity as an answer, with its etag.
pub fn entity(status: u16, entry: &Entry, body: &Value) -> Response {
    response::json(status, body).with_header("etag", precondition::quoted(entry))
}

/// The `properties` of a request's body.
pub fn properties(request: &ParsedRequest) -> Result<Map<String, Value>, Response> {
    match request.json()?.get_mut("properties").map(Value::take) {
        Some(Value::Object(properties)) => Ok(properties),
        Some(_) => Err(errors::invalid("properties", "'properties' must be an object.")),
        None => Err(errors::invalid("properties", "'properties' is required.")),
    }
}

/// Changes `target` as a merge patch does: null removes a member, objects are merged.
pub fn merge(target: &mut Map<String, Value>, change: Map<String, Value>) {
    for (member, value) in change {
        match (target.get_mut(&member), value) {
            (_, Value::Null) => {
                target.shift_remove(&member);
            }
            (Some(Value::Object(inner)), Value::Object(change)) => merge(inner, change),
            (_, value) => {
                target.insert(member, value);
            }
        }
    }
}

fn find<'a>(state: &'a State, place: &Place, name: &str) -> Result<&'a Entry, Response> {
    state.store.get(&place.id(name)).ok_or_else(|| errors::not_found(place.kind.noun))
}

fn get(state: &State, request: &ParsedRequest, place: &Place, name: &str) -> Result<Response, Response> {
    let entry = find(state, place, name)?;
    Ok(entity(200, entry, &natures::shown(request, place, entry)))
}

fn put(state: &mut State, request: &ParsedRequest, place: &Place, name: &str) -> Result<Response, Response> {
    if let Some(fault) = place.kind.name_fault(name) {
        return Err(errors::invalid("identifier", &fault));
    }
    let id = place.id(name);
    precondition::check(request, state.store.get(&id))?;
    let mut properties = properties(request)?;
    place.kind.check(&mut properties, false).map_err(|faults| errors::invalid_all(&faults))?;
    place.kind.fill(&mut properties);
    write(state, request, place, name, properties)
}

fn patch(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
) -> Result<Response, Response> {
    let entry = find(state, place, name)?;
    precondition::require(request, Some(entry))?;
    let mut whole = entry.body["properties"].as_object().cloned().unwrap_or_default();
    merge(&mut whole, properties(request)?);
    // A named value's secret is not in its body and need not be said again.
    place.kind.check(&mut whole, false).map_err(|faults| errors::invalid_all(&faults))?;
    write(state, request, place, name, whole)
}

fn write(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
    mut properties: Map<String, Value>,
) -> Result<Response, Response> {
    let id = place.id(name);
    let hidden = natures::before(state, request, place, name, &mut properties)?;
    // The spelling an entity was created with stays.
    let id = state.store.get(&id).map_or(id, |e| e.id.clone());
    let name = id.rsplit('/').next().unwrap_or(name).to_owned();
    let body = json!({"id": id, "type": place.kind.full_type(), "name": name, "properties": properties});
    let new = state.store.put(&id, body);
    if let Some(entry) = state.store.get_mut(&id) {
        entry.hidden = hidden;
    }
    natures::after(state, place, &name, new);
    let entry = find(state, place, &name)?;
    Ok(entity(if new { 201 } else { 200 }, entry, &entry.body))
}

fn delete(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
) -> Result<Response, Response> {
    let id = place.id(name);
    let Some(entry) = state.store.get(&id) else { return Ok(response::empty(204)) };
    precondition::require(request, Some(entry))?;
    natures::before_delete(state, place, name)?;
    state.store.delete(&id);
    Ok(response::empty(200))
}
