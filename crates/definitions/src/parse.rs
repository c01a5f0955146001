//! Parsing of whole documents.

use azr_core::error::Result;
use serde_json::Value;

use crate::read_error::invalid_definition;
use crate::{detect, json_error, yaml};

/// Parses a whole JSON or YAML document; the caller must provide a large stack.
pub(crate) fn parse_document(text: &str, name: &str, max_scalar_bytes: usize) -> Result<Value> {
    if is_json(text) {
        serde_json::from_str(text)
            .map_err(|e| invalid_definition(name, "JSON", json_error::describe(&e, text)))
    } else {
        yaml::parse_document(text, max_scalar_bytes)
            .map_err(|reason| invalid_definition(name, "YAML", reason))
    }
}

/// Whether a document is JSON rather than YAML.
pub(super) fn is_json(text: &str) -> bool {
    let start = text.trim_start();
    start.starts_with('[') || (start.starts_with('{') && detect::is_json_object(start))
}
