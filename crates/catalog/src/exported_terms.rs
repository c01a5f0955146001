//! Whether contact, license and terms of service of an API can be taken from its exported document.
//!
//! API Management is expected to export what an API has. If it does not, they would be lost, because lists omit them, too.
//! Reading each API just to be sure would be one more request for every API, so a few are read, until a document shows
//! that exports contain them, or an API shows that they do not.

use std::cell::Cell;

use super::export::ExportedDocument;
use super::plan::{DocumentStep, ExistingDocument, ResourceStep};
use super::provenance::ApiProvenance;
use super::service::ApiTerms;

/// The fields of an API in the center that come from its contact, license and terms of service.
const FIELDS: [&str; 3] = ["contacts", "license", "termsOfService"];

/// How many APIs are read, at most, to find out whether exports contain what they have.
const MAX_READS: usize = 8;

/// What is known about the exports of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    /// Nothing: so many APIs whose documents have no terms were read.
    Unknown { reads: usize },
    /// A document had terms.
    Contained,
    /// An API had terms that its document did not have.
    Omitted,
}

/// What the documents of a service have shown so far about contact, license and terms of service.
#[derive(Debug)]
pub(crate) struct ExportedTerms(Cell<Knowledge>);

impl Default for ExportedTerms {
    fn default() -> Self {
        Self(Cell::new(Knowledge::Unknown { reads: 0 }))
    }
}

impl ExportedTerms {
    /// The terms of an API according to its document; None if the API itself has to be read.
    ///
    /// It is always read if an earlier run wrote terms that the document does not have.
    pub(crate) fn terms(
        &self,
        document: &ExportedDocument,
        step: &DocumentStep,
        api: &ResourceStep,
    ) -> Option<ApiTerms> {
        let terms = &document.checked.terms;
        if *terms != ApiTerms::default() {
            if self.0.get() != Knowledge::Omitted {
                self.0.set(Knowledge::Contained);
            }
            return Some(terms.clone());
        }
        let provenance = api.existing.as_ref().and_then(ApiProvenance::from_properties);
        if provenance.is_some_and(|provenance| FIELDS.iter().any(|name| provenance.fields.contains(name))) {
            return None;
        }
        match self.0.get() {
            Knowledge::Omitted => None,
            Knowledge::Unknown { reads }
                if reads < MAX_READS && step.existing != ExistingDocument::Digest(document.digest()) =>
            {
                self.0.set(Knowledge::Unknown { reads: reads + 1 });
                None
            }
            _ => Some(ApiTerms::default()),
        }
    }

    /// Adds the terms of an API that was read because its document has none.
    pub(crate) fn add(&self, terms: &ApiTerms) {
        if *terms != ApiTerms::default() {
            self.0.set(Knowledge::Omitted);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;
    use crate::desired::{Change, DesiredResource};
    use crate::export_check::CheckedDocument;
    use crate::plan::DocumentSource;
    use azr_core::id::ResourceId;
    use azr_core::resource::{CENTER_API, CENTER_DEFINITION};

    fn terms() -> ApiTerms {
        ApiTerms { email: Some("ada@contoso.com".to_owned()), ..ApiTerms::default() }
    }

    fn step(existing: ExistingDocument) -> DocumentStep {
        let group = ResourceId::resource_group("s", "g");
        let id = CENTER_DEFINITION.id(&group, &["c", "default", "a", "v", "openapi"]);
        let desired = DesiredResource::new("definition openapi".to_owned(), id, &CENTER_DEFINITION);
        DocumentStep {
            definition: ResourceStep::new(desired, None),
            source: DocumentSource::Definition(0),
            existing,
            document_change: Change::Unchanged,
            new_digest: None,
        }
    }

    /// Whether the API has to be read, for a document with these terms and this recorded provenance of the API.
    fn is_read(
        exported: &ExportedTerms,
        terms: ApiTerms,
        existing: ExistingDocument,
        provenance: &str,
    ) -> bool {
        let checked = CheckedDocument { terms, ..CheckedDocument::default() };
        let document = ExportedDocument { bytes: Bytes::new(), link: None, checked, note: None };
        let existing = if existing == ExistingDocument::Unknown {
            ExistingDocument::Digest(document.digest())
        } else {
            existing
        };
        let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "a"]);
        let api = DesiredResource::new("API a".to_owned(), id, &CENTER_API);
        let properties = json!({"customProperties": {"azr-import": provenance}});
        let api = ResourceStep::new(api, (!provenance.is_empty()).then_some(properties));
        exported.terms(&document, &step(existing), &api).is_none()
    }

    #[test]
    fn a_few_apis_are_read_until_a_document_has_terms() {
        let exported = ExportedTerms::default();
        let is_read = |terms| is_read(&exported, terms, ExistingDocument::Missing, "");
        assert!(is_read(ApiTerms::default()));
        assert!(!is_read(terms()));
        assert!(!is_read(ApiTerms::default()));

        let exported = ExportedTerms::default();
        let reads =
            (0..100).filter(|_| self::is_read(&exported, ApiTerms::default(), ExistingDocument::Missing, ""));
        assert_eq!(reads.count(), MAX_READS);
    }

    #[test]
    fn every_api_is_read_once_one_has_terms_that_its_document_omits() {
        let exported = ExportedTerms::default();
        exported.add(&terms());
        for _ in 0..2 * MAX_READS {
            assert!(is_read(&exported, ApiTerms::default(), ExistingDocument::Missing, ""));
        }
    }

    #[test]
    fn an_unchanged_document_needs_no_read_unless_azr_wrote_what_it_omits() {
        // Unknown stands for the digest of the document.
        let is_read = |provenance| {
            is_read(&ExportedTerms::default(), ApiTerms::default(), ExistingDocument::Unknown, provenance)
        };
        assert!(!is_read(""));
        assert!(!is_read("from apim; fields title:0a1b2c3d"));
        assert!(is_read("from apim; fields contacts:0a1b2c3d"));
    }
}
