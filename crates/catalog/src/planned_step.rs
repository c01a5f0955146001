//! The steps of a plan with digests of what is written and of what is there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::desired::{Change, DesiredField, FieldOwner, existing_properties};
use crate::digest::{canonical, sha256_hex};
use crate::plan::{DocumentSource, DocumentStep, PlannedApi, ResourceStep};

/// A step: a resource or document to create, update or delete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// The id of the resource from the workspace on, or of a definition with `/document`.
    pub resource: String,
    /// What happens: create, update, unchanged or delete; a document is listed even if it is unchanged.
    pub change: String,
    /// The fields that an update changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The SHA-256 of the values to write, or of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<String>,
    /// The SHA-256 of what the center has; missing for a new resource, and for one that an earlier source of the plan
    /// writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub existing: Option<String>,
    /// The source API of a document, or its file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl PlannedStep {
    /// Whether the step creates an API with everything below it.
    fn creates_api(&self) -> bool {
        let name = self.resource.strip_prefix("apis/");
        self.change == Change::Create.as_str() && name.is_some_and(|name| !name.contains('/'))
    }
}

/// The steps of an API; `is_planned` if an earlier source of the plan writes it, too.
#[must_use]
pub fn plan_steps(planned: &PlannedApi, is_planned: bool) -> Vec<PlannedStep> {
    let mut steps = Vec::new();
    if planned.skip_reason.is_some() {
        return steps;
    }
    steps.extend(step_of(&planned.api, is_planned));
    for version in &planned.versions {
        steps.extend(step_of(&version.version, is_planned));
        for document in &version.documents {
            steps.extend(step_of(&document.definition, is_planned));
            steps.push(document_step(document));
        }
        steps.extend(version.deployments.iter().filter_map(|d| step_of(&d.resource, is_planned)));
    }
    for resource in planned.deletions.iter().flat_map(|deletion| &deletion.resources) {
        steps.push(PlannedStep {
            resource: relative_id(resource.id.as_str()),
            change: "delete".to_owned(),
            ..PlannedStep::default()
        });
    }
    steps
}

/// The step of a resource; None if nothing is written.
#[must_use]
pub fn step_of(step: &ResourceStep, is_planned: bool) -> Option<PlannedStep> {
    let change = match &step.existing {
        None => Change::Create,
        // A definition counts as updated if only its document is.
        Some(_) if step.changed_fields.is_empty() => return None,
        Some(_) => Change::Update,
    };
    let is_written = |field: &&DesiredField| change == Change::Create || field.owner == FieldOwner::Source;
    let mut desired = BTreeMap::new();
    for field in step.desired.fields.iter().filter(is_written) {
        let name = match &field.metadata {
            Some(metadata) => format!("{}.{metadata}", field.member),
            None => field.member.to_owned(),
        };
        desired.insert(name, canonical(&field.value));
    }
    let existing = step.existing.as_ref().filter(|_| !is_planned).map(|existing| {
        digest(&canonical(&Value::Object(existing_properties(step.desired.resource_type, existing))))
    });
    Some(PlannedStep {
        resource: relative_id(step.id().as_str()),
        change: change.as_str().to_owned(),
        fields: step.changed_fields.clone(),
        desired: Some(digest(&format!("{desired:?}"))),
        existing,
        source: None,
    })
}

fn document_step(step: &DocumentStep) -> PlannedStep {
    let change = if step.definition.existing.is_none() { Change::Create } else { step.document_change };
    let source = match &step.source {
        DocumentSource::Export(source) => source.api.to_string(),
        DocumentSource::Definition(_) => "file".to_owned(),
    };
    PlannedStep {
        resource: format!("{}/document", relative_id(step.definition.id().as_str())),
        change: change.as_str().to_owned(),
        fields: Vec::new(),
        desired: step.new_digest.clone(),
        existing: None,
        source: Some(source),
    }
}

fn relative_id(id: &str) -> String {
    let start = id.find("/workspaces/default/").map(|start| start + "/workspaces/default/".len());
    let start = start.or_else(|| id.find("/metadataSchemas/").map(|start| start + 1));
    start.map_or(id, |start| &id[start..]).to_owned()
}

fn digest(text: &str) -> String {
    sha256_hex(text.as_bytes())
}

/// The differences of two plans of one API, one sentence each.
#[must_use]
pub fn describe_differences(saved: &[PlannedStep], current: &[PlannedStep]) -> Vec<String> {
    let creates = |steps: &[PlannedStep]| steps.iter().find(|step| step.creates_api()).cloned();
    match (creates(saved), creates(current)) {
        (None, Some(now)) => return vec![format!("{} was deleted in the center", now.resource)],
        (Some(step), None) => return vec![format!("somebody has created {} in the center", step.resource)],
        _ => {}
    }
    let mut differences = Vec::new();
    for step in saved {
        let resource = &step.resource;
        let Some(now) = current.iter().find(|now| now.resource == *resource) else {
            let verb = if step.change == "delete" { "deleted" } else { "written" };
            differences.push(format!("{resource} would no longer be {verb}"));
            continue;
        };
        if now.change != step.change {
            differences.push(match (&*step.change, &*now.change) {
                ("create", _) => format!("somebody has created {resource} in the center"),
                (_, "create") => format!("{resource} was deleted in the center"),
                (then, now) => format!("{resource}: the plan says {then}, and now it is {now}"),
            });
        } else if now.desired != step.desired {
            let what = if step.source.is_some() { "its document" } else { "it" };
            differences.push(format!("{resource}: {what} has changed in the source"));
        } else if now.fields != step.fields || (step.existing.is_some() && now.existing != step.existing) {
            differences.push(format!("{resource}: it has changed in the center"));
        }
    }
    let is_new = |now: &&PlannedStep| !saved.iter().any(|step| step.resource == now.resource);
    // An unchanged document is not a step.
    let new = current.iter().filter(is_new).filter(|now| now.change != "unchanged");
    differences
        .extend(new.map(|now| format!("{}: the plan does not have this {}", now.resource, now.change)));
    differences
}
