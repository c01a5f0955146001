//! APIs: reading, listing and deleting. `api_write` writes them, `export` exports them.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::{api_write, errors, export, links, mcp_and_a2a, operations, revisions};
use crate::arm_errors;
use crate::context::Context;
use crate::request::ParsedRequest;
use crate::resources::{
    Target, View, ViewedBody, body_in_view, check_if_match, page, respond_with,
    without_body_in_early_versions,
};
use crate::response::{self, HandlerResult};
use crate::state::State;
use crate::store::Entry;
use azr_core::revision::split_revision;

/// The first API version in which the deletion of an API is a long-running operation.
const ASYNC_DELETE_SINCE: &str = "2024-05-01";

/// Handles a request for an API or for the list of them.
pub(super) fn handle(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let request = context.request;
    match (context.method(), target.name) {
        ("GET", None) => {
            let entries = context.state.store.list_in_version(&target.collection(), target.version);
            let show = |entry: &&Entry| {
                let body = body_in_view(target.kind, &entry.body, View::List);
                expand_version_set(context.state, request, body)
            };
            page(context, target.provider, entries, |e| Cow::Borrowed(&e.body), show)
        }
        ("GET", Some(name)) if is_true(request.query("export")) => export::handle(context, target, name),
        ("GET" | "HEAD", Some(name)) => {
            let entry = target.entry(context.state)?;
            if is_shown_as_stored(request, entry, name) {
                let body = ViewedBody { kind: target.kind, stored: &entry.body, view: View::Resource };
                return Ok(respond_with(target, 200, entry, &body));
            }
            let mut body = expand_version_set(context.state, request, body_under_name(target, entry, name));
            mcp_and_a2a::add_tools(context.state, entry, &mut body);
            Ok(respond_with(target, 200, entry, &body))
        }
        ("PUT", Some(name)) => api_write::put(context, target, name),
        ("PATCH", Some(name)) => {
            check_if_match(request, target.provider.dialect, Some(target.entry(context.state)?))?;
            let patched = api_write::patch(context, target, name)?;
            Ok(without_body_in_early_versions(target, patched))
        }
        ("DELETE", Some(name)) => delete(context, target, name),
        (other, _) => Err(arm_errors::method_not_allowed(other)),
    }
}

/// Whether a query parameter is `true`.
pub(super) fn is_true(parameter: Option<&str>) -> bool {
    parameter.is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

/// Whether nothing needs to be added to the body of an API. Most requests need nothing, and need not copy it then.
fn is_shown_as_stored(request: &ParsedRequest, entry: &Entry, requested: &str) -> bool {
    !is_other_name(entry, requested)
        && !is_true(request.query("expandApiVersionSet"))
        && entry.body["properties"]["type"] != "mcp"
}

/// Whether the current revision was requested by its number, under which it is not stored.
fn is_other_name(entry: &Entry, requested: &str) -> bool {
    split_revision(requested).1.is_some() && split_revision(&entry.id).1.is_none()
}

/// The body of an API under the name that it was requested by; the current revision has two.
pub(super) fn body_under_name(target: &Target<'_>, entry: &Entry, requested: &str) -> Value {
    let mut body = body_in_view(target.kind, &entry.body, View::Resource);
    if is_other_name(entry, requested) {
        let revision = revisions::number(entry);
        let name = body["name"].as_str().unwrap_or_default().to_owned();
        body["id"] = json!(format!("{};rev={revision}", entry.id));
        body["name"] = json!(format!("{name};rev={revision}"));
    }
    body
}

/// With `expandApiVersionSet=true`, adds the version set to the body of an API.
fn expand_version_set(state: &State, request: &ParsedRequest, mut body: Value) -> Value {
    if !is_true(request.query("expandApiVersionSet")) {
        return body;
    }
    let set = body["properties"]["apiVersionSetId"].as_str().and_then(|id| state.store.get(id));
    if let Some(set) = set {
        let mut expanded = Map::new();
        expanded.insert("id".to_owned(), json!(set.id));
        expanded.insert("name".to_owned(), set.body["properties"]["displayName"].clone());
        for member in ["description", "versioningScheme", "versionQueryName", "versionHeaderName"] {
            expanded.insert(member.to_owned(), set.body["properties"][member].clone());
        }
        body["properties"]["apiVersionSet"] = Value::Object(expanded);
    }
    body
}

fn delete(context: &mut Context<'_>, target: &Target<'_>, name: &str) -> HandlerResult {
    let Ok(entry) = target.entry(context.state) else { return Ok(response::empty(204)) };
    check_if_match(context.request, target.provider.dialect, Some(entry))?;
    let id = entry.id.clone();
    let api = revisions::api_name(name);
    let is_current = split_revision(&id).1.is_none();
    let revisions = revisions::all(context.state, &target.collection(), api);
    let revisions: Vec<String> = revisions.into_iter().map(|e| e.id.clone()).collect();
    let with_revisions = is_true(context.request.query("deleteRevisions"));
    if is_current && revisions.len() > 1 && !with_revisions {
        let message =
            "The current revision cannot be deleted while there are others; use deleteRevisions=true.";
        return Err(errors::invalid("", message));
    }
    for id in if with_revisions { revisions } else { vec![id] } {
        if split_revision(&id).1.is_none() {
            links::delete_links_to_api(context.state, &target.parent, api);
        }
        context.state.store.delete(&id);
    }
    if target.version < ASYNC_DELETE_SINCE {
        return Ok(response::empty(200));
    }
    Ok(operations::accept(context, 204))
}
