//! Creating and changing an API: from its properties, from a document, or as a copy of another API.

use serde_json::{Map, Value, json};

use super::import::{self, Definition};
use super::mcp_and_a2a::Tool;
use super::{errors, mcp_and_a2a, operations, revisions};
use crate::context::Context;
use crate::resources::{
    Target, View, add_defaults, body_in_view, check_fields, check_if_match, merge_patch, read_properties,
    respond_with, store,
};
use crate::response::{HandlerResult, Response};
use crate::state::State;
use crate::timestamps;
use azr_core::revision::split_revision;

/// Members of a request that say how to make an API and are not stored.
const NOT_STORED: &[&str] = &[
    "format",
    "value",
    "wsdlSelector",
    "apiType",
    "translateRequiredQueryParameters",
    "apiVersionSet",
    "isOnline",
    "isCurrent",
    "sourceApiId",
    "mcpTools",
];

/// What a copy does not take over from the API that it is made of.
const NOT_COPIED: &[&str] = &["apiRevision", "isCurrent", "apiRevisionDescription"];

/// The members of an API that its exported documents contain.
const IN_DOCUMENTS: &[&str] =
    &["displayName", "description", "serviceUrl", "apiVersion", "contact", "license", "termsOfServiceUrl"];

/// What all revisions of an API have in common; recorded for these members.
const SHARED_BY_REVISIONS: &[&str] = &["displayName", "description", "path"];

/// Creates or replaces an API or one of its revisions.
pub(super) fn put(context: &mut Context<'_>, target: &Target<'_>, name: &str) -> HandlerResult {
    let (api, revision) = split_revision(name);
    target.kind.names.check(api).map_err(|message| target.provider.dialect.invalid_name(&message))?;
    if revision.is_some_and(|r| r.is_empty() || !r.chars().all(|c| c.is_ascii_digit())) {
        return Err(errors::invalid("identifier", "A revision is a whole number."));
    }
    mcp_and_a2a::check_name(context.state, target, name)?;
    check_if_match(context.request, target.provider.dialect, target.entry(context.state).ok())?;
    let (sent, source) = read_request(context, target)?;
    let definition = match read_definition(context, &sent) {
        Ok(definition) => definition,
        Err(DefinitionError::Request(refusal)) => return Err(refusal),
        Err(DefinitionError::Document(refusal)) if !operations::is_write_async(context.request) => {
            return Err(refusal);
        }
        Err(DefinitionError::Document(refusal)) => {
            let status = if target.entry(context.state).is_ok() { 200 } else { 201 };
            return Ok(operations::accept_refused(context, status, &refusal));
        }
    };

    let mut properties = match (&source, &definition) {
        (Some(source), _) => source.properties.clone(),
        // What an import does not mention stays as it was.
        (None, Some(_)) => {
            let existing = target.entry(context.state).ok();
            existing.and_then(|e| e.body["properties"].as_object().cloned()).unwrap_or_default()
        }
        (None, None) => Map::new(),
    };
    if let Some(definition) = &definition {
        definition.describe(&mut properties);
    }
    for (member, value) in &sent {
        if !NOT_STORED.contains(&member.as_str()) {
            properties.insert(member.clone(), value.clone());
        }
    }
    if definition.is_none()
        && let Some(kind) = sent.get("apiType")
    {
        properties.entry("type").or_insert_with(|| kind.clone());
    }
    if let Some(set) = sent.get("apiVersionSet") {
        add_version_set(context, target, set, &mut properties)?;
    }
    if !properties.contains_key("displayName") {
        return Err(errors::invalid("displayName", "'displayName' is required."));
    }
    let tools = mcp_and_a2a::read_tools(context.state, target, &sent)?;
    write(context, target, name, Draft { properties, definition, source: source.map(|s| s.id), tools })
}

/// Changes an API.
pub(super) fn patch(context: &mut Context<'_>, target: &Target<'_>, name: &str) -> HandlerResult {
    let entry = target.entry(context.state)?;
    let mut properties = entry.body["properties"].as_object().cloned().unwrap_or_default();
    if let Some(Value::Object(patch)) = context.request.json()?.get_mut("properties").map(Value::take) {
        merge_patch(&mut properties, patch);
    }
    let mut properties = check(target, properties)?;
    let tools = mcp_and_a2a::read_tools(context.state, target, &properties)?;
    properties.retain(|member, _| !NOT_STORED.contains(&member.as_str()));
    write(context, target, name, Draft { properties, definition: None, source: None, tools })
}

