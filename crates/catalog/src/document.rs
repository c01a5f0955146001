//! Moves the document of a definition: exports it from API Management and imports it into a center.

use bytes::Bytes;
use serde_json::{Value, json};
use url::Url;

use super::agent_card::read_agent_card;
use super::digest::sha256_hex;
use super::export::{ExportError, ExportRequest, ExportedDocument, export_document};
use super::export_check::{ExpectedApi, ExportedFormat, check_document, read_operations};
use super::format::Retrieval;
use super::mcp_tools::read_tools_document;
use super::plan::ExportSource;
use super::response_check::check_body;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::lro;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEFINITION;

/// The largest document that is sent in a request, in bytes: 3 MiB.
pub const INLINE_LIMIT: usize = 3 * 1024 * 1024;

/// A document to import into a definition.
#[derive(Debug)]
pub(crate) struct Document {
    /// The SHA-256, in hexadecimal digits.
    pub(crate) digest: String,
    /// The body of the request that imports it.
    pub(crate) body: Value,
}

impl Document {
    /// A document whose text is sent in the request.
    pub(crate) fn inline(text: &str, specification: &Value) -> Self {
        let body = json!({"format": "inline", "specification": specification, "value": text});
        Self { digest: sha256_hex(text.as_bytes()), body }
    }

    /// A document with this SHA-256 that API Center reads from a link itself.
    pub(crate) fn link(url: &str, digest: String, specification: &Value) -> Self {
        Self { digest, body: json!({"format": "link", "specification": specification, "value": url}) }
    }
}

impl ExportedDocument {
    /// The document to import: its text, or its link if it is too large for a request.
    pub(crate) fn into_document(self, source: &ExportSource) -> Result<Document> {
        let mut specification = json!({"name": source.format.specification_name()});
        if let Some(version) = &self.checked.format_version {
            specification["version"] = json!(version);
        }
        if self.bytes.len() <= INLINE_LIMIT {
            let text = std::str::from_utf8(&self.bytes).map_err(|_| {
                Error::invalid(format!("the document of {} is not valid UTF-8", source.api.name()))
            })?;
            return Ok(Document::inline(text, &specification));
        }
        let Some(link) = &self.link else {
            return Err(Error::limit_exceeded(format!(
                "the document of {} is larger than 3 MB, the most that API Center accepts without a link",
                source.api.name()
            )));
        };
        Ok(Document::link(link.as_str(), self.digest(), &specification))
    }
}

/// Reads the document of an API from API Management, and checks that it belongs to that API.
pub(crate) async fn read_document(
    client: &Client,
    source: &ExportSource,
) -> Result<ExportedDocument, ExportError> {
    let expected = ExpectedApi {
        name: source.api.name(),
        title: Some(&source.title),
        version: source.version.as_deref(),
        has_siblings: source.has_siblings,
    };
    match source.format.retrieval() {
        Retrieval::Export(format, query_value) => {
            let request = ExportRequest {
                api: &Target::new(source.api.as_str(), source.api_version),
                expected,
                format,
                query_value,
                checked_digest: source.checked_digest.as_deref(),
            };
            export_document(client, &request).await
        }
        Retrieval::Schema(format, content_type) => {
            let document = read_schema(client, source, &expected, format, content_type).await;
            document.map_err(ExportError::Failed)
        }
        Retrieval::Tools => read_tools_document(client, source).await.map_err(ExportError::Failed),
        Retrieval::AgentCard => read_agent_card(client, source).await,
    }
}

