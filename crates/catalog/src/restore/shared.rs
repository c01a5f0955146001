//! The resources of a center besides its APIs: metadata schemas, environments, analyzers and API sources.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::context::Restore;
use super::{api_plan, prune};
use crate::backup::{BackupReader, ResourceFile, ResourceKind, is_unavailable};
use crate::desired::Change;
use crate::plan::{Deletion, ResourceStep};
use crate::ruleset::{self, Member};
use crate::snapshot::index_by_name;
use crate::writer::{Deleted, ResourceWriter, WriteError, read_resource};
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// How many times a resource is planned while somebody else is changing it.
const PLAN_ATTEMPTS: usize = 4;

/// The kinds in the order in which they are deleted: what refers to others comes first.
const DELETION_ORDER: [ResourceKind; 4] = [
    ResourceKind::ApiSource,
    ResourceKind::Analyzer,
    ResourceKind::Environment,
    ResourceKind::MetadataSchema,
];

/// The resources of a center by kind, each by name in lower case.
pub(super) type SharedResources = HashMap<ResourceKind, HashMap<String, Value>>;

/// A resource to restore.
#[derive(Debug)]
pub(super) struct SharedStep {
    pub(super) kind: ResourceKind,
    pub(super) step: ResourceStep,
    /// The path of the file, for its ruleset.
    path: String,
    file: ResourceFile,
}

/// What happened to a resource besides the APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SharedStatus {
    /// It was created.
    Created,
    /// It was updated.
    Updated,
    /// It was in the desired state.
    Unchanged,
    /// It was deleted.
    Deleted,
    /// It could not be restored or deleted.
    Failed,
}

/// The result of a resource besides the APIs.
#[derive(Debug, Clone, Serialize)]
pub struct SharedResult {
    /// The kind and the name: `environment live`.
    pub name: String,
    /// What happened.
    pub status: SharedStatus,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Restore<'_> {
    /// Reads the resources of the center besides its APIs.
    pub(super) async fn read_shared(&self) -> Result<SharedResources> {
        let list = async |kind: ResourceKind| -> Result<HashMap<String, Value>> {
            let parent = self.parent(kind);
            let path = format!("{parent}/{}", kind.collection());
            let target = Target::new(path, kind.resource_type().api_version);
            match pager::list(self.client, &target, None, None).await {
                Ok(list) => Ok(index_by_name(list.items)),
                Err(error) if is_unavailable(&error, kind) => Ok(HashMap::new()),
                Err(error) => Err(error),
            }
        };
        let (schemas, environments, analyzers, sources) = futures_util::try_join!(
            list(ResourceKind::MetadataSchema),
            list(ResourceKind::Environment),
            list(ResourceKind::Analyzer),
            list(ResourceKind::ApiSource)
        )?;
        Ok(HashMap::from([
            (ResourceKind::MetadataSchema, schemas),
            (ResourceKind::Environment, environments),
            (ResourceKind::Analyzer, analyzers),
            (ResourceKind::ApiSource, sources),
        ]))
    }

    fn parent(&self, kind: ResourceKind) -> &ResourceId {
        if kind == ResourceKind::MetadataSchema { &self.center } else { &self.workspace }
    }

