//! One API of API Management as an API of the center, with version, definition, environment and deployment.
//!
//! Names other than the API's, and that titles are cut to the 50 characters the service allows, are assumed.
//! Generated names are made from the source, so a second import finds what the first one made.

use serde_json::{Map, Value, json};

use super::super::{entities, kinds, specification};
use super::{Import, failure};
use crate::state::State;
use crate::store::Entry;
use crate::{ids, timestamps};

/// Whether an API entry is the current revision of its API.
#[must_use]
pub fn is_current(body: &Value) -> bool {
    let other = body["name"].as_str().is_some_and(|name| name.contains(";rev="));
    body["properties"]["isCurrent"].as_bool().unwrap_or(!other)
}

struct Source {
    service: String,
    properties: Value,
    /// The version set's id, else the API's: what becomes one API in the center.
    group: String,
    title: String,
}

impl Source {
    fn read(state: &State, id: &str) -> Option<Self> {
        let properties = state.store.get(id)?.body["properties"].clone();
        let (service, _) = id.rsplit_once("/apis/")?;
        let set = properties["apiVersionSetId"].as_str().and_then(|set| set.rsplit('/').next());
        let set = set.map(|name| format!("{service}/apiVersionSets/{name}"));
        let set_title = set.as_deref().and_then(|set| state.store.get(set));
        let title = set_title
            .and_then(|e| e.body["properties"]["displayName"].as_str())
            .or(properties["displayName"].as_str())
            .unwrap_or(id);
        let title = cut(title, 50);
        // A revision belongs to the API it is a revision of.
        let api = id.split(";rev=").next().unwrap_or(id).to_owned();
        Some(Self { service: service.to_owned(), title, group: set.unwrap_or(api), properties })
    }
}

fn cut(text: &str, most: usize) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= most
    };
    text.chars().take_while(fits).collect()
}

/// A text as a name the service takes: other characters become hyphens, and it has 3 to 90 of them.
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

fn last(text: &str) -> &str {
    text.rsplit('/').next().unwrap_or_default()
}

/// Copies one API.
pub fn api(state: &mut State, import: &Import<'_>, id: &str) -> Result<(), Value> {
    let Some(source) = Source::read(state, id) else {
        return Err(failure("ResourceNotFound", &format!("The API '{id}' was not found.")));
    };
    let workspace = format!("{}/workspaces/default", import.center);
    let api = catalog_api(state, import, &workspace, &source)?;
    let version_title =
        source.properties["apiVersion"].as_str().filter(|v| !v.is_empty()).unwrap_or("Original");
    let stage = import.stage.as_deref().unwrap_or("design");
    let version = format!("{api}/versions/{}", slug(version_title));
    let first = state.store.count(&format!("{api}/versions")) == 0;
    let default = flag(state.store.get(&version), first);
    let properties = json!({
        "title": cut(version_title, 50), "lifecycleStage": stage, "isDefault": default, "isRecommended": false});
    put(state, import, &kinds::VERSIONS, &version, properties)?;
    let definition = definition(state, import, id, &version)?;
    let environment = match &import.environment {
        Some(given) => given.clone(),
        None => environment(state, import, &workspace, &source.service)?,
    };
    deployment(state, import, &api, &source, definition.as_deref(), &environment)
}

fn flag(there: Option<&Entry>, first: bool) -> bool {
    there.map_or(first, |e| e.body["properties"]["isDefault"] == true)
}

