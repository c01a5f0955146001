//! The text of the new document.

use serde_json::Value;

use super::{Definition, MAX_EXPANDED, parsed};
use azr_core::error::{Error, Result};

/// Gives versions that were written as numbers back their spelling: 1.10 is not 1.1.
///
/// The specifications want text in these places; everywhere else a number is a number.
pub(super) fn versions_as_text(document: &mut Value, definition: &Definition) {
    let mut set = |pointer: &str, spelling: &Option<String>| {
        let number = document.pointer_mut(pointer).filter(|value| value.is_number());
        if let (Some(number), Some(spelling)) = (number, spelling) {
            *number = Value::String(spelling.clone());
        }
    };
    for key in ["/openapi", "/swagger", "/asyncapi"] {
        set(key, &definition.format_version);
    }
    set("/info/version", &definition.version);
}

/// The document as JSON or as YAML.
///
/// What was written is read again and compared: what is registered must say what the files said.
pub(super) fn text(document: &Value, as_json: bool, name: &str) -> Result<String> {
    let unexpected =
        |why: String| Error::unexpected(format!("{name} cannot be put into one document: {why}"));
    let text = if as_json {
        let text = serde_json::to_string_pretty(document).map_err(|e| unexpected(e.to_string()))?;
        format!("{text}\n")
    } else {
        let options = serde_saphyr::ser_options! { folded_wrap_chars: MAX_EXPANDED };
        serde_saphyr::to_string_with_options(document, options).map_err(|e| unexpected(e.to_string()))?
    };
    if parsed(&text, name, MAX_EXPANDED)? == *document {
        return Ok(text);
    }
    Err(unexpected("it reads differently when it is written as YAML".to_owned()))
}
