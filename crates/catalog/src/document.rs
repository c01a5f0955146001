//! Moves the document of a definition: exports it from API Management and imports it into a center.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use url::Url;

use super::digest::sha256_hex;
use super::export_check::{self, ExpectedApi, Syntax};
use super::format::DefinitionFormat;
use super::plan::ExportSource;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::export::export_link;
use azr_arm::lro;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM, CENTER_DEFINITION};

/// The largest document that is sent in a request, in bytes: 3 MiB.
pub const INLINE_LIMIT: usize = 3 * 1024 * 1024;

/// How many times an export is requested while it returns another API's document.
const EXPORT_ATTEMPTS: u32 = 4;

/// The delay after a wrong export, multiplied by the number of attempts so far.
const RETRY_DELAY: Duration = Duration::from_millis(150);

/// A document that API Management exported.
#[derive(Debug)]
pub(crate) struct ExportedDocument {
    /// The document.
    pub(crate) bytes: Bytes,
    /// The link it was downloaded from, if it was exported as a link.
    pub(crate) link: Option<Url>,
    /// The version of its format, if the document names one.
    pub(crate) format_version: Option<String>,
}

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
    pub(crate) fn digest(&self) -> String {
        sha256_hex(&self.bytes)
    }

    /// The document to import: its text, or its link if it is too large for a request.
    pub(crate) fn into_document(self, source: &ExportSource) -> Result<Document> {
        let mut specification = json!({"name": source.format.name()});
        if let Some(version) = &self.format_version {
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

/// Exports the document of an API, and checks that it belongs to that API.
pub(crate) async fn export_document(client: &Client, source: &ExportSource) -> Result<ExportedDocument> {
    let Some(format) = source.format.export_format() else { return read_schema(client, source).await };
    let target = Target::new(source.api.as_str(), APIM).query("format", format).query("export", "true");
    let expected =
        ExpectedApi { name: source.api.name(), title: &source.title, version: source.version.as_deref() };
    let operations = match source.format {
        DefinitionFormat::OpenApi if source.has_siblings => {
            Some(export_check::read_operations(client, &source.api).await?)
        }
        _ => None,
    };
    let check = |bytes: &Bytes| match source.format {
        DefinitionFormat::OpenApi => {
            export_check::check_openapi(&expected, bytes, Syntax::Json, operations.as_ref())
        }
        _ => Ok(None),
    };
    let (bytes, link, format_version) = export_checked(client, &target, &expected, check).await?;
    Ok(ExportedDocument { bytes, link: Some(link), format_version })
}

/// Exports an API of API Management and downloads the document, until `check` accepts it; returns it with its link.
///
/// When several APIs of one version set are exported at the same time, API Management is known to return the same
/// document for all of them. A response for another API is therefore requested again. Callers must not start several
/// exports of one version set at the same time.
pub async fn export_checked<T>(
    client: &Client,
    target: &Target,
    expected: &ExpectedApi<'_>,
    check: impl Fn(&Bytes) -> Result<T>,
) -> Result<(Bytes, Url, T)> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let response = client.send(Method::GET, target, None).await?.body;
        let link = export_link(&response)?;
        let bytes = client.fetch(&link).await?;
        match export_check::check_response(expected, &response).and_then(|()| check(&bytes)) {
            Ok(checked) => return Ok((bytes, link, checked)),
            Err(error) if attempts == EXPORT_ATTEMPTS => return Err(error),
            Err(error) => {
                tracing::info!("{error}; exporting it again");
                // A concurrent export, perhaps by another process, may have finished by then.
                tokio::time::sleep(RETRY_DELAY * attempts).await;
            }
        }
    }
}

/// Reads the document of an API whose definition API Management stores as a schema.
async fn read_schema(client: &Client, source: &ExportSource) -> Result<ExportedDocument> {
    let target = Target::new(format!("{}/schemas", source.api), APIM);
    let schemas = pager::list(client, &target, None, None).await?.items;
    let has_format = |schema: &&Value| {
        let content_type = schema.pointer("/properties/contentType").and_then(Value::as_str);
        content_type.unwrap_or_default().to_ascii_lowercase().contains(source.format.schema_content_type())
    };
    let text =
        schemas.iter().find(has_format).and_then(|s| s.pointer("/properties/document/value")?.as_str());
    let text = text.ok_or_else(|| {
        Error::missing_prerequisite(format!("the API {} does not have a schema", source.api.name()))
    })?;
    Ok(ExportedDocument { bytes: Bytes::from(text.to_owned()), link: None, format_version: None })
}

/// The SHA-256 of the document in the center; None if the definition does not have one.
pub(crate) async fn digest_in_center(client: &Client, definition: &ResourceId) -> Result<Option<String>> {
    let target = Target::new(definition.as_str(), CENTER_DEFINITION.api_version)
        .join("exportSpecification")
        .idempotent();
    let response = match run_action(client, &target, None).await {
        Ok(response) => response,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let Some(value) = response.get("value").and_then(Value::as_str).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    if response.get("format").and_then(Value::as_str) != Some("link") {
        return Ok(Some(sha256_hex(value.as_bytes())));
    }
    let url = Url::parse(value)
        .map_err(|e| Error::invalid_response(format!("the link of the export is not a valid URL: {e}")))?;
    Ok(Some(sha256_hex(&client.fetch(&url).await?)))
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
    run_action(client, &target, Some(&document.body)).await.map(drop)
}

/// Sends a POST and waits until its operation ends.
async fn run_action(client: &Client, target: &Target, body: Option<&Value>) -> Result<Value> {
    let first = client.send(Method::POST, target, body).await?;
    lro::wait_for_operation(client, &Method::POST, target, first, &mut |_| {}).await
}
