//! The edits that people make in the center while azr imports, and how they find the APIs.

use serde_json::Value;

use crate::source::source_name;
use crate::world::{World, center_path, name_of, service_id};

/// The name of what people add to an API or a version.
pub(crate) const ADDED: &str = "people";

/// What the names of copies begin with.
pub(crate) const COPY: &str = "copy-";

/// An edit of the API that was imported from the source API with this number.
#[derive(Debug, Clone)]
pub(crate) struct PersonEdit {
    pub(crate) api: usize,
    pub(crate) kind: EditKind,
    pub(crate) value: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EditKind {
    /// Custom metadata, which belongs to people.
    Metadata,
    /// The summary, which belongs to people.
    Summary,
    /// The lifecycle stage of the version, which belongs to people once the version exists.
    Stage,
    /// The title, which belongs to the source.
    Title,
    /// A definition of their own.
    Definition,
    /// A version of their own.
    Version,
    /// A deployment of their own.
    Deployment,
    /// Another document for azr's definition, which stays until the source has another one.
    Document,
    /// A copy of the API with its deployment, with or without the provenance that it has; or an edit of the copy.
    Copy,
}

impl EditKind {
    pub(crate) const ALL: [Self; 9] = [
        Self::Metadata,
        Self::Summary,
        Self::Stage,
        Self::Title,
        Self::Definition,
        Self::Version,
        Self::Deployment,
        Self::Document,
        Self::Copy,
    ];

    /// Whether azr must not delete an API with such an edit.
    pub(crate) fn protects(self) -> bool {
        !matches!(self, Self::Metadata | Self::Stage)
    }
}

impl PersonEdit {
    pub(crate) fn text(&self) -> String {
        format!("by people {}", self.value)
    }

    pub(crate) fn stage(&self) -> &'static str {
        ["production", "testing", "deprecated"][usize::from(self.value) % 3]
    }
}

/// The names of all APIs in the center that have a deployment of a source API.
pub(crate) async fn find_apis(world: &World, api: usize) -> Vec<String> {
    let mut names: Vec<String> = find_versions(world, api).await.into_iter().map(|(name, _)| name).collect();
    names.dedup();
    names
}

/// The APIs in the center that have a deployment of a source API, each with the version of the deployment.
pub(crate) async fn find_versions(world: &World, api: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for item in world.list(&center_path("apis")).await {
        let name = name_of(&item);
        let deployments = find_deployments(world, name, api).await;
        found.extend(deployments.iter().filter_map(|d| Some((name.to_owned(), deployed_version(d)?))));
    }
    found
}

/// The deployments of an API of the center that azr created for a source API.
pub(crate) async fn find_deployments(world: &World, name: &str, api: usize) -> Vec<Value> {
    let source = format!("{}/apis/{} for {name}/", service_id(), source_name(api)).to_lowercase();
    let mut deployments = find_imported_deployments(world, name).await;
    deployments.retain(|deployment| provenance(deployment).to_lowercase().starts_with(&source));
    deployments
}

/// The deployments of an API of the center that azr created.
pub(crate) async fn find_imported_deployments(world: &World, name: &str) -> Vec<Value> {
    let mut deployments = world.list(&center_path(&format!("apis/{name}/deployments"))).await;
    deployments.retain(|deployment| !provenance(deployment).is_empty());
    deployments
}

fn provenance(deployment: &Value) -> &str {
    deployment["properties"]["customProperties"]["azr-import"].as_str().unwrap_or_default()
}

/// The name of the version that a deployment belongs to.
pub(crate) fn deployed_version(deployment: &Value) -> Option<String> {
    let definition = deployment["properties"]["definitionId"].as_str()?;
    definition.split("/versions/").nth(1)?.split('/').next().map(str::to_owned)
}
