//! What may be stale in the center: deployments and versions whose source is gone, or is now imported elsewhere.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::planner::VERSION_FIELD;
use super::runtime_uri::deployment_name;
use crate::import_source::ImportSource;
use crate::provenance::FieldDigests;
use crate::snapshot::{ApiChildren, CenterVersion};
use azr_core::id::ResourceId;

/// Why a deployment, or a version without one, may be stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Staleness {
    /// Its source API is not listed.
    Missing,
    /// Its source API is now imported elsewhere.
    Moved,
}

/// What was confirmed about the deployments that might be stale, by asking their sources.
///
/// That a list does not contain an API proves nothing, so nothing is deleted without this confirmation.
#[derive(Debug, Clone, Default)]
pub struct StaleSources {
    /// The resource ids, in lower case, of source APIs that do not exist.
    pub missing: HashSet<String>,
    /// The resource ids, in lower case, of source APIs that are now imported elsewhere: as another version, or into
    /// another API of the center.
    pub moved: HashSet<String>,
    /// The names, in lower case, of versions whose documents people have replaced.
    pub edited_versions: HashSet<String>,
    /// The definitions of versions, by the names of the versions in lower case, whose documents were still those that azr
    /// had imported, each with the digest of its document.
    pub documents: HashMap<String, Vec<(ResourceId, String)>>,
}

/// A deployment, or a version without one, that is stale if its source API does not exist, or has moved.
#[derive(Debug)]
pub struct StaleCandidate {
    /// The resource id of the source API.
    pub source_api: String,
    /// Whether the service lists the source API, which is now imported elsewhere.
    pub is_moved: bool,
    /// The name of the version, in lower case, that it deploys or is; None if it does not refer to a definition.
    pub version: Option<String>,
    /// The definitions of the version, each with the digest of the document that azr imported.
    pub documents: Vec<(ResourceId, String)>,
}

impl StaleSources {
    /// Whether it was confirmed why what was imported from a source API is stale.
    pub(super) fn confirms(&self, staleness: Staleness, source_api: &str) -> bool {
        let confirmed = match staleness {
            Staleness::Missing => &self.missing,
            Staleness::Moved => &self.moved,
        };
        confirmed.contains(&source_api.to_ascii_lowercase())
    }
}

/// What people have done to a version that azr created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Addition {
    /// They added a definition to it.
    Definition,
    /// They replaced its document.
    Document,
    /// They edited its title.
    Title,
    /// They edited the title of its definition.
    DefinitionTitle,
}

impl Addition {
    /// What people have done, for a message.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Definition => "added a definition to it",
            Self::Document => "replaced its document",
            Self::Title => "edited its title",
            Self::DefinitionTitle => "edited the title of its definition",
        }
    }

    /// Whether they have edited what azr imported, so that the version belongs to them from then on.
    pub(super) fn is_edit(self) -> bool {
        self != Self::Definition
    }
}

/// What people have done to a version that azr created, edits before additions.
pub(super) fn find_addition(
    key: &str,
    version: &CenterVersion,
    deployment: &Value,
    fields: Option<&FieldDigests>,
    confirmed: &StaleSources,
) -> Option<Addition> {
    let title = &version.body["properties"]["title"];
    if confirmed.edited_versions.contains(key) {
        Some(Addition::Document)
    } else if fields.is_some_and(|fields| fields.is_edited(VERSION_FIELD, title)) {
        Some(Addition::Title)
    } else {
        (!has_only_deployed_definition(version, deployment)).then_some(Addition::Definition)
    }
}

/// The version that a deployment belongs to, with its name in lower case.
pub(super) fn deployed_version<'c>(
    source: &ImportSource,
    name: &str,
    deployment: &Value,
    children: &'c ApiChildren,
) -> Option<(&'c str, &'c CenterVersion)> {
    let is_deployed = |key: &str| {
        deploys_version(name, deployment, key)
            || deployment_name(source, None, key).eq_ignore_ascii_case(name)
    };
    children.versions.iter().find(|(key, _)| is_deployed(key)).map(|(key, version)| (key.as_str(), version))
}

/// Whether a deployment belongs to a version: by its definition, or without one by its name.
pub(super) fn deploys_version(name: &str, deployment: &Value, version: &str) -> bool {
    match deployment["properties"]["definitionId"].as_str() {
        Some(id) => id.to_ascii_lowercase().contains(&format!("/versions/{version}/")),
        None => name.ends_with(&format!("-{version}")),
    }
}

/// Whether a version has no definition besides the one that a deployment refers to.
pub(super) fn has_only_deployed_definition(version: &CenterVersion, deployment: &Value) -> bool {
    let deployed = deployment["properties"]["definitionId"].as_str().and_then(|id| id.rsplit('/').next());
    let is_deployed = |name: &String| deployed.is_some_and(|deployed| deployed.eq_ignore_ascii_case(name));
    version.definitions.keys().all(is_deployed)
}
