//! APIs: reading, listing and deleting; writing is in `api_put`, exporting in `export`.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::place::Place;
use super::{api_put, collection, errors, export, links, page, precondition, revisions};
use crate::ids;
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;

/// Answers a request for an API or for the list of them.
pub fn handle(state: &mut State, request: &ParsedRequest, place: &Place) -> Result<Response, Response> {
    match (request.method.as_str(), place.name.as_deref()) {
        ("GET", None) => {
            let entries = state.store.list(&place.collection());
            page::answer(
                request,
                entries,
                |e| Cow::Borrowed(&e.body),
                |e| expanded(state, request, e.body.clone()),
            )
        }
        ("GET", Some(_)) if request.query("asyncId").is_some() => Ok(response::empty(204)),
        ("GET", Some(name)) if truth(request.query("export")) => export::link(state, request, place, name),
        ("GET" | "HEAD", Some(name)) => {
            let entry = find(state, place, name)?;
            let body = expanded(state, request, named(entry, name));
            Ok(collection::entity(200, entry, &body))
        }
        ("PUT", Some(name)) => api_put::put(state, request, place, name),
        ("PATCH", Some(name)) => {
            precondition::require(request, Some(find(state, place, name)?))?;
            api_put::patch(state, request, place, name)
        }
        ("DELETE", Some(name)) => delete(state, request, place, name),
        (other, _) => Err(errors::method_not_allowed(other)),
    }
}

/// Whether a query parameter says `true`.
pub fn truth(text: Option<&str>) -> bool {
    text.is_some_and(|t| t.eq_ignore_ascii_case("true"))
}

/// The stored revision that a name means.
pub fn find<'a>(state: &'a State, place: &Place, name: &str) -> Result<&'a Entry, Response> {
    revisions::resolve(state, &place.service, name)
        .and_then(|id| state.store.get(&id))
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
fn expanded(state: &State, request: &ParsedRequest, mut body: Value) -> Value {
    if !truth(request.query("expandApiVersionSet")) {
        return body;
    }
    let set = body["properties"]["apiVersionSetId"].as_str().and_then(|id| state.store.get(id));
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

fn delete(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
) -> Result<Response, Response> {
    let Ok(entry) = find(state, place, name) else { return Ok(response::empty(204)) };
    precondition::require(request, Some(entry))?;
    let id = entry.id.clone();
    let (root, _) = revisions::split(name);
    let is_current = revisions::split(&id).1.is_none();
    let ids: Vec<String> =
        revisions::all(state, &place.service, root).into_iter().map(|e| e.id.clone()).collect();
    if is_current && ids.len() > 1 && !truth(request.query("deleteRevisions")) {
        let message =
            "The current revision cannot be deleted while there are others; use deleteRevisions=true.";
        return Err(errors::invalid("", message));
    }
    let doomed = if truth(request.query("deleteRevisions")) { ids } else { vec![id] };
    for id in doomed {
        if revisions::split(&id).1.is_none() {
            links::forget_api(state, &place.service, root);
        }
        state.store.delete(&id);
    }
    Ok(deleted(request))
}

/// The first API version in which deleting an API is an operation that is asked about.
const DELETION_IS_AN_OPERATION: &str = "2024-05-01";

/// The answer to a deletion that was done: of an operation, it is had where its `Location` leads, `asyncCode` and all.
fn deleted(request: &ParsedRequest) -> Response {
    let version = request.query("api-version").unwrap_or_default();
    if version < DELETION_IS_AN_OPERATION {
        return response::empty(200);
    }
    let operation =
        ids::stable_uuid(&format!("delete {} {}", request.path, request.now)).simple().to_string();
    let query = [("api-version", version), ("asyncId", &operation[..24]), ("asyncCode", "204")];
    response::empty(202).with_header("location", request.url_with(query.into_iter()))
}
