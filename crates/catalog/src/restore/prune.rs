//! Plans the deletion of what a center has and a backup does not have.

use serde_json::Value;

use super::api_files::ApiFiles;
use crate::backup::{ResourceFile, ResourceKind};
use crate::plan::{DeletedResource, Deletion};
use crate::snapshot::ApiChildren;
use azr_core::id::ResourceId;

/// The deletions below an API: deployments first, because they refer to definitions.
pub(super) fn plan_children(files: &ApiFiles, api: &ResourceId, children: &ApiChildren) -> Vec<Deletion> {
    let is_named = |file: &ResourceFile, name: &str| file.name.eq_ignore_ascii_case(name);
    let mut deletions = Vec::new();
    for (name, body) in sorted(&children.deployments) {
        if !files.deployments.iter().any(|file| is_named(file, name)) {
            let name = real_name(body, name);
            let id = api.child("deployments", name);
            deletions.push(deletion(ResourceKind::Deployment, name, id, &body["properties"], 1));
        }
    }
    let mut versions: Vec<_> = children.versions.iter().collect();
    versions.sort_unstable_by_key(|(name, _)| *name);
    for (name, version) in versions {
        let real = real_name(&version.body, name);
        let id = api.child("versions", real);
        let Some(files) = files.versions.iter().find(|files| is_named(&files.version, name)) else {
            let count = 1 + version.definitions.len();
            deletions.push(deletion(ResourceKind::Version, real, id, &version.body["properties"], count));
            continue;
        };
        for (name, body) in sorted(&version.definitions) {
            if !files.definitions.iter().any(|files| is_named(&files.definition, name)) {
                let name = real_name(body, name);
                let definition = id.child("definitions", name);
                let mut deletion =
                    deletion(ResourceKind::Definition, name, definition, &body["properties"], 1);
                deletion.label = format!("definition {name} of {real}");
                deletions.push(deletion);
            }
        }
    }
    deletions
}

/// The deletion of an API with everything below it.
pub(super) fn plan_api(id: &ResourceId, properties: &Value, children: &ApiChildren) -> Deletion {
    let definitions = children.versions.values().map(|version| version.definitions.len());
    let below = children.versions.len() + children.deployments.len() + definitions.sum::<usize>();
    deletion(ResourceKind::Api, id.name(), id.clone(), properties, 1 + below)
}

/// The deletion of a resource with these properties, and of those below it.
pub(super) fn deletion(
    kind: ResourceKind,
    name: &str,
    id: ResourceId,
    properties: &Value,
    resource_count: usize,
) -> Deletion {
    let resources = vec![DeletedResource::new(id, kind.resource_type(), properties)];
    Deletion { label: format!("{} {name}", kind.label()), resources, resource_count }
}

fn sorted(resources: &std::collections::HashMap<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let mut sorted: Vec<_> = resources.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    sorted.into_iter()
}

fn real_name<'v>(body: &'v Value, key: &'v str) -> &'v str {
    body["name"].as_str().unwrap_or(key)
}
