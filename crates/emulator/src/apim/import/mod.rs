//! Reads the documents that APIs are created from.

mod graphql;
mod names;
mod openapi;
mod operation;
mod parameters;
mod representations;
mod samples;
mod schemas;
mod wadl;
mod wsdl;

pub(super) use graphql::CONTENT_TYPE as GRAPHQL_SCHEMA;
pub(super) use schemas::INLINE;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::errors;
use crate::response::Response;
use crate::state::State;

/// The document in a request.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// `properties.format`.
    pub format: &'a str,
    /// `properties.value`: a document, or a link to one.
    pub value: &'a str,
    /// For WSDL: whether the API passes SOAP through, instead of exposing operations as REST.
    pub is_soap: bool,
    /// `properties.wsdlSelector`.
    pub selector: &'a Value,
}

/// Why a document is refused.
#[derive(Debug)]
pub(super) enum ImportError {
    /// It cannot be read.
    Parsing(String),
    /// It can be read, but not imported.
    Content(String),
}

impl From<String> for ImportError {
    fn from(message: String) -> Self {
        Self::Parsing(message)
    }
}

impl From<&str> for ImportError {
    fn from(message: &str) -> Self {
        Self::Parsing(message.to_owned())
    }
}

/// The family of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `OpenAPI` 3.
    OpenApi,
    /// Swagger 2.0.
    Swagger,
    /// WSDL 1.1.
    Wsdl,
    /// WADL.
    Wadl,
    /// A GraphQL schema.
    GraphQl,
}

impl Family {
    /// The name under which the document is stored.
    fn name(self) -> &'static str {
        match self {
            Self::OpenApi => "openapi",
            Self::Swagger => "swagger",
            Self::Wsdl => "wsdl",
            Self::Wadl => "wadl",
            Self::GraphQl => "graphql",
        }
    }
}

/// The content of a document, as API Management represents it.
#[derive(Debug)]
pub(super) struct Definition {
    /// The family of the document.
    pub family: Family,
    /// `json`, `yaml`, `xml` or `graphql`.
    pub syntax: &'static str,
    /// The document itself.
    pub document: String,
    /// Properties of the API: displayName, description, serviceUrl, protocols, type, …
    pub properties: Map<String, Value>,
    /// Operations: name and properties.
    pub operations: Vec<(String, Value)>,
    /// Schemas: name and properties.
    pub schemas: Vec<(String, Value)>,
}

impl Definition {
    /// An empty definition.
    fn new(family: Family, syntax: &'static str, document: &str) -> Self {
        Self {
            family,
            syntax,
            document: document.to_owned(),
            properties: Map::new(),
            operations: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// Replaces the properties of the API that the document describes.
    pub(super) fn describe(&self, properties: &mut Map<String, Value>) {
        for (member, value) in &self.properties {
            properties.insert(member.clone(), value.clone());
        }
    }

    /// The document as it is stored with the API; no GET shows it.
    pub(super) fn original(&self) -> Value {
        json!({"family": self.family.name(), "syntax": self.syntax, "document": self.document})
    }

    /// Replaces the operations and schemas of an API with those of the document.
    pub(super) fn store_parts(&self, state: &mut State, api: &str) {
        for (collection, parts) in [("operations", &self.operations), ("schemas", &self.schemas)] {
            let old: Vec<String> = state
                .store
                .list(&format!("{api}/{collection}"))
                .filter(|e| !parts.iter().any(|(name, _)| e.id.ends_with(&format!("/{name}"))))
                .map(|e| e.id.clone())
                .collect();
            for id in old {
                state.store.delete(&id);
            }
            for (name, properties) in parts {
                let id = format!("{api}/{collection}/{name}");
                let kind = format!("Microsoft.ApiManagement/service/apis/{collection}");
                state.store.put(&id, json!({"id": id, "type": kind, "name": name, "properties": properties}));
            }
        }
    }
}

/// The formats, the family each must hold, and whether the value is a link.
const FORMATS: &[(&str, Family, bool)] = &[
    ("openapi", Family::OpenApi, false),
    ("openapi+json", Family::OpenApi, false),
    ("openapi-link", Family::OpenApi, true),
    ("openapi+json-link", Family::OpenApi, true),
    ("swagger-json", Family::Swagger, false),
    ("swagger-link-json", Family::Swagger, true),
    ("wsdl", Family::Wsdl, false),
    ("wsdl-link", Family::Wsdl, true),
    ("wadl-xml", Family::Wadl, false),
    ("wadl-link-json", Family::Wadl, true),
    ("graphql-link", Family::GraphQl, true),
];

/// Reads the document in a request.
pub(super) fn read(
    state: &State,
    now: OffsetDateTime,
    source: &Document<'_>,
) -> Result<Definition, Response> {
    let format = source.format;
    let Some((_, family, link)) = FORMATS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(format)) else {
        let known: Vec<&str> = FORMATS.iter().map(|(name, ..)| *name).collect();
        let message = format!("'format' is '{format}'; it must be one of: {}.", known.join(", "));
        return Err(errors::invalid("format", &message));
    };
    let document = if *link { fetch(state, now, source.value)? } else { source.value };
    let document = document.trim_start_matches('\u{feff}');
    let is_json_only = format.contains("json") && !matches!(family, Family::Wadl);
    let definition = match family {
        Family::OpenApi | Family::Swagger => openapi::read(document, *family, is_json_only),
        Family::Wsdl => wsdl::read(document, source.is_soap, source.selector),
        Family::Wadl => wadl::read(document).map_err(ImportError::Parsing),
        Family::GraphQl => graphql::read(document).map_err(ImportError::Parsing),
    };
    definition.map_err(|error| match error {
        ImportError::Parsing(reason) => {
            errors::invalid("representation", &format!("Parsing error(s): {reason}"))
        }
        ImportError::Content(message) => errors::invalid_request(&message),
    })
}

/// The document behind a link. The emulator has no network access, so only its own links work.
fn fetch<'a>(state: &'a State, now: OffsetDateTime, link: &str) -> Result<&'a str, Response> {
    let token = link.split(['?', '&']).find_map(|part| part.strip_prefix("sig=")).unwrap_or_default();
    match state.links.get(token) {
        Some(link) if link.expires > now.unix_timestamp() => Ok(&link.document),
        Some(_) => Err(errors::invalid("value", "The link has expired.")),
        None => Err(errors::invalid(
            "value",
            "The document cannot be fetched from this link: the emulator has no network access. Import it inline.",
        )),
    }
}
