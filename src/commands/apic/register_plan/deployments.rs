//! Plans one deployment per server.
//!
//! az gives all unnamed servers the same deployment, so that the last one wins. Here the first deployment has az's id,
//! and the id of each further one comes from its server, so that their order may change.

use serde_json::{Value, json};

use super::limits;
use super::types::{Content, RegisterPlan, Step};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEPLOYMENT;
use azr_definitions::{Definition, Server, names};

/// The resources that the deployments refer to.
pub(super) struct DeploymentContext<'a> {
    /// The workspace of the center.
    pub(super) workspace: &'a ResourceId,
    /// The API.
    pub(super) api: &'a ResourceId,
    /// The deployed definition.
    pub(super) definition: &'a ResourceId,
}

/// Plans the deployments of `definition` in `environment`.
pub(super) fn deployment_steps(
    context: &DeploymentContext<'_>,
    environment: &str,
    definition: &Definition,
    notes: &mut Vec<String>,
) -> Result<Vec<Step>> {
    let environment = parse_environment_id(context.workspace, environment)?;
    let mut steps: Vec<Step> = Vec::new();
    for server in distinct_servers(definition, notes) {
        let api = context.api.name();
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
            Some(text) => limits::truncate_with_note(
                "description of a server",
                text,
                limits::DEPLOYMENT_DESCRIPTION,
                notes,
            ),
            None => &name,
        };
        let body = json!({"properties": {
            "title": title,
            "description": description,
            "definitionId": center_relative_id(context.definition),
            "environmentId": environment,
            "server": {"runtimeUri": [server.url]},
        }});
        let id = context.api.child("deployments", &name);
        steps.push(Step::put(
            format!("deployment {name} ({})", server.url),
            id,
            CENTER_DEPLOYMENT.api_version,
            body,
        ));
    }
    Ok(steps)
}

/// Appends the version to the name of each deployment among `steps`.
///
/// Several versions of an API often run on the same server, and each has its own deployment.
fn append_version(steps: &mut [Step], version: &str) {
    for step in steps.iter_mut().filter(|step| CENTER_DEPLOYMENT.matches(&step.id)) {
        let Some(api) = step.id.parent() else { continue };
        let old_name = step.id.name().to_owned();
        let name = names::with_suffix(&old_name, version);
        let id = api.child("deployments", &name);
        step.label = step.label.replacen(&old_name, &name, 1);
        step.path = id.as_str().to_owned();
        step.id = id;
        if let Content::Body(body) = &mut step.content {
            for member in ["title", "description"] {
                let text = &mut body["properties"][member];
                if text.as_str() == Some(limits::truncate(&old_name, limits::TITLE))
                    || text.as_str() == Some(&old_name)
                {
                    let limit =
                        if member == "title" { limits::TITLE } else { limits::DEPLOYMENT_DESCRIPTION };
                    *text = Value::String(limits::truncate(&name, limit).to_owned());
                }
            }
        }
    }
}

impl RegisterPlan {
    /// Appends the version to the names of the deployments, for an API with several versions.
    pub(crate) fn name_deployments_by_version(&mut self) {
        let version = self.version.name().to_owned();
        append_version(&mut self.steps, &version);
    }
}

/// The servers that become deployments, each URL once.
fn distinct_servers<'a>(definition: &'a Definition, notes: &mut Vec<String>) -> Vec<&'a Server> {
    let mut servers: Vec<&Server> = Vec::new();
    for server in &definition.servers {
        let known = servers.iter().any(|other| other.url == server.url);
        if !known && limits::url("deployment of a server's URL", &server.url, notes).is_some() {
            servers.push(server);
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
    servers
}

/// Converts the name or id of an environment of this center to `/workspaces/default/environments/NAME`.
pub(super) fn parse_environment_id(workspace: &ResourceId, value: &str) -> Result<String> {
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

/// An id in the form in which a deployment refers to it: from `/workspaces` on.
fn center_relative_id(id: &ResourceId) -> &str {
    let text = id.as_str();
    text.find("/workspaces/").map_or(text, |start| &text[start..])
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
