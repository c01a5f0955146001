//! The properties of an API of the center that come from API Management.

use serde_json::{Map, Value, json};

use super::grouping::ApiGroup;
use super::limits::{DESCRIPTION, LimitChecker, NAME};
use super::types::PlanOptions;
use crate::service::{ApiTerms, ApimApi, NameAndUrl};
use crate::snapshot::CenterSnapshot;

/// The properties of an API that come from API Management.
pub(super) fn api_properties(
    group: &ApiGroup<'_>,
    api: &ApimApi,
    title: &str,
    kind: &str,
    checker: &mut LimitChecker,
) -> Map<String, Value> {
    let mut properties = Map::new();
    properties.insert("title".to_owned(), json!(title));
    properties.insert("kind".to_owned(), json!(kind));
    let set_description = group.version_set.and_then(|set| set.description.as_deref());
    if let Some(text) = set_description.or(api.description.as_deref()) {
        properties.insert("description".to_owned(), json!(checker.text("description", text, DESCRIPTION)));
    }
    if let Some(terms) = &api.terms {
        add_terms(&mut properties, terms, checker);
    }
    properties
}

fn add_terms(properties: &mut Map<String, Value>, terms: &ApiTerms, checker: &mut LimitChecker) {
    let url = terms.terms_of_service.as_deref();
    if let Some(url) = url.and_then(|url| checker.url("URL of the terms of service", url)) {
        properties.insert("termsOfService".to_owned(), json!({"url": url}));
    }
    let mut contact = name_and_url(&terms.contact, "contact", checker);
    if let Some(email) = &terms.email {
        contact.insert("email".to_owned(), json!(checker.text("contact's email address", email, NAME)));
    }
    if !contact.is_empty() {
        properties.insert("contacts".to_owned(), json!([contact]));
    }
    let license = name_and_url(&terms.license, "license", checker);
    if !license.is_empty() {
        properties.insert("license".to_owned(), Value::Object(license));
    }
}

fn name_and_url(value: &NameAndUrl, member: &str, checker: &mut LimitChecker) -> Map<String, Value> {
    let mut object = Map::new();
    if let Some(name) = &value.name {
        object.insert("name".to_owned(), json!(checker.text(&format!("{member}'s name"), name, NAME)));
    }
    if let Some(url) = value.url.as_deref().and_then(|url| checker.url(&format!("{member}'s URL"), url)) {
        object.insert("url".to_owned(), json!(url));
    }
    object
}

/// The user's custom properties for a new resource of this kind.
pub(super) fn initial_custom_properties(
    entity: &str,
    center: &CenterSnapshot,
    options: &PlanOptions,
) -> Map<String, Value> {
    let value_of = |name: &str| {
        let mut properties = options.custom_properties.iter();
        properties.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
    };
    center.metadata_for(entity).filter_map(|(name, _)| Some((name.to_owned(), value_of(name)?))).collect()
}

/// Metadata that the center requires of every resource of this kind and that is missing.
pub(super) fn missing_required_metadata<'c>(
    entity: &'c str,
    center: &'c CenterSnapshot,
    custom_properties: &Map<String, Value>,
) -> Option<&'c str> {
    let mut required = center.metadata_for(entity).filter(|(_, required)| *required).map(|(name, _)| name);
    required.find(|name| !custom_properties.keys().any(|key| key.eq_ignore_ascii_case(name)))
}
