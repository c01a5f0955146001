//! Reads a definition to register: its content, and the text that is sent.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use url::Url;

use super::location::{DefinitionFile, Location, public_url};
use crate::session::Session;
use azr_catalog::registration::{self, DefinitionSource, INLINE_LIMIT};
use azr_core::error::{Error, Result};
use azr_definitions::bundle::{DefinitionFolder, DocumentCache, ExternalReferences, Files as _, SourceFile};
use azr_definitions::imports::{is_only_imported, list_imports};
use azr_definitions::{Definition, ReadError, bundle};

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
    /// What was bundled, for `--verbose`.
    pub details: Vec<String>,
}

/// Reads definition files; each file that several of them refer to is read once.
pub(super) struct FileReader {
    bundling: Bundling,
    cache: DocumentCache,
    /// Locked while a file that is too large to be sent is read: each needs a multiple of its size.
    large_file: Mutex<()>,
    /// The absolute paths of the files that were bundled into definitions.
    bundled: Mutex<HashSet<PathBuf>>,
}

impl FileReader {
    /// A reader that has not read any file.
    pub(super) fn new(bundling: Bundling) -> Self {
        Self {
            bundling,
            cache: DocumentCache::default(),
            large_file: Mutex::default(),
            bundled: Mutex::default(),
        }
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
        let _guard = (size > MAX_FILE_SIZE).then(|| lock(&self.large_file));
        let bytes = std::fs::read(&file.path).map_err(|e| ReadError::Invalid(Error::read(&file.path, e)))?;
        let definition = azr_definitions::classify(&bytes, &name)?;
        if !file.is_explicit && is_only_imported(&definition) {
            let reason =
                format!("{name} is not an API definition: it has no service and can only be imported");
            return Err(ReadError::NotADefinition(Error::invalid(reason)));
        }
        let notes = import_notes(&definition);
        let source = DefinitionSource::File { name };
        let document = SourceDocument { definition, source, notes, details: Vec::new() };
        let document = self.bundle_references(document, file).map_err(ReadError::Invalid)?;
        // A text that cannot be sent would stay in memory until its definition is described.
        registration::check_file_size(&file.name(), document.definition.text.len())
            .map_err(ReadError::Invalid)?;
        Ok(document)
    }

    /// Reads several definitions at the same time; URLs are not read, and `None`.
    pub(super) fn read_all(&self, locations: &[Location]) -> Vec<Option<Result<SourceDocument, ReadError>>> {
        let next = AtomicUsize::new(0);
        let results: Vec<_> = locations.iter().map(|_| Mutex::new(None)).collect();
        let read_next = || {
            while let index = next.fetch_add(1, Ordering::Relaxed)
                && let Some((location, result)) = locations.get(index).zip(results.get(index))
            {
                if let Location::File(file) = location {
                    *lock(result) = Some(self.read(file));
                }
            }
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(locations.len());
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(read_next);
            }
            read_next();
        });
        results
            .into_iter()
            .map(|result| result.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect()
    }

    /// Whether a file was bundled into another definition.
    pub(super) fn is_part_of_another(&self, file: &DefinitionFile) -> bool {
        file.path.canonicalize().is_ok_and(|path| self.lock_bundled().contains(&path))
    }

    /// Bundles the files that a definition refers to into its document.
    fn bundle_references(
        &self,
        mut document: SourceDocument,
        file: &DefinitionFile,
    ) -> Result<SourceDocument> {
        let name = file.name();
        let folder = DefinitionFolder::new(&file.path, &file.base)?;
        let source = SourceFile { path: folder.definition_path(), files: &folder, cache: &self.cache };
        let references = bundle::external_references(&document.definition, &source)?;
        document.notes.extend(describe_unsent_files(&references));
        if references.local.is_empty() {
            document.details.extend(describe_remote_references(&name, &references.remote));
            return Ok(document);
        }
        if self.bundling == Bundling::Refuse {
            return Err(Error::invalid(format!("{name} refers to other files: {}", list(&references.local)))
                .with_hint("Without --no-bundle, azr bundles them into the document."));
        }
        let bundled = bundle::bundle(&document.definition, &source)?;
        let names: Vec<String> = bundled.included.iter().map(|path| folder.display_name(path)).collect();
        document.details.push(format!("{name} is sent as one document, bundled with {}", names.join(", ")));
        document.details.extend(describe_remote_references(&name, &bundled.remote));
        self.lock_bundled().extend(bundled.included.iter().map(|path| folder.absolute_path(path)));
        document.definition = bundled.definition;
        Ok(document)
    }

    fn lock_bundled(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        lock(&self.bundled)
    }
}

/// Locks a mutex; what it guards is valid even if another thread panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads the definition at a URL, which the service will read again by itself.
pub(super) async fn read_url(session: &Session, location: &str) -> Result<SourceDocument> {
    let url = Url::parse(location).map_err(|e| {
        Error::invalid(format!("--api-location: '{}' is not a valid URL: {e}", public_url(location)))
    })?;
    let bytes = session.client()?.fetch_given(&url).await?;
    let definition = azr_definitions::read(&bytes, &public_url(location))?;
    let notes = unsent_file_notes(&definition);
    Ok(SourceDocument {
        definition,
        source: DefinitionSource::Url(location.to_owned()),
        notes,
        details: Vec::new(),
    })
}

fn describe_remote_references(name: &str, remote: &[String]) -> Option<String> {
    (!remote.is_empty()).then(|| format!("{name} still refers to {}", remote.join(", ")))
}

/// A note about the files that a document at a URL refers to, which the service does not read.
fn unsent_file_notes(definition: &Definition) -> Vec<String> {
    let mut notes = import_notes(definition);
    let Ok(references) = bundle::references_in_document(definition) else { return notes };
    if !references.local.is_empty() {
        notes.push(format!(
            "it refers to {}, which API Center does not read: register the bundled document, or the files from a folder",
            list(&references.local)
        ));
    }
    notes.extend(describe_unsent_files(&references));
    notes
}

/// A note about the files with values of examples, which are not part of the document.
fn describe_unsent_files(references: &ExternalReferences) -> Option<String> {
    (!references.unsent.is_empty()).then(|| {
        format!("it refers to {} without $ref, which API Center does not read", list(&references.unsent))
    })
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
        "it imports {}; imported files are not sent because API Center stores a single document",
        files.join(", ")
    )]
}

/// Whether a file can be read again later, unlike a pipe.
#[must_use]
pub(super) fn is_regular_file(path: &Path) -> bool {
    path.is_file()
}