/// Reads the document of an API whose definition API Management stores as a schema.
async fn read_schema(
    client: &Client,
    source: &ExportSource,
    expected: &ExpectedApi<'_>,
    format: ExportedFormat,
    schema_content_type: &str,
) -> Result<ExportedDocument> {
    let collection = format!("{}/schemas", source.api);
    let schemas =
        pager::list(client, &Target::new(&*collection, source.api_version), None, None).await?.items;
    let has_format = |schema: &&Value| {
        let content_type = schema.pointer("/properties/contentType").and_then(Value::as_str);
        content_type.unwrap_or_default().to_ascii_lowercase().contains(schema_content_type)
    };
    let schema = schemas.iter().find(has_format);
    let document = match (schema.and_then(schema_text), schema.and_then(|schema| schema["name"].as_str())) {
        (Some(text), _) => Some(text.to_owned()),
        // A list may leave out the documents.
        (None, Some(name)) => {
            let target = Target::new(&*collection, source.api_version).join(name);
            schema_text(&client.send(Method::GET, &target, None).await?.body).map(str::to_owned)
        }
        (None, None) => None,
    };
    let text = document.ok_or_else(|| {
        Error::missing_prerequisite(format!("the API {} does not have a schema", source.api.name()))
    })?;
    let needs_operations = format.needs_operations(false)
        && source.checked_digest.as_deref() != Some(&*sha256_hex(text.as_bytes()));
    let operations = if needs_operations {
        Some(read_operations(client, &Target::new(source.api.as_str(), source.api_version), format).await?)
    } else {
        None
    };
    let checked = check_document(expected, format, text.as_bytes(), operations.as_deref())?;
    Ok(ExportedDocument { bytes: Bytes::from(text), link: None, checked, note: None })
}

/// The document in a schema of API Management.
fn schema_text(schema: &Value) -> Option<&str> {
    schema.pointer("/properties/document/value")?.as_str().filter(|text| !text.is_empty())
}

/// The SHA-256 of the document in the center; None if the definition does not have one.
pub(crate) async fn digest_in_center(client: &Client, definition: &ResourceId) -> Result<Option<String>> {
    Ok(read_in_center(client, definition).await?.map(|document| sha256_hex(&document)))
}

/// Whether the definition in the center has another document than the one with this SHA-256.
pub(crate) async fn is_replaced(client: &Client, definition: &ResourceId, digest: &str) -> Result<bool> {
    Ok(digest_in_center(client, definition).await?.is_some_and(|current| current != digest))
}

/// The document in the center; None if the definition does not have one.
pub async fn read_in_center(client: &Client, definition: &ResourceId) -> Result<Option<Bytes>> {
    let target = Target::new(definition.as_str(), CENTER_DEFINITION.api_version)
        .join("exportSpecification")
        .idempotent();
    export_value(client, &target).await
}

/// The value that an export action returns, inline or by a link; None if there is nothing to export.
pub(crate) async fn export_value(client: &Client, target: &Target) -> Result<Option<Bytes>> {
    let mut response = match run_action(client, target, None).await {
        Ok(response) => response,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let is_link = response["format"].as_str().is_some_and(|format| format.eq_ignore_ascii_case("link"));
    let Value::String(value) = response["value"].take() else { return Ok(None) };
    if value.is_empty() {
        return Ok(None);
    }
    if !is_link {
        return Ok(Some(Bytes::from(value)));
    }
    let url = Url::parse(&value)
        .map_err(|e| Error::invalid_response(format!("the link of the export is not a valid URL: {e}")))?;
    client.fetch(&url).await.map(Some)
}

/// Imports a document into a definition.
pub(crate) async fn import_document(
    client: &Client,
    definition: &ResourceId,
    document: &Document,
) -> Result<()> {
    let target = Target::new(definition.as_str(), CENTER_DEFINITION.api_version)
        .join("importSpecification")
        .idempotent();
    let response = run_action(client, &target, Some(&document.body)).await?;
    check_body(&response, definition)
}

/// Sends a POST and waits until its operation ends.
pub(crate) async fn run_action(client: &Client, target: &Target, body: Option<&Value>) -> Result<Value> {
    let first = client.send(Method::POST, target, body).await?;
    lro::wait_for_operation(client, &Method::POST, target, first, &mut |_| {}).await
}
