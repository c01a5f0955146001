//! The verbs of the regular kinds, written once: what is peculiar to a kind is a row in `rules` or a hook in `natures`.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::place::Place;
use super::{errors, natures, page, precondition};
use crate::http::{Answer, Call};
use crate::store::Entry;
use crate::world::World;

/// Answers a request for an entity or a collection of a regular kind.
pub fn handle(world: &mut World, call: &Call, place: &Place) -> Result<Answer, Answer> {
    let Some(name) = place.name.as_deref() else {
        return match call.method.as_str() {
            "GET" => {
                let entries = world.store.list(&place.collection());
                page::answer(call, entries, |e| Cow::Borrowed(&e.body), |e| e.body.clone())
            }
            other => Err(errors::method_not_allowed(other)),
        };
    };
    if let Some(action) = &place.action {
        return natures::act(world, call, place, name, action);
    }
    match call.method.as_str() {
        "GET" | "HEAD" => get(world, call, place, name),
        "PUT" => put(world, call, place, name),
        "PATCH" => patch(world, call, place, name),
        "DELETE" => delete(world, call, place, name),
        other => Err(errors::method_not_allowed(other)),
    }
}

/// One entity as an answer, with its etag.
pub fn entity(status: u16, entry: &Entry, body: &Value) -> Answer {
    Answer::json(status, body).with("etag", precondition::quoted(entry))
}

/// The `properties` of a request's body.
pub fn properties(call: &Call) -> Result<Map<String, Value>, Answer> {
    match call.json()?.get_mut("properties").map(Value::take) {
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

fn find<'a>(world: &'a World, place: &Place, name: &str) -> Result<&'a Entry, Answer> {
    world.store.get(&place.id(name)).ok_or_else(|| errors::not_found(place.kind.noun))
}

fn get(world: &World, call: &Call, place: &Place, name: &str) -> Result<Answer, Answer> {
    let entry = find(world, place, name)?;
    Ok(entity(200, entry, &natures::shown(call, place, entry)))
}

fn put(world: &mut World, call: &Call, place: &Place, name: &str) -> Result<Answer, Answer> {
    if let Some(fault) = place.kind.name_fault(name) {
        return Err(errors::invalid("identifier", &fault));
    }
    let id = place.id(name);
    precondition::check(call, world.store.get(&id))?;
    let mut properties = properties(call)?;
    place.kind.check(&mut properties, false).map_err(|faults| errors::invalid_all(&faults))?;
    place.kind.fill(&mut properties);
    write(world, call, place, name, properties)
}

fn patch(world: &mut World, call: &Call, place: &Place, name: &str) -> Result<Answer, Answer> {
    let entry = find(world, place, name)?;
    precondition::require(call, Some(entry))?;
    let mut whole = entry.body["properties"].as_object().cloned().unwrap_or_default();
    merge(&mut whole, properties(call)?);
    // A named value's secret is not in its body and need not be said again.
    place.kind.check(&mut whole, false).map_err(|faults| errors::invalid_all(&faults))?;
    write(world, call, place, name, whole)
}

fn write(
    world: &mut World,
    call: &Call,
    place: &Place,
    name: &str,
    mut properties: Map<String, Value>,
) -> Result<Answer, Answer> {
    let id = place.id(name);
    let hidden = natures::before(world, call, place, name, &mut properties)?;
    // The spelling an entity was created with stays.
    let id = world.store.get(&id).map_or(id, |e| e.id.clone());
    let name = id.rsplit('/').next().unwrap_or(name).to_owned();
    let body = json!({"id": id, "type": place.kind.full_type(), "name": name, "properties": properties});
    let new = world.store.put(&id, body);
    if let Some(entry) = world.store.get_mut(&id) {
        entry.hidden = hidden;
    }
    natures::after(world, place, &name, new);
    let entry = find(world, place, &name)?;
    Ok(entity(if new { 201 } else { 200 }, entry, &entry.body))
}

fn delete(world: &mut World, call: &Call, place: &Place, name: &str) -> Result<Answer, Answer> {
    let id = place.id(name);
    let Some(entry) = world.store.get(&id) else { return Ok(Answer::empty(204)) };
    precondition::require(call, Some(entry))?;
    natures::before_delete(world, place, name)?;
    world.store.delete(&id);
    Ok(Answer::empty(200))
}
