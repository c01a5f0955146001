//! `--workspace`: the workspaces of API Management that an import by azr reads.

use super::sources::SourceApis;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_catalog::import_source::ImportSource;
use azr_core::error::{Error, Result};
use azr_core::glob::Selection;
use azr_core::resource::APIM_WORKSPACE;

/// The workspaces of a service whose names match, each with the APIs to import from it, sorted by name.
///
/// A workspace that is named, rather than matched by a pattern, must exist.
pub(super) async fn read(client: &Client, apis: &SourceApis, patterns: &[String]) -> Result<Vec<SourceApis>> {
    let service = ImportSource::service(apis.source.service_id().clone());
    let target = Target::new(format!("{}/workspaces", service.id()), APIM_WORKSPACE.api_version);
    let listed = pager::list(client, &target, None, None).await?.items;
    let mut names: Vec<&str> = listed.iter().filter_map(|workspace| workspace["name"].as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let selection = Selection::new(patterns);
    let all = names.iter().copied();
    if let Some(unmatched) = selection.unmatched_patterns(&all).first() {
        let text = format!("--workspace: {service} does not have a workspace that matches '{unmatched}'");
        return Err(Error::no_match(text).with_hint("azr apim workspace list lists the workspaces."));
    }
    let selected = names.iter().filter(|name| selection.matches(name));
    Ok(selected
        .map(|name| SourceApis { source: service.in_workspace(name), patterns: apis.patterns.clone() })
        .collect())
}
