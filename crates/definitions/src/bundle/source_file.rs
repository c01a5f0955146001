//! The file that is bundled, and the files around it.

use std::sync::Arc;

use super::cache::{Document, DocumentCache, hash_text};
use super::files::{Files, MAX_EXPANDED};
use crate::Definition;
use crate::parse::parse_document;
use azr_core::error::Result;

/// The file of a definition, and the files around it.
#[derive(Clone, Copy)]
pub struct SourceFile<'a> {
    /// The path of the definition in `files`.
    pub path: &'a str,
    /// The files that the definition may refer to.
    pub files: &'a dyn Files,
    /// The parsed files; definitions that refer to the same files should share it.
    pub cache: &'a DocumentCache,
}

impl SourceFile<'_> {
    /// The parsed definition; the caller must provide a large stack.
    pub(super) fn parse(&self, definition: &Definition) -> Result<Arc<Document>> {
        let text = &definition.text;
        self.cache.get_definition(&self.files.scope(), self.path, text, || {
            let value = parse_document(text, &self.files.display_name(self.path), MAX_EXPANDED)?;
            Ok(Document::new(value, text.len(), hash_text(text)))
        })
    }
}
