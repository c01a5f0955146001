//! Links to the Azure portal.

use crate::commands::tree::Closing;
use crate::session::Session;
use azr_core::error::Result;
use azr_core::id::ResourceId;

/// The URL of the portal of the cloud; None for the emulator and other clouds.
pub(crate) fn base_url(session: &Session) -> Result<Option<&'static str>> {
    Ok(match session.context.cloud()?.name.as_str() {
        "AzureCloud" => Some("https://portal.azure.com"),
        "AzureUSGovernment" => Some("https://portal.azure.us"),
        "AzureChinaCloud" => Some("https://portal.azure.cn"),
        _ => None,
    })
}

/// The page of a resource in the portal with this URL.
pub(crate) fn resource_url(portal: &str, id: &str) -> String {
    format!("{portal}/#resource{id}")
}

/// Adds a link to a center to the next steps, if there are some and the cloud has a portal.
pub(crate) fn add_link(closing: &mut Closing, center: &ResourceId, portal: Option<&str>) {
    if let Some(portal) = portal.filter(|_| !closing.next.is_empty()) {
        closing.next.push(format!("In the portal:\n  {}", resource_url(portal, center.as_str())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_steps_have_a_link_where_there_is_a_portal() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c";
        let center = id.parse().expect("an id");
        let mut closing = Closing { summary: None, next: vec!["To see the APIs: …".to_owned()] };
        add_link(&mut closing, &center, None);
        assert_eq!(closing.next.len(), 1);
        add_link(&mut closing, &center, Some("https://portal.azure.com"));
        assert_eq!(closing.next[1], format!("In the portal:\n  https://portal.azure.com/#resource{id}"));
        let mut nothing = Closing::default();
        add_link(&mut nothing, &center, Some("https://portal.azure.com"));
        assert!(nothing.next.is_empty());
    }
}
