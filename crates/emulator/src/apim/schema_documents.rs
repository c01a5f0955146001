//! The documents of an API's schemas.

use serde_json::{Map, Value};

use crate::context::Context;
use crate::resources::{Draft, Target};

/// The content types whose documents have a member of their own, which may be sent as text.
const PARSED: &[(&str, &str)] = &[
    ("application/vnd.ms-azure-apim.swagger.definitions+json", "definitions"),
    ("application/vnd.oai.openapi.components+json", "components"),
];

/// Definitions that are sent as text are answered as JSON, as recorded of Swagger; for `OpenAPI`, it is assumed.
pub(super) fn before_put(_: &Context<'_>, _: &Target<'_>, draft: &mut Draft) {
    let content_type = draft.properties.get("contentType").and_then(Value::as_str).unwrap_or_default();
    let Some((_, member)) = PARSED.iter().find(|(name, _)| name.eq_ignore_ascii_case(content_type)) else {
        return;
    };
    let Some(document) = draft.properties.get_mut("document").and_then(Value::as_object_mut) else { return };
    let text = document.get("value").and_then(Value::as_str);
    if let Some(mut parsed) = text.and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok()) {
        let definitions = parsed.shift_remove(*member).unwrap_or(Value::Object(parsed));
        document.shift_remove("value");
        document.insert((*member).to_owned(), definitions);
    }
}