/// An API that is about to be stored.
struct Draft {
    properties: Map<String, Value>,
    definition: Option<Definition>,
    /// The id of the API that it is a copy of.
    source: Option<String>,
    /// The tools of an MCP server; `None` keeps those that it has.
    tools: Option<Vec<Tool>>,
}

/// An API that another is made from.
struct Source {
    id: String,
    properties: Map<String, Value>,
}

fn check(target: &Target<'_>, properties: Map<String, Value>) -> Result<Map<String, Value>, Response> {
    check_fields(target.kind.fields, &Value::Object(properties), target.provider.layout)
        .map_err(|problems| target.provider.dialect.invalid_properties(&problems))
}

/// The properties that were sent, and the API that `sourceApiId` names.
fn read_request(
    context: &Context<'_>,
    target: &Target<'_>,
) -> Result<(Map<String, Value>, Option<Source>), Response> {
    let body = context.request.json()?;
    let Some(name) = body["properties"]["sourceApiId"].as_str() else {
        return Ok((read_properties(context, target)?, None));
    };
    let name = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let entry = revisions::resolve(context.state, &target.collection(), name);
    let Some(entry) = entry else {
        return Err(errors::invalid("sourceApiId", &format!("The API '{name}' does not exist.")));
    };
    let mut properties = entry.body["properties"].as_object().cloned().unwrap_or_default();
    properties.retain(|member, _| !NOT_COPIED.contains(&member.as_str()));
    let mut sent = body["properties"].as_object().cloned().unwrap_or_default();
    sent.entry("path").or_insert_with(|| properties["path"].clone());
    Ok((check(target, sent)?, Some(Source { id: entry.id.clone(), properties })))
}

/// Why a definition cannot be read.
enum DefinitionError {
    /// The request is not valid; it is refused at once.
    Request(Response),
    /// The document is not valid; the operation fails.
    Document(Response),
}

fn read_definition(
    context: &Context<'_>,
    sent: &Map<String, Value>,
) -> Result<Option<Definition>, DefinitionError> {
    let invalid = |target, message| Err(DefinitionError::Request(errors::invalid(target, message)));
    let text = |member| sent.get(member).and_then(Value::as_str);
    match (text("format"), text("value")) {
        (None, None) => Ok(None),
        (Some(_), None) => invalid("value", "'value' is required with 'format'."),
        (None, Some(_)) => invalid("format", "'format' is required with 'value'."),
        (Some(format), Some(value)) => {
            let is_soap = text("apiType").or(text("type")) != Some("http");
            let selector = sent.get("wsdlSelector").unwrap_or(&Value::Null);
            let document = import::Document { format, value, is_soap, selector };
            import::read(context.state, context.request.now, &document)
                .map(Some)
                .map_err(DefinitionError::Document)
        }
    }
}

/// Takes over a version set that is given inline: by its id, or by creating it.
fn add_version_set(
    context: &mut Context<'_>,
    target: &Target<'_>,
    set: &Value,
    properties: &mut Map<String, Value>,
) -> Result<(), Response> {
    if let Some(id) = set["id"].as_str() {
        properties.entry("apiVersionSetId").or_insert_with(|| json!(id));
        return Ok(());
    }
    if properties.contains_key("apiVersionSetId") {
        return Ok(());
    }
    let mut set = set.as_object().cloned().unwrap_or_default();
    if let Some(name) = set.shift_remove("name") {
        set.insert("displayName".to_owned(), name);
    }
    let provider = target.provider;
    let Some(kind) = provider.kind(&["apiVersionSets"]) else { return Ok(()) };
    let set = check_fields(kind.fields, &Value::Object(set), provider.layout)
        .map_err(|problems| provider.dialect.invalid_properties(&problems))?;
    let name = uuid::Uuid::new_v4().simple().to_string();
    let id = format!("{}/apiVersionSets/{}", target.parent, &name[..24]);
    store(context.state, provider, &id, set, context.request.now);
    properties.insert("apiVersionSetId".to_owned(), json!(id));
    Ok(())
}

