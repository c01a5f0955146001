//! The runtime URIs of an API, and the deployments that list them.

use crate::import_source::ImportSource;
use crate::service::{ApimApi, ServiceSnapshot, VersioningScheme};
use azr_definitions::names;

/// The name of the deployment of a version of a source's API on the gateway.
///
/// The same API may have several deployments on one gateway, one for each environment, which have different names in API
/// Management.
pub(super) fn deployment_name(
    source: &ImportSource,
    environment_name: Option<&str>,
    version: &str,
) -> String {
    let source = source.name_in_center();
    let name = match environment_name {
        Some(name) => format!("{source}-{name}-{version}"),
        None => format!("{source}-{version}"),
    };
    names::id_for_name(&name, "apim-")
}

/// The runtime URIs of an API: one for each URL of the gateway.
pub(super) fn runtime_uris(
    service: &ServiceSnapshot,
    api: &ApimApi,
    scheme: Option<&VersioningScheme>,
) -> Vec<String> {
    let endpoint = api.protocol_paths.as_ref().map_or("", |paths| &paths.endpoint);
    uris_below(service, api, scheme, endpoint)
}

/// The URLs of an agent's card: one for each URL of the gateway.
pub(super) fn agent_card_urls(
    service: &ServiceSnapshot,
    api: &ApimApi,
    scheme: Option<&VersioningScheme>,
) -> Vec<String> {
    let path = api.protocol_paths.as_ref().map_or("", |paths| &paths.agent_card);
    uris_below(service, api, scheme, path)
}

fn uris_below(
    service: &ServiceSnapshot,
    api: &ApimApi,
    scheme: Option<&VersioningScheme>,
    path_below: &str,
) -> Vec<String> {
    let mut path = api.path.to_string();
    if let Some(revision) = api.revision() {
        // The gateway's syntax for calling a revision.
        path = format!("{path};rev={revision}");
    }
    let version = api.version.as_deref().filter(|_| scheme.is_some());
    let uri_on = |gateway_url: &String| {
        let host = gateway_url.split_once("://").map_or(gateway_url.as_str(), |(_, host)| host);
        // If the API does not list protocols, the protocol of the gateway URL is used.
        let mut uri =
            api.protocol.map_or_else(|| gateway_url.clone(), |protocol| format!("{protocol}://{host}"));
        if !path.is_empty() {
            uri = format!("{uri}/{path}");
        }
        match (scheme, version) {
            (Some(VersioningScheme::Segment), Some(version)) => format!("{uri}/{version}{path_below}"),
            (Some(VersioningScheme::Query(parameter)), Some(version)) => {
                format!("{uri}{path_below}?{parameter}={version}")
            }
            _ => format!("{uri}{path_below}"),
        }
    };
    service.gateway_urls.iter().map(uri_on).collect()
}
