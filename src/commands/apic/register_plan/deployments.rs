//! One deployment a server.
//!
//! az gives every unnamed server the same deployment, so that the last wins. Here the first has az's id and each
//! further one an id told by its server, so that the order of the others may change without making new ones.

use serde_json::{Value, json};

use super::{Content, Step, limits};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEPLOYMENT;
use azr_definitions::{Definition, Server, names};

/// The resources that the deployments hang together with.
pub(super) struct Place<'a> {
    /// The workspace of the center.
    pub(super) workspace: &'a ResourceId,
    /// The API.
    pub(super) api: &'a ResourceId,
    /// The definition that is deployed.
    pub(super) definition: &'a ResourceId,
}

/// The PUTs of the deployments of `definition` in `environment`.
pub(super) fn steps(
    place: &Place<'_>,
    environment: &str,
    definition: &Definition,
    notes: &mut Vec<String>,
) -> Result<Vec<Step>> {
    let environment = environment_id(place.workspace, environment)?;
    let mut steps: Vec<Step> = Vec::new();
    for server in distinct_servers(definition, notes) {
        let api = place.api.name();
        let mut name = if steps.is_empty() {
            names::deployment_id(api)
        } else {
            names::deployment_id_for_server(api, server.name.as_deref().unwrap_or(&server.url))
        };
        if steps.iter().any(|step| step.id.name().eq_ignore_ascii_case(&name)) {
            name = names::id_with_hash(&name, &server.url);
        }
        let title = server.name.as_deref().unwrap_or(&name);
        let title = limits::truncate(title, limits::TITLE);
        let description = match &server.description {
            Some(text) => {
                limits::cut_with_note("description of a server", text, limits::DEPLOYMENT_DESCRIPTION, notes)
            }
            None => &name,
        };
        let body = json!({"properties": {
            "title": title,
            "description": description,
            "definitionId": within_center(place.definition),
            "environmentId": environment,
            "server": {"runtimeUri": [server.url]},
        }});
        let id = place.api.child("deployments", &name);
        steps.push(Step::put(
            format!("deployment {name} ({})", server.url),
            id,
            CENTER_DEPLOYMENT.api_version,
            body,
        ));
    }
    Ok(steps)
}

/// Puts the version's name behind that of each deployment among `steps`.
///
/// Two versions of an API often run on the same server, and each has a deployment of its own there.
pub(super) fn name_by_version(steps: &mut [Step], version: &str) {
    for step in steps.iter_mut().filter(|step| CENTER_DEPLOYMENT.matches(&step.id)) {
        let Some(api) = step.id.parent() else { continue };
        let old = step.id.name().to_owned();
        let name = names::with_suffix(&old, version);
        let id = api.child("deployments", &name);
        step.label = step.label.replacen(&old, &name, 1);
        step.path = id.as_str().to_owned();
        step.id = id;
        if let Content::Body(body) = &mut step.content {
            for member in ["title", "description"] {
                let text = &mut body["properties"][member];
                if text.as_str() == Some(limits::truncate(&old, limits::TITLE)) || text.as_str() == Some(&old)
                {
                    let limit =
                        if member == "title" { limits::TITLE } else { limits::DEPLOYMENT_DESCRIPTION };
                    *text = Value::String(limits::truncate(&name, limit).to_owned());
                }
            }
        }
    }
}

/// The servers that can be deployments, each URL once.
fn distinct_servers<'a>(definition: &'a Definition, notes: &mut Vec<String>) -> Vec<&'a Server> {
    let mut servers: Vec<&Server> = Vec::new();
    for server in &definition.servers {
        let known = servers.iter().any(|other| other.url == server.url);
        if !known && limits::url("deployment of a server's URL", &server.url, notes).is_some() {
            servers.push(server);
        }
    }
    if servers.is_empty() {
        notes.push("the document names no server: no deployment is made".to_owned());
    }
    if servers.len() > limits::DEPLOYMENTS {
        notes.push(format!(
            "the document names {} servers: the first {} become deployments, the most an API can have",
            servers.len(),
            limits::DEPLOYMENTS
        ));
        servers.truncate(limits::DEPLOYMENTS);
    }
    servers
}

/// `prod`, or the id of an environment of this center, as `/workspaces/default/environments/prod`.
pub(super) fn environment_id(workspace: &ResourceId, given: &str) -> Result<String> {
    let name = given.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let id = format!("/workspaces/{}/environments/{name}", workspace.name());
    let whole = format!("{}/environments/{name}", workspace.as_str());
    let lower = format!("/{}", given.trim_matches('/')).to_ascii_lowercase();
    let names_it = given == name || lower == id.to_ascii_lowercase() || lower == whole.to_ascii_lowercase();
    let legal = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !names_it || !legal {
        return Err(Error::no_match(format!(
            "--environment-id '{given}' is not an environment of this API center"
        ))
        .with_hint("Give the name of an environment; azr apic environment list shows them."));
    }
    Ok(id)
}

/// An id as the members of a deployment name it: from `/workspaces` on.
fn within_center(id: &ResourceId) -> &str {
    let text = id.as_str();
    text.find("/workspaces/").map_or(text, |at| &text[at..])
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
    fn an_environment_is_named_or_given_by_its_id() {
        let workspace = workspace();
        let want = "/workspaces/default/environments/prod";
        let whole = format!("{workspace}/environments/prod");
        for given in ["prod", want, whole.as_str()] {
            assert_eq!(environment_id(&workspace, given).expect(given), want);
        }
        for bad in ["", "a b", "/workspaces/default/apis/prod", "../prod", "other/environments/prod"] {
            assert!(environment_id(&workspace, bad).is_err(), "{bad}");
        }
    }
}
