//! Reading API definitions: what kind, which version, what they say of themselves.
//!
//! Pure: bytes in, a [`Definition`] or an error out. A definition is recognised by its content, never by the
//! ending of its file, and its text is kept exactly: what is registered is what the author wrote. Only a definition
//! that is spread over several files is put together anew, by [`bundle`].

mod asyncapi;
pub mod bundle;
mod decode;
mod definition;
mod detect;
mod graphql;
pub mod imports;
mod json;
pub mod limits;
pub mod names;
mod node;
mod openapi;
mod protobuf;
mod refusal;
mod stack;
mod swagger;
mod variables;
mod wadl;
mod wsdl;
mod yaml;

pub use definition::{ApiKind, Contact, Definition, ExternalDocs, Format, License, Server};
pub use refusal::Refusal;

use azr_core::error::{Error, Result};

/// The largest document that is read: 100 MiB.
///
/// The largest public definitions are around 40 MiB; API Center takes 3 MB inline and links beyond that.
pub const MAX_DOCUMENT: usize = 100 * 1024 * 1024;

/// How deep objects and lists may nest where they have to be understood.
///
/// The limit that `serde_json` sets itself; what azr only skips over in JSON may nest without limit.
pub const MAX_DEPTH: usize = 128;

/// How many values may stand in what is understood of a JSON or YAML document, the members of its root among them.
///
/// A title, contacts and servers are a few hundred; without a bound 100 MB of them would take gigabytes of memory.
const MAX_VALUES: usize = 50_000;

const SUPPORTED: &str = "Supported are OpenAPI 3.x and Swagger 2.0 (JSON or YAML), AsyncAPI 2 and 3, WSDL 1.1 and 2.0, \
     WADL, GraphQL schemas (SDL or introspection) and Protocol Buffers.";

/// Reads the definition in `bytes`.
///
/// `name` is the file name or URL: it names the document in errors, and nothing is concluded from it.
pub fn read(bytes: &[u8], name: &str) -> Result<Definition> {
    examine(bytes, name).map_err(Error::from)
}

/// Reads the definition in `bytes`, and tells what is none from one that is broken.
///
/// For files that nobody named: in a folder a README is passed over, and a definition with a mistake is not.
pub fn examine(bytes: &[u8], name: &str) -> Result<Definition, Refusal> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(Refusal::Other(too_large(bytes.len() as u64, name)));
    }
    let text = decode::decode(bytes, name)
        .map_err(|error| detect::mistaken(&String::from_utf8_lossy(bytes), error))?;
    let mut definition = detect::detect(&text, name)?;
    definition.text = text;
    Ok(definition)
}

/// The error for a document of so many bytes, which are more than [`MAX_DOCUMENT`].
#[must_use]
pub fn too_large(bytes: u64, name: &str) -> Error {
    Error::limit_exceeded(format!(
        "{name} is {} MiB; azr reads definitions of up to {} MiB",
        bytes.div_ceil(1 << 20),
        MAX_DOCUMENT >> 20
    ))
}

/// The reason for a document in which more than [`MAX_VALUES`] would have to be understood.
fn too_many_values() -> String {
    format!("it has more than {MAX_VALUES} values outside of its operations and schemas")
}

/// The error for a document that is not a definition azr knows: what it is instead, and what is supported.
fn unsupported(name: &str, found: &str) -> Error {
    Error::invalid(format!("{name} is not an API definition: {found}")).with_hint(SUPPORTED)
}

/// The error for a document that is meant as a definition but is broken.
fn broken(name: &str, format: &str, why: impl std::fmt::Display) -> Error {
    Error::invalid(format!("{name} is not valid {format}: {why}"))
}