/// Checks an API against the other APIs and stores it.
fn write(context: &mut Context<'_>, target: &Target<'_>, name: &str, draft: Draft) -> HandlerResult {
    let mut properties = draft.properties;
    let (api, revision) = split_revision(name);
    if let Some(path) = properties.get("path").and_then(Value::as_str).and_then(|path| path.strip_prefix('/'))
    {
        let path = json!(path);
        properties.insert("path".to_owned(), path);
    }
    mcp_and_a2a::check_type(target, &properties)?;
    check_version(context.state, target, &mut properties)?;
    check_path(context.state, target, api, &properties)?;
    let stored_id = revisions::resolve(context.state, &target.collection(), name).map(|e| e.id.clone());
    let is_first = context.state.store.get(&format!("{}/{api}", target.collection())).is_none();
    // The first revision of an API is its current one.
    let id =
        stored_id.unwrap_or_else(|| format!("{}/{}", target.collection(), if is_first { api } else { name }));
    let previous = context.state.store.get(&id).map(|e| e.body["properties"].clone());
    // Users report that a new API has the revision 1, whatever the request says
    // (https://github.com/Azure/azure-cli/issues/21422).
    let revision = revision.map(|revision| if is_first { "1" } else { revision });
    let number = revision.map(|r| json!(r)).or_else(|| previous.as_ref().map(|p| p["apiRevision"].clone()));
    let number = number.or_else(|| properties.get("apiRevision").cloned()).unwrap_or(json!("1"));
    for member in ["apiRevision", "isCurrent", "isOnline"] {
        properties.shift_remove(member);
    }
    properties.insert("apiRevision".to_owned(), number);
    if split_revision(&id).1.is_none() {
        properties.insert("isCurrent".to_owned(), json!(true));
    }
    add_defaults(target.kind.fields, &mut properties, target.provider.layout);

    let is_changed = previous.is_some_and(|previous| {
        IN_DOCUMENTS.iter().any(|member| previous[member] != *properties.get(*member).unwrap_or(&Value::Null))
    });
    let since = mcp_and_a2a::first_version(&properties);
    let is_new = store(context.state, target.provider, &id, properties, context.request.now);
    context.state.store.show_since(&id, since);
    update_hidden(context, &id, draft.definition.as_ref(), is_changed);
    match (&draft.definition, &draft.source) {
        (Some(definition), _) => definition.store_parts(context.state, &id),
        (None, Some(source)) if is_new => copy_parts(context.state, source, &id),
        _ => {}
    }
    if let Some(tools) = &draft.tools {
        mcp_and_a2a::store_tools(context, target, &id, tools);
    }
    share_with_revisions(context.state, target, &id);
    let status = if is_new { target.provider.created_status } else { 200 };
    let path = &context.request.path;
    let path = if is_first { revisions::api_name(path).to_owned() } else { path.clone() };
    let accepted = draft.definition.and_then(|_| operations::accept_write_to(context, path, status));
    if let Some(response) = accepted {
        return Ok(response);
    }
    let entry = context.state.store.get(&id).ok_or_else(|| target.not_found())?;
    // Recorded: also if the request names the revision, the body has the name of the current one without it.
    let mut body = body_in_view(target.kind, &entry.body, View::Resource);
    mcp_and_a2a::add_tools(context.state, entry, &mut body);
    Ok(respond_with(target, status, entry, &body))
}

/// Gives the other revisions of an API what they have in common with the current one.
fn share_with_revisions(state: &mut State, target: &Target<'_>, id: &str) {
    let (name, revision) = split_revision(id.rsplit('/').next().unwrap_or_default());
    let Some(current) = state.store.get(id).filter(|_| revision.is_none()) else { return };
    let current = current.body["properties"].clone();
    let others: Vec<_> =
        revisions::all(state, &target.collection(), name).into_iter().skip(1).cloned().collect();
    for mut other in others {
        let Some(properties) = other.body["properties"].as_object_mut() else { continue };
        let mut is_changed = false;
        for member in SHARED_BY_REVISIONS {
            let value = &current[*member];
            is_changed |= properties.get(*member).unwrap_or(&Value::Null) != value;
            if value.is_null() {
                properties.shift_remove(*member);
            } else {
                properties.insert((*member).to_owned(), value.clone());
            }
        }
        if is_changed {
            state.store.put(&other.id, other.body);
        }
    }
}

