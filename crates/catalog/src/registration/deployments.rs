//! Plans one deployment for each server of each version of an API.
//!
//! az gives all unnamed servers the same deployment, so that the last one wins, also if the servers belong to different
//! versions. Here the first deployment has az's name, and the name of each further one comes from its server or its
//! version. A version keeps the deployments that it already has, so that it does not matter whether versions are
//! registered together or one after the other.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::limits;
use super::types::DesiredVersion;
use crate::desired::DesiredResource;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEPLOYMENT;
use azr_definitions::{Definition, Server, names};

/// Plans the deployments of the versions of an API; `existing` are the API's deployments by name in lower case.
pub(super) fn plan_deployments(
    versions: &[&DesiredVersion],
    existing: &HashMap<String, Value>,
) -> Vec<Vec<DesiredResource>> {
    let candidates: Vec<DeploymentNames<'_>> =
        versions.iter().map(|version| DeploymentNames { version, existing }).collect();
    let mut chosen = HashSet::new();
    let mut names: Vec<Vec<Option<String>>> =
        versions.iter().map(|version| vec![None; version.servers.len()]).collect();
    // A server that did not change keeps its deployment, also if another one was inserted before it. New deployments come
    // last, so that none takes the name of another version's.
    for choice in [NameChoice::SameUri, NameChoice::SameVersion, NameChoice::New] {
        for (candidates, names) in candidates.iter().zip(&mut names) {
            for (index, name) in names.iter_mut().enumerate().filter(|(_, name)| name.is_none()) {
                *name = candidates.choose(index, choice, &chosen);
                chosen.extend(name.as_ref().map(|name| name.to_ascii_lowercase()));
            }
        }
    }
    let resources = versions.iter().zip(names).map(|(version, names)| {
        let servers = version.servers.iter().zip(names);
        servers.filter_map(|(server, name)| Some(deployment(version, server, &name?))).collect()
    });
    resources.collect()
}

/// Which name a deployment gets.
#[derive(Debug, Clone, Copy)]
enum NameChoice {
    /// The name of the version's deployment with the URL of the server.
    SameUri,
    /// The name of the version's deployment, whatever its URL.
    SameVersion,
    /// A new name.
    New,
}

/// Finds the names of the deployments of a version.
struct DeploymentNames<'a> {
    version: &'a DesiredVersion,
    existing: &'a HashMap<String, Value>,
}

impl DeploymentNames<'_> {
    fn choose(&self, index: usize, choice: NameChoice, chosen: &HashSet<String>) -> Option<String> {
        match choice {
            NameChoice::SameUri => self.existing_name(index, true, chosen),
            NameChoice::SameVersion => self.existing_name(index, false, chosen),
            NameChoice::New => Some(self.new_name(index, chosen)),
        }
    }

    /// The names that the deployment of a server may have, the preferred one first.
    fn candidates(&self, index: usize) -> Vec<String> {
        let (api, version) = (self.version.api_id().name(), self.version.version_name());
        let server = &self.version.servers[index];
        let base = if index == 0 {
            names::deployment_id(api)
        } else {
            names::deployment_id_for_server(api, server.name.as_deref().unwrap_or(&server.url))
        };
        let is_ambiguous = index > 0
            && self.version.servers.iter().enumerate().any(|(other, server)| {
                other < index
                    && other > 0
                    && names::deployment_id_for_server(api, server.name.as_deref().unwrap_or(&server.url))
                        == base
            });
        let hashed = names::id_with_hash(&base, &server.url);
        let mut candidates =
            vec![names::with_suffix(&base, version), hashed.clone(), names::with_suffix(&hashed, version)];
        if is_ambiguous {
            candidates.rotate_left(1);
        } else {
            candidates.insert(0, base);
        }
        candidates
    }

    /// The name of the version's existing deployment for a server; with `matches_uri` only one with its URL.
    fn existing_name(&self, index: usize, matches_uri: bool, chosen: &HashSet<String>) -> Option<String> {
        let url = &self.version.servers[index].url;
        self.candidates(index).into_iter().find(|name| {
            let key = name.to_ascii_lowercase();
            let Some(properties) = self.existing.get(&key).map(|deployment| &deployment["properties"]) else {
                return false;
            };
            let uris = properties.pointer("/server/runtimeUri").and_then(Value::as_array);
            let has_uri = uris.is_some_and(|uris| uris.iter().any(|uri| uri == url));
            !chosen.contains(&key) && self.owns(properties) && (has_uri || !matches_uri)
        })
    }

    /// Whether a deployment refers to a definition of the version.
    fn owns(&self, properties: &Value) -> bool {
        let definition = properties["definitionId"].as_str().unwrap_or_default().to_ascii_lowercase();
        let version = self.version.version_name().to_ascii_lowercase();
        definition.contains(&format!("/versions/{version}/"))
    }

    /// The name of a new deployment.
    fn new_name(&self, index: usize, chosen: &HashSet<String>) -> String {
        let is_free = |name: &&String| {
            let key = name.to_ascii_lowercase();
            !chosen.contains(&key) && !self.existing.contains_key(&key)
        };
        let candidates = self.candidates(index);
        let last = &candidates[candidates.len() - 1];
        candidates.iter().find(is_free).cloned().unwrap_or_else(|| {
            names::id_with_hash(last, &format!("{}\n{index}", self.version.servers[index].url))
        })
    }
}

