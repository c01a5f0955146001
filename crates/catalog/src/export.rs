//! Exports documents from API Management, and checks that they belong to the API.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use url::Url;

use super::digest::sha256_hex;
use super::export_check::{
    self, CheckedDocument, ExpectedApi, ExportedFormat, ListedOperation, check_document,
};
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::export::export_link;
use azr_arm::plan::Target;
use azr_core::error::{Error, ErrorKind, Result};

/// How many times an export is requested while it returns another API's document.
const EXPORT_ATTEMPTS: u32 = 4;

/// The delay after a wrong export, multiplied by the number of attempts so far.
const RETRY_DELAY: Duration = Duration::from_millis(150);

/// How often WSDL is requested as a link while the service fails; then it is requested in the response itself.
const WSDL_LINK_ATTEMPTS: u32 = 2;

/// The `format` of an export whose response contains the WSDL document.
const INLINE_WSDL: &str = "wsdl";

/// The document of an API to export.
#[derive(Debug, Clone, Copy)]
pub struct ExportRequest<'a> {
    /// The API.
    pub api: &'a Target,
    /// What the document must belong to.
    pub expected: ExpectedApi<'a>,
    /// The format of the document.
    pub format: ExportedFormat,
    /// The `format` parameter of the request: `openapi+json-link`.
    pub query_value: &'static str,
    /// The SHA-256 of a document that was checked before, whose operations need no other check.
    pub checked_digest: Option<&'a str>,
}

/// A document that API Management exported.
#[derive(Debug)]
pub struct ExportedDocument {
    /// The document.
    pub bytes: Bytes,
    /// The link it was downloaded from, if it was exported as a link.
    pub link: Option<Url>,
    /// What it says about itself.
    pub checked: CheckedDocument,
    /// What the document lacks, for the result of the import; None if it is complete.
    pub note: Option<String>,
}

impl ExportedDocument {
    /// The SHA-256 of the document.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256_hex(&self.bytes)
    }
}

/// Why a document was not exported.
#[derive(Debug)]
pub enum ExportError {
    /// API Management cannot return a document that the API has: the exports of WSDL are known to fail, and the card of an
    /// agent is on the gateway.
    Unavailable(Error),
    /// Anything else, such as a document that does not belong to the API.
    Failed(Error),
}

impl From<ExportError> for Error {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Unavailable(error) | ExportError::Failed(error) => error,
        }
    }
}

/// Exports the document of an API and downloads it, until it is the document of that API.
///
/// When several APIs of one version set are exported at the same time, API Management is known to return the same
/// document for all of them. A document of another API is therefore requested again. Callers must not start several
/// exports of one version set at the same time.
///
/// If API Management fails to export WSDL as a link, it is asked for the document itself.
pub async fn export_document(
    client: &Client,
    request: &ExportRequest<'_>,
) -> Result<ExportedDocument, ExportError> {
    let mut export = Export { client, request, operations: None };
    if request.format != ExportedFormat::Wsdl {
        return export.export_by(Form::Link).await.map_err(|failure| ExportError::Failed(failure.error));
    }
    let failure = match export.export_by(Form::Link).await {
        Err(failure) if failure.is_export_defect => failure,
        outcome => return outcome.map_err(|failure| ExportError::Failed(failure.error)),
    };
    tracing::info!("{}; exporting {} in the response", failure.error, request.expected.name);
    let inline_failure = match export.export_by(Form::Inline).await {
        Ok(document) => return Ok(document),
        Err(failure) => failure,
    };
    // The error of a document that was refused says more than that of the service.
    Err(match (failure.is_refused, inline_failure.is_refused) {
        (true, _) => ExportError::Failed(failure.error),
        (false, false) if inline_failure.is_export_defect => ExportError::Unavailable(failure.error),
        (false, _) => ExportError::Failed(inline_failure.error),
    })
}

/// How the document is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As a link to it.
    Link,
    /// In the response.
    Inline,
}

/// A failed export.
struct Failure {
    error: Error,
    /// Whether the document itself was refused.
    is_refused: bool,
    /// Whether another form of the export may succeed.
    is_export_defect: bool,
    /// Whether the same export may succeed if it is requested again.
    is_repeatable: bool,
}