/// Stores what a GET does not show: times, and the document an API was made from.
fn update_hidden(context: &mut Context<'_>, id: &str, definition: Option<&Definition>, is_changed: bool) {
    let Some(entry) = context.state.store.get_mut(id) else { return };
    let now = timestamps::utc(context.request.now);
    if entry.hidden.is_null() {
        entry.hidden = json!({"created": now});
    }
    entry.hidden["updated"] = json!(now);
    if let Some(definition) = definition {
        entry.hidden["import"] = definition.original();
        entry.hidden["changed"] = json!(false);
    } else if is_changed && entry.hidden["import"].is_object() {
        entry.hidden["changed"] = json!(true);
    }
}

/// Expands the id of the version set, and checks that a version has a version set that exists.
fn check_version(
    state: &State,
    target: &Target<'_>,
    properties: &mut Map<String, Value>,
) -> Result<(), Response> {
    let text = |member: &str| properties.get(member).and_then(Value::as_str).unwrap_or_default();
    let set_id = text("apiVersionSetId");
    if set_id.is_empty() {
        if text("apiVersion").is_empty() {
            return Ok(());
        }
        return Err(errors::invalid("apiVersionSetId", "An 'apiVersion' needs an 'apiVersionSetId'."));
    }
    let name = set_id.rsplit('/').next().unwrap_or_default();
    let Some(set) = state.store.get(&format!("{}/apiVersionSets/{name}", target.parent)) else {
        let message = format!("The API version set '{name}' does not exist.");
        return Err(errors::invalid("apiVersionSetId", &message));
    };
    properties.insert("apiVersionSetId".to_owned(), json!(set.id));
    Ok(())
}

/// Refuses a path that another API has, unless both are versions in one version set.
fn check_path(
    state: &State,
    target: &Target<'_>,
    api: &str,
    properties: &Map<String, Value>,
) -> Result<(), Response> {
    let normalize = |v: &Value| v.as_str().unwrap_or_default().trim_matches('/').to_ascii_lowercase();
    let path = properties.get("path").map(normalize).unwrap_or_default();
    let set = properties.get("apiVersionSetId");
    let version = properties.get("apiVersion").map(normalize).unwrap_or_default();
    for other in state.store.list(&target.collection()) {
        let others = &other.body["properties"];
        let name = other.body["name"].as_str().unwrap_or_default();
        if revisions::api_name(name).eq_ignore_ascii_case(api) || normalize(&others["path"]) != path {
            continue;
        }
        let is_same_set = set.is_some() && Some(&others["apiVersionSetId"]) == set;
        if !is_same_set {
            let message = format!(
                "Cannot create API '{api}' with the same Path '{path}' as API '{name}' unless it's a part of the same version set"
            );
            return Err(errors::invalid("", &message));
        }
        if normalize(&others["apiVersion"]) == version {
            let message =
                format!("The version '{version}' already exists in the version set, as API '{name}'.");
            return Err(errors::invalid("apiVersion", &message));
        }
    }
    Ok(())
}

/// Copies the operations, schemas, resolvers and policies of one API to another.
fn copy_parts(state: &mut State, from: &str, to: &str) {
    let parts: Vec<_> = state.store.tree(from).into_iter().cloned().collect();
    for part in parts {
        let rest = part.id[from.len()..].to_owned();
        if !matches!(rest.split('/').nth(1), None | Some("releases" | "tags")) {
            revisions::store_under(state, part, &format!("{to}{rest}"));
        }
    }
    let hidden = state.store.get(from).map(|e| e.hidden.clone()).unwrap_or_default();
    if let Some(entry) = state.store.get_mut(to) {
        for member in ["import", "changed"] {
            if !hidden[member].is_null() {
                entry.hidden[member] = hidden[member].clone();
            }
        }
    }
}
