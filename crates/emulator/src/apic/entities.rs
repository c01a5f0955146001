//! The five verbs on everything below an API center.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::kinds::{Kind, Times};
use super::place::Place;
use super::{errors, paging, rules, shape};
use crate::context::{Context, HandlerResult};
use crate::response::{self, Response, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;
use crate::{arm_errors, timestamps};

/// Answers for a collection or one of its resources.
pub fn handle(context: &mut Context<'_>, place: &Place<'_>) -> HandlerResult {
    let Some((id, name)) = place.id().zip(place.name) else {
        if context.method() != "GET" {
            return Err(arm_errors::method_not_allowed(context.method()));
        }
        let entries = context.state.store.list(&place.collection());
        return paging::page(context, entries);
    };
    match context.method() {
        "GET" => {
            let entry = context.state.store.get(&id).ok_or_else(|| errors::missing(place.kind))?;
            Ok(shown(place.kind, entry))
        }
        "HEAD" => Ok(response::empty(if context.state.store.get(&id).is_some() { 200 } else { 404 })),
        "PUT" => put(context, place, &id, name),
        "DELETE" => {
            rules::before_delete(context.state, place, &id);
            let there = context.state.store.delete(&id);
            Ok(response::empty(if there { place.kind.deleted } else { 204 }))
        }
        _ => Err(arm_errors::method_not_allowed(context.method())),
    }
}

fn shown(kind: &Kind, entry: &Entry) -> Response {
    let answer = response::json(200, &entry.body);
    if kind.etag { answer.with_header("etag", entry.etag.clone()) } else { answer }
}

/// Creates and replaces alike with 200, as recorded.
fn put(context: &mut Context<'_>, place: &Place<'_>, id: &str, name: &str) -> HandlerResult {
    check_name(name)?;
    let given = context.request.json()?;
    let mut properties = shape::read(place.kind.fields, &given["properties"])
        .map_err(|problems| errors::invalid(&problems))?;
    if context.state.store.get(id).is_none() {
        check_limit(context.state, place)?;
    }
    rules::before(context.state, place, id, &mut properties)?;
    write(context.state, place.kind, id, properties, context.request.now);
    rules::after(context, place, id);
    let entry = context.state.store.get(id).ok_or_else(|| errors::missing(place.kind))?;
    Ok(shown(place.kind, entry))
}

/// Refuses a name the service would not take: 3 to 90 letters, digits and hyphens.
pub fn check_name(name: &str) -> Result<(), Response> {
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if letters && (3..=90).contains(&name.len()) {
        return Ok(());
    }
    Err(errors::invalid_one(
        "name",
        format!("The name '{name}' is not valid; it must match the pattern '^[a-zA-Z0-9-]{{3,90}}$'."),
    ))
}

fn check_limit(state: &State, place: &Place<'_>) -> Result<(), Response> {
    room(state, place.kind, &place.center, &place.parent)
}

/// Refuses one more resource of this kind below `parent` than the center's plan allows.
pub fn room(state: &State, kind: &Kind, center: &str, parent: &str) -> Result<(), Response> {
    let Some((free, standard)) = kind.limit else { return Ok(()) };
    let plan = state.store.get(center).and_then(|e| e.body["sku"]["name"].as_str()).unwrap_or("Free");
    let most = if plan == "Standard" { standard } else { free };
    let there = state.store.count(&format!("{parent}/{}", kind.collection()));
    if there < most { Ok(()) } else { Err(errors::limit(kind, most, plan)) }
}

/// Stores a resource with the members that every resource has.
pub fn write(state: &mut State, kind: &Kind, id: &str, properties: Map<String, Value>, now: OffsetDateTime) {
    let now = timestamps::utc(now);
    let before = state.store.get(id);
    let created = before.and_then(|e| e.body["systemData"]["createdAt"].as_str()).unwrap_or(&now).to_owned();
    let id = before.map_or_else(|| id.to_owned(), |e| e.id.clone());
    let name = id.rsplit('/').next().unwrap_or_default().to_owned();
    let mut body = json!({"type": kind.type_name(), "properties": null, "id": id, "name": name});
    body["properties"] = Value::Object(properties);
    match kind.times {
        Times::Both => body["systemData"] = json!({"createdAt": created, "lastModifiedAt": now}),
        Times::Created => body["systemData"] = json!({"createdAt": created}),
        Times::None => {}
    }
    state.store.put(&id, body);
}
