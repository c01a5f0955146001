//! What people enter in the center while azr imports.

use std::collections::BTreeMap;

use serde_json::{Value, json};

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
    /// Edits the API if the center has it; returns its name.
    pub(crate) async fn apply(&self, world: &World) -> Option<String> {
        let name = find_api(world, self.api).await?;
        let api = center_path(&format!("apis/{name}"));
        let version = format!("{api}/versions/original");
        match self.kind {
            EditKind::Definition => {
                world.get(&version).await?;
                let body = json!({"properties": {"title": self.text()}});
                world.put(&format!("{version}/definitions/people"), &body).await;
            }
            EditKind::Stage => {
                let mut body = world.get(&version).await?;
                body["properties"]["lifecycleStage"] = json!(self.stage());
                world.put(&version, &json!({"properties": body["properties"]})).await;
            }
            kind => {
                let mut body = world.get(&api).await?;
                match kind {
                    EditKind::Metadata => body["properties"]["customProperties"]["team"] = json!(self.text()),
                    EditKind::Summary => body["properties"]["summary"] = json!(self.text()),
                    _ => body["properties"]["title"] = json!(self.text()),
                }
                world.put(&api, &json!({"properties": body["properties"]})).await;
            }
        }
        Some(name)
    }

    fn text(&self) -> String {
        format!("by people {}", self.value)
    }

    fn stage(&self) -> &'static str {
        ["production", "testing", "deprecated"][usize::from(self.value) % 3]
    }
}

/// The name of the API in the center that has a deployment of a source API.
pub(crate) async fn find_api(world: &World, api: usize) -> Option<String> {
    find_apis(world, api).await.pop()
}

/// The names of all APIs in the center that have a deployment of a source API.
pub(crate) async fn find_apis(world: &World, api: usize) -> Vec<String> {
    let source = format!("{}/apis/{} ", service_id(), source_name(api)).to_lowercase();
    let mut names = Vec::new();
    for api in world.list(&center_path("apis")).await {
        let name = name_of(&api).to_owned();
        let deployments = world.list(&center_path(&format!("apis/{name}/deployments"))).await;
        let is_source = |deployment: &Value| {
            let text = deployment["properties"]["customProperties"]["azr-import"].as_str();
            text.is_some_and(|text| text.to_lowercase().starts_with(&source))
        };
        if deployments.iter().any(is_source) {
            names.push(name);
        }
    }
    names
}

/// What people have entered, by the name of the API in the center.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entered(pub(crate) BTreeMap<(String, EditKind), PersonEdit>);

impl Entered {
    /// Checks that everything is as people entered it, and forgets what belongs to an API that may have been deleted.
    ///
    /// `may_delete` tells whether the last run might have deleted the API with a number.
    pub(crate) async fn check(&mut self, world: &World, may_delete: impl Fn(usize) -> bool) {
        let names: Vec<String> = self.0.keys().map(|(name, _)| name.clone()).collect();
        for name in names {
            if world.get(&center_path(&format!("apis/{name}"))).await.is_some() {
                continue;
            }
            let edits: Vec<_> = self.0.iter().filter(|((api, _), _)| *api == name).collect();
            for ((_, kind), edit) in &edits {
                assert!(may_delete(edit.api), "{name} was deleted though its source exists: {edits:?}");
                assert!(!kind.protects(), "{name} was deleted though people added to it: {edits:?}");
            }
            self.0.retain(|(api, _), _| *api != name);
        }
        for ((name, kind), edit) in &self.0 {
            let api = center_path(&format!("apis/{name}"));
            let version = format!("{api}/versions/original");
            let read = async |path: &str| world.get(path).await.unwrap_or_default()["properties"].take();
            let (found, entered) = match kind {
                EditKind::Metadata => {
                    (read(&api).await["customProperties"]["team"].take(), json!(edit.text()))
                }
                EditKind::Summary => (read(&api).await["summary"].take(), json!(edit.text())),
                EditKind::Stage => (read(&version).await["lifecycleStage"].take(), json!(edit.stage())),
                EditKind::Definition => {
                    let definition = format!("{version}/definitions/people");
                    (read(&definition).await["title"].take(), json!(edit.text()))
                }
                // The source owns it.
                EditKind::Title => continue,
            };
            assert_eq!(found, entered, "{name}: {kind:?}");
        }
    }
}
