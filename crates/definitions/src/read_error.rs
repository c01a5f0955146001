//! Errors of documents that cannot be read as definitions.

use azr_core::error::Error;

use super::parse_limits::{MAX_DOCUMENT, MAX_VALUES};

const SUPPORTED: &str = "Supported are OpenAPI 3.x and Swagger 2.0 (JSON or YAML), AsyncAPI 2 and 3, WSDL 1.1 and 2.0, \
     WADL, GraphQL schemas (SDL or introspection) and Protocol Buffers.";

/// Why a document cannot be read as a definition.
#[derive(Debug)]
pub enum ReadError {
    /// It is something else: a README, an image, a fragment that a definition refers to.
    NotADefinition(Error),
    /// It is a definition with a mistake, or in a version that is not supported.
    Invalid(Error),
}

impl From<ReadError> for Error {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::NotADefinition(error) | ReadError::Invalid(error) => error,
        }
    }
}

/// The error for a document of this size, which is larger than [`MAX_DOCUMENT`].
#[must_use]
pub fn too_large_error(bytes: u64, name: &str) -> Error {
    Error::limit_exceeded(format!(
        "{name} is {} MiB; azr reads definitions of up to {} MiB",
        bytes.div_ceil(1 << 20),
        MAX_DOCUMENT >> 20
    ))
}

/// The error for a document that is not a definition in a supported format; `actual` says what it is.
pub(crate) fn not_a_definition(name: &str, actual: &str) -> Error {
    Error::invalid(format!("{name} is not an API definition: {actual}")).with_hint(SUPPORTED)
}

/// The error for a document that is not valid in its format.
pub(crate) fn invalid_definition(name: &str, format: &str, reason: impl std::fmt::Display) -> Error {
    Error::invalid(format!("{name} is not valid {format}: {reason}"))
}

/// The reason for a document with more than [`MAX_VALUES`] values to parse.
pub(crate) fn too_many_values() -> String {
    format!("it has more than {MAX_VALUES} values outside of its operations and schemas")
}
