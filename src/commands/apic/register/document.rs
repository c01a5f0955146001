//! Reading a definition for its registration: what it says, and the text that is sent.

use std::path::Path;

use url::Url;

use super::folder::Folder;
use super::locations::{SpecFile, public_url};
use crate::commands::apic::register_plan::{self, INLINE_LIMIT, Source};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_definitions::imports::{is_only_imported, list_imports};
use azr_definitions::{Definition, ReadError, bundle};
use azr_output::message;

/// What need not be read to know that it cannot be sent: as UTF-8 a file of UTF-16 is half as long at best.
const NEVER_SENT: u64 = 2 * INLINE_LIMIT as u64 + 2;

/// How many references an error names.
const SHOWN_REFERENCES: usize = 5;

/// What to do with references to other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bundling {
    /// Put what they refer to into the document.
    Bundle,
    /// Refuse the document.
    Refuse,
}

/// A definition and where it comes from.
#[derive(Debug)]
pub struct Document {
    /// What it says; its text is what is sent.
    pub definition: Definition,
    /// Where it comes from.
    pub source: Source,
    /// What is left out, one sentence each.
    pub notes: Vec<String>,
}

/// Reads a file.
pub fn of_file(file: &SpecFile, bundling: Bundling) -> Result<Document, ReadError> {
    let name = file.name();
    let size = file.path.metadata().map_or(0, |data| data.len());
    if file.named && size > NEVER_SENT {
        return Err(ReadError::NotADefinition(register_plan::too_large(&name, size)));
    }
    if size > azr_definitions::MAX_DOCUMENT as u64 {
        return Err(ReadError::NotADefinition(azr_definitions::too_large_error(size, &name)));
    }
    let bytes = std::fs::read(&file.path).map_err(|e| ReadError::Invalid(Error::read(&file.path, e)))?;
    let definition = azr_definitions::classify(&bytes, &name)?;
    if !file.named && is_only_imported(&definition) {
        let why = format!("{name} is not an API definition: it has no service and can only be imported");
        return Err(ReadError::NotADefinition(Error::invalid(why)));
    }
    let definition = alone(definition, file, bundling).map_err(ReadError::Invalid)?;
    let notes = missing(&definition);
    Ok(Document { definition, source: Source::File { name }, notes })
}

/// Reads what is at a URL; the service will read it itself.
pub async fn of_url(session: &Session, location: &str) -> Result<Document> {
    let url = Url::parse(location).map_err(|e| {
        Error::invalid(format!("--api-location: '{}' is not a URL: {e}", public_url(location)))
    })?;
    let bytes = session.client()?.fetch(&url).await?;
    let definition = azr_definitions::read(&bytes, &public_url(location))?;
    Ok(Document { definition, source: Source::Url(location.to_owned()), notes: Vec::new() })
}

/// The definition in one document.
fn alone(definition: Definition, file: &SpecFile, bundling: Bundling) -> Result<Definition> {
    let name = file.name();
    let outside = bundle::external_references(&definition, &name)?;
    if outside.local.is_empty() {
        said(&name, &outside.remote);
        return Ok(definition);
    }
    if bundling == Bundling::Refuse {
        let shown = outside.local.iter().take(SHOWN_REFERENCES).map(String::as_str);
        let shown = shown.collect::<Vec<_>>().join(", ");
        let more = outside.local.len().saturating_sub(SHOWN_REFERENCES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        return Err(Error::invalid(format!("{name} is not one document, it refers to {shown}{more}"))
            .with_hint("Without --no-bundle, what it refers to is put into the document that is sent."));
    }
    let bundled = bundle::bundle(&definition, &file.below, &Folder(&file.base))?;
    message::info(&format!("{name} is sent as one document with {}", bundled.included.join(", ")));
    said(&name, &bundled.remote);
    Ok(bundled.definition)
}

fn said(name: &str, remote: &[String]) {
    if !remote.is_empty() {
        message::info(&format!("{name} still refers to {}", remote.join(", ")));
    }
}

/// The note about files that are not sent along.
fn missing(definition: &Definition) -> Vec<String> {
    let files = list_imports(definition);
    if files.is_empty() {
        return Vec::new();
    }
    vec![format!("it imports {}, which API Center does not get: it takes one document", files.join(", "))]
}

/// Whether a file can be read again later: a pipe cannot.
#[must_use]
pub fn is_lasting(path: &Path) -> bool {
    path.is_file()
}
