//! What people have entered in the center, and whether it is still there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::people::{
    ADDED, EditKind, PersonEdit, deployed_version, find_deployments, find_imported_deployments,
};
use crate::world::{World, center_path};

/// What people have entered in the center.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) edit: PersonEdit,
    /// The name of the API.
    pub(crate) api: String,
    /// The name of the version, if it belongs to one.
    pub(crate) version: Option<String>,
    /// The document that people have imported.
    pub(crate) document: Option<ReplacedDocument>,
}

/// A document of azr's definition that people have replaced.
#[derive(Debug, Clone)]
pub(crate) struct ReplacedDocument {
    pub(crate) definition: String,
    pub(crate) text: String,
    /// The digest of the document that azr had imported; None if azr was importing one.
    pub(crate) digest: Option<String>,
}

impl Entry {
    /// The path of the version, or of the API.
    pub(crate) fn path(&self) -> String {
        let api = center_path(&format!("apis/{}", self.api));
        self.version.as_ref().map_or(api.clone(), |version| format!("{api}/versions/{version}"))
    }

    /// The path of what was added or edited.
    pub(crate) fn added_path(&self) -> String {
        let path = self.path();
        match self.edit.kind {
            EditKind::Definition => format!("{path}/definitions/{ADDED}"),
            EditKind::Deployment => center_path(&format!("apis/{}/deployments/{ADDED}", self.api)),
            EditKind::Document => {
                let definition = self.document.as_ref().map(|document| document.definition.as_str());
                format!("{path}/definitions/{}", definition.unwrap_or_default())
            }
            _ => path,
        }
    }

    /// The path of the list, or of the action, by which azr can see it.
    pub(crate) fn read_path(&self) -> String {
        let path = self.added_path();
        match self.edit.kind {
            EditKind::Document => format!("{path}/exportSpecification"),
            _ => path.rsplit_once('/').map_or(path.clone(), |(collection, _)| collection.to_owned()),
        }
    }

    /// Whether it is something that did not exist before, or a document.
    pub(crate) fn is_addition(&self) -> bool {
        use EditKind::{Definition, Deployment, Document, Version};
        matches!(self.edit.kind, Definition | Version | Deployment | Document)
    }
}

/// The digest of the document that azr imported with a deployment; None if azr did not, or is importing another one.
pub(crate) fn imported_digest(deployment: &Value) -> Option<String> {
    let provenance = deployment["properties"]["customProperties"]["azr-import"].as_str()?;
    let digest = provenance.split(' ').find(|word| word.starts_with("sha256:"));
    digest.filter(|_| !provenance.contains(" pending")).map(str::to_owned)
}

/// What people have entered, by the path of what they added or edited.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entered(BTreeMap<(String, EditKind), Entry>);

impl Entered {
    pub(crate) fn add(&mut self, entries: Vec<Entry>) {
        self.0.extend(entries.into_iter().map(|entry| ((entry.added_path(), entry.edit.kind), entry)));
    }

    /// Whether people have added to an API so that azr may leave it.
    pub(crate) fn keeps_api(&self, name: &str) -> bool {
        self.0.values().any(|entry| entry.api == name && entry.edit.kind.protects())
    }

    /// Whether people have added to a version so that azr may leave it.
    pub(crate) fn keeps_version(&self, api: &str, version: &str) -> bool {
        let is_addition = |entry: &Entry| entry.is_addition() && entry.edit.kind.protects();
        // A deployment of people whose version was deleted deploys a later version of the same name.
        let is_deployed = |entry: &Entry| entry.edit.kind == EditKind::Deployment && entry.version.is_none();
        let is_there = |entry: &&Entry| {
            entry.api == api && (entry.version.as_deref() == Some(version) || is_deployed(entry))
        };
        self.0.values().filter(is_there).any(is_addition)
    }

    /// Replaces the documents of people among those of an API by the ones that an import would make.
    pub(crate) fn accept_documents(&self, api: &str, found: &mut Value, expected: &Value) {
        for entry in self.0.values().filter(|entry| entry.api == api) {
            let Some((version, document)) = entry.version.as_ref().zip(entry.document.as_ref()) else {
                continue;
            };
            let path = format!("/versions/{version}/{}", document.definition);
            if let (Some(found), Some(expected)) = (found.pointer_mut(&path), expected.pointer(&path))
                && *found == document.text
            {
                *found = expected.clone();
            }
        }
    }

    /// Checks that everything is as people entered it, and forgets what azr was allowed to delete or to set back.
    pub(crate) async fn check(&mut self, world: &World, was_pruned: bool) {
        for (key, mut entry) in std::mem::take(&mut self.0) {
            let path = entry.path();
            let Some(resource) = world.get(&path).await else {
                assert!(was_pruned, "{path} was deleted without --prune: {entry:?}");
                assert!(!entry.protects(), "{path} was deleted though people added to it: {entry:?}");
                continue;
            };
            if entry.check(world, &resource["properties"]).await {
                self.0.insert(key, entry);
            }
        }
    }
}

impl Entry {
    /// Whether azr must not delete the API, or the version if the entry belongs to one.
    fn protects(&self) -> bool {
        // Without a digest azr cannot recognize that people have replaced a document.
        let is_known = self.document.as_ref().is_none_or(|document| document.digest.is_some());
        self.edit.kind.protects() && is_known
    }

    /// Checks that the resource, of which these are the properties, is as people entered it.
    ///
    /// Returns whether it still is; azr may have set back what the source owns.
    async fn check(&mut self, world: &World, properties: &Value) -> bool {
        let text = json!(self.edit.text());
        let (found, entered) = match self.edit.kind {
            EditKind::Metadata => (properties["customProperties"]["team"].clone(), text),
            EditKind::Summary => (properties["summary"].clone(), text),
            EditKind::Stage => (properties["lifecycleStage"].clone(), json!(self.edit.stage())),
            EditKind::Title => return properties["title"] == text,
            EditKind::Document => return self.check_document(world).await,
            EditKind::Definition | EditKind::Version | EditKind::Deployment | EditKind::Copy => {
                let added = world.get(&self.added_path()).await.unwrap_or_default();
                (added["properties"]["title"].clone(), text)
            }
        };
        assert_eq!(found, entered, "{self:?}");
        true
    }

    /// Checks that a document of people was replaced only by another document of the source.
    async fn check_document(&mut self, world: &World) -> bool {
        let found = world.document(&self.added_path()).await;
        let deployments = find_deployments(world, &self.api, self.edit.api).await;
        let deployment = deployments.iter().find(|d| deployed_version(d) == self.version);
        let digest = deployment.map(imported_digest);
        // The version may have another source now.
        let deployments = find_imported_deployments(world, &self.api).await;
        let mut digests =
            deployments.iter().filter(|d| deployed_version(d) == self.version).map(imported_digest);
        let Some(document) = &mut self.document else { return false };
        if found == document.text {
            document.digest = digest.unwrap_or_else(|| document.digest.take());
            return true;
        }
        let is_replaced = digests.any(|digest| digest != document.digest);
        assert!(is_replaced || document.digest.is_none(), "the document was replaced: {self:?}");
        false
    }
}
