//! The engine: carries out a request on any resource below a top-level resource.

use std::borrow::Cow;

use http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::kind::{Draft, find_action, root_of};
use super::{
    BodyParts, Provider, ResourceKind, Target, View, add_defaults, body_in_view, check_fields,
    check_if_match, page,
};
use crate::arm_errors;
use crate::context::Context;
use crate::response::{self, HandlerResult, Response, ResponseExt as _};
use crate::state::State;
use crate::store::Entry;

/// Refuses a request with an API version that the provider does not have.
pub(crate) fn check_api_version(context: &Context<'_>, provider: &Provider) -> Result<(), Response> {
    let version = context.request.query("api-version").unwrap_or_default();
    if provider.api_versions.iter().any(|v| v.eq_ignore_ascii_case(version)) {
        return Ok(());
    }
    let kind = context.route.rest.first().copied().unwrap_or_default();
    let text = format!(
        "No registered resource provider found for location '' and API version '{version}' for type '{kind}'. The \
         supported api-versions are '{}'.",
        provider.api_versions.join(", ")
    );
    Err(response::error(400, "NoRegisteredProviderFound", &text))
}

/// Handles a request for what these segments below the top-level resource `root_id` name.
pub(crate) fn handle(
    context: &mut Context<'_>,
    provider: &'static Provider,
    root_id: &str,
    segments: &[&str],
) -> HandlerResult {
    let Some(root) = context.state.store.get(root_id).map(|entry| entry.id.clone()) else {
        return Err(provider.dialect.root_not_found(context, root_id));
    };
    if let Some((action, path)) = segments.split_last().filter(|_| segments.len() % 2 == 1) {
        if path.is_empty()
            && let Some(action) = find_action(provider.root_actions, action)
        {
            require_post(context)?;
            return (action.run)(context, &root);
        }
        let types: Vec<&str> = path.iter().step_by(2).copied().collect();
        if let Some(action) = provider.kind(&types).and_then(|kind| kind.action(action)) {
            let target = Target::find(context, provider, root, path)?;
            require_post(context)?;
            let id = target.entry(context.state)?.id.clone();
            return (action.run)(context, &id);
        }
    }
    let target = Target::find(context, provider, root, segments)?;
    match target.kind.handler {
        Some(handler) => handler(context, &target),
        None => handle_regular(context, &target),
    }
}

fn require_post(context: &Context<'_>) -> Result<(), Response> {
    if context.method() == "POST" { Ok(()) } else { Err(arm_errors::method_not_allowed(context.method())) }
}

fn handle_regular(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    match (context.method(), target.name) {
        ("GET", None) => {
            let entries = context.state.store.list(&target.collection());
            let show = |entry: &&Entry| body_in_view(target.kind, &entry.body, View::List);
            if target.kind.is_sorted {
                let mut sorted: Vec<&Entry> = entries.collect();
                sorted.sort_by_cached_key(|entry| entry.id.to_lowercase());
                return page(context, target.provider, sorted.into_iter(), |e| Cow::Borrowed(&e.body), show);
            }
            page(context, target.provider, entries, |e| Cow::Borrowed(&e.body), show)
        }
        ("GET" | "HEAD", Some(_)) => {
            let entry = target.entry(context.state)?;
            Ok(respond_with(target, 200, entry, &show(context, target, entry)))
        }
        ("PUT", Some(name)) => put(context, target, name),
        ("PATCH", Some(_)) if target.provider.supports_patch => patch(context, target),
        ("DELETE", Some(_)) => delete(context, target),
        (other, _) => Err(arm_errors::method_not_allowed(other)),
    }
}

/// The body of a resource in the response to a request for it.
fn show(context: &Context<'_>, target: &Target<'_>, entry: &Entry) -> Value {
    let mut body = body_in_view(target.kind, &entry.body, View::Resource);
    (target.kind.hooks.show)(context, entry, &mut body);
    body
}

/// A resource as a response, with its `ETag`.
pub(crate) fn respond_with(
    target: &Target<'_>,
    status: u16,
    entry: &Entry,
    body: &impl Serialize,
) -> Response {
    let response = response::json(status, body);
    if target.kind.has_etag {
        response.with_header("etag", target.provider.dialect.etag(entry))
    } else {
        response
    }
}

/// The `properties` of a request's body, checked against the fields of the kind.
pub(crate) fn read_properties(
    context: &Context<'_>,
    target: &Target<'_>,
) -> Result<Map<String, Value>, Response> {
    let body = context.request.json()?;
    check_fields(target.kind.fields, &body["properties"], target.provider.layout)
        .map_err(|problems| target.provider.dialect.invalid_properties(&problems))
}

/// Applies a JSON merge patch: null removes a member, objects are merged.
pub(crate) fn merge_patch(target: &mut Map<String, Value>, patch: Map<String, Value>) {
    for (name, value) in patch {
        match (target.get_mut(&name), value) {
            (_, Value::Null) => {
                target.shift_remove(&name);
            }
            (Some(Value::Object(inner)), Value::Object(patch)) => merge_patch(inner, patch),
            (_, value) => {
                target.insert(name, value);
            }
        }
    }
}

