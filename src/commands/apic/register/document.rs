//! Reads a definition to register: its content, and the text that is sent.

use std::path::Path;

use url::Url;

use super::locations::{DefinitionFile, public_url};
use crate::commands::apic::register_plan::{self, INLINE_LIMIT, Source};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_definitions::bundle::DefinitionFolder;
use azr_definitions::imports::{is_only_imported, list_imports};
use azr_definitions::{Definition, ReadError, bundle};
use azr_output::message;

/// A larger file cannot be sent, even if it is UTF-16, which is at most twice as long as UTF-8.
const MAX_FILE_SIZE: u64 = 2 * INLINE_LIMIT as u64 + 2;

/// How many references an error lists.
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
    pub source: Source,
    /// What is not sent, one sentence each.
    pub notes: Vec<String>,
}

/// Reads the definition in a file.
pub(super) fn read_file(file: &DefinitionFile, bundling: Bundling) -> Result<SourceDocument, ReadError> {
    let name = file.name();
    let size = file.path.metadata().map_or(0, |data| data.len());
    if file.is_explicit && size > MAX_FILE_SIZE {
        return Err(ReadError::NotADefinition(register_plan::too_large_error(&name, size)));
    }
    if size > azr_definitions::MAX_DOCUMENT as u64 {
        return Err(ReadError::NotADefinition(azr_definitions::too_large_error(size, &name)));
    }
    let bytes = std::fs::read(&file.path).map_err(|e| ReadError::Invalid(Error::read(&file.path, e)))?;
    let definition = azr_definitions::classify(&bytes, &name)?;
    if !file.is_explicit && is_only_imported(&definition) {
        let reason = format!("{name} is not an API definition: it has no service and can only be imported");
        return Err(ReadError::NotADefinition(Error::invalid(reason)));
    }
    let definition = bundle_references(definition, file, bundling).map_err(ReadError::Invalid)?;
    let notes = import_notes(&definition);
    Ok(SourceDocument { definition, source: Source::File { name }, notes })
}

/// Reads the definition at a URL, which the service will read again by itself.
pub(super) async fn read_url(session: &Session, location: &str) -> Result<SourceDocument> {
    let url = Url::parse(location).map_err(|e| {
        Error::invalid(format!("--api-location: '{}' is not a valid URL: {e}", public_url(location)))
    })?;
    let bytes = session.client()?.fetch(&url).await?;
    let definition = azr_definitions::read(&bytes, &public_url(location))?;
    Ok(SourceDocument { definition, source: Source::Url(location.to_owned()), notes: Vec::new() })
}

/// Bundles the files that a definition refers to into its document.
fn bundle_references(
    definition: Definition,
    file: &DefinitionFile,
    bundling: Bundling,
) -> Result<Definition> {
    let name = file.name();
    let references = bundle::external_references(&definition, &name)?;
    if references.local.is_empty() {
        log_remote_references(&name, &references.remote);
        return Ok(definition);
    }
    if bundling == Bundling::Refuse {
        let listed = references.local.iter().take(MAX_LISTED_REFERENCES).map(String::as_str);
        let listed = listed.collect::<Vec<_>>().join(", ");
        let more = references.local.len().saturating_sub(MAX_LISTED_REFERENCES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        return Err(Error::invalid(format!("{name} refers to other files: {listed}{more}"))
            .with_hint("Without --no-bundle, azr bundles them into the document."));
    }
    let folder = DefinitionFolder::new(&file.path, &file.base)?;
    let bundled = bundle::bundle(&definition, folder.definition_path(), &folder)?;
    message::info(&format!("{name} is sent as one document, bundled with {}", bundled.included.join(", ")));
    log_remote_references(&name, &bundled.remote);
    Ok(bundled.definition)
}

fn log_remote_references(name: &str, remote: &[String]) {
    if !remote.is_empty() {
        message::info(&format!("{name} still refers to {}", remote.join(", ")));
    }
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
