//! Links to an API in the portals, as its external documentation.

use serde_json::{Value, json};

use super::limits::URL;
use crate::service::{ApimApi, ServiceSnapshot};

/// The external documentation of an API; None if the API in the center has external documentation of its own.
///
/// External documentation belongs to people, so links are only added where there are none.
pub(super) fn portal_links(
    service: &ServiceSnapshot,
    api: &ApimApi,
    current: Option<&Value>,
) -> Option<Value> {
    let existing = current.and_then(|current| current["externalDocumentation"].as_array());
    if existing.is_some_and(|links| !links.is_empty()) {
        return None;
    }
    let mut links = Vec::new();
    let mut add = |title: &str, url: String| {
        if url.len() <= URL && url::Url::parse(&url).is_ok() {
            links.push(json!({"title": title, "url": url}));
        }
    };
    if let Some(portal) = &service.developer_portal {
        let name = encode(api.root_name());
        add("Developer portal", format!("{}/api-details#api={name}", portal.trim_end_matches('/')));
    }
    add(
        "Azure portal",
        format!("https://portal.azure.com/#resource{}/apim-apis", service.source.service_id()),
    );
    (!links.is_empty()).then_some(Value::Array(links))
}

/// A name as a part of a URL.
fn encode(name: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(encode).collect()
}
