//! Writing the bundled document.

use serde_json::Value;

use super::files::MAX_EXPANDED;
use super::parse::parse_document;
use crate::Definition;
use azr_core::error::{Error, Result};
use azr_core::number::{PlainNumbers, is_same_value};

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

/// Formats the document as JSON or YAML, and verifies that it parses to the same value.
///
/// A document whose YAML form parses to another value is formatted as JSON, which is YAML as well.
pub(super) fn format_document(document: &Value, as_json: bool, name: &str) -> Result<String> {
    let unexpected = |reason: String| Error::unexpected(format!("{name} cannot be bundled: {reason}"));
    if !as_json {
        let options = serde_saphyr::ser_options! { folded_wrap_chars: MAX_EXPANDED };
        // YAML has no type for an integer of more than 128 bits.
        if let Ok(text) = serde_saphyr::to_string_with_options(&PlainNumbers(document), options)
            && parse_document(&text, name, MAX_EXPANDED).is_ok_and(|parsed| is_same_value(&parsed, document))
        {
            return Ok(text);
        }
    }
    let text = serde_json::to_string_pretty(document).map_err(|e| unexpected(e.to_string()))?;
    if is_same_value(&parse_document(&text, name, MAX_EXPANDED)?, document) {
        return Ok(format!("{text}\n"));
    }
    Err(unexpected("its text parses to a different value".to_owned()))
}
