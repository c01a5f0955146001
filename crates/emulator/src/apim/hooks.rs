//! What single kinds of resources do besides storing what they are sent.

use serde_json::{Map, Value, json};

use super::{errors, policy_text, revisions};
use crate::context::Context;
use crate::resources::{Dialect as _, Draft, Problem, Reason, Target};
use crate::response::{self, HandlerResult, Response, ResponseExt as _};
use crate::store::Entry;
use crate::timestamps;

fn text<'a>(properties: &'a Map<String, Value>, member: &str) -> &'a str {
    properties.get(member).and_then(Value::as_str).unwrap_or_default()
}

/// Operations and schemas: the API's imported document no longer describes the API.
pub(super) fn after_put_of_part(context: &mut Context<'_>, target: &Target<'_>, _is_new: bool) {
    revisions::mark_changed(context.state, &target.parent);
}

/// Operations and schemas: the API's imported document no longer describes the API.
pub(super) fn before_delete_of_part(context: &mut Context<'_>, target: &Target<'_>) -> Result<(), Response> {
    revisions::mark_changed(context.state, &target.parent);
    Ok(())
}

/// Releases: the revision must exist, and belong to the API. A release that exists need not name it again.
pub(super) fn validate_release(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let revision = last_segment(text(properties, "apiId"));
    if revision.is_empty() {
        if context.state.store.get(&target.id()).is_some() {
            return Vec::new();
        }
        return vec![Problem { path: "apiId".to_owned(), reason: Reason::Required }];
    }
    let (apis, api) = target.parent.rsplit_once('/').unwrap_or_default();
    if !revisions::api_name(revision).eq_ignore_ascii_case(revisions::api_name(api)) {
        return vec![Problem::new("apiId", "The revision to release belongs to another API.")];
    }
    if revisions::resolve(context.state, apis, revision).is_none() {
        return vec![Problem::new("apiId", format!("The revision '{revision}' does not exist."))];
    }
    Vec::new()
}

