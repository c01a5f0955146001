//! The parts of an API that generated documents of all formats have.

use serde_json::{Map, Value};

use crate::state::State;
use crate::store::Entry;

/// The public URLs of an API: the gateway, the path and, if it is in the path, the version.
pub(super) fn urls(state: &State, api: &Entry) -> Vec<String> {
    let properties = &api.body["properties"];
    let scope = api.id.split("/apis/").next().unwrap_or_default();
    let service = scope.split("/workspaces/").next().unwrap_or_default();
    let gateway = state.store.get(service).and_then(|e| e.body["properties"]["gatewayUrl"].as_str());
    let host = gateway.unwrap_or("https://gateway").split("://").last().unwrap_or_default();
    let path = properties["path"].as_str().unwrap_or_default().trim_matches('/');
    let set = properties["apiVersionSetId"].as_str().and_then(|id| state.store.get(id));
    let is_in_path = set.is_some_and(|s| s.body["properties"]["versioningScheme"] == "Segment");
    let version = properties["apiVersion"].as_str().filter(|v| is_in_path && !v.is_empty());
    let path =
        version.map_or_else(|| path.to_owned(), |v| format!("{path}/{v}").trim_matches('/').to_owned());
    let protocols: Vec<&str> =
        properties["protocols"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let protocols = if protocols.is_empty() { vec!["https"] } else { protocols };
    protocols.into_iter().map(|p| format!("{p}://{host}/{path}").trim_end_matches('/').to_owned()).collect()
}

/// The operations of an API.
pub(super) fn operations<'a>(state: &'a State, api: &Entry) -> Vec<&'a Entry> {
    state.store.list(&format!("{}/operations", api.id)).collect()
}

/// The types of an API, from all its schemas, with references as in `OpenAPI` 3.
pub(super) fn types(state: &State, api: &Entry) -> Map<String, Value> {
    let mut types = Map::new();
    for schema in state.store.list(&format!("{}/schemas", api.id)) {
        let document = &schema.body["properties"]["document"];
        for source in [&document["components"]["schemas"], &document["definitions"]] {
            for (name, value) in source.as_object().into_iter().flatten() {
                let mut value = value.clone();
                replace_refs(&mut value, "#/definitions/", "#/components/schemas/");
                types.insert(name.clone(), value);
            }
        }
    }
    types
}

/// Replaces the prefix `from` of every `$ref` by `to`.
pub(super) fn replace_refs(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                match inner {
                    Value::String(text) if name == "$ref" => {
                        if let Some(rest) = text.strip_prefix(from) {
                            *text = format!("{to}{rest}");
                        }
                    }
                    _ => replace_refs(inner, from, to),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace_refs(item, from, to)),
        _ => {}
    }
}

/// The version in a document.
pub(super) fn version(api: &Entry) -> &str {
    api.body["properties"]["apiVersion"].as_str().filter(|v| !v.is_empty()).unwrap_or("1.0")
}
