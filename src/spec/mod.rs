//! Reading API definitions: what kind, which version, what they say of themselves.
//!
//! Pure: bytes in, a [`Definition`] or an error out. A definition is recognised by its content, never by the
//! ending of its file, and its text is kept exactly: what is registered is what the author wrote.

mod asyncapi;
mod decode;
mod definition;
mod detect;
mod graphql;
mod json;
pub mod limits;
pub mod names;
mod node;
mod openapi;
mod protobuf;
mod swagger;
mod variables;
mod wadl;
mod wsdl;
mod yaml;

pub use definition::{ApiKind, Contact, Definition, ExternalDocs, Format, License, Server};

use crate::error::{Error, Result};

/// The largest document that is read: 100 MiB.
///
/// The largest public definitions are around 40 MiB; API Center takes 3 MB inline and links beyond that.
pub const MAX_DOCUMENT: usize = 100 * 1024 * 1024;

/// How deep objects and lists may nest where they have to be understood.
///
/// The limit that `serde_json` sets itself; what azr only skips over in JSON may nest without limit.
pub const MAX_DEPTH: usize = 128;

const SUPPORTED: &str = "Supported are OpenAPI 3.x and Swagger 2.0 (JSON or YAML), AsyncAPI 2 and 3, WSDL 1.1 and 2.0, \
     WADL, GraphQL schemas (SDL or introspection) and Protocol Buffers.";

/// Reads the definition in `bytes`.
///
/// `name` is the file name or URL: it names the document in errors, and nothing is concluded from it.
pub fn read(bytes: &[u8], name: &str) -> Result<Definition> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(Error::invalid(format!(
            "{name} is {} MiB; azr reads definitions of up to {} MiB",
            bytes.len().div_ceil(1 << 20),
            MAX_DOCUMENT >> 20
        )));
    }
    let text = decode::decode(bytes, name)?;
    let mut definition = detect::detect(&text, name)?;
    definition.text = text;
    Ok(definition)
}

/// The error for a document that is not a definition azr knows: what it is instead, and what is supported.
fn unsupported(name: &str, found: &str) -> Error {
    Error::invalid(format!("{name} is not an API definition: {found}")).with_hint(SUPPORTED)
}

/// The error for a document that is meant as a definition but is broken.
fn broken(name: &str, format: &str, why: impl std::fmt::Display) -> Error {
    Error::invalid(format!("{name} is not valid {format}: {why}"))
}
