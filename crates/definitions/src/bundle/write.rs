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

/// Like [`restore_versions`], for a file that contains the `info` of a definition, or is it.
pub(super) fn restore_version_of_file(value: &mut Value, text: &str) {
    for pointer in ["/version", "/info/version"] {
        let Some(number) = value.pointer_mut(pointer).filter(|value| value.is_f64()) else { continue };
        let original = text.lines().filter_map(|line| {
            let written = line.trim_start().strip_prefix("version")?.trim_start().strip_prefix(':')?;
            written.split('#').next().map(str::trim)
        });
        let parsed = number.as_f64();
        let original = original.into_iter().find(|written| written.parse::<f64>().ok() == parsed);
        if let Some(original) = original {
            *number = Value::String(original.to_owned());
        }
    }
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
