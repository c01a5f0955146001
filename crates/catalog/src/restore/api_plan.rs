//! Plans one API of a backup: what happens to it, and to everything below it, in the center.

use serde_json::Value;

use super::api_files::{ApiFiles, VersionFiles};
use super::prune;
use crate::backup::{ResourceFile, ResourceKind};
use crate::desired::{Change, DesiredResource};
use crate::plan::{
    AfterImport, DeploymentStep, DocumentSource, DocumentStep, ExistingDocument, PlannedApi, PlannedVersion,
    ResourceStep,
};
use crate::provenance::DeploymentProvenance;
use crate::snapshot::{ApiChildren, CenterVersion};
use azr_core::id::ResourceId;

/// Plans an API; `existing` are its properties in the center, if it exists, and `children` what is below it.
pub(super) fn plan_api(
    files: &ApiFiles,
    id: &ResourceId,
    existing: Option<&Value>,
    children: &ApiChildren,
    is_pruned: bool,
) -> PlannedApi {
    let mut notes = Vec::new();
    let mut deployments = plan_deployments(files, id, children);
    // Below a new API no provenance has to be marked as pending, and the default deployment must come first.
    let is_new = existing.is_none();
    let mut document_index = 0;
    let mut versions = Vec::new();
    for version in &files.versions {
        let mut planned = plan_version(version, id, children, &mut document_index, &mut notes);
        if !is_new {
            let start = format!("/apis/{}/versions/{}/", files.api.name, version.version.name);
            planned.deployments =
                deployments.extract_if(.., |step| refers_to(&step.resource, &start)).collect();
        }
        versions.push(planned);
    }
    let text = |member: &str| files.api.properties[member].as_str().unwrap_or_default().to_owned();
    let title = |version: &VersionFiles| {
        version.version.properties["title"].as_str().unwrap_or(&version.version.name).to_owned()
    };
    let deletions = if is_pruned { prune::plan_children(files, id, children) } else { Vec::new() };
    PlannedApi {
        name: files.api.name.clone(),
        title: text("title"),
        kind: text("kind").to_ascii_lowercase(),
        sources: Vec::new(),
        version_titles: files.versions.iter().map(title).collect(),
        api: step(ResourceKind::Api, &files.api, id.clone(), existing),
        versions,
        deployments,
        deletions,
        provenance_update: None,
        origin: None,
        notes,
        skip_reason: None,
    }
}

/// The step that gives a resource exactly the properties in its file.
pub(super) fn step(
    kind: ResourceKind,
    file: &ResourceFile,
    id: ResourceId,
    existing: Option<&Value>,
) -> ResourceStep {
    let label = format!("{} {}", kind.label(), file.name);
    let desired = DesiredResource::complete(label, id, kind.resource_type(), &file.properties);
    ResourceStep::new(desired, existing.cloned())
}

fn plan_version(
    files: &VersionFiles,
    api: &ResourceId,
    children: &ApiChildren,
    document_index: &mut usize,
    notes: &mut Vec<String>,
) -> PlannedVersion {
    let id = api.child("versions", &files.version.name);
    let existing = children.versions.get(&files.version.name.to_ascii_lowercase());
    let mut planned = PlannedVersion {
        origin: None,
        version: step(
            ResourceKind::Version,
            &files.version,
            id.clone(),
            existing.map(|version| &version.body["properties"]),
        ),
        documents: Vec::new(),
        definitions: Vec::new(),
        deployments: Vec::new(),
    };
    for definition in &files.definitions {
        let file = &definition.definition;
        let current = existing_definition(existing, &file.name);
        let mut step = step(ResourceKind::Definition, file, id.child("definitions", &file.name), current);
        step.desired.label = format!("definition {} of {}", file.name, files.version.name);
        if definition.document.is_none() {
            if current.is_some_and(|current| !current["specification"].is_null()) {
                notes.push(format!("{} keeps its document, which the backup does not have", step.label()));
            }
            planned.definitions.push(step);
            continue;
        }
        let existing = match current {
            None => ExistingDocument::Missing,
            Some(current) if has_same_format(current, &file.properties) => ExistingDocument::Unknown,
            Some(_) => ExistingDocument::Different,
        };
        planned.documents.push(DocumentStep {
            definition: step,
            source: DocumentSource::Definition(*document_index),
            existing,
            document_change: Change::Unchanged,
            new_digest: None,
        });
        *document_index += 1;
    }
    planned
}

fn existing_definition<'v>(version: Option<&'v CenterVersion>, name: &str) -> Option<&'v Value> {
    version?.definitions.get(&name.to_ascii_lowercase()).map(|definition| &definition["properties"])
}

/// Whether a definition has the format of the document to import, or no document.
fn has_same_format(current: &Value, desired: &Value) -> bool {
    let member = |properties: &Value, name: &str| properties["specification"][name].clone();
    current["specification"].is_null()
        || ["name", "version"].iter().all(|name| member(current, name) == member(desired, name))
}

/// The deployments of the backup, and those of the center whose provenance names a document that may be replaced.
fn plan_deployments(files: &ApiFiles, api: &ResourceId, children: &ApiChildren) -> Vec<DeploymentStep> {
    let mut steps = Vec::new();
    for file in &files.deployments {
        let existing = children.deployments.get(&file.name.to_ascii_lowercase());
        let existing = existing.map(|deployment| &deployment["properties"]);
        let id = api.child("deployments", &file.name);
        let provenance = [Some(&file.properties), existing].into_iter().flatten();
        let provenance = provenance.filter_map(DeploymentProvenance::from_properties);
        steps.push(DeploymentStep {
            resource: step(ResourceKind::Deployment, file, id, existing),
            provenance: provenance.into_iter().find(DeploymentProvenance::has_document),
            after_import: AfterImport::Restore,
        });
    }
    let is_in_backup = |name: &str| files.deployments.iter().any(|file| file.name.eq_ignore_ascii_case(name));
    let mut others: Vec<(&String, &Value)> =
        children.deployments.iter().filter(|(name, _)| !is_in_backup(name)).collect();
    others.sort_unstable_by_key(|(name, _)| *name);
    for (name, deployment) in others {
        let properties = &deployment["properties"];
        let provenance =
            DeploymentProvenance::from_properties(properties).filter(DeploymentProvenance::has_document);
        if let Some(provenance) = provenance {
            let name = deployment["name"].as_str().unwrap_or(name);
            let file = ResourceFile {
                name: name.to_owned(),
                properties: properties.clone(),
                document: None,
                ruleset: None,
            };
            steps.push(DeploymentStep {
                resource: step(
                    ResourceKind::Deployment,
                    &file,
                    api.child("deployments", name),
                    Some(properties),
                ),
                provenance: Some(provenance),
                after_import: AfterImport::StayPending,
            });
        }
    }
    steps
}

/// Whether a deployment refers to a definition below this path.
fn refers_to(step: &ResourceStep, path: &str) -> bool {
    let definition = step.body["properties"]["definitionId"].as_str().unwrap_or_default();
    definition.to_ascii_lowercase().contains(&path.to_ascii_lowercase())
}
