//! Creating and changing an API: plainly, from a document, or as a copy of another.

use serde_json::{Map, Value, json};

use super::import::{self, Definition};
use super::place::Place;
use super::{api, collection, errors, precondition, revisions, rules};
use crate::request::ParsedRequest;
use crate::response::Response;
use crate::state::State;
use crate::timestamps;

/// Members of a request that say how to make an API and are no part of it.
const TRANSIENT: &[&str] = &[
    "format",
    "value",
    "wsdlSelector",
    "apiType",
    "translateRequiredQueryParameters",
    "apiVersionSet",
    "isOnline",
    "isCurrent",
];

/// Creates or replaces an API or one of its revisions.
pub fn put(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
) -> Result<Response, Response> {
    let (root, revision) = revisions::split(name);
    if let Some(fault) = place.kind.name_fault(root) {
        return Err(errors::invalid("identifier", &fault));
    }
    if revision.is_some_and(|r| r.is_empty() || !r.chars().all(|c| c.is_ascii_digit())) {
        return Err(errors::invalid("identifier", "A revision is a whole number."));
    }
    let existing = revisions::resolve(state, &place.service, name).and_then(|id| state.store.get(&id));
    precondition::check(request, existing)?;
    let mut given = collection::properties(request)?;
    let source = source(state, place, &given)?;
    if let Some(source) = &source {
        given.entry("path").or_insert_with(|| source.properties["path"].clone());
    }
    place.kind.check(&mut given, false).map_err(|faults| errors::invalid_all(&faults))?;
    let definition = definition(state, request, &given)?;

    let mut properties = match (&source, &definition) {
        (Some(source), _) => source.properties.clone(),
        // What an import does not mention stays as it was.
        (None, Some(_)) => {
            existing.and_then(|e| e.body["properties"].as_object().cloned()).unwrap_or_default()
        }
        (None, None) => Map::new(),
    };
    if let Some(definition) = &definition {
        definition.describe(&mut properties);
    }
    for (member, value) in &given {
        if !TRANSIENT.contains(&member.as_str()) {
            properties.insert(member.clone(), value.clone());
        }
    }
    if definition.is_none()
        && let Some(kind) = given.get("apiType")
    {
        properties.entry("type").or_insert_with(|| kind.clone());
    }
    if let Some(set) = given.get("apiVersionSet") {
        version_set(state, place, set, &mut properties)?;
    }
    if !properties.contains_key("displayName") {
        return Err(errors::invalid("displayName", "'displayName' is required."));
    }
    settle(state, request, place, name, Write { properties, definition, source: source.map(|s| s.id) })
}

/// Changes an API.
pub fn patch(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
) -> Result<Response, Response> {
    let entry = api::find(state, place, name)?;
    let mut whole = entry.body["properties"].as_object().cloned().unwrap_or_default();
    collection::merge(&mut whole, collection::properties(request)?);
    place.kind.check(&mut whole, false).map_err(|faults| errors::invalid_all(&faults))?;
    whole.retain(|member, _| !TRANSIENT.contains(&member.as_str()));
    settle(state, request, place, name, Write { properties: whole, definition: None, source: None })
}

struct Write {
    properties: Map<String, Value>,
    definition: Option<Definition>,
    source: Option<String>,
}

/// An API that another is made from.
struct Copied {
    id: String,
    /// Its properties, without those that make it a revision of its own.
    properties: Map<String, Value>,
}

/// The API that `sourceApiId` names.
fn source(state: &State, place: &Place, given: &Map<String, Value>) -> Result<Option<Copied>, Response> {
    let Some(named) = given.get("sourceApiId").and_then(Value::as_str) else { return Ok(None) };
    let name = named.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let entry = revisions::resolve(state, &place.service, name).and_then(|id| state.store.get(&id));
    let Some(entry) = entry else {
        return Err(errors::invalid("sourceApiId", &format!("The API '{name}' does not exist.")));
    };
    let mut properties = entry.body["properties"].as_object().cloned().unwrap_or_default();
    for own in ["apiRevision", "isCurrent", "apiRevisionDescription", "sourceApiId"] {
        properties.shift_remove(own);
    }
    Ok(Some(Copied { id: entry.id.clone(), properties }))
}

