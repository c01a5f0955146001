//! Reads a definition to register: its content, and the text that is sent.

use std::cell::RefCell;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

use url::Url;

use super::locations::{DefinitionFile, public_url};
use crate::session::Session;
use azr_catalog::registration::{self, DefinitionSource, INLINE_LIMIT};
use azr_core::error::{Error, Result};
use azr_definitions::bundle::{DefinitionFolder, DocumentCache, Files as _, SourceFile};
use azr_definitions::imports::{is_only_imported, list_imports};
use azr_definitions::{Definition, ReadError, bundle};
use azr_output::message;

/// A larger file cannot be sent, even if it is UTF-16, which is at most twice as long as UTF-8.
const MAX_FILE_SIZE: u64 = 2 * INLINE_LIMIT as u64 + 2;

/// How many references a message lists.
const MAX_LISTED_REFERENCES: usize = 5;

/// What to do with references to other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bundling {
    /// Bundle the files into the document.
    Bundle,
    /// Refuse the document.
    Refuse,
}

/// A definition and its source.
#[derive(Debug)]
pub(super) struct SourceDocument {
    /// The definition, with the text that is sent.
    pub definition: Definition,
    /// The source.
    pub source: DefinitionSource,
    /// What is not sent, one sentence each.
    pub notes: Vec<String>,
}

/// Reads definition files; each file that several of them refer to is read once.
pub(super) struct FileReader {
    bundling: Bundling,
    cache: DocumentCache,
    /// The canonical paths of the files that were bundled into definitions.
    bundled: RefCell<HashSet<PathBuf>>,
}

impl FileReader {
    /// A reader that has not read any file.
    pub(super) fn new(bundling: Bundling) -> Self {
        Self { bundling, cache: DocumentCache::default(), bundled: RefCell::default() }
    }

    /// Reads the definition in a file.
    pub(super) fn read(&self, file: &DefinitionFile) -> Result<SourceDocument, ReadError> {
        let name = file.name();
        let size = file.path.metadata().map_or(0, |data| data.len());
        if file.is_explicit && size > MAX_FILE_SIZE {
            return Err(ReadError::NotADefinition(registration::too_large_error(&name, size)));
        }
        if size > azr_definitions::MAX_DOCUMENT as u64 {
            return Err(ReadError::NotADefinition(azr_definitions::too_large_error(size, &name)));
        }
        let bytes = std::fs::read(&file.path).map_err(|e| ReadError::Invalid(Error::read(&file.path, e)))?;
        let definition = azr_definitions::classify(&bytes, &name)?;
        if !file.is_explicit && is_only_imported(&definition) {
            let reason =
                format!("{name} is not an API definition: it has no service and can only be imported");
            return Err(ReadError::NotADefinition(Error::invalid(reason)));
        }
        let definition = self.bundle_references(definition, file).map_err(ReadError::Invalid)?;
        let notes = import_notes(&definition);
        Ok(SourceDocument { definition, source: DefinitionSource::File { name }, notes })
    }

    /// Whether a file was bundled into another definition.
    pub(super) fn is_part_of_another(&self, file: &DefinitionFile) -> bool {
        file.path.canonicalize().is_ok_and(|path| self.bundled.borrow().contains(&path))
    }

    /// Bundles the files that a definition refers to into its document.
    fn bundle_references(&self, definition: Definition, file: &DefinitionFile) -> Result<Definition> {
        let name = file.name();
        let folder = DefinitionFolder::new(&file.path, &file.base)?;
        let source = SourceFile { path: folder.definition_path(), files: &folder, cache: &self.cache };
        let references = bundle::external_references(&definition, &source)?;
        if references.local.is_empty() {
            log_remote_references(&name, &references.remote);
            return Ok(definition);
        }
        if self.bundling == Bundling::Refuse {
            return Err(Error::invalid(format!("{name} refers to other files: {}", list(&references.local)))
                .with_hint("Without --no-bundle, azr bundles them into the document."));
        }
        let bundled = bundle::bundle(&definition, &source)?;
        let names: Vec<String> = bundled.included.iter().map(|path| folder.display_name(path)).collect();
        message::info(&format!("{name} is sent as one document, bundled with {}", names.join(", ")));
        log_remote_references(&name, &bundled.remote);
        let paths = bundled.included.iter().filter_map(|path| folder.canonical_path(path).ok());
        self.bundled.borrow_mut().extend(paths);
        Ok(bundled.definition)
    }
}

/// Reads the definition at a URL, which the service will read again by itself.
pub(super) async fn read_url(session: &Session, location: &str) -> Result<SourceDocument> {
    let url = Url::parse(location).map_err(|e| {
        Error::invalid(format!("--api-location: '{}' is not a valid URL: {e}", public_url(location)))
    })?;
    let bytes = session.client()?.fetch_given(&url).await?;
    let definition = azr_definitions::read(&bytes, &public_url(location))?;
    let notes = unsent_file_notes(&definition);
    Ok(SourceDocument { definition, source: DefinitionSource::Url(location.to_owned()), notes })
}

fn log_remote_references(name: &str, remote: &[String]) {
    if !remote.is_empty() {
        message::info(&format!("{name} still refers to {}", remote.join(", ")));
    }
}

/// A note about the files that a document at a URL refers to, which the service does not read.
fn unsent_file_notes(definition: &Definition) -> Vec<String> {
    let mut notes = import_notes(definition);
    if let Ok(references) = bundle::references_in_document(definition)
        && !references.local.is_empty()
    {
        notes.push(format!(
            "it refers to {}, which API Center does not read: register the bundled document, or the files from a folder",
            list(&references.local)
        ));
    }
    notes
}

/// The first references of a list.
fn list(references: &[String]) -> String {
    let listed =
        references.iter().take(MAX_LISTED_REFERENCES).map(String::as_str).collect::<Vec<_>>().join(", ");
    let more = references.len().saturating_sub(MAX_LISTED_REFERENCES);
    if more > 0 { format!("{listed} and {more} more") } else { listed }
}

/// A note about imported files, which are not sent.
fn import_notes(definition: &Definition) -> Vec<String> {
    let files = list_imports(definition);
    if files.is_empty() {
        return Vec::new();
    }
    vec![format!(
        "it imports {}, which are not sent because API Center stores a single document",
        files.join(", ")
    )]
}

/// Whether a file can be read again later, unlike a pipe.
#[must_use]
pub(super) fn is_regular_file(path: &Path) -> bool {
    path.is_file()
}
