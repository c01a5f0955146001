//! `importRuleset` and `exportRuleset` of an analyzer configuration: a zip in base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use super::{errors, operations};
use crate::context::Context;
use crate::response::{self, HandlerResult};

/// The ruleset of a configuration before the first import: a zip without entries.
const EMPTY_ZIP: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

/// Stores a ruleset, as a long-running operation.
pub(super) fn import(context: &mut Context<'_>, id: &str) -> HandlerResult {
    let body = context.request.json()?;
    let format = body["format"].as_str().unwrap_or_default();
    if !format.eq_ignore_ascii_case("inline-zip") {
        let text = format!("The value '{format}' is not valid. Allowed values: inline-zip.");
        return Err(errors::invalid("format", text));
    }
    let value = body["value"].as_str().unwrap_or_default();
    let zip = BASE64_STANDARD.decode(value).unwrap_or_default();
    if !zip.starts_with(b"PK") {
        return Err(errors::invalid("value", "The value is not a zip archive in base64."));
    }
    if let Some(entry) = context.state.store.get_mut(id) {
        entry.hidden = json!({"ruleset": value});
    }
    Ok(operations::accept(context, id, None))
}

/// Returns the stored ruleset.
pub(super) fn export(context: &mut Context<'_>, id: &str) -> HandlerResult {
    let stored = context.state.store.get(id).and_then(|entry| entry.hidden["ruleset"].as_str());
    let body = json!({"value": stored.unwrap_or(EMPTY_ZIP), "format": "inline-zip"});
    Ok(response::json(200, &body))
}
