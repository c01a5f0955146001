//! Versions that azr created and that have no deployment.
//!
//! An import was interrupted before it created the deployment, or after it deleted it. The provenance of the API says
//! which source API such a version was created from, because it is written before the version.

use super::grouping::ApiGroup;
use super::stale::{Addition, StaleSources, deploys_version};
use crate::format::DefinitionFormat;
use crate::import_source::ImportSource;
use crate::provenance::ApiProvenance;
use crate::snapshot::{ApiChildren, CenterVersion};
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

/// What people have done to an unfinished version; None if nothing.
///
/// Unless the provenance of the API records the digest of its document, that is taken for the one that azr imported.
pub(super) fn find_addition(
    key: &str,
    version: &CenterVersion,
    confirmed: &StaleSources,
) -> Option<Addition> {
    if confirmed.edited_versions.contains(key) {
        return Some(Addition::Document);
    }
    if !version.definitions.keys().all(|name| DefinitionFormat::is_name(name)) {
        return Some(Addition::Definition);
    }
    let has_other_title = version.definitions.iter().any(|(name, definition)| {
        let title = definition["properties"]["title"].as_str();
        title.is_some_and(|title| !DefinitionFormat::is_title(name, title))
    });
    if has_other_title {
        return Some(Addition::DefinitionTitle);
    }
    let title = version.body["properties"]["title"].as_str();
    title.is_some_and(|title| !is_named_after(key, title)).then_some(Addition::Title)
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
    fn edits_of_an_unfinished_version_are_found() {
        let version = |title: &str, definition: &str, definition_title: &str| CenterVersion {
            body: json!({"name": "version-v1", "properties": {"title": title}}),
            definitions: [(definition.to_owned(), json!({"properties": {"title": definition_title}}))].into(),
        };
        let openapi = DefinitionFormat::OpenApi.title();
        let unedited = StaleSources::default();
        for (version, addition) in [
            (version("v1", "openapi", openapi), None),
            (version("v1", "notes", "Notes"), Some(Addition::Definition)),
            (version("v1", "openapi", "Our API"), Some(Addition::DefinitionTitle)),
            (version("Ours", "openapi", openapi), Some(Addition::Title)),
        ] {
            assert_eq!(find_addition("version-v1", &version, &unedited), addition);
        }
        let edited = StaleSources { edited_versions: ["version-v1".to_owned()].into(), ..unedited };
        let addition = find_addition("version-v1", &version("v1", "openapi", openapi), &edited);
        assert_eq!(addition, Some(Addition::Document));
    }
}
