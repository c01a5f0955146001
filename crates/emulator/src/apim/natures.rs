//! What single kinds do beyond storing what they are given.

use serde_json::{Map, Value, json};

use super::place::Place;
use super::rules::Nature;
use super::{collection, errors, revisions};
use crate::request::ParsedRequest;
use crate::response::Response;
use crate::state::State;
use crate::store::Entry;
use crate::timestamps;

/// Checks and completes an entity before it is stored; returns what is to be hidden with it.
pub fn before(
    state: &mut State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
    properties: &mut Map<String, Value>,
) -> Result<Value, Response> {
    let id = place.id(name);
    match place.kind.nature {
        Nature::Operation => {
            check_template(properties)?;
            revisions::mark_changed(state, &place.parent);
        }
        Nature::Schema => revisions::mark_changed(state, &place.parent),
        Nature::Release => return before_release(state, request, place, &id, properties),
        Nature::NamedValue => return before_named_value(state, &id, properties),
        Nature::VersionSet => check_scheme(properties)?,
        Nature::Policy => check_policy(properties)?,
        Nature::Plain | Nature::Api => {}
    }
    Ok(Value::Null)
}

/// What follows from an entity being stored.
pub fn after(state: &mut State, place: &Place, name: &str, new: bool) {
    if place.kind.nature != Nature::Release || !new {
        return;
    }
    let release = state.store.get(&place.id(name));
    let api = release.and_then(|e| e.body["properties"]["apiId"].as_str()).unwrap_or_default().to_owned();
    let api = api.rsplit('/').next().unwrap_or_default();
    revisions::make_current(state, &place.service, api);
}

/// Refuses to delete what others need, and tells an API that its document no longer fits.
pub fn before_delete(state: &mut State, place: &Place, name: &str) -> Result<(), Response> {
    match place.kind.nature {
        Nature::Operation | Nature::Schema => revisions::mark_changed(state, &place.parent),
        Nature::VersionSet => {
            let id = place.id(name);
            let used = state.store.list(&format!("{}/apis", place.service)).into_iter().any(|e| {
                e.body["properties"]["apiVersionSetId"].as_str().is_some_and(|v| v.eq_ignore_ascii_case(&id))
            });
            if used {
                return Err(errors::invalid(
                    "",
                    "The API version set is in use by APIs; delete those first.",
                ));
            }
        }
        _ => {}
    }
    Ok(())
}

/// An entity as a GET shows it.
pub fn shown(request: &ParsedRequest, place: &Place, entry: &Entry) -> Value {
    let mut body = entry.body.clone();
    if place.kind.nature == Nature::Policy
        && let Some(format) = request.query("format")
    {
        body["properties"]["format"] = json!(format);
    }
    body
}

/// A POST action on an entity.
pub fn act(
    state: &State,
    request: &ParsedRequest,
    place: &Place,
    name: &str,
    action: &str,
) -> Result<Response, Response> {
    if (place.kind.nature, action, request.method.as_str()) != (Nature::NamedValue, "listvalue", "POST") {
        return Err(errors::method_not_allowed(request.method.as_str()));
    }
    let entry = state.store.get(&place.id(name)).ok_or_else(|| errors::not_found(place.kind.noun))?;
    Ok(collection::entity(200, entry, &json!({"value": entry.hidden["value"]})))
}

/// Every `{name}` of a URL template needs a template parameter.
fn check_template(properties: &Map<String, Value>) -> Result<(), Response> {
    let template = properties.get("urlTemplate").and_then(Value::as_str).unwrap_or_default();
    let declared =
        properties.get("templateParameters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let missing: Vec<&str> = template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split('}').next())
        .map(|name| name.trim_start_matches('*'))
        .filter(|name| !declared.iter().any(|p| p["name"].as_str() == Some(name)))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!(
        "All template parameters used in the UriTemplate must be defined in the Operation, please ensure to define: {}.",
        missing.join(", ")
    );
    Err(errors::invalid("templateParameters", &message))
}

fn before_release(
    state: &State,
    request: &ParsedRequest,
    place: &Place,
    id: &str,
    properties: &mut Map<String, Value>,
) -> Result<Value, Response> {
    let api = properties.get("apiId").and_then(Value::as_str).unwrap_or_default();
    let name = api.rsplit('/').next().unwrap_or_default();
    let (root, _) = revisions::split(name);
    let owner = place.parent.rsplit('/').next().unwrap_or_default();
    if !root.eq_ignore_ascii_case(revisions::split(owner).0) {
        return Err(errors::invalid("apiId", "The revision to release belongs to another API."));
    }
    if revisions::resolve(state, &place.service, name).is_none() {
        return Err(errors::invalid("apiId", &format!("The revision '{name}' does not exist.")));
    }
    let now = timestamps::utc(request.now);
    let created = state.store.get(id).map(|e| e.body["properties"]["createdDateTime"].clone());
    properties.insert("createdDateTime".to_owned(), created.unwrap_or_else(|| json!(now)));
    properties.insert("updatedDateTime".to_owned(), json!(now));
    Ok(Value::Null)
}

/// A secret goes where no GET sees it; a secret that is not said again stays as it was.
fn before_named_value(
    state: &State,
    id: &str,
    properties: &mut Map<String, Value>,
) -> Result<Value, Response> {
    let display = properties.get("displayName").and_then(Value::as_str).unwrap_or_default();
    if !display.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
        return Err(errors::invalid(
            "displayName",
            "'displayName' may hold only letters, digits, periods, dashes and underscores.",
        ));
    }
    let before = state.store.get(id).map(|e| e.hidden["value"].clone()).filter(|v| !v.is_null());
    let value = properties.get("value").cloned().or(before);
    let from_vault = properties.contains_key("keyVault");
    let Some(value) = value.or_else(|| from_vault.then(|| json!("secret from the key vault"))) else {
        return Err(errors::invalid("value", "'value' is required unless 'keyVault' is given."));
    };
    if from_vault {
        properties.insert("secret".to_owned(), json!(true));
    }
    if properties.get("secret") == Some(&json!(true)) {
        properties.shift_remove("value");
    } else {
        properties.insert("value".to_owned(), value.clone());
    }
    Ok(json!({"value": value}))
}

fn check_scheme(properties: &Map<String, Value>) -> Result<(), Response> {
    let (scheme, member) = match properties.get("versioningScheme").and_then(Value::as_str) {
        Some("Query") => ("Query", "versionQueryName"),
        Some("Header") => ("Header", "versionHeaderName"),
        _ => return Ok(()),
    };
    if properties.contains_key(member) {
        return Ok(());
    }
    Err(errors::invalid(member, &format!("'{member}' is required with the versioning scheme '{scheme}'.")))
}

fn check_policy(properties: &Map<String, Value>) -> Result<(), Response> {
    let text = |member| properties.get(member).and_then(Value::as_str).unwrap_or_default();
    match text("format") {
        "xml" => roxmltree::Document::parse(text("value")).map(|_| ()).map_err(|e| {
            errors::invalid("representation", &format!("The policy is not well-formed XML: {e}."))
        }),
        // Expressions make raw policies no XML, so they are stored as they come.
        "rawxml" => Ok(()),
        _ => Err(errors::invalid("value", "The emulator does not fetch policies from links.")),
    }
}
