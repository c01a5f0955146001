//! The properties of an API of the center that come from API Management.

use serde_json::{Map, Value, json};

use super::grouping::ApiGroup;
use super::limits::{DESCRIPTION, LimitChecker, NAME};
use crate::desired::{DesiredResource, FieldOwner};
use crate::service::{ApiTerms, ApimApi, NameAndUrl};
use crate::snapshot::CenterSnapshot;

/// Sets the fields of an API that API Management specifies.
pub(super) fn set_api_fields(
    desired: &mut DesiredResource,
    group: &ApiGroup<'_>,
    api: &ApimApi,
    title: &str,
    kind: &str,
    checker: &mut LimitChecker,
) {
    desired.set("title", json!(title));
    desired.set("kind", json!(kind));
    let set_description = group.version_set.and_then(|set| set.description.as_deref());
    if let Some(text) = set_description.or(api.description.as_deref()) {
        desired.set("description", json!(checker.text("description", text, DESCRIPTION)));
    }
    if let Some(terms) = &api.terms {
        set_terms(desired, terms, checker);
    }
}

fn set_terms(desired: &mut DesiredResource, terms: &ApiTerms, checker: &mut LimitChecker) {
    let url = terms.terms_of_service.as_deref();
    if let Some(url) = url.and_then(|url| checker.url("URL of the terms of service", url)) {
        desired.set("termsOfService", json!({"url": url}));
    }
    let mut contact = name_and_url(&terms.contact, "contact", checker);
    if let Some(email) = &terms.email {
        contact.insert("email".to_owned(), json!(checker.text("contact's email address", email, NAME)));
    }
    if !contact.is_empty() {
        desired.set("contacts", json!([contact]));
    }
    let license = name_and_url(&terms.license, "license", checker);
    if !license.is_empty() {
        desired.set("license", Value::Object(license));
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

/// Sets the user's custom metadata, and returns required metadata that is missing.
///
/// The values are for new resources. Of an existing resource, only required metadata that it lacks is set, because the
/// center would refuse any update of it.
pub(super) fn set_custom_metadata<'c>(
    desired: &mut DesiredResource,
    existing: Option<&Value>,
    entity: &'c str,
    center: &'c CenterSnapshot,
    values: &Map<String, Value>,
) -> Option<&'c str> {
    let mut missing = None;
    for (name, is_required) in center.metadata_for(entity) {
        let has_value = |(key, value): (&String, &Value)| key.eq_ignore_ascii_case(name) && !value.is_null();
        let current = existing.map(|existing| &existing["customProperties"]).and_then(Value::as_object);
        let is_set = current.is_some_and(|current| current.iter().any(has_value));
        let value = values.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        if desired.has_metadata(name) {
            continue;
        }
        match value {
            Some(value) if existing.is_none() => {
                desired.set_metadata(name, value.clone(), FieldOwner::People);
            }
            Some(value) if is_required && !is_set => {
                desired.set_metadata(name, value.clone(), FieldOwner::Source);
            }
            None if is_required && !is_set => missing = missing.or(Some(name)),
            _ => {}
        }
    }
    missing
}
