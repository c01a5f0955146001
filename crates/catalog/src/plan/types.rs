//! The options of a plan, and the steps it consists of.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::deletion::Deletion;
use super::environment::EnvironmentOptions;
use super::matching::MatchRules;
use super::metadata::MetadataMapping;
use super::resource_step::ResourceStep;
use crate::api_type::ApimApiType;
use crate::desired::Change;
use crate::format::DefinitionFormat;
use crate::provenance::DeploymentProvenance;
use crate::service::ApimApi;
use crate::writer::ChangeLog;
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
    pub kinds: Vec<(String, String)>,
    /// `--custom-properties`: metadata of new resources.
    pub custom_properties: Map<String, Value>,
    /// `--environment-id`, `--environment-title` and `--environment-kind`.
    pub environment: EnvironmentOptions,
    /// `--match`: which APIs of other services are the same.
    pub match_rules: MatchRules,
    /// `--metadata`: metadata from what API Management knows.
    pub metadata: Vec<MetadataMapping>,
    /// `--create-metadata`: create the metadata schemas that the center does not have.
    pub create_metadata: bool,
    /// `--portal-links`: external documentation in the portals.
    pub portal_links: bool,
    /// `--require-documents`: fail if API Management cannot export a document.
    pub require_documents: bool,
}

impl PlanOptions {
    /// Whether several APIs of the service may be one API of the center.
    pub(crate) fn has_shared_apis(&self) -> bool {
        !self.match_rules.keys.is_empty()
    }

    /// The kind of an API in the center: the user's choice, else the kind of its type in API Management.
    ///
    /// The error says why the API has no kind.
    pub(crate) fn kind_of(&self, api: &ApimApi) -> Result<String, String> {
        if let Some(kind) = self.chosen_kind(api) {
            return Ok(kind.to_owned());
        }
        api.api_type.center_kind().map(Cow::into_owned).ok_or_else(|| {
            format!(
                "API Management's API type '{}' cannot be a kind of API Center (set one with --kind)",
                api.api_type.name()
            )
        })
    }

    /// What is uncertain about the kind of an API; None if nothing is, or the user has chosen it.
    pub(crate) fn kind_note(&self, api: &ApimApi) -> Option<String> {
        let kind = api.api_type.center_kind().filter(|_| self.chosen_kind(api).is_none())?;
        match &api.api_type {
            ApimApiType::A2a => Some(format!(
                "{} is an A2A agent, imported with the kind {kind} (--kind '{}=KIND' sets another)",
                api.name,
                api.root_name()
            )),
            ApimApiType::Other(name) => Some(format!(
                "{} has the API type '{name}', which azr does not know; it is imported with the kind {kind} and \
                 without a definition (--kind '{}=KIND' sets another kind)",
                api.name,
                api.root_name()
            )),
            _ => None,
        }
    }

    fn chosen_kind(&self, api: &ApimApi) -> Option<&str> {
        let chosen = self.kinds.iter().find(|(pattern, _)| glob::matches_glob(pattern, api.root_name()));
        chosen.map(|(_, kind)| kind.as_str())
    }
}

/// A definition with its document.
#[derive(Debug, Clone)]
pub struct DocumentStep {
    /// The definition.
    pub definition: ResourceStep,
    /// Where the document comes from.
    pub source: DocumentSource,
    /// What is known about the document in the center.
    pub existing: ExistingDocument,
    /// What happens to the document of an existing definition, once the documents have been compared.
    pub document_change: Change,
    /// The SHA-256 of the document to import, if it was read for the plan.
    pub new_digest: Option<String>,
}

impl DocumentStep {
    /// The document for messages.
    #[must_use]
    pub(crate) fn label(&self) -> String {
        format!("document of {}", self.definition.label())
    }
}

/// Where the document of a definition comes from.
#[derive(Debug, Clone)]
pub enum DocumentSource {
    /// API Management exports it.
    Export(ExportSource),
    /// The definition with this index among those to register.
    Definition(usize),
}

/// An API of API Management whose document is exported.
#[derive(Debug, Clone)]
pub struct ExportSource {
    /// The format of the document.
    pub format: DefinitionFormat,
    /// The API.
    pub api: ResourceId,
    /// The API version of API Management to read it with.
    pub api_version: &'static str,
    /// The URLs of an MCP server's endpoint, or of an agent's card, for a document that is not exported.
    pub urls: Vec<String>,
    /// The display name of the API, which is the title of the document if its format has one.
    pub title: String,
    /// The version of the API, if it has one.
    pub version: Option<String>,
    /// Whether API Management might export the document of a sibling instead.
    pub has_siblings: bool,
    /// The SHA-256 of a document that an earlier run checked and imported.
    pub checked_digest: Option<String>,
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
    /// It differs from the one to import, or its format has another name.
    Different,
}

/// A deployment, whose provenance names the document that was imported with it.
#[derive(Debug, Clone)]
pub struct DeploymentStep {
    /// The deployment with its provenance before the document is imported.
    pub resource: ResourceStep,
    /// The provenance; None for a source that does not record it.
    pub provenance: Option<DeploymentProvenance>,
    /// What happens to the provenance when the document has been imported.
    pub after_import: AfterImport,
}

/// What happens to the provenance of a deployment when the document of its version has been imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AfterImport {
    /// It records the document that was imported.
    #[default]
    Record,
    /// It becomes what the desired state says, which may be that of another document.
    Restore,
    /// It stays pending if the document was replaced, because another source has replaced it.
    StayPending,
}

