//! Checks that an exported document belongs to the API that was requested.
//!
//! A link may lead to a sign-in page or to another document, and when two versions of one version set, or two revisions
//! of one API, are exported at the same time, API Management is known to return the same document for both. The id in
//! the response is correct even then, so the document itself is checked: that it can be read in its format, and its
//! title, version and operations.

mod graphql;
mod openapi;
mod wadl;
mod wsdl;

use serde_json::Value;

use super::service::ApiTerms;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
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

/// The format of an exported document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportedFormat {
    /// `OpenAPI` or Swagger in JSON.
    OpenApiJson,
    /// `OpenAPI` in YAML.
    OpenApiYaml,
    /// WSDL.
    Wsdl,
    /// WADL.
    Wadl,
    /// A GraphQL schema.
    GraphQl,
    /// Protocol Buffers.
    Protobuf,
}

impl ExportedFormat {
    /// All formats.
    pub const ALL: [Self; 6] =
        [Self::OpenApiJson, Self::OpenApiYaml, Self::Wsdl, Self::Wadl, Self::GraphQl, Self::Protobuf];

    /// Whether the check of a document needs the operations of the API.
    ///
    /// The title in an `OpenAPI` document identifies an API without siblings. WSDL has the name of a service, which is
    /// often not the display name of the API, and GraphQL has no title.
    #[must_use]
    pub fn needs_operations(self, has_siblings: bool) -> bool {
        match self {
            Self::OpenApiJson | Self::OpenApiYaml | Self::Wadl => has_siblings,
            Self::Wsdl | Self::GraphQl => true,
            Self::Protobuf => false,
        }
    }
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
const MAX_SHOWN_TITLE: usize = 200;

/// Reads the operations of an API from API Management, or the resolvers of a GraphQL API.
pub async fn read_operations(
    client: &Client,
    api: &Target,
    format: ExportedFormat,
) -> Result<Vec<ListedOperation>> {
    let collection = if format == ExportedFormat::GraphQl { "resolvers" } else { "operations" };
    let mut operations = Vec::new();
    let target = api.clone().join(collection);
    let mut add = |item: Value, _| {
        let text = |name: &str| item["properties"][name].as_str().unwrap_or_default().to_owned();
        let path = if format == ExportedFormat::GraphQl { text("path") } else { text("urlTemplate") };
        let name = item["name"].as_str().unwrap_or_default().to_owned();
        operations.push(ListedOperation { name, title: text("displayName"), method: text("method"), path });
    };
    pager::for_each_item(client, &target, 1, &mut add).await?;
    Ok(operations)
}

/// Returns an error if the response of an export has the id of another API.
pub fn check_response(expected: &ExpectedApi<'_>, response: &Value) -> Result<()> {
    let Some(id) = response.get("id").and_then(Value::as_str) else { return Ok(()) };
    let name = id.rsplit('/').next().unwrap_or_default();
    // The response may give the current revision its number.
    let is_current = !expected.name.contains(";rev=") && root_name(name).eq_ignore_ascii_case(expected.name);
    if is_current || name.eq_ignore_ascii_case(expected.name) {
        return Ok(());
    }
    Err(Error::invalid_response(format!(
        "API Management exported the API '{name}' instead of '{}'",
        expected.name
    )))
}

/// Checks that a document belongs to an API.
///
/// `operations` are those that API Management lists for the API, if they are to be compared.
pub fn check_document(
    expected: &ExpectedApi<'_>,
    format: ExportedFormat,
    bytes: &[u8],
    operations: Option<&[ListedOperation]>,
) -> Result<CheckedDocument> {
    match format {
        ExportedFormat::OpenApiJson => openapi::check(expected, bytes, openapi::Syntax::Json, operations),
        ExportedFormat::OpenApiYaml => openapi::check(expected, bytes, openapi::Syntax::Yaml, operations),
        ExportedFormat::Wsdl => wsdl::check(expected, bytes, operations),
        ExportedFormat::Wadl => wadl::check(expected, bytes, operations),
        ExportedFormat::GraphQl => graphql::check(expected, bytes, operations),
        ExportedFormat::Protobuf => {
            read_definition(expected, bytes, Format::Protobuf).map(|_| CheckedDocument::default())
        }
    }
}

fn root_name(name: &str) -> &str {
    name.split(";rev=").next().unwrap_or(name)
}

/// Reads a document, which must be in this format.
fn read_definition(expected: &ExpectedApi<'_>, bytes: &[u8], format: Format) -> Result<Definition> {
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
fn wrong_title(expected: &ExpectedApi<'_>, document_title: &str) -> Error {
    Error::invalid_response(format!(
        "API Management exported a document with the title '{}' for '{}', whose title is '{}'",
        truncate(document_title, MAX_SHOWN_TITLE),
        expected.name,
        expected.title.unwrap_or_default()
    ))
}

/// The error for a document without an operation of the API, or with one that the API does not have.
fn wrong_operation(expected: &ExpectedApi<'_>, operation: &str, is_in_document: bool) -> Error {
    let verb = if is_in_document { "has" } else { "lacks" };
    Error::invalid_response(format!(
        "API Management exported a document for '{}' that {verb} the operation '{}', unlike the API",
        expected.name,
        truncate(operation, MAX_SHOWN_TITLE)
    ))
}

#[cfg(test)]
mod tests;
