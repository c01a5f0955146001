//! Ids that have other values in the center that a backup is restored into.

use serde_json::Value;

use super::mapped_provenance;
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
        if let Some(other) = self.environment(old) {
            return Err(Error::usage(format!(
                "--map-environment: '{old}' is mapped to {other} and to {new}"
            )));
        }
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
        if self.environments.is_empty() && self.ids.is_empty() {
            return;
        }
        let provenance = ["customProperties", METADATA_NAME];
        let (environment, ids): (&[&str], &[&[&str]]) = match kind {
            ResourceKind::Api => (&[], &[&["externalDocumentation"]]),
            ResourceKind::Environment => (&[], &[&["server", "managementPortalUri"]]),
            ResourceKind::Deployment => (&["environmentId"], &[&provenance]),
            ResourceKind::ApiSource => (&["targetEnvironmentId"], &[&["azureApiManagementSource"]]),
            _ => return,
        };
        let before = file.properties.clone();
        if let Some(id) = member(file, environment).filter(|id| id.is_string()) {
            self.replace_environment(id);
        }
        for path in ids {
            if let Some(value) = member(file, path) {
                self.replace_ids(value);
            }
        }
        mapped_provenance::update(kind, &before, &mut file.properties, &self.ids);
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
            Value::String(text) => *text = replace_ids_in(text, &self.ids),
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

/// Replaces ids, and the start of ids below them, wherever they are in a text; the case of letters does not count.
///
/// Of several ids the longest one counts, and what was replaced is not replaced again.
fn replace_ids_in(text: &str, ids: &[(ResourceId, ResourceId)]) -> String {
    let starts_with = |text: &str, id: &str| {
        let start = text.get(..id.len()).is_some_and(|start| start.eq_ignore_ascii_case(id));
        let is_part_of_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '(' | ')');
        start && !text[id.len()..].starts_with(is_part_of_name)
    };
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let matching = ids.iter().filter(|(old, _)| starts_with(rest, old.as_str()));
        if let Some((old, new)) = matching.max_by_key(|(old, _)| old.as_str().len()) {
            replaced.push_str(new.as_str());
            rest = &rest[old.as_str().len()..];
        } else {
            replaced.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::{ApiProvenance, DeploymentProvenance, FieldDigests};
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
    fn the_longest_id_is_replaced_and_only_once() {
        let id = |text: &str| text.parse::<ResourceId>().expect("an id");
        let ids = [
            (id("/subscriptions/a"), id("/subscriptions/b")),
            (id("/subscriptions/b"), id("/subscriptions/a")),
            (id("/subscriptions/a/resourceGroups/x"), id("/subscriptions/c/resourceGroups/y")),
        ];
        for (text, expected) in [
            ("/subscriptions/A/z, /SUBSCRIPTIONS/b", "/subscriptions/b/z, /subscriptions/a"),
            ("é /subscriptions/a/resourcegroups/X/q", "é /subscriptions/c/resourceGroups/y/q"),
            ("/subscriptions/a-b /subscriptions/aé", "/subscriptions/a-b /subscriptions/aé"),
        ] {
            assert_eq!(replace_ids_in(text, &ids), expected);
        }
    }

    #[test]
    fn provenance_names_the_mapped_service_and_is_not_an_edit() {
        let service = |name: &str| {
            format!("/subscriptions/a/resourceGroups/g/providers/Microsoft.ApiManagement/service/{name}")
        };
        let mut mappings = mappings();
        mappings.add_id(&format!("{}={}", service("Old"), service("new"))).expect("a mapping");
        let map = |kind: ResourceKind, properties: &Value| {
            let mut file: ResourceFile =
                serde_json::from_value(json!({"name": "w", "properties": properties})).expect("a file");
            mappings.apply(kind, &mut file);
            file.properties
        };
        let docs =
            |name: &str| json!([{"title": "Portal", "url": format!("https://p/#resource{}", service(name))}]);
        let mut fields = FieldDigests::default();
        fields.insert("externalDocumentation", &docs("old"));
        let text = format!(
            "of w; from old old@team older; made API; sources v1:old/w v2:old@team/x; fields {fields}"
        );
        let api = map(
            ResourceKind::Api,
            &json!({"externalDocumentation": docs("old"), "customProperties": {"azr-import": text}}),
        );
        assert_eq!(api["externalDocumentation"], docs("new"));
        let provenance = ApiProvenance::from_properties(&api).expect("provenance");
        assert_eq!(provenance.services.iter().collect::<Vec<_>>(), ["new", "new@team", "older"]);
        assert_eq!(provenance.sources.values().collect::<Vec<_>>(), ["new/w", "new@team/x"]);
        assert!(provenance.fields.is_recorded("externalDocumentation", &docs("new")));
        let live = json!("/workspaces/default/environments/live");
        let mut fields = FieldDigests::default();
        fields.insert("environmentId", &live);
        let text = format!("{}/apis/w for w/d {fields}", service("old"));
        let deployment = map(
            ResourceKind::Deployment,
            &json!({"environmentId": live, "customProperties": {"azr-import": text}}),
        );
        let provenance = DeploymentProvenance::from_properties(&deployment).expect("provenance");
        assert_eq!(provenance.source_api, format!("{}/apis/w", service("new")));
        assert!(provenance.fields.is_recorded("environmentId", &deployment["environmentId"]));
    }

    #[test]
    fn an_environment_is_mapped_once() {
        let error = mappings().add_environment("LIVE=other").expect_err("refused");
        assert!(error.to_string().contains("'LIVE' is mapped to Production and to other"), "{error}");
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