impl DeploymentStep {
    /// The step before the document is replaced; None if the deployment does not exist yet, or has no provenance.
    ///
    /// If the import stops after it, no later run takes the document for the one that was imported before.
    #[must_use]
    pub fn pending(&self) -> Option<ResourceStep> {
        let provenance = self.provenance.as_ref().filter(|_| self.resource.existing.is_some())?;
        let provenance = DeploymentProvenance { digest: None, is_pending: true, ..provenance.clone() };
        Some(self.resource.clone().with_provenance(&provenance.to_string()))
    }

    /// The step after the one that [`pending`](Self::pending) returned was written.
    pub(crate) fn set_pending(&mut self, step: &ResourceStep) {
        let before = if self.after_import == AfterImport::StayPending { step } else { &self.resource };
        self.resource = before.clone().after(step);
    }

    /// The step once the digest of the imported document is known.
    #[must_use]
    pub fn with_digest(self, digest: Option<String>) -> ResourceStep {
        match self.provenance {
            Some(provenance)
                if self.after_import == AfterImport::Record
                    && digest.is_some()
                    && provenance.digest != digest =>
            {
                let provenance = DeploymentProvenance { digest, ..provenance };
                self.resource.with_provenance(&provenance.to_string())
            }
            _ => self.resource,
        }
    }
}

/// A version of an API, and the steps that bring it to the desired state.
#[derive(Debug, Clone)]
pub struct PlannedVersion {
    /// The file that describes the version, for messages.
    pub origin: Option<String>,
    /// The version.
    pub version: ResourceStep,
    /// The definitions with their documents; none for an API type without a definition, and for a definition that is
    /// not azr's.
    pub documents: Vec<DocumentStep>,
    /// The definitions without a document.
    pub definitions: Vec<ResourceStep>,
    /// The deployments; none if the API has no address, or no room for another deployment.
    pub deployments: Vec<DeploymentStep>,
}

impl PlannedVersion {
    fn has_changes(&self) -> bool {
        self.version.change.is_write()
            || self
                .documents
                .iter()
                .any(|document| document.definition.change.is_write() || document.document_change.is_write())
            || self.definitions.iter().any(|definition| definition.change.is_write())
            || self.deployments.iter().any(|deployment| deployment.resource.change.is_write())
    }
}

/// An API of the center, and the steps that bring it to the desired state.
#[derive(Debug, Clone)]
pub struct PlannedApi {
    /// The name in the center.
    pub name: String,
    /// The title.
    pub title: String,
    /// The kind.
    pub kind: String,
    /// The names of the source APIs in API Management.
    pub sources: Vec<String>,
    /// The titles of the versions.
    pub version_titles: Vec<String>,
    /// The API itself, which is written first.
    pub api: ResourceStep,
    /// The versions, written one after the other.
    pub versions: Vec<PlannedVersion>,
    /// The deployments of no version, written after the versions.
    pub deployments: Vec<DeploymentStep>,
    /// Orphans of earlier imports, deleted after everything else.
    pub deletions: Vec<Deletion>,
    /// The API with a provenance that no longer names what was deleted, written last.
    pub provenance_update: Option<ResourceStep>,
    /// The file that describes the API, for messages.
    pub origin: Option<String>,
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
            || self.deployments.iter().any(|deployment| deployment.resource.change.is_write())
            || !self.deletions.is_empty();
        if has_changes { Change::Update } else { Change::Unchanged }
    }

    /// What would change of an API that exists, in one sentence; None if nothing would.
    #[must_use]
    pub fn change_summary(&self) -> Option<String> {
        self.api.existing.as_ref()?;
        let mut changes = ChangeLog::default();
        changes.add(&self.api, self.api.change);
        for version in &self.versions {
            changes.add(&version.version, version.version.change);
            for definition in &version.definitions {
                changes.add(definition, definition.change);
            }
            for document in &version.documents {
                let definition = &document.definition;
                if definition.existing.is_none() || !definition.changed_fields.is_empty() {
                    changes.add(definition, definition.change);
                }
                changes.add_document(definition.label(), document.document_change);
            }
            version.deployments.iter().for_each(|d| changes.add(&d.resource, d.resource.change));
        }
        self.deployments.iter().for_each(|d| changes.add(&d.resource, d.resource.change));
        changes.summary()
    }

    /// Requires every resource to be as it was when it was planned.
    pub fn require_exact(&mut self) {
        self.api.is_exact = true;
        for version in &mut self.versions {
            version.version.is_exact = true;
            version.documents.iter_mut().for_each(|document| document.definition.is_exact = true);
            version.deployments.iter_mut().for_each(|deployment| deployment.resource.is_exact = true);
        }
    }

    /// The labels of all steps, in order.
    #[must_use]
    pub(crate) fn labels(&self) -> Vec<String> {
        let mut labels = vec![self.api.label().to_owned()];
        for version in &self.versions {
            labels.push(version.version.label().to_owned());
            labels.extend(version.definitions.iter().map(|definition| definition.label().to_owned()));
            for document in &version.documents {
                labels.extend([document.definition.label().to_owned(), document.label()]);
            }
            labels.extend(version.deployments.iter().map(|d| d.resource.label().to_owned()));
        }
        labels.extend(self.deployments.iter().map(|d| d.resource.label().to_owned()));
        labels
    }

    /// The label of a step of a version with this origin, for messages.
    #[must_use]
    pub(crate) fn step_label(&self, origin: Option<&str>, label: &str) -> String {
        let origin = origin.or(self.origin.as_deref());
        origin.map_or_else(|| label.to_owned(), |origin| format!("{origin}: {label}"))
    }

    /// Whether a deletion removes the API itself.
    #[must_use]
    pub fn is_deleted_by(&self, deletion: &Deletion) -> bool {
        deletion.resources.first().is_some_and(|resource| resource.id == self.api.desired.id)
    }
}
