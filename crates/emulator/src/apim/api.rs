//! APIs: reading, listing and deleting; writing is in `api_put`, exporting in `export`.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::place::Place;
use super::{api_put, collection, errors, export, links, page, precondition, revisions};
use crate::http::{Answer, Call};
use crate::stamp;
use crate::store::Entry;
use crate::world::World;

/// Answers a request for an API or for the list of them.
pub fn handle(world: &mut World, call: &Call, place: &Place) -> Result<Answer, Answer> {
    match (call.method.as_str(), place.name.as_deref()) {
        ("GET", None) => {
            let entries = world.store.list(&place.collection());
            page::answer(call, entries, |e| Cow::Borrowed(&e.body), |e| expanded(world, call, e.body.clone()))
        }
        ("GET", Some(_)) if call.query("asyncId").is_some() => Ok(Answer::empty(204)),
        ("GET", Some(name)) if truth(call.query("export")) => export::link(world, call, place, name),
        ("GET" | "HEAD", Some(name)) => {
            let entry = find(world, place, name)?;
            let body = expanded(world, call, named(entry, name));
            Ok(collection::entity(200, entry, &body))
        }
        ("PUT", Some(name)) => api_put::put(world, call, place, name),
        ("PATCH", Some(name)) => {
            precondition::require(call, Some(find(world, place, name)?))?;
            api_put::patch(world, call, place, name)
        }
        ("DELETE", Some(name)) => delete(world, call, place, name),
        (other, _) => Err(errors::method_not_allowed(other)),
    }
}

/// Whether a query parameter says `true`.
pub fn truth(text: Option<&str>) -> bool {
    text.is_some_and(|t| t.eq_ignore_ascii_case("true"))
}

/// The stored revision that a name means.
pub fn find<'a>(world: &'a World, place: &Place, name: &str) -> Result<&'a Entry, Answer> {
    revisions::resolve(world, &place.service, name)
        .and_then(|id| world.store.get(&id))
        .ok_or_else(|| errors::not_found("Api"))
}

/// An API's body under the name it was asked for: the current revision answers to two.
pub fn named(entry: &Entry, asked: &str) -> Value {
    let mut body = entry.body.clone();
    if revisions::split(asked).1.is_some() && revisions::split(&entry.id).1.is_none() {
        let revision = revisions::revision_of(entry);
        let name = body["name"].as_str().unwrap_or_default().to_owned();
        body["id"] = json!(format!("{};rev={revision}", entry.id));
        body["name"] = json!(format!("{name};rev={revision}"));
    }
    body
}

/// With `expandApiVersionSet=true`, says what the version set is besides its id.
fn expanded(world: &World, call: &Call, mut body: Value) -> Value {
    if !truth(call.query("expandApiVersionSet")) {
        return body;
    }
    let set = body["properties"]["apiVersionSetId"].as_str().and_then(|id| world.store.get(id));
    if let Some(set) = set {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), json!(set.id));
        shown.insert("name".to_owned(), set.body["properties"]["displayName"].clone());
        for member in ["description", "versioningScheme", "versionQueryName", "versionHeaderName"] {
            shown.insert(member.to_owned(), set.body["properties"][member].clone());
        }
        body["properties"]["apiVersionSet"] = Value::Object(shown);
    }
    body
}

fn delete(world: &mut World, call: &Call, place: &Place, name: &str) -> Result<Answer, Answer> {
    let Ok(entry) = find(world, place, name) else { return Ok(Answer::empty(204)) };
    precondition::require(call, Some(entry))?;
    let id = entry.id.clone();
    let (root, _) = revisions::split(name);
    let is_current = revisions::split(&id).1.is_none();
    let ids: Vec<String> =
        revisions::all(world, &place.service, root).into_iter().map(|e| e.id.clone()).collect();
    if is_current && ids.len() > 1 && !truth(call.query("deleteRevisions")) {
        let message =
            "The current revision cannot be deleted while there are others; use deleteRevisions=true.";
        return Err(errors::invalid("", message));
    }
    let doomed = if truth(call.query("deleteRevisions")) { ids } else { vec![id] };
    for id in doomed {
        if revisions::split(&id).1.is_none() {
            links::forget_api(world, &place.service, root);
        }
        world.store.delete(&id);
    }
    Ok(deleted(call))
}

/// The first API version in which deleting an API is an operation that is asked about.
const DELETION_IS_AN_OPERATION: &str = "2024-05-01";

/// The answer to a deletion that was done: of an operation, it is had where its `Location` leads, `asyncCode` and all.
fn deleted(call: &Call) -> Answer {
    let version = call.query("api-version").unwrap_or_default();
    if version < DELETION_IS_AN_OPERATION {
        return Answer::empty(200);
    }
    let operation = stamp::id(&format!("delete {} {}", call.path, call.now)).simple().to_string();
    let query = [("api-version", version), ("asyncId", &operation[..24]), ("asyncCode", "204")];
    Answer::empty(202).with("location", call.url_with(query.into_iter()))
}