fn definition(
    state: &State,
    request: &ParsedRequest,
    given: &Map<String, Value>,
) -> Result<Option<Definition>, Response> {
    let text = |member| given.get(member).and_then(Value::as_str);
    match (text("format"), text("value")) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(errors::invalid("value", "'value' is required with 'format'.")),
        (None, Some(_)) => Err(errors::invalid("format", "'format' is required with 'value'.")),
        (Some(format), Some(value)) => {
            let soap = text("apiType").or(text("type")) != Some("http");
            let selector = given.get("wsdlSelector").unwrap_or(&Value::Null);
            import::read(state, request.now, &import::Source { format, value, soap, selector }).map(Some)
        }
    }
}

/// A version set given in place: taken by its id, or made.
fn version_set(
    state: &mut State,
    place: &Place,
    given: &Value,
    properties: &mut Map<String, Value>,
) -> Result<(), Response> {
    if let Some(id) = given["id"].as_str() {
        properties.entry("apiVersionSetId").or_insert_with(|| json!(id));
        return Ok(());
    }
    if properties.contains_key("apiVersionSetId") {
        return Ok(());
    }
    let mut inner = given.as_object().cloned().unwrap_or_default();
    if let Some(name) = inner.shift_remove("name") {
        inner.insert("displayName".to_owned(), name);
    }
    let Some(kind) = rules::kind(&["apiVersionSets"]) else { return Ok(()) };
    kind.check(&mut inner, false).map_err(|faults| errors::invalid_all(&faults))?;
    let name = uuid::Uuid::new_v4().simple().to_string();
    let id = format!("{}/apiVersionSets/{}", place.service, &name[..24]);
    let body = json!({"id": id, "type": kind.full_type(), "name": &name[..24], "properties": inner});
    state.store.put(&id, body);
    properties.insert("apiVersionSetId".to_owned(), json!(id));
    Ok(())
}

/// Checks an API against its neighbours and stores it.
fn settle(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
    write: Write,
) -> Result<Response, Response> {
    let mut properties = write.properties;
    let (root, revision) = revisions::split(name);
    version(state, place, &mut properties)?;
    free_path(state, place, root, &properties)?;
    let stored = revisions::resolve(state, &place.service, name);
    let first = state.store.get(&place.id(root)).is_none();
    // The first revision of an API is its current one, whatever its number.
    let id = stored.unwrap_or_else(|| place.id(if first { root } else { name }));
    let is_current = revisions::split(&id).1.is_none();
    let number = revision
        .map(|r| json!(r))
        .or_else(|| state.store.get(&id).map(|e| e.body["properties"]["apiRevision"].clone()));
    let number = number.or_else(|| properties.get("apiRevision").cloned()).unwrap_or(json!("1"));
    for member in ["apiRevision", "isCurrent", "isOnline"] {
        properties.shift_remove(member);
    }
    properties.insert("apiRevision".to_owned(), number);
    if is_current {
        properties.insert("isCurrent".to_owned(), json!(true));
    }
    place.kind.fill(&mut properties);

    let own_name = id.rsplit('/').next().unwrap_or_default();
    let body = json!({"id": id, "type": place.kind.full_type(), "name": own_name, "properties": properties});
    let described = |p: &Value| ["displayName", "description", "serviceUrl"].map(|m| p[m].clone());
    let before = state.store.get(&id).map(|e| described(&e.body["properties"]));
    let changed = before.is_some_and(|b| b != described(&body["properties"]));
    let new = state.store.put(&id, body);
    remember(state, request, &id, write.definition.as_ref(), changed);
    match (&write.definition, &write.source) {
        (Some(definition), _) => definition.store_parts(state, &id),
        (None, Some(source)) if new => copy_parts(state, source, &id),
        _ => {}
    }
    let entry = state.store.get(&id).ok_or_else(|| errors::not_found("Api"))?;
    Ok(collection::entity(if new { 201 } else { 200 }, entry, &api::named(entry, name)))
}

