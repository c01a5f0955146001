//! Makes the edits of people in the center.

use serde_json::json;

use crate::entered::{Entry, ReplacedDocument, imported_digest};
use crate::people::{ADDED, COPY, EditKind, PersonEdit, find_deployments, find_versions};
use crate::world::{World, center_path, name_of};

impl PersonEdit {
    /// Edits the API, or the version of it, if the center has it; returns what was entered.
    pub(crate) async fn apply(&self, world: &World) -> Option<Entry> {
        let (name, version) = find_versions(world, self.api).await.pop()?;
        let api = center_path(&format!("apis/{name}"));
        let version_path = format!("{api}/versions/{version}");
        let mut entry = Entry { edit: self.clone(), api: name, version: None, document: None };
        match self.kind {
            EditKind::Definition | EditKind::Stage | EditKind::Document | EditKind::Deployment => {
                entry.version = Some(version);
                world.get(&version_path).await?;
            }
            EditKind::Version => entry.version = Some(ADDED.to_owned()),
            EditKind::Copy => entry.api = format!("{COPY}{}", self.value % 2),
            EditKind::Metadata | EditKind::Summary | EditKind::Title => {}
        }
        let title = json!({"properties": {"title": self.text()}});
        match self.kind {
            EditKind::Definition => world.put(&entry.added_path(), &title).await,
            EditKind::Version => {
                let body = json!({"properties": {"title": self.text(), "lifecycleStage": self.stage()}});
                world.put(&entry.added_path(), &body).await;
            }
            EditKind::Deployment => {
                let mut body = find_deployments(world, &entry.api, self.api).await.pop()?;
                body["properties"]["title"] = json!(self.text());
                body["properties"]["customProperties"] = json!({});
                world.put(&entry.added_path(), &json!({"properties": body["properties"]})).await;
            }
            EditKind::Document => {
                entry.document = Some(self.replace_document(world, &entry.api, &version_path).await?);
            }
            EditKind::Copy => self.copy(world, &api, &entry).await?,
            EditKind::Stage => {
                let mut body = world.get(&version_path).await?;
                body["properties"]["lifecycleStage"] = json!(self.stage());
                world.put(&version_path, &json!({"properties": body["properties"]})).await;
            }
            EditKind::Metadata | EditKind::Summary | EditKind::Title => {
                let mut body = world.get(&api).await?;
                match self.kind {
                    EditKind::Metadata => body["properties"]["customProperties"]["team"] = json!(self.text()),
                    EditKind::Summary => body["properties"]["summary"] = json!(self.text()),
                    _ => body["properties"]["title"] = json!(self.text()),
                }
                world.put(&api, &json!({"properties": body["properties"]})).await;
            }
        }
        Some(entry)
    }

    /// Replaces the document of azr's definition by one that differs from it at its end.
    async fn replace_document(&self, world: &World, api: &str, version: &str) -> Option<ReplacedDocument> {
        let definitions = world.list(&format!("{version}/definitions")).await;
        let definition = definitions.iter().find(|definition| name_of(definition) != ADDED)?;
        let path = format!("{version}/definitions/{}", name_of(definition));
        let document = world.document(&path).await;
        let document = format!("{}{}", document.as_str()?, "\n".repeat(1 + usize::from(self.value % 2)));
        let specification = &definition["properties"]["specification"];
        let body = json!({"format": "inline", "specification": specification, "value": document});
        world.post(&format!("{path}/importSpecification"), &body).await;
        let deployment = find_deployments(world, api, self.api).await.pop()?;
        let digest = imported_digest(&deployment);
        Some(ReplacedDocument { definition: name_of(definition).to_owned(), text: document, digest })
    }

    /// Copies an API with its deployment, or edits the copy if it exists.
    async fn copy(&self, world: &World, api: &str, copy: &Entry) -> Option<()> {
        let path = center_path(&format!("apis/{}", copy.api));
        let is_new = world.get(&path).await.is_none();
        let mut body = world.get(if is_new { api } else { &path }).await?;
        let has_provenance = self.value % 4 < 2;
        body["properties"]["title"] = json!(self.text());
        if !has_provenance {
            body["properties"]["customProperties"] = json!({});
        }
        world.put(&path, &json!({"properties": body["properties"]})).await;
        if !is_new {
            return Some(());
        }
        for deployment in world.list(&format!("{api}/deployments")).await {
            let mut properties = deployment["properties"].clone();
            let original = properties["definitionId"].as_str()?;
            let version = original.split("/versions/").nth(1)?.split('/').next()?;
            let version = format!("{path}/versions/{version}");
            let definition = format!("{version}/definitions/{}", original.rsplit('/').next()?);
            let title = json!({"properties": {"title": "Copy", "lifecycleStage": "design"}});
            world.put(&version, &title).await;
            world.put(&definition, &json!({"properties": {"title": "Copy"}})).await;
            properties["definitionId"] = json!(definition[definition.find("/workspaces/")?..]);
            if !has_provenance {
                properties["customProperties"] = json!({});
            }
            let deployment = format!("{path}/deployments/{}", name_of(&deployment));
            world.put(&deployment, &json!({"properties": properties})).await;
        }
        Some(())
    }
}
