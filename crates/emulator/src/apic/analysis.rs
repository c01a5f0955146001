//! `importRuleset` and `exportRuleset` of an analyzer configuration: a zip in base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::{errors, operations};
use crate::context::{Context, HandlerResult};
use crate::response::{self, Response};

/// What a configuration holds before any import: a zip without entries.
const EMPTY_ZIP: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

/// Takes a ruleset, as an operation.
pub fn import(context: &mut Context<'_>, id: &str) -> HandlerResult {
    let given = context.request.json()?;
    let format = given["format"].as_str().unwrap_or_default();
    if !format.eq_ignore_ascii_case("inline-zip") {
        let text = format!("The value '{format}' is not valid. Allowed values: inline-zip.");
        return Err(errors::invalid_one("format", text));
    }
    let value = given["value"].as_str().unwrap_or_default();
    let zip = BASE64_STANDARD.decode(value).unwrap_or_default();
    if !zip.starts_with(b"PK") {
        return Err(errors::invalid_one("value", "The value is not a zip archive in base64."));
    }
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.hidden = json!({"ruleset": value});
    }
    Ok(operations::accept(context, id, None))
}

/// Gives the ruleset back.
pub fn export(context: &Context<'_>, id: &str) -> Response {
    let kept = context.state.store.get(id).and_then(|e| e.hidden["ruleset"].as_str()).unwrap_or(EMPTY_ZIP);
    response::json(200, &json!({"value": kept, "format": "inline-zip"}))
}
