//! The options of a plan, and the steps it consists of.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::api_type::ApimApiType;
use crate::format::DefinitionFormat;
use crate::provenance::{self, DeploymentProvenance};
use crate::service::ApimApi;
use azr_core::glob;
use azr_core::id::ResourceId;

/// What to do when an API would have the name of another API of the center.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnCollision {
    /// Append a hash of the source's name to the name.
    #[default]
    Suffix,
    /// Add to the API that the center has, whatever its origin. APIs of one service still get a suffix.
    Merge,
    /// Fail before anything is written.
    Fail,
}

/// What to do when a value exceeds a limit of API Center.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnInvalid {
    /// Shorten the value.
    #[default]
    Truncate,
    /// Skip the API.
    Skip,
    /// Fail before anything is written.
    Fail,
}

/// The user's choices about what the center should contain.
#[derive(Debug, Clone, Default)]
pub struct PlanOptions {
    /// `--on-collision`.
    pub on_collision: OnCollision,
    /// `--on-invalid`.
    pub on_invalid: OnInvalid,
    /// `--lifecycle-stage`; without it, new versions are in `design` and existing ones keep their stage.
    pub lifecycle_stage: Option<String>,
    /// `--kind`: name patterns, each with the kind of the APIs that match it.
    pub kinds: Vec<(String, &'static str)>,
    /// `--custom-properties`: metadata of new resources.
    pub custom_properties: Map<String, Value>,
}

impl PlanOptions {
    /// The kind of an API in the center: the user's choice, else the kind of its type in API Management.
    pub(crate) fn kind_of(&self, api: &ApimApi) -> Result<&'static str, String> {
        let chosen = self.kinds.iter().find(|(pattern, _)| glob::matches_glob(pattern, api.root_name()));
        match (chosen, &api.api_type) {
            (Some((_, kind)), _) => Ok(kind),
            (None, ApimApiType::Other(name)) => Err(format!(
                "azr does not know API Management's API type '{name}' (set its kind with --kind)"
            )),
            (None, api_type) => Ok(api_type.center_kind().unwrap_or("rest")),
        }
    }
}

/// What happens to a resource, or to an API with everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It does not exist and is created.
    Create,
    /// It exists, differs, and is updated.
    Update,
    /// It exists as desired.
    Unchanged,
}

impl Change {
    /// The word for the change in output and files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
        }
    }

    /// Whether anything is written.
    #[must_use]
    pub fn is_write(self) -> bool {
        self != Self::Unchanged
    }

    /// This change, or the other one if this is `Unchanged`.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        if self.is_write() { self } else { other }
    }
}

/// A resource to create or replace.
#[derive(Debug, Clone)]
pub struct PutStep {
    /// The resource for messages: `version v1`.
    pub label: String,
    /// The resource.
    pub id: ResourceId,
    /// The value of `api-version`.
    pub api_version: &'static str,
    /// The body, including what people added in the center.
    pub body: Value,
    /// What happens to the resource.
    pub change: Change,
}

/// A definition with its document.
#[derive(Debug, Clone)]
pub struct DocumentStep {
    /// The definition.
    pub definition: PutStep,
    /// The format of the document.
    pub format: DefinitionFormat,
    /// The API of API Management that the document is exported from.
    pub source_api: ResourceId,
    /// The display name of the source API, which is the title of the document if its format has one.
    pub title: String,
    /// The version of the source API, if it has one.
    pub version: Option<String>,
    /// Whether API Management might export the document of a sibling instead.
    pub has_siblings: bool,
    /// What is known about the document in the center.
    pub existing: ExistingDocument,
}

/// What is known about the document of a definition in the center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExistingDocument {
    /// There is none: the definition is new.
    Missing,
    /// It has this SHA-256 according to the provenance of the deployment.
    Digest(String),
    /// Nothing; the center has to be asked.
    Unknown,
}

