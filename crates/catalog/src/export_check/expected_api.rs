//! What the document of an API should contain, and the errors if it does not.

use crate::service::ApiTerms;
use azr_core::error::{Error, Result};
use azr_definitions::limits::truncate;
use azr_definitions::{Definition, Format};

/// The API whose document is expected.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedApi<'a> {
    /// The name, with `;rev=N` for a revision that is not current.
    pub name: &'a str,
    /// The display name; None if it is not known.
    pub title: Option<&'a str>,
    /// The version, if the API has one.
    pub version: Option<&'a str>,
    /// Whether API Management might export the document of another version or revision instead.
    pub has_siblings: bool,
}

/// An operation or a resolver of an API, as API Management lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedOperation {
    /// The resource name.
    pub name: String,
    /// The display name.
    pub title: String,
    /// The HTTP method; empty for a resolver.
    pub method: String,
    /// The URL template, or the type and the field that a resolver belongs to: `Query/artist`.
    pub path: String,
}

/// What a checked document says about itself.
#[derive(Debug, Default)]
pub struct CheckedDocument {
    /// The version of its format.
    pub format_version: Option<String>,
    /// Contact, license and terms of service, as far as the format has them.
    pub terms: ApiTerms,
}

/// How many characters of a document's title or version an error shows.
pub(super) const MAX_SHOWN_TITLE: usize = 200;

/// Reads a document, which must be in this format.
pub(super) fn read_definition(
    expected: &ExpectedApi<'_>,
    bytes: &[u8],
    format: Format,
) -> Result<Definition> {
    let name = match format {
        Format::GraphQl => "GraphQL",
        Format::Wadl => "WADL",
        Format::Protobuf => "Protocol Buffers",
        _ => "WSDL",
    };
    let api = expected.name;
    let definition = azr_definitions::read(bytes, api).map_err(|reason| {
        Error::invalid_response(format!("the exported document of {api} is not {name}: {reason}"))
    })?;
    if definition.format == format {
        return Ok(definition);
    }
    let actual = definition.format.as_str();
    Err(Error::invalid_response(format!("the exported document of {api} is not {name}, but {actual}")))
}

/// The error for a document with another title.
pub(super) fn wrong_title(expected: &ExpectedApi<'_>, document_title: &str) -> Error {
    Error::invalid_response(format!(
        "API Management exported a document with the title '{}' for '{}', whose title is '{}'",
        truncate(document_title, MAX_SHOWN_TITLE),
        expected.name,
        truncate(expected.title.unwrap_or_default(), MAX_SHOWN_TITLE)
    ))
}

/// The error for a document without an operation of the API, or with one that the API does not have.
pub(super) fn wrong_operation(expected: &ExpectedApi<'_>, operation: &str, is_in_document: bool) -> Error {
    let verb = if is_in_document { "has" } else { "lacks" };
    Error::invalid_response(format!(
        "API Management exported a document for '{}' that {verb} the operation '{}', unlike the API",
        expected.name,
        truncate(operation, MAX_SHOWN_TITLE)
    ))
}
