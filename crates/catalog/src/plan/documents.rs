//! Which document a version gets, and whether that is azr's to say.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::compare::put;
use super::design::GroupVersion;
use super::limits::Checker;
use super::{Document, Known};
use crate::document::Format;
use crate::held::HeldVersion;
use crate::mark::DeploymentMark;
use crate::nature::Nature;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_DEFINITION;

const DEFINITION_MEMBERS: &[&str] = &["title", "description"];

/// A version, and what is known of it.
pub struct Place<'a> {
    /// The API Management service.
    pub service: &'a ResourceId,
    /// The version as it is there.
    pub version: &'a GroupVersion<'a>,
    /// The version in the center.
    pub id: &'a ResourceId,
    /// What the center has of it.
    pub held: Option<&'a HeldVersion>,
    /// Whether azr made the version, or will.
    pub is_ours: bool,
    /// The deployments of the API.
    pub deployments: &'a HashMap<String, Value>,
    /// The mark of the version's deployment of this service.
    pub mark: Option<&'a DeploymentMark>,
    /// Whether the service could take another API's document for it.
    pub has_siblings: bool,
}

/// The definition of a version.
#[derive(Default)]
pub struct Found {
    /// The definition, whoever gives it its document.
    pub definition: Option<ResourceId>,
    /// The document, if it comes from here.
    pub document: Option<Document>,
}

/// Finds the definition of a version.
///
/// The document is that of the service that brought it first: where the same API of two services is one API of the
/// center, their documents differ by their addresses at least, and would replace each other with every run. What
/// people made is left alone.
pub fn of(place: &Place<'_>, check: &mut Checker) -> Found {
    let api = place.version.api;
    let Some(format) = Format::of(&api.nature) else {
        if !matches!(api.nature, Nature::Other(_)) {
            check.notes.push(format!("{} is of a kind without a definition", api.name));
        }
        return Found::default();
    };
    let id = place.id.child("definitions", format.name());
    let there = place.held.and_then(|version| version.definitions.get(format.name()));
    if there.is_some() && !is_ours(place) {
        check.notes.push(format!(
            "the definition {} of {} is not from {} and is left as it is",
            format.name(),
            place.version.name,
            place.service.name()
        ));
        return Found { definition: Some(id), document: None };
    }
    let mut wanted = Map::new();
    wanted.insert("title".to_owned(), json!(format.title()));
    let what = format!("definition {} of {}", format.name(), place.version.name);
    let current = there.map(|definition| &definition["properties"]);
    let definition = put(what, id.clone(), &CENTER_DEFINITION, wanted, current, DEFINITION_MEMBERS);
    let known = match (there, place.mark.and_then(|mark| mark.digest.clone())) {
        (None, _) => Known::Nothing,
        (Some(_), Some(digest)) => Known::Digest(digest),
        (Some(_), None) => Known::Unknown,
    };
    let document = Document {
        definition,
        format,
        api: place.service.child("apis", &api.name),
        title: api.title.to_string(),
        version: api.version.as_deref().map(str::to_owned),
        has_siblings: place.has_siblings,
        known,
    };
    Found { definition: Some(id), document: Some(document) }
}

/// Whether the document of a definition that is there comes from this service.
fn is_ours(place: &Place<'_>) -> bool {
    if place.mark.is_some_and(|mark| mark.digest.is_some()) {
        return true;
    }
    let within = format!("/versions/{}/", place.version.name).to_ascii_lowercase();
    let from_elsewhere = place.deployments.values().any(|deployment| {
        let properties = &deployment["properties"];
        let of_version = properties["definitionId"].as_str().unwrap_or_default().to_ascii_lowercase();
        let mark = DeploymentMark::of(properties).filter(|mark| !mark.is_from(place.service));
        of_version.contains(&within) && mark.is_some_and(|mark| mark.digest.is_some())
    });
    place.is_ours && !from_elsewhere
}