/// A deployment, whose provenance names the document that was imported with it.
#[derive(Debug, Clone)]
pub struct DeploymentStep {
    /// The deployment with its provenance before the document is imported.
    pub put: PutStep,
    /// The provenance.
    pub provenance: DeploymentProvenance,
}

impl DeploymentStep {
    /// The step before the document is replaced; None if the deployment does not exist yet.
    ///
    /// If the import stops after it, no later run takes the document for the one that was imported before.
    #[must_use]
    pub fn pending(&self) -> Option<PutStep> {
        if self.put.change == Change::Create {
            return None;
        }
        let provenance = DeploymentProvenance { digest: None, is_pending: true, ..self.provenance.clone() };
        let mut put = self.put.clone();
        put.body["properties"]["customProperties"][provenance::METADATA_NAME] = json!(provenance.to_string());
        put.change = Change::Update;
        Some(put)
    }

    /// The step once the digest of the imported document is known.
    #[must_use]
    pub fn with_digest(mut self, digest: Option<String>) -> PutStep {
        if digest.is_none() || self.provenance.digest == digest {
            return self.put;
        }
        let provenance = DeploymentProvenance { digest, ..self.provenance };
        self.put.body["properties"]["customProperties"][provenance::METADATA_NAME] =
            json!(provenance.to_string());
        self.put.change = self.put.change.or(Change::Update);
        self.put
    }
}

/// A version of an API, and the steps that bring it to the desired state.
#[derive(Debug, Clone)]
pub struct PlannedVersion {
    /// The version.
    pub version: PutStep,
    /// The definition; None for an API type without one, and for a definition that is not azr's.
    pub document: Option<DocumentStep>,
    /// The deployment; None if the API has no address, or no room for another deployment.
    pub deployment: Option<DeploymentStep>,
}

impl PlannedVersion {
    fn has_changes(&self) -> bool {
        self.version.change.is_write()
            || self.document.as_ref().is_some_and(|document| document.definition.change.is_write())
            || self.deployment.as_ref().is_some_and(|deployment| deployment.put.change.is_write())
    }
}

/// Resources to delete together.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// The main resource for messages: `version v1`.
    pub label: String,
    /// The resources in the order in which they are deleted, each with its API version.
    pub resources: Vec<(ResourceId, &'static str)>,
    /// How many resources are deleted, including those below the resources that are named.
    pub resource_count: usize,
}

/// An API of the center, and the steps that bring it to the desired state.
#[derive(Debug, Clone)]
pub struct PlannedApi {
    /// The name in the center.
    pub name: String,
    /// The title.
    pub title: String,
    /// The kind.
    pub kind: &'static str,
    /// The names of the source APIs in API Management.
    pub sources: Vec<String>,
    /// The titles of the versions.
    pub version_titles: Vec<String>,
    /// The API itself, which is written first.
    pub api: PutStep,
    /// The versions, written one after the other.
    pub versions: Vec<PlannedVersion>,
    /// Orphans of earlier imports, deleted after everything else.
    pub deletions: Vec<Deletion>,
    /// The API with a provenance that no longer names what was deleted, written last.
    pub provenance_update: Option<PutStep>,
    /// What was shortened or left out.
    pub notes: Vec<String>,
    /// Why the API is skipped; None if it is not.
    pub skip_reason: Option<String>,
}

impl PlannedApi {
    /// What happens to the API as planned; documents that have not been compared do not count.
    #[must_use]
    pub fn change(&self) -> Change {
        if self.api.change == Change::Create {
            return Change::Create;
        }
        let has_changes = self.api.change.is_write()
            || self.versions.iter().any(PlannedVersion::has_changes)
            || !self.deletions.is_empty();
        if has_changes { Change::Update } else { Change::Unchanged }
    }

    /// Whether a deletion removes the API itself.
    #[must_use]
    pub fn is_deleted_by(&self, deletion: &Deletion) -> bool {
        deletion.resources.first().is_some_and(|(id, _)| *id == self.api.id)
    }
}