fn deployment(version: &DesiredVersion, server: &Server, name: &str) -> DesiredResource {
    let label = format!("deployment {name} ({})", server.url);
    let id = version.api_id().child("deployments", name);
    let mut desired = DesiredResource::new(label, id, &CENTER_DEPLOYMENT);
    match &server.name {
        Some(title) => desired.set("title", json!(limits::truncate(title, limits::TITLE))),
        None => desired.set_initially("title", json!(limits::truncate(name, limits::TITLE))),
    }
    match &server.description {
        Some(text) => {
            desired.set("description", json!(limits::truncate(text, limits::DEPLOYMENT_DESCRIPTION)));
        }
        None => desired.set_initially("description", json!(name)),
    }
    desired.set("definitionId", json!(version.definition.id.relative_to_center()));
    desired.set("environmentId", json!(version.environment));
    desired.set("server", json!({"runtimeUri": [server.url]}));
    desired
}

/// The servers that become deployments, each URL once.
pub(super) fn distinct_servers(definition: &Definition, notes: &mut Vec<String>) -> Vec<Server> {
    let mut servers: Vec<Server> = Vec::new();
    for server in &definition.servers {
        let known = servers.iter().any(|other| other.url == server.url);
        if !known && limits::url("deployment of a server's URL", &server.url, notes).is_some() {
            servers.push(server.clone());
        }
    }
    if servers.is_empty() {
        notes.push("the document does not list servers, so no deployment is created".to_owned());
    }
    if servers.len() > limits::DEPLOYMENTS {
        notes.push(format!(
            "the document lists {} servers; only the first {} become deployments, the maximum per API",
            servers.len(),
            limits::DEPLOYMENTS
        ));
        servers.truncate(limits::DEPLOYMENTS);
    }
    for server in &servers {
        if let Some(text) = &server.description {
            let limit = limits::DEPLOYMENT_DESCRIPTION;
            limits::truncate_with_note("description of a server", text, limit, notes);
        }
    }
    servers
}

/// Converts the name or id of an environment of this center to `/workspaces/default/environments/NAME`.
pub fn parse_environment_id(workspace: &ResourceId, value: &str) -> Result<String> {
    let name = value.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let id = format!("/workspaces/{}/environments/{name}", workspace.name());
    let full_id = format!("{}/environments/{name}", workspace.as_str());
    let lower = format!("/{}", value.trim_matches('/')).to_ascii_lowercase();
    let is_environment =
        value == name || lower == id.to_ascii_lowercase() || lower == full_id.to_ascii_lowercase();
    let is_valid_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !is_environment || !is_valid_name {
        return Err(Error::no_match(format!(
            "--environment-id '{value}' is not an environment of this API center"
        ))
        .with_hint("Give the name of an environment; azr apic environment list lists them."));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> ResourceId {
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c/workspaces/default"
            .parse()
            .expect("an id")
    }

    #[test]
    fn an_environment_is_given_by_name_or_id() {
        let workspace = workspace();
        let want = "/workspaces/default/environments/prod";
        let full_id = format!("{workspace}/environments/prod");
        for value in ["prod", want, full_id.as_str()] {
            assert_eq!(parse_environment_id(&workspace, value).expect(value), want);
        }
        for bad in ["", "a b", "/workspaces/default/apis/prod", "../prod", "other/environments/prod"] {
            assert!(parse_environment_id(&workspace, bad).is_err(), "{bad}");
        }
    }
}
