//! The fields of the API: those that az sends, and those that az omits.

use serde_json::{Map, Value, json};

use super::limits;
use super::types::RegistrationOptions;
use crate::desired::DesiredResource;
use azr_definitions::{Contact, Definition, ExternalDocs, License};

/// The title of external documentation, as in az.
const DOCS_TITLE: &str = "Title";

/// Sets the fields of the API.
///
/// Unlike with az, it has the summary and the terms of service of the document. What neither the document nor the
/// options specify belongs to people, and has the value of az on a new API.
pub(super) fn set_api_fields(
    desired: &mut DesiredResource,
    definition: &Definition,
    options: &RegistrationOptions,
    title: &str,
    notes: &mut Vec<String>,
) {
    desired.set("title", json!(title));
    desired.set("kind", json!(options.kind.as_deref().unwrap_or_else(|| definition.kind.as_str())));
    set_description(desired, definition, notes);
    if let Some(summary) = options.summary.as_ref().or(definition.summary.as_ref()) {
        let summary = limits::truncate_with_note("summary", summary, limits::SUMMARY, notes);
        desired.set("summary", json!(summary));
    }
    if let Some(url) = definition.terms_of_service.as_deref().and_then(|t| terms_of_service(t, notes)) {
        desired.set("termsOfService", json!({"url": url}));
    }
    match definition.external_docs.as_ref().and_then(|docs| external_documentation(docs, notes)) {
        Some(docs) => desired.set("externalDocumentation", json!([docs])),
        None => desired.set_initially("externalDocumentation", json!([])),
    }
    if let Some(contact) = definition.contact.as_ref().and_then(|c| contact_body(c, notes)) {
        desired.set("contacts", json!([contact]));
    }
    if let Some(license) = definition.license.as_ref().and_then(|l| license_body(l, notes)) {
        desired.set("license", license);
    }
}

/// Sets the description of an API or a definition.
pub(super) fn set_description(
    desired: &mut DesiredResource,
    definition: &Definition,
    notes: &mut Vec<String>,
) {
    let description = json!(limits::description(definition.description.as_deref(), notes));
    if definition.description.is_some() {
        desired.set("description", description);
    } else {
        desired.set_initially("description", description);
    }
}

fn terms_of_service<'a>(terms: &'a str, notes: &mut Vec<String>) -> Option<&'a str> {
    let terms = terms.trim();
    if url::Url::parse(terms).is_err() {
        notes.push(format!(
            "the terms of service were left out, because '{}' is not a valid URL",
            limits::truncate(terms, limits::TITLE)
        ));
        return None;
    }
    limits::url("URL of the terms of service", terms, notes)
}

fn external_documentation(docs: &ExternalDocs, notes: &mut Vec<String>) -> Option<Value> {
    let url = limits::url("external documentation", &docs.url, notes)?;
    let mut body = json!({"title": DOCS_TITLE, "url": url});
    if let Some(text) = &docs.description {
        let text = limits::truncate_with_note(
            "description of the external documentation",
            text,
            limits::DESCRIPTION,
            notes,
        );
        body["description"] = json!(text);
    }
    Some(body)
}

fn contact_body(contact: &Contact, notes: &mut Vec<String>) -> Option<Value> {
    let mut body = Map::new();
    insert(&mut body, "name", contact.name.as_deref().map(|name| limits::truncate(name, limits::NAME)));
    insert(&mut body, "url", contact.url.as_deref().and_then(|url| limits::url("contact's URL", url, notes)));
    insert(&mut body, "email", contact.email.as_deref().map(|email| limits::truncate(email, limits::NAME)));
    (!body.is_empty()).then_some(Value::Object(body))
}

fn license_body(license: &License, notes: &mut Vec<String>) -> Option<Value> {
    let mut body = Map::new();
    insert(&mut body, "name", license.name.as_deref().map(|name| limits::truncate(name, limits::NAME)));
    insert(&mut body, "url", license.url.as_deref().and_then(|url| limits::url("license's URL", url, notes)));
    insert(
        &mut body,
        "identifier",
        license.identifier.as_deref().map(|id| limits::truncate(id, limits::LICENSE_ID)),
    );
    (!body.is_empty()).then_some(Value::Object(body))
}

fn insert(body: &mut Map<String, Value>, key: &str, text: Option<&str>) {
    if let Some(text) = text {
        body.insert(key.to_owned(), json!(text));
    }
}
