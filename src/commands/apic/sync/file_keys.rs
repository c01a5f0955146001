//! Errors about what a file selects, which the import reports under the names of its options.

use std::path::Path;

use azr_core::error::Error;

/// The options, each with the key of the file that stands for it.
const KEYS: [(&str, &str); 6] = [
    ("--apim-apis", "apis"),
    ("--tag", "tags"),
    ("--product", "products"),
    ("--metadata", "metadata"),
    ("--custom-properties", "custom-properties"),
    ("--subscription", "subscription"),
];

/// The error with the key of the file in place of the option.
pub(super) fn name_key(error: Error, file: &Path) -> Error {
    let text = error.to_string();
    let key =
        KEYS.iter().find_map(|(option, key)| Some((*key, text.strip_prefix(option)?.strip_prefix(": ")?)));
    let Some((key, reason)) = key else { return error };
    let message = format!("--file: {}: '{key}': {reason}", file.display());
    let hint = error
        .hint()
        .map(|hint| hint.replace("--create-metadata creates it", "create-metadata: true creates it"));
    let error = error.map_message(|_| message);
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_is_named_as_the_key_of_the_file() {
        let name = |text: &str| name_key(Error::no_match(text.to_owned()), Path::new("azr.yaml")).to_string();
        assert_eq!(name("--tag: no API of a has it"), "--file: azr.yaml: 'tags': no API of a has it");
        assert_eq!(name("--max-delete: no"), "--max-delete: no");
        assert_eq!(name("--tagged: no"), "--tagged: no");
    }
}
