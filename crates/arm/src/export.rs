//! The responses of API Management to an export.

use serde_json::Value;
use url::Url;

use azr_core::error::{Error, Result};

/// The download link in a response: `properties.value.link` up to API version 2022-08-01, `value.link` since.
pub fn export_link(response: &Value) -> Result<Url> {
    let link = ["/properties/value/link", "/value/link", "/link"]
        .iter()
        .find_map(|pointer| response.pointer(pointer).and_then(Value::as_str))
        .ok_or_else(|| Error::invalid_response("the response to the export has no link"))?;
    Url::parse(link)
        .map_err(|e| Error::invalid_response(format!("the link of the export is not a valid URL: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_link_is_found_in_both_shapes() {
        for response in [
            json!({"properties": {"value": {"link": "https://x/y"}}}),
            json!({"value": {"link": "https://x/y"}}),
        ] {
            assert_eq!(export_link(&response).expect("a link").as_str(), "https://x/y");
        }
        assert!(export_link(&json!({"value": "text"})).is_err());
    }
}