/// Stores a resource, unless it is new and the plan has no room for it.
fn put(
    state: &mut State,
    import: &Import<'_>,
    kind: &'static kinds::Kind,
    id: &str,
    properties: Value,
) -> Result<(), Value> {
    if state.store.get(id).is_none() {
        let collection = id.rsplit_once('/').map_or("", |(before, _)| before);
        let parent = collection.rsplit_once('/').map_or("", |(before, _)| before);
        entities::room(state, kind, import.center, parent).map_err(|answer| {
            let body: Value = serde_json::from_slice(&answer.body()).unwrap_or_default();
            body["error"].clone()
        })?;
    }
    let properties = match properties {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    entities::write(state, kind, id, properties, import.now);
    Ok(())
}

fn catalog_api(
    state: &mut State,
    import: &Import<'_>,
    workspace: &str,
    source: &Source,
) -> Result<String, Value> {
    let name = ids::decimal_name(&format!("{} {}", import.center, source.group));
    let id = format!("{workspace}/apis/{name}");
    let before = state.store.get(&id).map_or(Value::Null, |e| e.body["properties"].clone());
    // Only REST was recorded; the other kinds are spelt in capitals by analogy.
    let kind = match source.properties["type"].as_str().or(source.properties["apiType"].as_str()) {
        Some("soap") => "SOAP",
        Some("graphql") => "GRAPHQL",
        Some("websocket") => "WEBSOCKET",
        Some("grpc") => "GRPC",
        _ => "REST",
    };
    let mut properties = json!({"title": source.title});
    if let Some(text) = source.properties["description"].as_str().filter(|t| !t.is_empty()) {
        properties["description"] = Value::from(cut(text, 1000));
    }
    properties["kind"] = Value::from(kind);
    properties["lifecycleStage"] = Value::from(import.stage.as_deref().unwrap_or("design"));
    for (member, empty) in
        [("externalDocumentation", json!([])), ("contacts", json!([])), ("customProperties", json!({}))]
    {
        // What people added in the catalog stays.
        properties[member] = if before[member].is_null() { empty } else { before[member].clone() };
    }
    put(state, import, &kinds::APIS, &id, properties)?;
    if let Some(entry) = state.store.get_mut(&id) {
        let link = import.link.map_or_else(|| entry.hidden["link"].clone(), Value::from);
        entry.hidden = json!({"source": source.group, "link": link});
    }
    Ok(id)
}

/// The definition with the exported document; its id relative to the center, or none where there is no document.
fn definition(
    state: &mut State,
    import: &Import<'_>,
    api: &str,
    version: &str,
) -> Result<Option<String>, Value> {
    let Some((document, name, of_version)) = crate::apim::export_document(state, api) else {
        return Ok(None);
    };
    let id = format!("{version}/definitions/{}", slug(name));
    let title = if name == "openapi" { "OpenAPI" } else { name };
    let mut properties = json!({"title": title});
    let there = state.store.get(&id).map(|e| e.body["properties"]["specification"].clone());
    if let Some(of) = there.filter(Value::is_object) {
        properties["specification"] = of;
    }
    put(state, import, &kinds::DEFINITIONS, &id, properties)?;
    if import.documents {
        let of = json!({"name": name, "version": of_version});
        specification::store(state, &id, document, of, &timestamps::utc(import.now));
    }
    Ok(Some(id[import.center.len()..].to_owned()))
}

/// The service as an environment; returns its id relative to the center.
fn environment(
    state: &mut State,
    import: &Import<'_>,
    workspace: &str,
    service: &str,
) -> Result<String, Value> {
    let name = last(service).to_owned();
    let id = format!("{workspace}/environments/{}", slug(&name));
    if state.store.get(&id).is_none() {
        let portal = format!("https://portal.azure.com/#resource{service}");
        let properties = json!({
            "title": cut(&name, 50),
            "kind": "production",
            "server": {"type": "Azure API Management", "managementPortalUri": [portal]},
            "customProperties": {},
        });
        put(state, import, &kinds::ENVIRONMENTS, &id, properties)?;
    }
    Ok(id[import.center.len()..].to_owned())
}

/// Where the API can be called: one deployment for each version.
fn deployment(
    state: &mut State,
    import: &Import<'_>,
    api: &str,
    source: &Source,
    definition: Option<&str>,
    environment: &str,
) -> Result<(), Value> {
    let gateway = state.store.get(&source.service).map(|e| e.body["properties"]["gatewayUrl"].clone());
    let gateway = gateway.as_ref().and_then(Value::as_str).unwrap_or_default().trim_end_matches('/');
    let path = source.properties["path"].as_str().unwrap_or_default().trim_matches('/');
    let version = source.properties["apiVersion"].as_str().unwrap_or_default();
    let set = state.store.get(&source.group);
    let in_path = set.is_some_and(|e| e.body["properties"]["versioningScheme"] == "Segment");
    let mut uri = format!("{gateway}/{path}");
    if in_path && !version.is_empty() {
        uri = format!("{}/{version}", uri.trim_end_matches('/'));
    }
    let name = last(&source.service);
    let id = format!("{api}/deployments/{}", slug(&format!("{name}-{version}")));
    let first = state.store.count(&format!("{api}/deployments")) == 0;
    let default = flag(state.store.get(&id), first);
    let mut properties = json!({
        "title": cut(&format!("{name} {version}"), 50).trim_end(),
        "environmentId": environment,
    });
    if let Some(definition) = definition {
        properties["definitionId"] = Value::from(definition);
    }
    properties["state"] = Value::from("active");
    properties["server"] = json!({"runtimeUri": [uri]});
    properties["customProperties"] = json!({});
    properties["recommended"] = Value::from(false);
    properties["isDefault"] = Value::from(default);
    put(state, import, &kinds::DEPLOYMENTS, &id, properties)
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
        assert_eq!(cut("a🦀b", 2), "a");
    }
}
