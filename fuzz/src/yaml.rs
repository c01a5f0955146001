//! YAML files of structured options: anchors, merge keys, tags, and the scalars of `PyYAML`.
//!
//! The entire input is the file.

use azr::fuzzing::parse_yaml;

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match parse_yaml(text) {
        // What is sent: anchors may make it longer than the file, within the limit of values.
        Ok(value) => drop(value.to_string()),
        Err(reason) => assert!(!reason.is_empty() && !reason.contains('\n'), "{reason:?}"),
    }
}
