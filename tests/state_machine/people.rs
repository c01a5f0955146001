//! What people enter in the center while azr imports.

use std::collections::BTreeMap;

use serde_json::json;

use crate::source::source_name;
use crate::world::{World, center_path, name_of, service_id};

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
    /// A definition of their own.
    Definition,
    /// The title, which belongs to the source.
    Title,
}

impl EditKind {
    /// Whether azr must not delete an API with such an edit.
    pub(crate) fn protects(self) -> bool {
        matches!(self, Self::Summary | Self::Definition | Self::Title)
    }
}

impl PersonEdit {
    /// Edits the API, or the version of it, if the center has it; returns what was edited.
    pub(crate) async fn apply(&self, world: &World) -> Option<EditedResource> {
        let (name, version) = find_versions(world, self.api).await.pop()?;
        let api = center_path(&format!("apis/{name}"));
        let version_path = format!("{api}/versions/{version}");
        match self.kind {
            EditKind::Definition => {
                world.get(&version_path).await?;
                let body = json!({"properties": {"title": self.text()}});
                world.put(&format!("{version_path}/definitions/people"), &body).await;
            }
            EditKind::Stage => {
                let mut body = world.get(&version_path).await?;
                body["properties"]["lifecycleStage"] = json!(self.stage());
                world.put(&version_path, &json!({"properties": body["properties"]})).await;
            }
            kind => {
                let mut body = world.get(&api).await?;
                match kind {
                    EditKind::Metadata => body["properties"]["customProperties"]["team"] = json!(self.text()),
                    EditKind::Summary => body["properties"]["summary"] = json!(self.text()),
                    _ => body["properties"]["title"] = json!(self.text()),
                }
                world.put(&api, &json!({"properties": body["properties"]})).await;
                return Some(EditedResource { api: name, version: None });
            }
        }
        Some(EditedResource { api: name, version: Some(version) })
    }

    fn text(&self) -> String {
        format!("by people {}", self.value)
    }

    fn stage(&self) -> &'static str {
        ["production", "testing", "deprecated"][usize::from(self.value) % 3]
    }
}

/// An API of the center, or one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EditedResource {
    pub(crate) api: String,
    pub(crate) version: Option<String>,
}

impl EditedResource {
    pub(crate) fn path(&self) -> String {
        let api = center_path(&format!("apis/{}", self.api));
        self.version.as_ref().map_or(api.clone(), |version| format!("{api}/versions/{version}"))
    }
}

/// The names of all APIs in the center that have a deployment of a source API.
pub(crate) async fn find_apis(world: &World, api: usize) -> Vec<String> {
    let mut names: Vec<String> = find_versions(world, api).await.into_iter().map(|(name, _)| name).collect();
    names.dedup();
    names
}

/// The APIs in the center that have a deployment of a source API, each with the version of the deployment.
async fn find_versions(world: &World, api: usize) -> Vec<(String, String)> {
    let source = format!("{}/apis/{} ", service_id(), source_name(api)).to_lowercase();
    let mut found = Vec::new();
    for api in world.list(&center_path("apis")).await {
        let name = name_of(&api).to_owned();
        for deployment in world.list(&center_path(&format!("apis/{name}/deployments"))).await {
            let properties = &deployment["properties"];
            let provenance = properties["customProperties"]["azr-import"].as_str().unwrap_or_default();
            let definition = properties["definitionId"].as_str().unwrap_or_default();
            let version = definition.split("/versions/").nth(1).and_then(|rest| rest.split('/').next());
            if let Some(version) = version.filter(|_| provenance.to_lowercase().starts_with(&source)) {
                found.push((name.clone(), version.to_owned()));
            }
        }
    }
    found
}

/// What people have entered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entered(pub(crate) BTreeMap<(EditedResource, EditKind), PersonEdit>);

impl Entered {
    /// Whether people have added to an API so that azr must not delete it.
    pub(crate) fn protects_api(&self, name: &str) -> bool {
        self.0.keys().any(|(resource, kind)| resource.api == name && kind.protects())
    }

    /// Whether people have added to a version so that azr must not delete it.
    pub(crate) fn protects_version(&self, api: &str, version: &str) -> bool {
        let version = EditedResource { api: api.to_owned(), version: Some(version.to_owned()) };
        self.0.contains_key(&(version, EditKind::Definition))
    }

    /// Checks that everything is as people entered it, and forgets what azr was allowed to delete or to set back.
    pub(crate) async fn check(&mut self, world: &World, was_pruned: bool) {
        for key in self.0.keys().cloned().collect::<Vec<_>>() {
            let (edited, kind) = &key;
            let path = edited.path();
            let edit = &self.0[&key];
            let Some(resource) = world.get(&path).await else {
                assert!(was_pruned, "{path} was deleted without --prune: {edit:?}");
                assert!(!kind.protects(), "{path} was deleted though people added to it: {edit:?}");
                self.0.remove(&key);
                continue;
            };
            let properties = &resource["properties"];
            let (found, entered) = match kind {
                EditKind::Metadata => (properties["customProperties"]["team"].clone(), json!(edit.text())),
                EditKind::Summary => (properties["summary"].clone(), json!(edit.text())),
                EditKind::Stage => (properties["lifecycleStage"].clone(), json!(edit.stage())),
                EditKind::Definition => {
                    let definition =
                        world.get(&format!("{path}/definitions/people")).await.unwrap_or_default();
                    (definition["properties"]["title"].clone(), json!(edit.text()))
                }
                EditKind::Title => {
                    // The source owns it; once it is set back, nothing is left of the edit.
                    if properties["title"] != json!(edit.text()) {
                        self.0.remove(&key);
                    }
                    continue;
                }
            };
            assert_eq!(found, entered, "{path}: {kind:?}");
        }
    }
}