impl Failure {
    fn of_request(error: Error) -> Self {
        let is_export_defect = matches!(error.kind(), ErrorKind::Service | ErrorKind::InvalidResponse);
        Self { error, is_refused: false, is_export_defect, is_repeatable: false }
    }

    /// The document could not be downloaded; the link may have expired.
    fn of_download(error: Error) -> Self {
        Self { is_repeatable: error.kind() == ErrorKind::NoMatch, ..Self::of_request(error) }
    }

    fn of_document(error: Error) -> Self {
        Self { error, is_refused: true, is_export_defect: true, is_repeatable: true }
    }
}

/// One export, with the operations of the API once they are known.
struct Export<'a> {
    client: &'a Client,
    request: &'a ExportRequest<'a>,
    operations: Option<Vec<ListedOperation>>,
}

impl Export<'_> {
    async fn export_by(&mut self, form: Form) -> Result<ExportedDocument, Failure> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            match self.export_once(form).await {
                Err(failure) if failure.is_repeatable && attempts < EXPORT_ATTEMPTS => {
                    tracing::info!("{}; exporting it again", failure.error);
                    // A concurrent export, perhaps by another process, may have finished by then.
                    self.client.pause(RETRY_DELAY * attempts).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn export_once(&mut self, form: Form) -> Result<ExportedDocument, Failure> {
        let (response, bytes, link) = self.download(form).await?;
        export_check::check_response(&self.request.expected, &response).map_err(Failure::of_document)?;
        let checked = self.check(&bytes).await?;
        Ok(ExportedDocument { bytes, link, checked, note: None })
    }

    /// Requests the export; returns the response, the document, and its link.
    async fn download(&self, form: Form) -> Result<(Value, Bytes, Option<Url>), Failure> {
        let ExportRequest { api, format, query_value, .. } = *self.request;
        let query_value = if form == Form::Inline { INLINE_WSDL } else { query_value };
        let mut target = api.clone().query("format", query_value).query("export", "true");
        if form == Form::Inline {
            let body = self.client.read_bytes(&target).await.map_err(Failure::of_request)?;
            let (response, bytes) = inline_document(&body);
            return Ok((response, bytes, None));
        }
        if format == ExportedFormat::Wsdl {
            target = target.max_attempts(WSDL_LINK_ATTEMPTS);
        }
        let response = self.client.send(Method::GET, &target, None).await.map_err(Failure::of_request)?.body;
        let link = export_link(&response).map_err(Failure::of_request)?;
        let bytes = self.client.fetch(&link).await.map_err(Failure::of_download)?;
        Ok((response, bytes, Some(link)))
    }

    async fn check(&mut self, bytes: &Bytes) -> Result<CheckedDocument, Failure> {
        let ExportRequest { api, expected, format, checked_digest, .. } = self.request;
        let needs_operations = format.needs_operations(expected.has_siblings)
            && checked_digest.is_none_or(|digest| digest != sha256_hex(bytes));
        if needs_operations && self.operations.is_none() {
            // What is not even in the format needs no operations.
            check_document(expected, *format, bytes, None).map_err(Failure::of_document)?;
            let operations = export_check::read_operations(self.client, api, *format).await;
            self.operations = Some(operations.map_err(Failure::of_request)?);
        }
        let operations = self.operations.as_deref().filter(|_| needs_operations);
        check_document(expected, *format, bytes, operations).map_err(Failure::of_document)
    }
}

/// The document in the response to an inline export: the text itself, or a JSON object that contains it.
fn inline_document(body: &Bytes) -> (Value, Bytes) {
    let is_json = body.trim_ascii_start().starts_with(b"{");
    let response: Value =
        if is_json { serde_json::from_slice(body).unwrap_or_default() } else { Value::Null };
    let text = ["/properties/value", "/value"].iter().find_map(|pointer| response.pointer(pointer)?.as_str());
    let document = text.map_or_else(|| body.clone(), |text| Bytes::from(text.to_owned()));
    (response, document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inline_document_is_the_response_or_in_it() {
        let text = "<definitions/>";
        for body in [
            text.to_owned(),
            format!(r#"{{"properties":{{"value":"{text}"}}}}"#),
            format!(r#"{{"id":"/x","value":"{text}"}}"#),
        ] {
            let (_, bytes) = inline_document(&Bytes::from(body.clone()));
            assert!(bytes == text, "{body}");
        }
    }
}
