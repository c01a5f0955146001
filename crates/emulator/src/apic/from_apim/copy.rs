//! Copies an API of API Management to an API of the center, with version, definition, environment and deployment.
//!
//! It is assumed that titles are truncated to the 50 characters that the service allows; names other than the API's are
//! assumed too. Generated names are derived from the source, so a second import updates the same resources.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::super::kinds::PROVIDER;
use super::super::specification;
use super::{Import, failure};
use crate::resources::{check_quota, store};
use crate::state::State;
use crate::store::Entry;
use crate::{ids, timestamps};
use azr_core::text::truncate_utf16;

/// Whether an API entry is the current revision of its API.
#[must_use]
pub(super) fn is_current(body: &Value) -> bool {
    let is_other_revision = body["name"].as_str().is_some_and(|name| name.contains(";rev="));
    body["properties"]["isCurrent"].as_bool().unwrap_or(!is_other_revision)
}

struct Source {
    /// The id of the service, or of the workspace.
    scope: String,
    properties: Value,
    /// The id of the version set, else of the API: its members become one API in the center.
    group: String,
    title: String,
}

impl Source {
    fn read(state: &State, id: &str) -> Option<Self> {
        let properties = state.store.get(id)?.body["properties"].clone();
        let (scope, _) = id.rsplit_once("/apis/")?;
        let set = properties["apiVersionSetId"].as_str().and_then(|set| set.rsplit('/').next());
        let set = set.map(|name| format!("{scope}/apiVersionSets/{name}"));
        let set_title = set.as_deref().and_then(|set| state.store.get(set));
        let title = set_title
            .and_then(|e| e.body["properties"]["displayName"].as_str())
            .or(properties["displayName"].as_str())
            .unwrap_or(id);
        let title = truncate_utf16(title, 50).to_owned();
        // A revision belongs to the API it is a revision of.
        let api = id.split(";rev=").next().unwrap_or(id).to_owned();
        Some(Self { scope: scope.to_owned(), title, group: set.unwrap_or(api), properties })
    }
}

/// The id of the service that an API, workspace or service belongs to.
fn service_of(id: &str) -> &str {
    let end = id.to_ascii_lowercase().find("/workspaces/").unwrap_or(id.len());
    id[..end].trim_end_matches('/')
}

/// The name of the environment that a service becomes.
pub(in super::super) fn environment_name(source: &str) -> String {
    slug(last_segment(service_of(source)))
}

/// A text as a valid name: other characters become hyphens, and it has 3 to 90 characters.
fn slug(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .take(90)
        .collect();
    let plain = plain.trim_matches('-');
    if plain.len() < 3 {
        format!("version-{plain}").trim_end_matches('-').to_owned()
    } else {
        plain.to_owned()
    }
}

fn last_segment(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or_default()
}

/// Copies one API; adds the ids of what it becomes to `copies`, in lower case.
pub(super) fn copy_api(
    state: &mut State,
    import: &Import<'_>,
    id: &str,
    copies: &mut HashSet<String>,
) -> Result<(), Value> {
    let Some(source) = Source::read(state, id) else {
        return Err(failure("ResourceNotFound", &format!("The API '{id}' was not found.")));
    };
    let workspace = format!("{}/workspaces/default", import.center);
    if source.properties["type"] == "a2a" {
        let agent = put_agent(state, import, &workspace, &source)?;
        copies.insert(agent.to_ascii_lowercase());
        return Ok(());
    }
    let api = put_api(state, import, &workspace, &source)?;
    let version_title =
        source.properties["apiVersion"].as_str().filter(|v| !v.is_empty()).unwrap_or("Original");
    let version = format!("{api}/versions/{}", slug(version_title));
    let is_first = state.store.count(&format!("{api}/versions")) == 0;
    let is_default = keep_default(state.store.get(&version), is_first);
    let stored = stored_properties(state, &version);
    let mut properties = json!({"title": truncate_utf16(version_title, 50), "lifecycleStage": stage(import)});
    keep(&mut properties, &stored, &["lifecycleStage"]);
    properties["isDefault"] = Value::from(is_default);
    properties["isRecommended"] = Value::from(stored["isRecommended"] == true);
    put(state, import, &version, properties)?;
    link(state, import, &version);
    let definition = put_definition(state, import, id, &version)?;
    let environment = match &import.environment {
        Some(id) => id.clone(),
        None => put_environment(state, import, &workspace, service_of(&source.scope))?,
    };
    let deployment = put_deployment(state, import, &api, &source, definition.as_deref(), &environment)?;
    link(state, import, &deployment);
    copies.extend([api, version, deployment].map(|id| id.to_ascii_lowercase()));
    Ok(())
}

