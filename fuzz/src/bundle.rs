//! Definitions that are spread over several files.
//!
//! `=== PATH` on a line of its own begins a file; the first is the definition.

use std::collections::BTreeMap;

use azr_core::error::{Error, Result};
use azr_definitions::bundle;

struct Memory(BTreeMap<String, String>);

impl bundle::Files for Memory {
    fn read(&self, path: &str) -> Result<Vec<u8>> {
        assert!(is_inside(path), "{path:?} was requested, which is outside of the folder");
        let text = self.0.get(path).ok_or_else(|| Error::invalid(format!("{path} does not exist")))?;
        Ok(text.clone().into_bytes())
    }
}

fn is_inside(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "." | "..")) && !path.starts_with('/')
}

/// Runs the target on one input.
pub fn run(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let mut files = BTreeMap::new();
    let mut root = None;
    for part in input.split("=== ").skip(1) {
        let (path, text) = part.split_once('\n').unwrap_or((part, ""));
        root = root.or(Some(path));
        files.insert(path.to_owned(), text.to_owned());
    }
    // The definition itself is named from its folder on, whatever it refers to.
    let Some(root) = root.filter(|root| is_inside(root)) else { return };
    let Ok(definition) = azr_definitions::read(files[root].as_bytes(), root) else { return };
    let source = bundle::SourceFile {
        path: root,
        files: &Memory(files.clone()),
        cache: &bundle::DocumentCache::default(),
    };
    let Ok(bundled) = bundle::bundle(&definition, &source) else { return };
    let text = &bundled.definition.text;
    assert!(text.len() <= 4 * bundle::MAX_EXPANDED, "the document has {} bytes", text.len());
    // What is sent is read as what was bundled, and has no references to files that could be resolved.
    let sent = azr_definitions::read(text.as_bytes(), root).expect("a definition");
    assert_eq!(sent, bundled.definition);
    let remaining = bundle::references_in_document(&sent).expect("references");
    assert!(remaining.local.is_empty(), "{:?} in {text}", remaining.local);
}
