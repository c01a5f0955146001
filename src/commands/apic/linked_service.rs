//! Checks whether a center already synchronizes the API Management service that azr is about to import.
//!
//! A synchronized API has a generated name and cannot be changed in the center, so an import beside it creates each API a
//! second time.

use azr_arm::client::Client;
use azr_catalog::api_source::{ApiSource, read_api_sources};
use azr_core::error::Error;
use azr_core::id::ResourceId;
use azr_output::list_names;

/// What is known about links between a center and a service.
pub(super) enum LinkCheck {
    /// The center does not synchronize the service.
    NotLinked,
    /// The center synchronizes the service: the error for an import beside that.
    Linked(Error),
    /// It cannot be known; the text says why.
    Unknown(String),
}

/// Looks for links between a center and a service.
///
/// A center may not have links, and reading them may not be permitted, so a failed request does not prevent an import.
pub(super) async fn check(client: &Client, center: &ResourceId, service: &ResourceId) -> LinkCheck {
    let sources = match read_api_sources(client, center).await {
        Ok(sources) => sources,
        Err(error) => {
            let (center, service) = (center.name(), service.name());
            let reason = error.described();
            return LinkCheck::Unknown(format!(
                "It is not known whether {center} already synchronizes {service}: {reason}"
            ));
        }
    };
    let links: Vec<&ApiSource> = sources.iter().filter(|source| source.is_from(service)).collect();
    if links.is_empty() { LinkCheck::NotLinked } else { LinkCheck::Linked(refusal(&links, center, service)) }
}

fn refusal(links: &[&ApiSource], center: &ResourceId, service: &ResourceId) -> Error {
    let names: Vec<&str> = links.iter().map(|link| link.name.as_str()).collect();
    let noun = if names.len() == 1 { "integration" } else { "integrations" };
    let (group, center) = (center.group().unwrap_or_default(), center.name());
    let hint = if links.iter().all(|link| link.is_in_state("deleting")) {
        format!(
            "Wait until the {noun} and its APIs are deleted: azr apic integration list -g {group} -n {center}"
        )
    } else {
        format!(
            "To see what the {noun} synchronizes: azr apic integration status -g {group} -n {center}. To import \
             nevertheless: --beside-link."
        )
    };
    Error::conflict(format!(
        "{center} already synchronizes {} by the {noun} {}; an import would create its APIs a second time",
        service.name(),
        list_names(&names)
    ))
    .with_hint(hint)
}
