//! Writing the bundled document.

use serde_json::Value;

use super::yaml_writer::to_yaml;
use crate::Definition;
use azr_core::error::{Error, Result};

/// Replaces versions that were written as numbers by their original text, so that 1.10 does not become 1.1.
///
/// The specifications require a string for them.
pub(super) fn restore_versions(document: &mut Value, definition: &Definition) {
    let mut set = |pointer: &str, original: &Option<String>| {
        let number = document.pointer_mut(pointer).filter(|value| value.is_number());
        if let (Some(number), Some(original)) = (number, original) {
            *number = Value::String(original.clone());
        }
    };
    for key in ["/openapi", "/swagger", "/asyncapi"] {
        set(key, &definition.format_version);
    }
    set("/info/version", &definition.version);
}

/// Formats the document as JSON or YAML; what YAML cannot contain is JSON, which is YAML as well.
pub(super) fn format_document(document: &Value, as_json: bool, name: &str) -> Result<String> {
    if !as_json && let Some(text) = to_yaml(document) {
        return Ok(text);
    }
    let text = serde_json::to_string_pretty(document)
        .map_err(|e| Error::unexpected(format!("{name} cannot be bundled: {e}")))?;
    Ok(format!("{text}\n"))
}
