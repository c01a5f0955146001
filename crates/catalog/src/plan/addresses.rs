//! Where an API answers, and what the deployment is called that says so.

use crate::source::{Scheme, Source, SourceApi};
use azr_core::id::ResourceId;
use azr_definitions::names;

/// The name of the deployment that stands for a version behind a service's gateway.
pub fn deployment_name(service: &ResourceId, version: &str) -> String {
    names::id_for_name(&format!("{}-{version}", service.name()), "apim-")
}

/// Where an API answers: one URL for each of the gateway's.
pub fn urls(source: &Source, api: &SourceApi, scheme: Option<&Scheme>) -> Vec<String> {
    let mut path = api.path.to_string();
    if let Some(revision) = api.revision() {
        // The gateway's own address of a revision.
        path = format!("{path};rev={revision}");
    }
    let version = api.version.as_deref().filter(|_| scheme.is_some());
    let make = |gateway: &String| {
        let host = gateway.split_once("://").map_or(gateway.as_str(), |(_, host)| host);
        // The gateway's own protocol where the API does not say.
        let mut url = api.protocol.map_or_else(|| gateway.clone(), |protocol| format!("{protocol}://{host}"));
        if !path.is_empty() {
            url = format!("{url}/{path}");
        }
        match (scheme, version) {
            (Some(Scheme::Segment), Some(version)) => format!("{url}/{version}"),
            (Some(Scheme::Query(name)), Some(version)) => format!("{url}?{name}={version}"),
            _ => url,
        }
    };
    source.gateways.iter().map(make).collect()
}

/// An id as members of other resources name it: from `/workspaces` on.
pub fn within_center(id: &ResourceId) -> &str {
    let text = id.as_str();
    text.find("/workspaces/").map_or(text, |at| &text[at..])
}