    /// Plans the resources of these kinds; fails if two have the same name.
    pub(super) fn plan_shared(
        &self,
        kinds: &[ResourceKind],
        existing: &SharedResources,
        notes: &mut Vec<String>,
    ) -> Result<Vec<SharedStep>> {
        let mut steps: Vec<SharedStep> = Vec::new();
        for &kind in kinds {
            for path in self.backup.resource_paths("", kind) {
                let mut file = self.backup.read_resource(path)?;
                self.options.mappings.apply(kind, &mut file);
                let existing = existing[&kind].get(&file.name.to_ascii_lowercase());
                if let Some(reason) = self.reason_to_skip(kind, &file, existing.is_some()) {
                    notes.push(format!("{} {}: {reason}", kind.label(), file.name));
                    continue;
                }
                if kind == ResourceKind::Analyzer {
                    // The service shows `Spectral` and expects `spectral`.
                    let analyzer_type = file.properties["analyzerType"].as_str().map(str::to_ascii_lowercase);
                    file.properties["analyzerType"] = json!(analyzer_type);
                }
                let id = self.parent(kind).child(kind.collection(), &file.name);
                if let Some(other) = steps.iter().find(|step| *step.step.id() == id) {
                    return Err(Error::conflict(format!(
                        "{}: {} and {path} have the same name",
                        self.backup.path().display(),
                        other.path
                    ))
                    .with_hint("Rename one of them, and add --allow-edits."));
                }
                let step = api_plan::step(kind, &file, id, existing.map(|resource| &resource["properties"]));
                steps.push(SharedStep { kind, step, path: path.to_owned(), file });
            }
        }
        Ok(steps)
    }

