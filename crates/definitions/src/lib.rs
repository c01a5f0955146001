//! Reading API definitions: recognising their format, and extracting what describes the API.
//!
//! The input is bytes and the output a [`Definition`]; only [`bundle::DefinitionFolder`] opens files. The format is
//! recognised by the content, never by the file extension. The text of a definition is kept exactly as its author wrote it;
//! only a definition that is spread over several files is written anew, by [`bundle`].
//!
//! ```
//! use azr_definitions::{ApiKind, Format};
//!
//! let text = b"openapi: 3.0.3\ninfo: {title: Orders, version: 1.0}\npaths: {}\n";
//! let definition = azr_definitions::read(text, "orders.yaml")?;
//! assert_eq!((definition.format, definition.kind), (Format::OpenApi, ApiKind::Rest));
//! assert_eq!(definition.version.as_deref(), Some("1.0"));
//! # Ok::<(), azr_core::error::Error>(())
//! ```

mod asyncapi;
pub mod bundle;
mod decode;
mod definition;
mod detect;
mod graphql;
pub mod imports;
mod json;
mod json_error;
pub mod limits;
pub mod names;
mod node;
mod openapi;
mod operation_list;
pub mod operations;
mod parse;
mod parse_limits;
mod protobuf;
mod read_error;
pub mod settings;
mod stack;
mod swagger;
mod syntax_cause;
pub mod titles;
mod variables;
mod wadl;
mod wsdl;
mod xml;
mod yaml;

pub use definition::{ApiKind, Contact, Definition, ExternalDocs, Format, License, Server};
pub use operation_list::{Operation, list_operations};
pub use parse_limits::{MAX_DEPTH, MAX_DOCUMENT};
pub use read_error::{ReadError, too_large_error};

use azr_core::error::{Error, Result};

/// Reads the definition in `bytes`.
///
/// `name` is the file name or URL, which is used only in errors.
pub fn read(bytes: &[u8], name: &str) -> Result<Definition> {
    classify(bytes, name).map_err(Error::from)
}

/// Reads the definition in `bytes`, and distinguishes other documents from invalid definitions.
///
/// This is for the files of a folder: a README is skipped, but a definition with a mistake is an error.
pub fn classify(bytes: &[u8], name: &str) -> Result<Definition, ReadError> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(ReadError::NotADefinition(too_large_error(bytes.len() as u64, name)));
    }
    let text = decode::decode(bytes, name)
        .map_err(|error| detect::syntax_error(&String::from_utf8_lossy(bytes), error))?;
    let mut definition = detect::detect(&text, name)?;
    definition.tidy();
    definition.text = text;
    Ok(definition)
}
