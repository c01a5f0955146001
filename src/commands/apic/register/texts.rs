//! The texts of the definitions, which are read again when they are sent.

use std::collections::HashMap;

use super::document::{Bundling, FileReader};
use super::location::DefinitionFile;
use azr_catalog::digest::sha256_hex;
use azr_catalog::registration::DefinitionTexts;
use azr_core::error::{Error, Result};

/// How to get the document of a version when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DocumentText {
    /// The file is read again, and must still have this SHA-256.
    OnDisk {
        /// The file.
        file: DefinitionFile,
        /// In hexadecimal digits.
        digest: String,
    },
    /// The text, because the file cannot be read twice.
    InMemory(String),
    /// The service reads the document itself.
    Linked,
}

/// The texts of the definitions by their index.
pub(super) struct Texts {
    by_index: HashMap<usize, DocumentText>,
    reader: FileReader,
}

impl Texts {
    /// Texts whose references are bundled, or refused, when they are read again.
    pub(super) fn new(bundling: Bundling) -> Self {
        Self { by_index: HashMap::new(), reader: FileReader::new(bundling) }
    }

    /// Adds the text of the definition with this index.
    pub(super) fn insert(&mut self, index: usize, text: DocumentText) {
        self.by_index.insert(index, text);
    }
}

impl DefinitionTexts for Texts {
    fn read_text(&self, index: usize) -> Result<String> {
        let (file, digest_before) = match self.by_index.get(&index) {
            Some(DocumentText::OnDisk { file, digest }) => (file, digest),
            Some(DocumentText::InMemory(text)) => return Ok(text.clone()),
            // No document is sent.
            Some(DocumentText::Linked) | None => return Ok(String::new()),
        };
        let text = self.reader.read(file).map_err(Error::from)?.definition.text;
        if sha256_hex(text.as_bytes()) == *digest_before {
            return Ok(text);
        }
        Err(Error::conflict(format!("{} changed during the registration", file.name()))
            .with_hint("Run the same command again."))
    }
}