    /// Why a resource is not restored; None if it is.
    fn reason_to_skip(&self, kind: ResourceKind, file: &ResourceFile, exists: bool) -> Option<String> {
        match kind {
            ResourceKind::Environment => {
                let new = self.options.mappings.environment(&file.name)?;
                Some(format!("not restored, because --map-environment replaces it by {new}"))
            }
            ResourceKind::ApiSource if file.properties.get("azureApiManagementSource").is_none() => {
                (!exists).then(|| {
                    "not restored, because a backup does not have its credentials; azr apic integration create \
                     creates it"
                        .to_owned()
                })
            }
            ResourceKind::ApiSource if !exists && !self.options.with_sources => Some(
                "not restored, because it would synchronize the APIs of its service into the center again; \
                 --with-api-sources restores it"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// Fails if an environment that takes the place of another is neither in the center nor in the backup.
    pub(super) fn check_mappings(&self, restored: &[SharedStep], existing: &SharedResources) -> Result<()> {
        for (old, new) in &self.options.mappings.environments {
            let is_restored = restored.iter().any(|step| {
                step.kind == ResourceKind::Environment && step.file.name.eq_ignore_ascii_case(new)
            });
            if !is_restored && !existing[&ResourceKind::Environment].contains_key(&new.to_ascii_lowercase()) {
                return Err(Error::no_match(format!(
                    "--map-environment {old}={new}: {} does not have an environment '{new}'",
                    self.center.name()
                ))
                .with_hint("azr apic environment list lists the environments; nothing was restored."));
            }
        }
        Ok(())
    }

    /// The deletions of what the center has and the backup does not have, besides APIs.
    pub(super) fn plan_shared_deletions<'s>(
        &self,
        existing: &SharedResources,
        restored: impl Iterator<Item = &'s SharedStep>,
    ) -> Vec<Deletion> {
        let restored: Vec<&ResourceId> = restored.map(|step| step.step.id()).collect();
        let mut deletions = Vec::new();
        for kind in DELETION_ORDER {
            let id = |name: &str| self.parent(kind).child(kind.collection(), name);
            let mut missing: Vec<(&str, &Value)> = existing[&kind]
                .values()
                .filter_map(|resource| Some((resource["name"].as_str()?, &resource["properties"])))
                .filter(|(name, _)| !restored.contains(&&id(name)) && !self.is_in_backup(kind, name))
                .collect();
            missing.sort_unstable_by_key(|(name, _)| *name);
            let delete = |(name, properties)| prune::deletion(kind, name, id(name), properties, 1);
            deletions.extend(missing.into_iter().map(delete));
        }
        deletions
    }

    /// Whether the backup has a resource that is not restored for another reason, or that others take the place of.
    fn is_in_backup(&self, kind: ResourceKind, name: &str) -> bool {
        let is_replacement = kind == ResourceKind::Environment
            && self.options.mappings.environments.iter().any(|(_, new)| new.eq_ignore_ascii_case(name));
        let mut paths = self.backup.resource_paths("", kind);
        is_replacement
            || paths.any(|path| {
                let file = self.backup.read_resource(path);
                file.is_ok_and(|file| {
                    file.name.eq_ignore_ascii_case(name) && self.options.mappings.environment(name).is_none()
                })
            })
    }
}

impl SharedStep {
    /// The resource for messages.
    pub(super) fn label(&self) -> &str {
        self.step.label()
    }

    /// Writes the resource and its ruleset, again if somebody else changes it in the meantime.
    pub(super) async fn write(
        &self,
        resources: &ResourceWriter<'_>,
        backup: &BackupReader,
    ) -> Result<SharedResult> {
        let mut pending = Vec::new();
        let mut step = self.step.clone();
        let mut attempt = 0;
        let change = loop {
            attempt += 1;
            match resources.write(&step, false, &mut pending).await {
                Ok(change) => break change,
                Err(WriteError::Failed(error)) => return Err(error),
                Err(WriteError::Outdated) if attempt < PLAN_ATTEMPTS => {
                    let current =
                        read_resource(resources.center, step.desired.resource_type, step.id()).await?;
                    step = ResourceStep::new(step.desired, current.map(|current| current.properties));
                }
                Err(WriteError::Outdated) => {
                    return Err(Error::conflict("somebody else keeps changing it")
                        .with_hint("Run the same command again."));
                }
            }
        };
        resources.wait_all(pending).await?;
        let ruleset = self.write_ruleset(resources, backup).await?;
        let status = match change.or(ruleset) {
            Change::Create => SharedStatus::Created,
            Change::Update => SharedStatus::Updated,
            Change::Unchanged => SharedStatus::Unchanged,
        };
        Ok(SharedResult { name: self.label().to_owned(), status, reason: None })
    }

    /// Replaces the ruleset of an analyzer, unless it is the same.
    async fn write_ruleset(&self, resources: &ResourceWriter<'_>, backup: &BackupReader) -> Result<Change> {
        if self.kind != ResourceKind::Analyzer {
            return Ok(Change::Unchanged);
        }
        let change = self.ruleset_change(resources.center, backup).await?;
        if change.is_write() {
            let members = self.ruleset(backup)?;
            ruleset::import_into_center(resources.center, self.step.id(), &members).await?;
        }
        Ok(change)
    }

    /// What happens to the ruleset of an analyzer.
    pub(super) async fn ruleset_change(
        &self,
        center: &azr_arm::client::Client,
        backup: &BackupReader,
    ) -> Result<Change> {
        if self.kind != ResourceKind::Analyzer {
            return Ok(Change::Unchanged);
        }
        let current = ruleset::read_in_center(center, self.step.id()).await?.unwrap_or_default();
        let is_same = current == self.ruleset(backup)?;
        Ok(if is_same { Change::Unchanged } else { Change::Update })
    }

    /// The ruleset in the backup, sorted by name; empty if it has none.
    fn ruleset(&self, backup: &BackupReader) -> Result<Vec<Member>> {
        let mut members = backup.read_ruleset(&self.path, &self.file)?.unwrap_or_default();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(members)
    }

    /// The result if the resource could not be restored.
    pub(super) fn failed(&self, error: &Error) -> SharedResult {
        let name = self.label().to_owned();
        SharedResult { name, status: SharedStatus::Failed, reason: Some(error.described()) }
    }
}

impl SharedResult {
    /// The result of a deletion.
    pub(super) fn deleted(deletion: &Deletion, outcome: Result<Deleted, WriteError>) -> Self {
        let name = deletion.label.clone();
        match outcome {
            Ok(Deleted::Completely) => Self { name, status: SharedStatus::Deleted, reason: None },
            Err(WriteError::Failed(error)) => {
                Self { name, status: SharedStatus::Failed, reason: Some(error.described()) }
            }
            Ok(Deleted::InPart) | Err(WriteError::Outdated) => {
                let reason = "not deleted, because somebody has edited it in the meantime".to_owned();
                Self { name, status: SharedStatus::Failed, reason: Some(reason) }
            }
        }
    }
}
