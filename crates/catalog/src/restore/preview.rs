//! What a restore would do, for a dry run.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};
use serde_json::{Value, json};

use super::plan::RestorePlan;
use super::task::RestoreTask;
use crate::deletion_guard::DeletionGuard;
use crate::desired::Change;
use crate::document;
use crate::plan::{ExistingDocument, PlannedApi};
use crate::writer::{ChangeLog, WriteTask as _};
use azr_arm::large_responses::run_task;
use azr_core::error::{Error, Result};

/// What can happen to a resource, in the order of the counts.
const ACTIONS: [&str; 5] = ["create", "update", "unchanged", "delete", "refused"];

/// What a restore would do.
pub struct RestorePreview {
    /// What would happen to the APIs.
    apis: Vec<Value>,
    /// What would happen to the other resources.
    resources: Vec<Value>,
    /// Why the restore would be refused; None if it would not.
    pub refusal: Option<Error>,
}

impl RestorePlan<'_> {
    /// Plans every API and compares documents, without writing anything; `on_planned` is called for each API.
    pub async fn preview(&self, on_planned: &dyn Fn()) -> Result<RestorePreview> {
        let mut guard = DeletionGuard::default();
        let mut apis = BTreeMap::new();
        let tasks = self.sources.iter().enumerate().map(|(index, source)| async move {
            (index, self.preview_api(&RestoreTask::new(&self.context, source)).await)
        });
        let mut plans = stream::iter(tasks.map(run_task))
            .buffer_unordered(self.context.restore.options.execution.concurrency);
        while let Some((index, planned)) = plans.next().await {
            on_planned();
            match planned {
                Ok(Some(planned)) => {
                    guard.add(&planned);
                    apis.insert(index, describe_api(&planned));
                }
                Ok(None) => {}
                Err(error) => {
                    let name = self.sources[index].name();
                    let value = json!({"action": "refused", "name": name, "reason": error.described()});
                    apis.insert(index, value);
                }
            }
        }
        drop(plans);
        let resources = self.preview_shared().await?;
        let refusal = self.check_deletions(&mut guard).err();
        Ok(RestorePreview { apis: apis.into_values().collect(), resources, refusal })
    }

    /// Plans an API and compares its documents with those in the center.
    async fn preview_api(&self, task: &RestoreTask<'_>) -> Result<Option<PlannedApi>> {
        let Some(mut planned) = task.plan(0).await? else { return Ok(None) };
        for step in planned.versions.iter_mut().flat_map(|version| &mut version.documents) {
            step.document_change = match step.existing {
                ExistingDocument::Missing => Change::Unchanged,
                ExistingDocument::Different => Change::Update,
                ExistingDocument::Digest(_) | ExistingDocument::Unknown => {
                    let current =
                        document::digest_in_center(self.context.restore.client, step.definition.id()).await?;
                    let desired = task.document_digest(&step.source)?;
                    match current {
                        None => Change::Create,
                        Some(current) if current == desired => Change::Unchanged,
                        Some(_) => Change::Update,
                    }
                }
            };
        }
        Ok(Some(planned))
    }

    async fn preview_shared(&self) -> Result<Vec<Value>> {
        let mut resources = Vec::new();
        for step in self.before.iter().chain(&self.after) {
            let mut changes = ChangeLog::default();
            changes.add(&step.step, step.step.change);
            let mut change = step.step.change;
            if change != Change::Create {
                let ruleset =
                    step.ruleset_change(self.context.restore.client, self.context.restore.backup).await?;
                if ruleset.is_write() {
                    changes.add_text("the ruleset would be replaced");
                }
                change = change.or(ruleset);
            }
            let mut value = json!({"action": change.as_str(), "name": step.label(), "type": step.kind.id()});
            if let Some(summary) = changes.summary().filter(|_| change == Change::Update) {
                value["notes"] = json!([summary]);
            }
            resources.push(value);
        }
        let deletions = self.deletions.iter();
        resources.extend(deletions.map(|deletion| json!({"action": "delete", "name": deletion.label})));
        Ok(resources)
    }
}

fn describe_api(api: &PlannedApi) -> Value {
    let is_deleted = api.deletions.iter().any(|deletion| api.is_deleted_by(deletion));
    let action = if is_deleted { "delete" } else { api.change().as_str() };
    let mut value = json!({
        "action": action,
        "name": api.name,
        "title": api.title,
        "kind": api.kind,
        "versions": api.version_titles,
    });
    let deletions = api.deletions.iter().filter(|_| !is_deleted);
    let deletions = deletions.map(|deletion| format!("{} would be deleted", deletion.label));
    let notes: Vec<String> =
        api.change_summary().into_iter().chain(deletions).chain(api.notes.iter().cloned()).collect();
    if !notes.is_empty() {
        value["notes"] = json!(notes);
    }
    value
}

impl RestorePreview {
    /// Whether anything would change.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        let all = self.apis.iter().chain(&self.resources);
        all.into_iter().any(|value| matches!(value["action"].as_str(), Some("create" | "update" | "delete")))
    }

    /// The report to print: counts of all resources, the APIs, and the other resources.
    #[must_use]
    pub fn into_value(self) -> Value {
        let mut value = json!({});
        for action in ACTIONS {
            let all = self.apis.iter().chain(&self.resources);
            value[action] = json!(all.filter(|resource| resource["action"] == action).count());
        }
        value["apis"] = Value::Array(self.apis);
        value["resources"] = Value::Array(self.resources);
        value
    }
}