fn last_segment(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// Releases: adds the times; `apiId` becomes the id of the API, and the revision is stored out of sight.
pub(super) fn before_put_of_release(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    let now = timestamps::utc(context.request.now);
    let created =
        context.state.store.get(&target.id()).map(|e| e.body["properties"]["createdDateTime"].clone());
    draft.hidden = match last_segment(text(&draft.properties, "apiId")) {
        "" => None,
        revision => Some(json!({"revision": revision})),
    };
    draft.properties.insert("apiId".to_owned(), json!(revisions::api_name(&target.parent)));
    draft.properties.insert("createdDateTime".to_owned(), created.unwrap_or_else(|| json!(now)));
    draft.properties.insert("updatedDateTime".to_owned(), json!(now));
}

/// Releases: a new one makes its revision the current one.
pub(super) fn after_put_of_release(context: &mut Context<'_>, target: &Target<'_>, is_new: bool) {
    if !is_new {
        return;
    }
    let release = context.state.store.get(&target.id());
    let revision = release.and_then(|e| e.hidden["revision"].as_str()).unwrap_or_default().to_owned();
    if let Some((apis, _)) = target.parent.rsplit_once('/') {
        revisions::make_current(context.state, apis, &revision);
    }
}

/// Named values: the characters of the display name, and that there is a value.
pub(super) fn validate_named_value(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let is_valid = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if !text(properties, "displayName").chars().all(is_valid) {
        let message = "'displayName' may contain only letters, digits, periods, dashes and underscores.";
        return vec![Problem::new("displayName", message)];
    }
    if secret_value(context, target, properties).is_none() {
        return vec![Problem::new("value", "'value' is required unless 'keyVault' is given.")];
    }
    Vec::new()
}

/// The value of a named value: the one that was sent, else the stored one, else one from the key vault.
fn secret_value(
    context: &Context<'_>,
    target: &Target<'_>,
    properties: &Map<String, Value>,
) -> Option<Value> {
    let stored = || {
        let entry = context.state.store.get(&target.id());
        entry.map(|e| e.hidden["value"].clone()).filter(|value| !value.is_null())
    };
    let from_vault = || properties.contains_key("keyVault").then(|| json!("secret from the key vault"));
    properties.get("value").cloned().or_else(stored).or_else(from_vault)
}

/// Named values: no GET shows a secret.
pub(super) fn before_put_of_named_value(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    let value = secret_value(context, target, &draft.properties).unwrap_or_default();
    let properties = &mut draft.properties;
    if properties.contains_key("keyVault") {
        properties.insert("secret".to_owned(), json!(true));
    }
    if properties.get("secret") == Some(&json!(true)) {
        properties.shift_remove("value");
    } else {
        properties.insert("value".to_owned(), value.clone());
    }
    draft.hidden = Some(json!({"value": value}));
}

/// `listValue` of a named value.
pub(super) fn list_value(context: &mut Context<'_>, id: &str) -> HandlerResult {
    let entry = context.state.store.get(id).ok_or_else(|| errors::not_found("NamedValue"))?;
    let response = response::json(200, &json!({"value": entry.hidden["value"]}));
    Ok(response.with_header("etag", super::dialect::ApiManagement.etag(entry)))
}

/// Version sets: the scheme decides which name is required.
pub(super) fn validate_version_set(
    _: &Context<'_>,
    _: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    let (scheme, member) = match text(properties, "versioningScheme") {
        "Query" => ("Query", "versionQueryName"),
        "Header" => ("Header", "versionHeaderName"),
        _ => return Vec::new(),
    };
    if properties.contains_key(member) {
        return Vec::new();
    }
    vec![Problem::new(member, format!("'{member}' is required with the versioning scheme '{scheme}'."))]
}

/// Version sets: one that APIs use cannot be deleted.
pub(super) fn before_delete_of_version_set(
    context: &mut Context<'_>,
    target: &Target<'_>,
) -> Result<(), Response> {
    let id = target.id();
    let mut apis = context.state.store.list(&format!("{}/apis", target.parent));
    let is_used = apis.any(|api| {
        api.body["properties"]["apiVersionSetId"].as_str().is_some_and(|set| set.eq_ignore_ascii_case(&id))
    });
    if is_used {
        return Err(errors::invalid("", "The API version set is used by APIs; delete those first."));
    }
    Ok(())
}

/// Policies: they must be well-formed.
pub(super) fn validate_policy(
    _: &Context<'_>,
    _: &Target<'_>,
    properties: &Map<String, Value>,
) -> Vec<Problem> {
    match text(properties, "format") {
        "xml" => match roxmltree::Document::parse(text(properties, "value")) {
            Ok(_) => Vec::new(),
            Err(error) => {
                let message = format!("The policy is not well-formed XML: {error}.");
                vec![Problem::new("representation", message)]
            }
        },
        // Raw policies are not XML, because expressions in them are not escaped.
        "rawxml" => Vec::new(),
        _ => vec![Problem::new("value", "The emulator does not fetch policies from links.")],
    }
}

/// Policies: XML is indented. Raw policies are not XML.
pub(super) fn before_put_of_policy(_: &Context<'_>, _: &Target<'_>, draft: &mut Draft) {
    if text(&draft.properties, "format") == "xml" {
        let value = policy_text::indent(text(&draft.properties, "value"));
        draft.properties.insert("value".to_owned(), json!(value));
    }
}

/// Policies: shown in the format that the request names, whatever format they were sent in.
pub(super) fn show_policy(context: &Context<'_>, _: &Entry, body: &mut Value) {
    body["properties"]["format"] = json!(context.request.query("format").unwrap_or("xml"));
}

/// Tag descriptions: the tag must exist.
pub(super) fn validate_tag_description(
    context: &Context<'_>,
    target: &Target<'_>,
    _: &Map<String, Value>,
) -> Vec<Problem> {
    match tag_of(context, target) {
        Some(_) => Vec::new(),
        None => vec![Problem::new("", "The tag does not exist.")],
    }
}

/// Tag descriptions: adds the id and the display name of the tag.
pub(super) fn before_put_of_tag_description(context: &Context<'_>, target: &Target<'_>, draft: &mut Draft) {
    if let Some(tag) = tag_of(context, target) {
        draft.properties.insert("tagId".to_owned(), json!(tag.id));
        draft.properties.insert("displayName".to_owned(), tag.body["properties"]["displayName"].clone());
    }
}

/// The tag that a tag description has the name of.
fn tag_of<'a>(context: &'a Context<'_>, target: &Target<'_>) -> Option<&'a Entry> {
    context.state.store.get(&format!("{}/tags/{}", target.scope(), target.name?))
}

/// Products: the groups that can see them. The emulator has only the administrators, who see all.
pub(super) fn show_product(_: &Context<'_>, entry: &Entry, body: &mut Value) {
    let service = entry.id.rsplit_once("/products/").map_or("", |(service, _)| service);
    body["properties"]["groups"] = json!([{
        "id": format!("{service}/groups/administrators"),
        "name": "Administrators",
        "description": "Administrators is a built-in group containing the admin email account provided at the time of service creation. Its membership is managed by the system.",
        "builtIn": true,
        "type": "system",
        "externalId": null,
    }]);
}
