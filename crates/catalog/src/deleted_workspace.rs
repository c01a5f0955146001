//! Workspaces of API Management that were deleted after APIs had been imported from them.
//!
//! A list of workspaces does not have them any more, but provenance in the center does. With pruning, such a workspace is
//! imported as one without APIs, so that what came from it is deleted like that of any other API that no longer exists.

use std::collections::BTreeSet;

use super::import_source::ImportSource;
use super::inventory;
use super::snapshot::CenterSnapshot;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM_SERVICE, APIM_WORKSPACE};

/// Reads the names, in lower case, of the workspaces of a source's service that APIs of a center were imported from.
pub async fn read_imported_workspaces(
    client: &Client,
    center: &ResourceId,
    source: &ImportSource,
) -> Result<BTreeSet<String>> {
    let prefix = format!("{}@", ImportSource::service(source.service_id().clone()).key());
    let center = Box::pin(inventory::read_center(client, center)).await?;
    let sources = center.apis.values().filter_map(|api| api.provenance.as_ref()).flat_map(|p| &p.services);
    Ok(sources.filter_map(|key| key.strip_prefix(&prefix)).map(str::to_owned).collect())
}

/// Whether a source is a workspace that does not exist although its service does.
pub(crate) async fn is_deleted(client: &Client, source: &ImportSource) -> Result<bool> {
    if source.workspace_name().is_none() {
        return Ok(false);
    }
    let workspace = Target::new(source.id().as_str(), APIM_WORKSPACE.api_version);
    match client.send(Method::GET, &workspace, None).await {
        Ok(_) => return Ok(false),
        Err(error) if error.is_not_found() => {}
        Err(error) => return Err(error),
    }
    let service = Target::new(source.service_id().as_str(), APIM_SERVICE.api_version);
    client.send(Method::GET, &service, None).await?;
    Ok(true)
}

/// Checks that what was imported from a deleted workspace is to be deleted; returns the warning.
pub(crate) fn check(source: &ImportSource, center: &CenterSnapshot, is_pruned: bool) -> Result<String> {
    let is_imported =
        center.apis.values().any(|api| api.provenance.as_ref().is_some_and(|p| p.is_from(source)));
    if !is_imported {
        return Err(Error::no_match(format!("the {source} does not exist"))
            .with_hint("azr apim workspace list lists the workspaces."));
    }
    if !is_pruned {
        return Err(Error::no_match(format!("the {source} does not exist any more")).with_hint(
            "To delete what was imported from it, import with pruning (--prune, or prune: true in the file of azr apic sync).",
        ));
    }
    Ok(format!("The {source} does not exist any more: what was imported from it is to be deleted."))
}
