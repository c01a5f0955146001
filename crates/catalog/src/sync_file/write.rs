//! A service as JSON, in the form of the file.

use serde_json::{Map, Value, json};

use crate::bulk_import::ImportOptions;
use crate::plan::{MatchKey, OnCollision, OnInvalid};
use crate::source_inventory::Revisions;

/// A service as a source of the file; `apim` is its resource id.
#[must_use]
pub fn service_to_json(options: &ImportOptions, tenant: Option<&str>, beside_link: bool) -> Value {
    let plan = &options.plan;
    let mut members = Map::new();
    let mut set = |key: &str, value: Value| {
        let is_default = match &value {
            Value::Null | Value::Bool(false) => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        if !is_default {
            members.insert(key.to_owned(), value);
        }
    };
    set("apim", json!(options.source.service_id().as_str()));
    set("workspace", json!(options.source.workspace_name()));
    set("tenant", json!(tenant));
    set("apis", json!(options.patterns));
    set("tags", json!(options.tags));
    set("products", json!(options.products));
    if options.revisions == Revisions::All {
        set("revisions", json!("all"));
    }
    let mut environment = Map::new();
    for (key, value) in
        [("id", &plan.environment.id), ("title", &plan.environment.title), ("kind", &plan.environment.kind)]
    {
        environment.extend(value.as_ref().map(|value| (key.to_owned(), json!(value))));
    }
    set("environment", Value::Object(environment));
    set("lifecycle-stage", json!(plan.lifecycle_stage));
    if !plan.match_rules.keys.is_empty() {
        let name =
            |key: &MatchKey| MatchKey::NAMES.iter().find(|(_, known)| known == key).map(|(name, _)| *name);
        let by: Vec<&str> = plan.match_rules.keys.iter().filter_map(name).collect();
        let mut rules = json!({"by": by});
        for (key, affixes) in
            [("prefixes", &plan.match_rules.prefixes), ("suffixes", &plan.match_rules.suffixes)]
        {
            if !affixes.is_empty() {
                rules[key] = json!(affixes);
            }
        }
        set("match", rules);
    }
    let metadata = plan.metadata.iter().map(|m| (m.name.clone(), json!(m.template.as_str())));
    set("metadata", Value::Object(metadata.collect()));
    set("custom-properties", Value::Object(plan.custom_properties.clone()));
    set("portal-links", json!(plan.portal_links));
    let kinds = plan.kinds.iter().map(|(pattern, kind)| (pattern.clone(), json!(kind)));
    set("kinds", Value::Object(kinds.collect()));
    match plan.on_collision {
        OnCollision::Suffix => {}
        OnCollision::Merge => set("on-collision", json!("merge")),
        OnCollision::Fail => set("on-collision", json!("fail")),
    }
    match plan.on_invalid {
        OnInvalid::Truncate => {}
        OnInvalid::Skip => set("on-invalid", json!("skip")),
        OnInvalid::Fail => set("on-invalid", json!("fail")),
    }
    set("require-documents", json!(plan.require_documents));
    set("prune", json!(options.max_deletions.is_some()));
    set("beside-link", json!(beside_link));
    Value::Object(members)
}
