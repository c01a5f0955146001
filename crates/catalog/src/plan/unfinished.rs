//! Versions that azr created and that have no deployment.
//!
//! An import was interrupted before it created the deployment, or after it deleted it. The provenance of the API says
//! which source API such a version was created from, because it is written before the version.

use super::deletion::{DeletedResource, Deletion};
use super::grouping::ApiGroup;
use super::stale::deploys_version;
use crate::format::DefinitionFormat;
use crate::import_source::ImportSource;
use crate::provenance::ApiProvenance;
use crate::snapshot::{ApiChildren, CenterVersion};
use azr_core::id::ResourceId;
use azr_definitions::names;

/// How many hexadecimal digits follow the name of a version that another one of the API has, too.
const HASH_LENGTH: usize = 8;

/// The versions that azr created from APIs of a source, that no deployment belongs to and that the group does not have,
/// each in lower case with the name of its source API.
///
/// `group` is what the API should be imported from; None for an orphan.
pub(super) fn unfinished_versions<'p>(
    source: &ImportSource,
    provenance: &'p ApiProvenance,
    group: Option<&ApiGroup<'_>>,
    children: &ApiChildren,
) -> Vec<(&'p str, &'p str)> {
    let is_deployed = |version: &str| {
        children.deployments.iter().any(|(name, deployment)| deploys_version(name, deployment, version))
    };
    let is_current = |version: &str| group.is_some_and(|group| group.version(version).is_some());
    let sources = provenance.sources_of(source);
    sources.filter(|(version, _)| !is_deployed(version) && !is_current(version)).collect()
}

/// Deletes a version whose import was interrupted; the error says why it stays.
///
/// Nothing records the digest of its document, which is therefore taken for the one that azr imported.
pub(super) fn delete_unfinished(
    api: &ResourceId,
    key: &str,
    version: &CenterVersion,
) -> Result<Deletion, String> {
    let name = version.body["name"].as_str().unwrap_or(key);
    if let Some(addition) = find_addition(key, version) {
        return Err(format!("the version {name} stays, because people {addition}"));
    }
    Ok(Deletion {
        label: format!("version {name}"),
        resources: vec![DeletedResource::version(api.child("versions", name), version)],
        resource_count: 1 + version.definitions.len(),
    })
}

/// What people have done to an unfinished version; None if nothing.
fn find_addition(key: &str, version: &CenterVersion) -> Option<&'static str> {
    if !version.definitions.keys().all(|name| DefinitionFormat::is_name(name)) {
        return Some("added a definition to it");
    }
    let has_other_title = version.definitions.iter().any(|(name, definition)| {
        let title = definition["properties"]["title"].as_str();
        title.is_some_and(|title| !DefinitionFormat::is_title(name, title))
    });
    if has_other_title {
        return Some("edited the title of its definition");
    }
    let title = version.body["properties"]["title"].as_str();
    title.is_some_and(|title| !is_named_after(key, title)).then_some("edited its title")
}

/// Whether azr gives this name, in lower case, to a version with this title.
fn is_named_after(key: &str, title: &str) -> bool {
    let id = names::version_id(title).to_ascii_lowercase();
    let is_hash = |text: &str| text.len() == HASH_LENGTH && text.chars().all(|c| c.is_ascii_hexdigit());
    let suffix = key.strip_prefix(&id);
    suffix.is_some_and(|suffix| suffix.is_empty() || suffix.strip_prefix('-').is_some_and(is_hash))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_version_is_named_after_its_title() {
        for (key, title) in [
            ("version-v1", "v1"),
            ("1-0-19", "1.0.19"),
            ("original", "Original"),
            ("2-0-0-0a1b2c3d", "2.0.0"),
        ] {
            assert!(is_named_after(key, title), "{key} {title}");
        }
        for (key, title) in
            [("version-v1", "v2"), ("version-v1", "v"), ("2-0-0-0", "2.0.0"), ("original", "")]
        {
            assert!(!is_named_after(key, title), "{key} {title}");
        }
    }

    #[test]
    fn an_unfinished_version_that_people_edited_stays() {
        let api: ResourceId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c/workspaces/default/apis/a"
            .parse()
            .expect("an id");
        let version = |title: &str, definition: &str, definition_title: &str| CenterVersion {
            body: json!({"name": "version-v1", "properties": {"title": title}}),
            definitions: [(definition.to_owned(), json!({"properties": {"title": definition_title}}))].into(),
        };
        let openapi = DefinitionFormat::OpenApi.title();
        let delete = |version: &CenterVersion| delete_unfinished(&api, "version-v1", version);
        let deletion = delete(&version("v1", "openapi", openapi)).expect("deleted");
        assert_eq!((deletion.label.as_str(), deletion.resource_count), ("version version-v1", 2));
        for (version, reason) in [
            (version("v1", "notes", "Notes"), "added a definition to it"),
            (version("v1", "openapi", "Our API"), "edited the title of its definition"),
            (version("Ours", "openapi", openapi), "edited its title"),
        ] {
            let stays = delete(&version).expect_err(reason);
            assert_eq!(stays, format!("the version version-v1 stays, because people {reason}"));
        }
    }
}
