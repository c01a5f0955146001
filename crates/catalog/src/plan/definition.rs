//! Plans the definition of a version, if azr may change it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::grouping::ApiGroupVersion;
use super::limits::LimitChecker;
use super::resource_step::ResourceStep;
use super::types::{DocumentSource, DocumentStep, ExistingDocument, ExportSource};
use crate::api_type::ApimApiType;
use crate::desired::{Change, DesiredResource};
use crate::format::DefinitionFormat;
use crate::import_source::ImportSource;
use crate::provenance::DeploymentProvenance;
use crate::snapshot::CenterVersion;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEFINITION;

/// A version, and what is known about it.
pub(super) struct VersionContext<'a> {
    /// Where the version is imported from.
    pub source: &'a ImportSource,
    /// The API version of API Management to read documents with.
    pub api_version: &'static str,
    /// The URLs of an MCP server's endpoint, or of an agent's card.
    pub urls: Vec<String>,
    /// The version in API Management.
    pub version: &'a ApiGroupVersion<'a>,
    /// The name of the API in the center.
    pub api: &'a str,
    /// The id of the version in the center.
    pub id: &'a ResourceId,
    /// The version in the center, if it exists.
    pub existing: Option<&'a CenterVersion>,
    /// Whether azr created the version, or will create it.
    pub is_created_by_azr: bool,
    /// The deployments of the API.
    pub deployments: &'a HashMap<String, Value>,
    /// The provenance of the version's deployment of this service.
    pub provenance: Option<&'a DeploymentProvenance>,
    /// Whether API Management might export the document of a sibling instead.
    pub has_siblings: bool,
    /// Why API Management cannot export the document; None if it can, or was not asked.
    pub unavailable: Option<&'a str>,
}

/// The definition of a version.
#[derive(Default)]
pub(super) struct PlannedDefinition {
    /// The definition, whether or not azr imports its document.
    pub id: Option<ResourceId>,
    /// The document, if azr imports it.
    pub document: Option<DocumentStep>,
    /// Whether the document that azr imported before stays, because it cannot be exported.
    pub is_kept: bool,
}

/// Plans the definition of a version.
///
/// The document comes from the service that imported it first: if the same API of two services is one API of the
/// center, their documents differ at least in their URLs and would replace each other with every run. A definition
/// that people created is left unchanged.
pub(super) fn plan_definition(context: &VersionContext<'_>, checker: &mut LimitChecker) -> PlannedDefinition {
    let api = context.version.api;
    let Some(format) = DefinitionFormat::for_api_type(&api.api_type) else {
        if !matches!(api.api_type, ApimApiType::Other(_)) {
            checker.notes.push(format!("{} is a WebSocket API, which has no definition", api.name));
        }
        return PlannedDefinition::default();
    };
    let id = context.id.child("definitions", format.name());
    let existing = context.existing.and_then(|version| version.definitions.get(format.name()));
    if existing.is_some() && !is_from_service(context) {
        // In later runs it is expected that the document is that of the other service.
        if context.provenance.is_none() || !is_from_another_service(context) {
            checker.notes.push(format!(
                "the definition {} of {} was not imported from {} and stays unchanged",
                format.name(),
                context.version.name,
                context.source
            ));
        }
        return PlannedDefinition { id: Some(id), ..PlannedDefinition::default() };
    }
    if let Some(reason) = context.unavailable {
        let consequence = match existing {
            Some(_) => "the one in the center stays unchanged",
            None => "it is imported without a document",
        };
        let failure = match format {
            DefinitionFormat::AgentCard => "the gateway does not return the card of",
            _ => "API Management cannot export the document of",
        };
        checker.notes.push(format!("{failure} {}, so {consequence}: {reason}", api.name));
        return PlannedDefinition { id: existing.map(|_| id), document: None, is_kept: existing.is_some() };
    }
    let label = format!("definition {} of {}", format.name(), context.version.name);
    let mut desired = DesiredResource::new(label, id.clone(), &CENTER_DEFINITION);
    desired.set("title", json!(format.title()));
    let definition = ResourceStep::new(desired, existing.map(|definition| definition["properties"].clone()));
    // A definition without a specification has lost its document, or the service did not import it.
    let has_document = |definition: &Value| definition["properties"]["specification"].is_object();
    let existing = match (existing, context.provenance.and_then(|p| p.digest.clone())) {
        (None, _) => ExistingDocument::Missing,
        (Some(existing), Some(digest)) if has_document(existing) => ExistingDocument::Digest(digest),
        (Some(_), _) => ExistingDocument::Unknown,
    };
    let source = DocumentSource::Export(ExportSource {
        format,
        api: context.source.api(&api.name),
        api_version: context.api_version,
        urls: context.urls.clone(),
        title: api.title.to_string(),
        version: api.version.as_deref().map(str::to_owned),
        has_siblings: context.has_siblings,
        checked_digest: match &existing {
            ExistingDocument::Digest(digest) => Some(digest.clone()),
            _ => None,
        },
    });
    let document =
        DocumentStep { definition, source, existing, document_change: Change::Unchanged, new_digest: None };
    PlannedDefinition { id: Some(id), document: Some(document), is_kept: false }
}

/// Whether the document of an existing definition was imported from this service.
fn is_from_service(context: &VersionContext<'_>) -> bool {
    if context.provenance.is_some_and(DeploymentProvenance::has_document) {
        return true;
    }
    context.is_created_by_azr && !is_from_another_service(context)
}

/// Whether the document of an existing definition was imported from another service, or from another API of this one.
fn is_from_another_service(context: &VersionContext<'_>) -> bool {
    let version_path = format!("/versions/{}/", context.version.name).to_ascii_lowercase();
    context.deployments.iter().any(|(name, deployment)| {
        let properties = &deployment["properties"];
        let definition = properties["definitionId"].as_str().unwrap_or_default().to_ascii_lowercase();
        let provenance = DeploymentProvenance::of_deployment(context.api, name, properties);
        let provenance = provenance.filter(|provenance| {
            !provenance.is_from(context.source)
                || !provenance.source_name().eq_ignore_ascii_case(&context.version.api.name)
        });
        definition.contains(&version_path) && provenance.is_some_and(|provenance| provenance.has_document())
    })
}
