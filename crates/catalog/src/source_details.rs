//! What API Management says about an API beyond its entry in the list, which is read before the API is planned.
//!
//! The list leaves out contact, license and terms of service, and does not show whether a document can be exported.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::document;
use super::export::{ExportError, ExportedDocument};
use super::exported_terms::ExportedTerms;
use super::format::DefinitionFormat;
use super::inventory;
use super::plan::{DocumentSource, ExportSource, PlannedApi};
use super::service::{ApiTerms, ApimApi, ServiceSnapshot};
use azr_arm::client::Client;
use azr_core::error::{Error, Result};

/// What was read about the APIs of a group.
#[derive(Debug, Default)]
pub struct SourceDetails {
    /// Contact, license and terms of service of the newest version; None if the list has them.
    pub terms: Option<ApiTerms>,
    /// The names of APIs whose document API Management cannot export, each with the reason.
    pub unavailable: HashMap<String, String>,
    /// What the documents lack, for the result of the import.
    pub notes: Vec<String>,
    /// The documents that were exported already, or why they were not, by the name of the API.
    documents: Mutex<HashMap<String, Result<ExportedDocument>>>,
}

impl SourceDetails {
    /// Reads the details of the APIs of a plan; `newest` is the version that describes the API.
    ///
    /// Only the newest document, and documents that may not be available, are exported: all of them could be many.
    pub(crate) async fn read(
        client: &Client,
        service: &ServiceSnapshot,
        plan: &PlannedApi,
        newest: &ApimApi,
        require_documents: bool,
        exported_terms: &ExportedTerms,
    ) -> Result<Self> {
        let mut details = Self::default();
        let newest_id = service.source.api(&newest.name);
        let mut document_terms = None;
        for step in plan.versions.iter().flat_map(|version| &version.documents) {
            let DocumentSource::Export(source) = &step.source else { continue };
            let is_newest = source.api == newest_id;
            if !is_newest && !source.format.may_be_unavailable() {
                continue;
            }
            let name = source.api.name().to_owned();
            let document = match document::read_document(client, source).await {
                Err(ExportError::Unavailable(error)) if !require_documents => {
                    details.unavailable.insert(name, error.described());
                    continue;
                }
                outcome => outcome.map_err(Error::from),
            };
            if let (true, Ok(document)) = (is_newest, &document) {
                document_terms = match source.format {
                    DefinitionFormat::OpenApi => exported_terms.terms(document, step, &plan.api),
                    // The tools of a server are read with the API.
                    DefinitionFormat::McpTools => Some(document.checked.terms.clone()),
                    _ => None,
                };
            }
            if let Ok(document) = &document {
                details.notes.extend(document.note.clone());
            }
            details.lock().insert(name, document);
        }
        if newest.terms.is_none() {
            details.terms = if document_terms.is_some() {
                document_terms
            } else {
                let terms = inventory::read_terms(client, &newest_id, service.api_version).await?;
                exported_terms.add(&terms);
                Some(terms)
            };
        }
        Ok(details)
    }

    /// The document of an API, if it was exported already; it is returned once.
    pub(crate) fn take_document(&self, source: &ExportSource) -> Option<Result<ExportedDocument>> {
        self.lock().remove(source.api.name())
    }

    /// The digest of a document that was exported already.
    pub(crate) fn digest(&self, source: &ExportSource) -> Option<String> {
        self.lock().get(source.api.name())?.as_ref().ok().map(ExportedDocument::digest)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Result<ExportedDocument>>> {
        // No entry is ever half written.
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