/// Keeps what a GET does not show: times, and the document an API was made from.
fn remember(
    state: &mut State,
    request: &ParsedRequest,
    id: &str,
    definition: Option<&Definition>,
    changed: bool,
) {
    let Some(entry) = state.store.get_mut(id) else { return };
    let now = timestamps::utc(request.now);
    if entry.hidden.is_null() {
        entry.hidden = json!({"created": now});
    }
    entry.hidden["updated"] = json!(now);
    if let Some(definition) = definition {
        entry.hidden["import"] = definition.kept();
        entry.hidden["changed"] = json!(false);
    } else if changed && entry.hidden["import"].is_object() {
        entry.hidden["changed"] = json!(true);
    }
}

/// Brings the version set's id into its full form and checks that there is one for a version.
fn version(state: &State, place: &Place, properties: &mut Map<String, Value>) -> Result<(), Response> {
    let given = properties.get("apiVersionSetId").and_then(Value::as_str).unwrap_or_default().to_owned();
    if given.is_empty() {
        if properties.get("apiVersion").and_then(Value::as_str).is_some_and(|v| !v.is_empty()) {
            return Err(errors::invalid("apiVersionSetId", "An 'apiVersion' needs an 'apiVersionSetId'."));
        }
        return Ok(());
    }
    let name = given.rsplit('/').next().unwrap_or_default();
    let Some(set) = state.store.get(&format!("{}/apiVersionSets/{name}", place.service)) else {
        return Err(errors::invalid(
            "apiVersionSetId",
            &format!("The API version set '{name}' does not exist."),
        ));
    };
    properties.insert("apiVersionSetId".to_owned(), json!(set.id));
    Ok(())
}

/// Refuses a path that another API has, unless both are versions in one set.
fn free_path(
    state: &State,
    place: &Place,
    root: &str,
    properties: &Map<String, Value>,
) -> Result<(), Response> {
    let plain = |v: &Value| v.as_str().unwrap_or_default().trim_matches('/').to_ascii_lowercase();
    let path = properties.get("path").map(plain).unwrap_or_default();
    let set = properties.get("apiVersionSetId");
    let version = properties.get("apiVersion").map(plain).unwrap_or_default();
    for other in state.store.list(&place.collection()) {
        let theirs = &other.body["properties"];
        let name = other.body["name"].as_str().unwrap_or_default();
        if revisions::split(name).0.eq_ignore_ascii_case(root) || plain(&theirs["path"]) != path {
            continue;
        }
        let same_set = set.is_some() && Some(&theirs["apiVersionSetId"]) == set;
        if !same_set {
            let message = format!(
                "Cannot create API '{root}' with the same Path '{path}' as API '{name}' unless it's a part of the same version set"
            );
            return Err(errors::invalid("", &message));
        }
        if plain(&theirs["apiVersion"]) == version {
            let message =
                format!("The version '{version}' already exists in the version set, as API '{name}'.");
            return Err(errors::invalid("apiVersion", &message));
        }
    }
    Ok(())
}

/// Copies operations, schemas, resolvers and policies of one API to another.
fn copy_parts(state: &mut State, from: &str, to: &str) {
    let parts: Vec<_> = state.store.tree(from).into_iter().cloned().collect();
    for part in parts {
        let rest = part.id[from.len()..].to_owned();
        if !matches!(rest.split('/').nth(1), None | Some("releases" | "tags")) {
            revisions::place(state, part, &format!("{to}{rest}"));
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
