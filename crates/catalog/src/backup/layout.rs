//! The layout of a backup: which file has which resource.

use azr_core::resource::{
    CENTER_ANALYZER, CENTER_API, CENTER_DEFINITION, CENTER_DEPLOYMENT, CENTER_ENVIRONMENT, CENTER_METADATA,
    CENTER_SOURCE, CENTER_VERSION, ResourceType,
};

/// The kinds of resources in a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ResourceKind {
    /// A metadata schema.
    MetadataSchema,
    /// An environment.
    Environment,
    /// An API.
    Api,
    /// A version of an API.
    Version,
    /// A definition of a version.
    Definition,
    /// A deployment of an API.
    Deployment,
    /// A configuration of API analysis.
    Analyzer,
    /// An API source.
    ApiSource,
}

impl ResourceKind {
    /// All kinds, in the order in which they are restored.
    pub const ALL: [Self; 8] = [
        Self::MetadataSchema,
        Self::Environment,
        Self::Api,
        Self::Version,
        Self::Definition,
        Self::Deployment,
        Self::Analyzer,
        Self::ApiSource,
    ];

    /// The type of the resources.
    #[must_use]
    pub fn resource_type(self) -> &'static ResourceType {
        match self {
            Self::MetadataSchema => &CENTER_METADATA,
            Self::Environment => &CENTER_ENVIRONMENT,
            Self::Api => &CENTER_API,
            Self::Version => &CENTER_VERSION,
            Self::Definition => &CENTER_DEFINITION,
            Self::Deployment => &CENTER_DEPLOYMENT,
            Self::Analyzer => &CENTER_ANALYZER,
            Self::ApiSource => &CENTER_SOURCE,
        }
    }

    /// The name of the collection in resource ids.
    #[must_use]
    pub fn collection(self) -> &'static str {
        self.resource_type().types.last().copied().unwrap_or_default()
    }

    /// The kind for messages.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::MetadataSchema => "metadata schema",
            Self::Environment => "environment",
            Self::Api => "API",
            Self::Version => "version",
            Self::Definition => "definition",
            Self::Deployment => "deployment",
            Self::Analyzer => "analyzer",
            Self::ApiSource => "API source",
        }
    }

    /// The kind in output and files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::MetadataSchema => "metadataSchema",
            Self::Environment => "environment",
            Self::Api => "api",
            Self::Version => "version",
            Self::Definition => "definition",
            Self::Deployment => "deployment",
            Self::Analyzer => "analyzer",
            Self::ApiSource => "apiSource",
        }
    }

    /// The folder of the resources below the backup, or below the resource that they belong to.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::MetadataSchema => "metadata-schemas",
            Self::Environment => "environments",
            Self::Api => "apis",
            Self::Version => "versions",
            Self::Definition => "definitions",
            Self::Deployment => "deployments",
            Self::Analyzer => "analyzers",
            Self::ApiSource => "api-sources",
        }
    }

    /// The file of a resource in a folder of its own; None for resources that are a file.
    pub(super) fn file_in_folder(self) -> Option<&'static str> {
        match self {
            Self::Api => Some("api.json"),
            Self::Version => Some("version.json"),
            Self::Definition => Some("definition.json"),
            Self::Analyzer => Some("analyzer.json"),
            Self::MetadataSchema | Self::Environment | Self::Deployment | Self::ApiSource => None,
        }
    }

    /// The path of a resource below `parent`, whose path ends in `/` unless it is the backup itself.
    pub(super) fn path(self, parent: &str, file_name: &str) -> String {
        match self.file_in_folder() {
            Some(file) => format!("{parent}{}/{file_name}/{file}", self.folder()),
            None => format!("{parent}{}/{file_name}.json", self.folder()),
        }
    }

    /// The kind of the resource with this path; None for documents, rulesets and other files.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let (kind, depth) = match parts[..] {
            [folder, _] => (Self::top_level(folder)?, 2),
            [folder, _, _] => (Self::top_level(folder)?, 3),
            ["apis", _, "deployments", _] => (Self::Deployment, 2),
            ["apis", _, "versions", _, _] => (Self::Version, 3),
            ["apis", _, "versions", _, "definitions", _, _] => (Self::Definition, 3),
            _ => return None,
        };
        let file = parts.last()?;
        let is_resource = match kind.file_in_folder() {
            Some(name) => depth == 3 && *file == name,
            None => depth == 2 && file.strip_suffix(".json").is_some_and(|stem| !stem.is_empty()),
        };
        is_resource.then_some(kind)
    }

    fn top_level(folder: &str) -> Option<Self> {
        let top_level = [Self::MetadataSchema, Self::Environment, Self::Api, Self::Analyzer, Self::ApiSource];
        top_level.into_iter().find(|kind| kind.folder() == folder)
    }
}

/// The folders at the top of a backup.
pub(super) const TOP_FOLDERS: [&str; 5] =
    ["metadata-schemas", "environments", "apis", "analyzers", "api-sources"];

/// The folder of a file, with `/` at the end; empty for a file at the top.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rfind('/').map_or("", |end| &path[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_a_file_follows_from_its_path() {
        let api = ResourceKind::Api.path("", "orders");
        assert_eq!(api, "apis/orders/api.json");
        let version = ResourceKind::Version.path(folder_of(&api), "v1");
        let definition = ResourceKind::Definition.path(folder_of(&version), "openapi");
        assert_eq!(definition, "apis/orders/versions/v1/definitions/openapi/definition.json");
        for kind in ResourceKind::ALL {
            let parent = match kind {
                ResourceKind::Version | ResourceKind::Deployment => folder_of(&api),
                ResourceKind::Definition => folder_of(&version),
                _ => "",
            };
            assert_eq!(ResourceKind::of_path(&kind.path(parent, "x")), Some(kind));
        }
        for path in [
            "manifest.json",
            "apis/orders/versions/v1/definitions/openapi/document.json",
            "analyzers/a/ruleset/analyzer.json",
            "apis/api.json",
            "environments/.json",
            "apis/orders/deployments/a/b.json",
        ] {
            assert_eq!(ResourceKind::of_path(path), None, "{path}");
        }
    }
}
