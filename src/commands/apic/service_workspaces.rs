//! The workspaces of an API Management service that patterns select, for imports by azr.

use std::collections::BTreeSet;

use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_catalog::import_source::ImportSource;
use azr_core::error::{Error, Result};
use azr_core::glob::Selection;
use azr_core::id::ResourceId;
use azr_core::resource::APIM_WORKSPACE;

/// The workspaces of a service whose names match, sorted by name.
///
/// A workspace that is named, rather than matched by a pattern, must exist. With pruning, `imported` are the names, in lower
/// case, of workspaces that the center has APIs of, which are selected even if they do not exist any more. `option` is where
/// the patterns are from, for the message.
pub(super) async fn list_matching(
    client: &Client,
    service: &ResourceId,
    patterns: &[String],
    imported: &BTreeSet<String>,
    option: &str,
) -> Result<Vec<ImportSource>> {
    let service = ImportSource::service(service.clone());
    let target = Target::new(format!("{}/workspaces", service.id()), APIM_WORKSPACE.api_version);
    let listed = pager::list(client, &target, None, None).await?.items;
    let mut names: Vec<&str> = listed.iter().filter_map(|workspace| workspace["name"].as_str()).collect();
    let existing: BTreeSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    names.extend(imported.difference(&existing).map(String::as_str));
    names.sort_unstable();
    names.dedup();
    let selection = Selection::new(patterns);
    let all = names.iter().copied();
    if let Some(unmatched) = selection.unmatched_patterns(&all).first() {
        let text = format!("{option}: {service} does not have a workspace that matches '{unmatched}'");
        return Err(Error::no_match(text).with_hint("azr apim workspace list lists the workspaces."));
    }
    let selected = names.iter().filter(|name| selection.matches(name));
    Ok(selected.map(|name| service.in_workspace(name)).collect())
}
