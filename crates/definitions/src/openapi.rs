//! `OpenAPI` 3.0, 3.1 and 3.2, and the parts that it shares with Swagger 2.0 and `AsyncAPI`.

use super::definition::{ApiKind, Contact, Definition, ExternalDocs, Format, License, Server};
use super::node::Node;
use super::read_error::not_a_definition;
use super::variables;
use azr_core::error::Result;

/// Reads a document whose root has the member `openapi` with this version.
pub(super) fn read(root: &Node, version: &str, name: &str) -> Result<Definition> {
    if version != "3" && !version.starts_with("3.") {
        return Err(not_a_definition(name, &format!("OpenAPI {version} is not supported, only 3.x")));
    }
    let has_only_webhooks = root.has_content("webhooks") && !root.has_content("paths");
    let mut definition = read_common(root, version);
    if has_only_webhooks {
        definition.kind = ApiKind::Webhook;
    }
    definition.has_operations = root.has_content("paths") || root.has_content("webhooks");
    definition.servers = root.list("servers").iter().filter_map(read_server).collect();
    Ok(definition)
}

/// Reads what `OpenAPI` and Swagger have in common.
pub(super) fn read_common(root: &Node, version: &str) -> Definition {
    let mut definition = Definition::new(Format::OpenApi, ApiKind::Rest);
    definition.format_version = Some(version.to_owned());
    if let Some(info) = root.get("info") {
        read_info(info, &mut definition);
    }
    definition.external_docs = root.get("externalDocs").and_then(read_external_docs);
    definition
}

/// Reads the `info` object, which `AsyncAPI` has as well.
pub(super) fn read_info(info: &Node, definition: &mut Definition) {
    definition.title = info.text("title").map(|title| title.trim().to_owned());
    definition.version = info.text("version").map(|version| version.trim().to_owned());
    definition.summary = info.text("summary");
    definition.description = info.text("description");
    definition.terms_of_service = info.text("termsOfService");
    definition.contact = info.get("contact").and_then(read_contact);
    definition.license = info.get("license").and_then(read_license);
}

/// Reads `externalDocs`; `None` if it has no URL.
pub(super) fn read_external_docs(docs: &Node) -> Option<ExternalDocs> {
    Some(ExternalDocs { url: docs.text("url")?, description: docs.text("description") })
}

fn read_contact(node: &Node) -> Option<Contact> {
    let contact = Contact { name: node.text("name"), url: node.text("url"), email: node.text("email") };
    (contact != Contact::default()).then_some(contact)
}

fn read_license(node: &Node) -> Option<License> {
    let license =
        License { name: node.text("name"), url: node.text("url"), identifier: node.text("identifier") };
    (license != License::default()).then_some(license)
}

fn read_server(node: &Node) -> Option<Server> {
    Some(Server {
        url: variables::substitute_variables(node.text("url")?.trim(), node.get("variables")),
        name: node.text("name").or_else(|| node.text("title")),
        description: node.text("description"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn read_json(text: &str) -> Result<Definition> {
        let root = json::parse(text).expect("JSON");
        let version = root.text("openapi").expect("a version");
        read(&root, &version, "x")
    }

    #[test]
    fn reads_what_the_document_says_of_itself() {
        let definition = read_json(
            r#"{"servers": [{"url": " https://{r}.x/v1", "variables": {"r": {"default": "eu"}}}, {"description": "no url"}],
                "externalDocs": {"url": "https://d"},
                "info": {"title": " T ", "version": 1.0, "summary": "s", "description": "", "termsOfService": "https://t",
                         "contact": {}, "license": {"identifier": "MIT"}},
                "openapi": "3.1.0", "paths": {"/": {}}}"#,
        )
        .expect("read");
        assert_eq!(definition.title.as_deref(), Some("T"));
        assert_eq!(definition.version.as_deref(), Some("1.0"));
        assert_eq!(definition.format_version.as_deref(), Some("3.1.0"));
        assert_eq!((definition.description, definition.contact), (None, None));
        assert_eq!(definition.license.expect("license").identifier.as_deref(), Some("MIT"));
        assert_eq!(definition.servers.len(), 1);
        assert_eq!(definition.servers[0].url, "https://eu.x/v1");
        assert_eq!(definition.kind, ApiKind::Rest);
    }

    #[test]
    fn only_webhooks_make_a_webhook() {
        let kind = |rest: &str| read_json(&format!("{{\"openapi\": \"3.1.0\", {rest}}}")).expect("read").kind;
        assert_eq!(kind(r#""webhooks": {"a": {}}"#), ApiKind::Webhook);
        assert_eq!(kind(r#""webhooks": {"a": {}}, "paths": {}"#), ApiKind::Webhook);
        assert_eq!(kind(r#""webhooks": {"a": {}}, "paths": {"/": {}}"#), ApiKind::Rest);
    }

    #[test]
    fn other_versions_are_refused() {
        let error = read_json(r#"{"openapi": "4.0.0"}"#).expect_err("4.0").to_string();
        assert!(error.contains("OpenAPI 4.0.0"), "{error}");
    }

    #[test]
    fn members_of_the_wrong_shape_are_passed_over() {
        let definition =
            read_json(r#"{"openapi": "3.0.0", "info": [], "servers": {"url": "x"}, "externalDocs": "x"}"#)
                .expect("read");
        assert_eq!((definition.title, definition.servers.len()), (None, 0));
    }
}
