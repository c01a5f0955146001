//! Ids that have other values in the center that a backup is restored into.

use serde_json::Value;

use crate::backup::{ResourceFile, ResourceKind};
use crate::provenance::METADATA_NAME;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// What an id of an environment in a deployment or an API source starts with.
const ENVIRONMENTS: &str = "/workspaces/default/environments/";

/// Which ids are replaced in the resources of a backup.
#[derive(Debug, Clone, Default)]
pub struct IdMappings {
    /// `--map-environment`: environments that are not restored, each with the one that takes its place.
    pub environments: Vec<(String, String)>,
    /// `--map-id`: starts of resource ids outside the center, each with its replacement.
    pub ids: Vec<(ResourceId, ResourceId)>,
}

impl IdMappings {
    /// Parses `OLD=NEW` of `--map-environment`.
    pub fn add_environment(&mut self, text: &str) -> Result<()> {
        let (old, new) = split(text, "--map-environment")?;
        self.environments.push((old.to_owned(), new.to_owned()));
        Ok(())
    }

    /// Parses `OLD=NEW` of `--map-id`.
    pub fn add_id(&mut self, text: &str) -> Result<()> {
        let (old, new) = split(text, "--map-id")?;
        let parse = |id: &str| {
            id.parse::<ResourceId>().map_err(|error| error.map_message(|text| format!("--map-id: {text}")))
        };
        self.ids.push((parse(old)?, parse(new)?));
        Ok(())
    }

    /// The environment that takes the place of this one; None if it is restored.
    pub(super) fn environment(&self, name: &str) -> Option<&str> {
        let mapping = self.environments.iter().find(|(old, _)| old.eq_ignore_ascii_case(name));
        mapping.map(|(_, new)| new.as_str())
    }

    /// Replaces the ids in a resource.
    pub(super) fn apply(&self, kind: ResourceKind, file: &mut ResourceFile) {
        let (environment, ids): (&[&str], &[&str]) = match kind {
            ResourceKind::Environment => (&[], &["server", "managementPortalUri"]),
            ResourceKind::Deployment => (&["environmentId"], &["customProperties", METADATA_NAME]),
            ResourceKind::ApiSource => (&["targetEnvironmentId"], &["azureApiManagementSource"]),
            _ => return,
        };
        if let Some(id) = member(file, environment).filter(|id| id.is_string()) {
            self.replace_environment(id);
        }
        if let Some(value) = member(file, ids) {
            self.replace_ids(value);
        }
    }

    fn replace_environment(&self, id: &mut Value) {
        let Some(text) = id.as_str() else { return };
        let start = text.get(..ENVIRONMENTS.len()).filter(|start| start.eq_ignore_ascii_case(ENVIRONMENTS));
        let Some(name) = start.map(|_| &text[ENVIRONMENTS.len()..]) else { return };
        if let Some(new) = self.environment(name) {
            *id = Value::String(format!("{ENVIRONMENTS}{new}"));
        }
    }

    /// Replaces the ids in all texts of a value.
    fn replace_ids(&self, value: &mut Value) {
        match value {
            Value::String(text) => {
                for (old, new) in &self.ids {
                    *text = replace_id(text, old.as_str(), new.as_str());
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.replace_ids(item)),
            Value::Object(members) => {
                members.values_mut().for_each(|member| self.replace_ids(member));
            }
            _ => {}
        }
    }
}

/// The member of a resource's properties with this path.
fn member<'f>(file: &'f mut ResourceFile, path: &[&str]) -> Option<&'f mut Value> {
    path.iter().try_fold(&mut file.properties, |value, name| value.get_mut(*name))
}

fn split<'t>(text: &'t str, option: &str) -> Result<(&'t str, &'t str)> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old, new)),
        _ => Err(Error::usage(format!("{option}: '{text}' is not OLD=NEW"))),
    }
}

/// Replaces an id, and the start of ids below it, wherever it is in a text; the case of letters does not count.
fn replace_id(text: &str, old: &str, new: &str) -> String {
    let lower_case = text.to_ascii_lowercase();
    let old = old.to_ascii_lowercase();
    let mut replaced = String::with_capacity(text.len());
    let mut end = 0;
    for (start, _) in lower_case.match_indices(&old) {
        let after = start + old.len();
        let is_whole = lower_case[after..].chars().next().is_none_or(|c| matches!(c, '/' | ' ' | ';' | '?'));
        if start >= end && is_whole {
            replaced.push_str(&text[end..start]);
            replaced.push_str(new);
            end = after;
        }
    }
    replaced.push_str(&text[end..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn mappings() -> IdMappings {
        let mut mappings = IdMappings::default();
        mappings.add_environment("Live=Production").expect("a mapping");
        mappings.add_id("/subscriptions/a=/subscriptions/b").expect("a mapping");
        mappings
    }

    fn apply(kind: ResourceKind, properties: &Value) -> Value {
        let mut file: ResourceFile =
            serde_json::from_value(json!({"name": "x", "properties": properties})).expect("a file");
        mappings().apply(kind, &mut file);
        file.properties
    }

    #[test]
    fn ids_are_replaced_where_they_point_out_of_the_center() {
        let deployment = apply(
            ResourceKind::Deployment,
            &json!({"environmentId": "/workspaces/default/environments/live",
                "customProperties": {"azr-import": "/Subscriptions/A/x for a/b", "note": "/subscriptions/a"}}),
        );
        assert_eq!(
            deployment,
            json!({"environmentId": "/workspaces/default/environments/Production",
                "customProperties": {"azr-import": "/subscriptions/b/x for a/b", "note": "/subscriptions/a"}})
        );
        let environment = apply(
            ResourceKind::Environment,
            &json!({"server": {"managementPortalUri": ["https://portal/#resource/subscriptions/a/x",
                                                      "https://portal/#resource/subscriptions/ab/x"]}}),
        );
        assert_eq!(
            environment["server"]["managementPortalUri"],
            json!([
                "https://portal/#resource/subscriptions/b/x",
                "https://portal/#resource/subscriptions/ab/x"
            ])
        );
        assert_eq!(apply(ResourceKind::Deployment, &json!({"title": "T"})), json!({"title": "T"}));
    }

    #[test]
    fn a_mapping_that_is_not_one_is_refused() {
        for text in ["a", "=b", "a=", ""] {
            assert!(IdMappings::default().add_environment(text).is_err(), "{text}");
            assert!(IdMappings::default().add_id(text).is_err(), "{text}");
        }
        assert!(IdMappings::default().add_id("x=/subscriptions/b").is_err());
    }
}
