//! Checks that an exported document belongs to the API that was requested.
//!
//! A link may lead to a sign-in page or to another document, and when two versions of one version set, or two revisions
//! of one API, are exported at the same time, API Management is known to return the same document for both. The id in
//! the response is correct even then, so the document itself is checked: that it can be read in its format, and its
//! title, version and operations.

mod expected_api;
mod graphql;
mod openapi;
mod wadl;
mod wsdl;

use serde_json::Value;

use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::revision::split_revision;
use azr_definitions::Format;
use expected_api::read_definition;

pub use expected_api::{CheckedDocument, ExpectedApi, ListedOperation};

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
    /// The title in an `OpenAPI` document identifies an API without siblings. The name of a service in WSDL often is not
    /// the display name of the API, or that of many services; GraphQL has no title.
    #[must_use]
    pub fn needs_operations(self, has_siblings: bool) -> bool {
        match self {
            Self::OpenApiJson | Self::OpenApiYaml | Self::Wadl => has_siblings,
            Self::Wsdl | Self::GraphQl => true,
            Self::Protobuf => false,
        }
    }
}

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
    let is_current = split_revision(expected.name).1.is_none()
        && split_revision(name).0.eq_ignore_ascii_case(expected.name);
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

#[cfg(test)]
mod tests;