/// The lifecycle stage of new copies.
fn stage<'a>(import: &'a Import<'_>) -> &'a str {
    import.stage.as_deref().unwrap_or("design")
}

fn stored_properties(state: &State, id: &str) -> Value {
    state.store.get(id).map_or(Value::Null, |e| e.body["properties"].clone())
}

/// Takes over members that people may have changed in the center.
fn keep(properties: &mut Value, stored: &Value, members: &[&str]) {
    for member in members {
        if !stored[*member].is_null() {
            properties[*member] = stored[*member].clone();
        }
    }
}

/// Records the API source that a copy belongs to; a copy stays with the source that made it.
fn link(state: &mut State, import: &Import<'_>, id: &str) {
    let Some(source) = import.link else { return };
    if let Some(entry) = state.store.get_mut(id) {
        if !entry.hidden.is_object() {
            entry.hidden = json!({});
        }
        entry.hidden["link"] = Value::from(source);
    }
}

/// Whether a version or deployment is the default: the first one, and it stays so.
fn keep_default(stored: Option<&Entry>, is_first: bool) -> bool {
    stored.map_or(is_first, |e| e.body["properties"]["isDefault"] == true)
}

/// Stores a resource, unless it is new and the quota of the plan is used up.
fn put(state: &mut State, import: &Import<'_>, id: &str, properties: Value) -> Result<(), Value> {
    if state.store.get(id).is_none() {
        check_quota(state, &PROVIDER, id).map_err(|refusal| {
            let body: Value = serde_json::from_slice(refusal.body()).unwrap_or_default();
            body["error"].clone()
        })?;
    }
    let properties = match properties {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    store(state, &PROVIDER, id, properties, import.now);
    Ok(())
}

/// What people may add to an API in the center, as documented of API sources; it stays.
const CONFIGURABLE: &[&str] = &["lifecycleStage", "summary", "termsOfService", "license"];

fn put_api(
    state: &mut State,
    import: &Import<'_>,
    workspace: &str,
    source: &Source,
) -> Result<String, Value> {
    let name = ids::decimal_name(&format!("{} {}", import.center, source.group));
    let id = format!("{workspace}/apis/{name}");
    let stored = stored_properties(state, &id);
    // Only REST was recorded; the other kinds are assumed to be in upper case too.
    let kind = match source.properties["type"].as_str().or(source.properties["apiType"].as_str()) {
        Some("soap") => "SOAP",
        Some("graphql") => "GRAPHQL",
        Some("websocket") => "WEBSOCKET",
        Some("grpc") => "GRPC",
        Some("mcp") => "MCP",
        _ => "REST",
    };
    let mut properties = json!({"title": source.title});
    if let Some(text) = source.properties["description"].as_str().filter(|t| !t.is_empty()) {
        properties["description"] = Value::from(truncate_utf16(text, 1000));
    }
    properties["kind"] = Value::from(kind);
    properties["lifecycleStage"] = Value::from(stage(import));
    keep(&mut properties, &stored, CONFIGURABLE);
    for (member, empty) in
        [("externalDocumentation", json!([])), ("contacts", json!([])), ("customProperties", json!({}))]
    {
        // What was added in the catalog stays.
        properties[member] = if stored[member].is_null() { empty } else { stored[member].clone() };
    }
    put(state, import, &id, properties)?;
    if let Some(entry) = state.store.get_mut(&id) {
        let link = import.link.map_or_else(|| entry.hidden["link"].clone(), Value::from);
        entry.hidden = json!({"source": source.group, "link": link});
    }
    Ok(id)
}

/// Stores an A2A agent; that it becomes an agent of the center is assumed.
fn put_agent(
    state: &mut State,
    import: &Import<'_>,
    workspace: &str,
    source: &Source,
) -> Result<String, Value> {
    let name = ids::decimal_name(&format!("{} {}", import.center, source.group));
    let id = format!("{workspace}/agents/{name}");
    let mut properties = json!({"title": source.title});
    if let Some(text) = source.properties["description"].as_str().filter(|t| !t.is_empty()) {
        properties["description"] = Value::from(truncate_utf16(text, 1000));
    }
    keep(&mut properties, &stored_properties(state, &id), &["summary", "lifecycleStage", "customProperties"]);
    put(state, import, &id, properties)?;
    if let Some(entry) = state.store.get_mut(&id) {
        entry.hidden = json!({"source": source.group, "link": import.link});
    }
    Ok(id)
}

/// Stores the definition with the exported document; returns its id relative to the center, or `None` if the API has no
/// document.
fn put_definition(
    state: &mut State,
    import: &Import<'_>,
    api: &str,
    version: &str,
) -> Result<Option<String>, Value> {
    let Some((document, name, specification_version)) = crate::apim::export_document(state, api) else {
        return Ok(None);
    };
    let id = format!("{version}/definitions/{}", slug(name));
    let title = if name == "openapi" { "OpenAPI" } else { name };
    let mut properties = json!({"title": title});
    let stored = state.store.get(&id).map(|e| e.body["properties"]["specification"].clone());
    if let Some(specification) = stored.filter(Value::is_object) {
        properties["specification"] = specification;
    }
    put(state, import, &id, properties)?;
    if import.with_documents {
        let specification = json!({"name": name, "version": specification_version});
        let is_same = state.store.get(&id).is_some_and(|entry| {
            entry.hidden["document"] == document && entry.body["properties"]["specification"] == specification
        });
        if is_same {
            return Ok(Some(id[import.center.len()..].to_owned()));
        }
        specification::store(state, &id, document, specification, &timestamps::utc(import.now));
    }
    Ok(Some(id[import.center.len()..].to_owned()))
}

/// Stores the service as an environment; returns its id relative to the center.
fn put_environment(
    state: &mut State,
    import: &Import<'_>,
    workspace: &str,
    service: &str,
) -> Result<String, Value> {
    let name = last_segment(service).to_owned();
    let id = format!("{workspace}/environments/{}", slug(&name));
    if state.store.get(&id).is_none() {
        let portal = format!("https://portal.azure.com/#resource{service}");
        let properties = json!({
            "title": truncate_utf16(&name, 50),
            "kind": "production",
            "server": {"type": "Azure API Management", "managementPortalUri": [portal]},
            "customProperties": {},
        });
        put(state, import, &id, properties)?;
    }
    Ok(id[import.center.len()..].to_owned())
}

/// Stores the URL of the API in the gateway: one deployment for each version.
fn put_deployment(
    state: &mut State,
    import: &Import<'_>,
    api: &str,
    source: &Source,
    definition: Option<&str>,
    environment: &str,
) -> Result<String, Value> {
    let service = service_of(&source.scope);
    let gateway = state.store.get(service).map(|e| e.body["properties"]["gatewayUrl"].clone());
    let gateway = gateway.as_ref().and_then(Value::as_str).unwrap_or_default().trim_end_matches('/');
    let path = source.properties["path"].as_str().unwrap_or_default().trim_matches('/');
    let version = source.properties["apiVersion"].as_str().unwrap_or_default();
    let set = state.store.get(&source.group);
    let in_path = set.is_some_and(|e| e.body["properties"]["versioningScheme"] == "Segment");
    let mut uri = format!("{gateway}/{path}");
    if in_path && !version.is_empty() {
        uri = format!("{}/{version}", uri.trim_end_matches('/'));
    }
    if source.properties["type"] == "mcp" {
        // Users report this URL (https://github.com/Azure/api-center/issues/77); clients need the one that ends in /mcp.
        uri = format!("{}/mcp/messages", uri.trim_end_matches('/'));
    }
    let name = last_segment(service);
    let id = format!("{api}/deployments/{}", slug(&format!("{name}-{version}")));
    let is_first = state.store.count(&format!("{api}/deployments")) == 0;
    let is_default = keep_default(state.store.get(&id), is_first);
    let mut properties = json!({
        "title": truncate_utf16(&format!("{name} {version}"), 50).trim_end(),
        "environmentId": environment,
    });
    if let Some(definition) = definition {
        properties["definitionId"] = Value::from(definition);
    }
    properties["state"] = Value::from("active");
    properties["server"] = json!({"runtimeUri": [uri]});
    properties["customProperties"] = json!({});
    let stored = stored_properties(state, &id);
    keep(&mut properties, &stored, &["title", "description", "state", "customProperties"]);
    properties["recommended"] = Value::from(stored["recommended"] == true);
    properties["isDefault"] = Value::from(is_default);
    put(state, import, &id, properties)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_the_pattern() {
        assert_eq!(slug("v1"), "version-v1");
        assert_eq!(slug("2024-01-01"), "2024-01-01");
        assert_eq!(slug("1.0 beta!"), "1-0-beta");
        assert_eq!(slug("é"), "version");
    }
}