fn put(context: &mut Context<'_>, target: &Target<'_>, name: &str) -> HandlerResult {
    let dialect = target.provider.dialect;
    target.kind.names.check(name).map_err(|message| dialect.invalid_name(&message))?;
    let existing = context.state.store.get(&target.id());
    if target.provider.supports_patch {
        check_if_match(context.request, dialect, existing)?;
    }
    let properties = read_properties(context, target)?;
    if existing.is_none() {
        check_quota(context.state, target.provider, &target.id())?;
    }
    write(context, target, properties)
}

fn patch(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let dialect = target.provider.dialect;
    let entry = target.entry(context.state)?;
    check_if_match(context.request, dialect, Some(entry))?;
    let mut properties = entry.body["properties"].as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(patch)) = context.request.json()?.get_mut("properties").map(Value::take) {
        merge_patch(&mut properties, patch);
    }
    let properties = check_fields(target.kind.fields, &Value::Object(properties), target.provider.layout)
        .map_err(|problems| dialect.invalid_properties(&problems))?;
    write(context, target, properties).map(|response| without_body_in_early_versions(target, response))
}

/// The response to a PATCH in the API version of the request: without a body in early ones, as recorded.
pub(crate) fn without_body_in_early_versions(target: &Target<'_>, response: Response) -> Response {
    let has_body = target.provider.patch_responds_with_body.contains(target.version);
    if has_body || response.status() != StatusCode::OK { response } else { response::empty(204) }
}

fn write(
    context: &mut Context<'_>,
    target: &Target<'_>,
    mut properties: Map<String, Value>,
) -> HandlerResult {
    let (kind, provider, hooks) = (target.kind, target.provider, &target.kind.hooks);
    add_defaults(kind.fields, &mut properties, provider.layout);
    let problems = (hooks.validate)(context, target, &properties);
    if !problems.is_empty() {
        return Err(provider.dialect.invalid_properties(&problems));
    }
    let mut draft = Draft { properties, hidden: None };
    (hooks.before_put)(context, target, &mut draft);
    let id = target.id();
    let is_new = store_kind(context.state, provider, kind, &id, draft.properties, context.request.now);
    if let (Some(hidden), Some(entry)) = (draft.hidden, context.state.store.get_mut(&id)) {
        entry.hidden = hidden;
    }
    (hooks.after_put)(context, target, is_new);
    let status = if is_new { provider.created_status } else { 200 };
    if let Some(response) = kind.accept_write.and_then(|accept| accept(context, status)) {
        return Ok(response);
    }
    // A hook may have moved the resource: what a release makes current takes the name of the API.
    let entry = target.entry(context.state)?;
    Ok(respond_with(target, status, entry, &show(context, target, entry)))
}

fn delete(context: &mut Context<'_>, target: &Target<'_>) -> HandlerResult {
    let Some(entry) = context.state.store.get(&target.id()) else { return Ok(response::empty(204)) };
    if target.provider.supports_patch {
        check_if_match(context.request, target.provider.dialect, Some(entry))?;
    }
    (target.kind.hooks.before_delete)(context, target)?;
    context.state.store.delete(&target.id());
    Ok(response::empty(target.kind.deleted_status))
}

/// Refuses to create the resource with this id if its parent has as many as the plan of the top-level resource allows.
pub(crate) fn check_quota(state: &State, provider: &Provider, id: &str) -> Result<(), Response> {
    let Some((kind, quota)) = provider.kind_of(id).and_then(|kind| Some((kind, kind.quota?))) else {
        return Ok(());
    };
    let root = state.store.get(root_of(id));
    let plan = root.and_then(|e| e.body["sku"]["name"].as_str()).unwrap_or("Free");
    let limit = if plan == "Standard" { quota.standard } else { quota.free };
    let collection = id.rsplit_once('/').map_or("", |(collection, _)| collection);
    if state.store.count(collection) < limit {
        return Ok(());
    }
    Err(provider.dialect.quota_exceeded(kind, limit, plan))
}

/// Stores a resource below a top-level resource without checks; its id tells the kind. True if it is new.
pub(crate) fn store(
    state: &mut State,
    provider: &'static Provider,
    id: &str,
    properties: Map<String, Value>,
    now: OffsetDateTime,
) -> bool {
    let kind = provider.kind_of(id);
    debug_assert!(kind.is_some(), "the table has no kind for {id}");
    kind.is_some_and(|kind| store_kind(state, provider, kind, id, properties, now))
}

fn store_kind(
    state: &mut State,
    provider: &'static Provider,
    kind: &'static ResourceKind,
    id: &str,
    properties: Map<String, Value>,
    now: OffsetDateTime,
) -> bool {
    let previous = state.store.get(id);
    // The spelling that a resource was created with stays.
    let id = previous.map_or_else(|| id.to_owned(), |entry| entry.id.clone());
    let body = provider.dialect.body(BodyParts { provider, kind, id: &id, properties, previous, now });
    let shown = |body: &Value| body_in_view(kind, body, View::Resource);
    if previous.is_some_and(|entry| shown(&entry.body) == shown(&body)) {
        // The `ETag` stays the same.
        return false;
    }
    state.store.put(&id, body)
}
