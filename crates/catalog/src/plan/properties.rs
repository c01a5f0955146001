//! What an API of the center says of itself, out of what API Management says of it.

use serde_json::{Map, Value, json};

use super::Options;
use super::design::Group;
use super::limits::{Checker, DESCRIPTION, NAME};
use crate::held::Held;
use crate::source::{Named, SourceApi, Terms};

/// The properties of an API that come from API Management.
pub fn api_properties(
    group: &Group<'_>,
    api: &SourceApi,
    title: &str,
    kind: &str,
    check: &mut Checker,
) -> Map<String, Value> {
    let mut wanted = Map::new();
    wanted.insert("title".to_owned(), json!(title));
    wanted.insert("kind".to_owned(), json!(kind));
    let of_set = group.set.and_then(|set| set.description.as_deref());
    if let Some(text) = of_set.or(api.description.as_deref()) {
        wanted.insert("description".to_owned(), json!(check.text("description", text, DESCRIPTION)));
    }
    if let Some(terms) = &api.terms {
        add_terms(&mut wanted, terms, check);
    }
    wanted
}

fn add_terms(wanted: &mut Map<String, Value>, terms: &Terms, check: &mut Checker) {
    let of_service = terms.of_service.as_deref();
    if let Some(url) = of_service.and_then(|url| check.url("URL of the terms of service", url)) {
        wanted.insert("termsOfService".to_owned(), json!({"url": url}));
    }
    let mut contact = named(&terms.contact, "contact", check);
    if let Some(email) = &terms.email {
        contact.insert("email".to_owned(), json!(check.text("contact's address", email, NAME)));
    }
    if !contact.is_empty() {
        wanted.insert("contacts".to_owned(), json!([contact]));
    }
    let license = named(&terms.license, "license", check);
    if !license.is_empty() {
        wanted.insert("license".to_owned(), Value::Object(license));
    }
}

fn named(of: &Named, member: &str, check: &mut Checker) -> Map<String, Value> {
    let mut made = Map::new();
    if let Some(name) = &of.name {
        made.insert("name".to_owned(), json!(check.text(&format!("{member}'s name"), name, NAME)));
    }
    if let Some(url) = of.url.as_deref().and_then(|url| check.url(&format!("{member}'s URL"), url)) {
        made.insert("url".to_owned(), json!(url));
    }
    made
}

/// The metadata that the user gives for something new of this kind.
pub fn custom(entity: &str, held: &Held, options: &Options) -> Map<String, Value> {
    let given = |name: &str| options.custom.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    held.assigned(entity).filter_map(|(name, _)| Some((name.to_owned(), given(name)?.1.clone()))).collect()
}

/// Metadata that the center requires of everything of this kind, and that is not given.
pub fn missing<'h>(entity: &'h str, held: &'h Held, custom: &Map<String, Value>) -> Option<&'h str> {
    let mut required = held.assigned(entity).filter(|(_, required)| *required).map(|(name, _)| name);
    required.find(|name| !custom.keys().any(|key| key.eq_ignore_ascii_case(name)))
}
