//! The files of one API in a backup.

use serde_json::Value;

use super::mapping::IdMappings;
use crate::backup::{BackupReader, ResourceFile, ResourceKind, folder_of};
use azr_core::error::Result;

/// An API with everything below it; documents are read when they are needed.
#[derive(Debug)]
pub(super) struct ApiFiles {
    pub(super) api: ResourceFile,
    /// The versions, the default first, so that it becomes the default again.
    pub(super) versions: Vec<VersionFiles>,
    /// The deployments, the default first.
    pub(super) deployments: Vec<ResourceFile>,
}

/// A version with its definitions.
#[derive(Debug)]
pub(super) struct VersionFiles {
    pub(super) version: ResourceFile,
    pub(super) definitions: Vec<DefinitionFiles>,
}

/// A definition.
#[derive(Debug)]
pub(super) struct DefinitionFiles {
    pub(super) definition: ResourceFile,
    /// The path of its document, if it has one.
    pub(super) document: Option<String>,
}

impl ApiFiles {
    /// Reads the files of the API with this path.
    pub(super) fn read(backup: &BackupReader, path: &str, mappings: &IdMappings) -> Result<Self> {
        let read = |kind: ResourceKind, path: &str| {
            let mut file = backup.read_resource(path)?;
            mappings.apply(kind, &mut file);
            Ok(file)
        };
        let api = read(ResourceKind::Api, path)?;
        let folder = folder_of(path);
        let mut versions = Vec::new();
        for path in backup.resource_paths(folder, ResourceKind::Version) {
            let version = read(ResourceKind::Version, path)?;
            let mut definitions = Vec::new();
            for path in backup.resource_paths(folder_of(path), ResourceKind::Definition) {
                let definition = read(ResourceKind::Definition, path)?;
                let document = backup.document_path(path, &definition)?;
                definitions.push(DefinitionFiles { definition, document });
            }
            versions.push(VersionFiles { version, definitions });
        }
        let deployments = backup.resource_paths(folder, ResourceKind::Deployment);
        let mut deployments =
            deployments.map(|path| read(ResourceKind::Deployment, path)).collect::<Result<Vec<_>>>()?;
        // The service makes the first one the default.
        let is_not_default = |file: &ResourceFile| file.properties["isDefault"] != Value::Bool(true);
        versions.sort_by_key(|version| is_not_default(&version.version));
        deployments.sort_by_key(is_not_default);
        Ok(Self { api, versions, deployments })
    }

    /// The definitions with a document, in order.
    pub(super) fn with_document(&self) -> impl Iterator<Item = &DefinitionFiles> {
        let definitions = self.versions.iter().flat_map(|version| &version.definitions);
        definitions.filter(|definition| definition.document.is_some())
    }
}
