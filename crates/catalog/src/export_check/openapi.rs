//! Checks `OpenAPI` and Swagger documents: title, and version and operations of an API with siblings.

use std::collections::BTreeSet;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;

use super::expected_api::{
    CheckedDocument, ExpectedApi, ListedOperation, MAX_SHOWN_TITLE, wrong_operation, wrong_title,
};
use crate::service::{ApiTerms, NameAndUrl};
use azr_core::error::{Error, Result};
use azr_definitions::limits::truncate;

/// The syntax of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Json,
    Yaml,
}

/// The methods that `OpenAPI` knows; API Management accepts others too, and omits them from exports.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Operations as method and path without the names of parameters: `get /orders/{}`.
pub(super) type Operations = BTreeSet<String>;

/// Checks a document.
pub(super) fn check(
    expected: &ExpectedApi<'_>,
    bytes: &[u8],
    syntax: Syntax,
    operations: Option<&[ListedOperation]>,
) -> Result<CheckedDocument> {
    let api = expected.name;
    let malformed = |syntax: &str, e: &dyn std::fmt::Display| {
        Error::invalid_response(format!("the exported document of {api} is not valid {syntax}: {e}"))
    };
    let head: Head = match syntax {
        Syntax::Json => serde_json::from_slice(bytes).map_err(|e| malformed("JSON", &e))?,
        Syntax::Yaml => serde_saphyr::from_slice(bytes).map_err(|e| malformed("YAML", &e))?,
    };
    if head.openapi.is_none() && head.swagger.is_none() {
        return Err(malformed("OpenAPI", &"it does not have the member 'openapi' or 'swagger'"));
    }
    let info = head.info.unwrap_or_default();
    let document_title = info.title.as_deref().unwrap_or_default();
    if expected.title.is_some_and(|title| document_title.trim() != title.trim()) {
        return Err(wrong_title(expected, document_title));
    }
    if expected.has_siblings
        && let Some(operations) = operations
    {
        check_version(expected, info.version.as_deref())?;
        check_operations(expected, &head.paths.unwrap_or_default().0, operations)?;
    }
    Ok(CheckedDocument { format_version: head.openapi, terms: info.into_terms() })
}

fn check_version(expected: &ExpectedApi<'_>, document_version: Option<&str>) -> Result<()> {
    match (document_version, expected.version) {
        (Some(document_version), Some(version)) if document_version != version => {
            Err(Error::invalid_response(format!(
                "API Management exported version '{}' for '{}', which is version '{}'",
                truncate(document_version, MAX_SHOWN_TITLE),
                expected.name,
                truncate(version, MAX_SHOWN_TITLE)
            )))
        }
        _ => Ok(()),
    }
}

/// Checks that a document has the operations of the API, and no others.
pub(super) fn check_operations(
    expected: &ExpectedApi<'_>,
    exported: &Operations,
    operations: &[ListedOperation],
) -> Result<()> {
    let listed: Operations =
        operations.iter().filter_map(|o| normalized_operation(&o.method, &o.path)).collect();
    match exported.symmetric_difference(&listed).next() {
        Some(difference) => Err(wrong_operation(expected, difference, exported.contains(difference))),
        None => Ok(()),
    }
}

/// Normalizes an operation for comparison; None for a method that `OpenAPI` does not know.
pub(super) fn normalized_operation(method: &str, path: &str) -> Option<String> {
    let method = method.to_ascii_lowercase();
    if !METHODS.contains(&method.as_str()) {
        return None;
    }
    // A URL template may end with query parameters, which a document lists elsewhere.
    let path = path.split('?').next().unwrap_or_default().trim_matches('/');
    let mut text = format!("{method} /");
    let mut in_parameter = false;
    for char in path.chars() {
        match char {
            '{' => {
                in_parameter = true;
                text.push_str("{}");
            }
            '}' => in_parameter = false,
            _ if in_parameter => {}
            other => text.extend(other.to_lowercase()),
        }
    }
    Some(text)
}

/// The parts of an `OpenAPI` document that are compared; the rest is skipped.
#[derive(Deserialize)]
struct Head {
    #[serde(default, deserialize_with = "optional_text")]
    openapi: Option<String>,
    /// Any value: Swagger's version is a number if it is not quoted in YAML.
    swagger: Option<IgnoredAny>,
    info: Option<Info>,
    paths: Option<Paths>,
}

#[derive(Deserialize, Default)]
struct Info {
    #[serde(default, deserialize_with = "optional_text")]
    title: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    version: Option<String>,
    #[serde(default, rename = "termsOfService", deserialize_with = "optional_text")]
    terms_of_service: Option<String>,
    contact: Option<Party>,
    license: Option<Party>,
}

/// A contact or a license.
#[derive(Deserialize, Default)]
struct Party {
    #[serde(default, deserialize_with = "optional_text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    url: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    email: Option<String>,
}

impl Info {
    fn into_terms(self) -> ApiTerms {
        let non_empty = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let contact = self.contact.unwrap_or_default();
        let license = self.license.unwrap_or_default();
        ApiTerms {
            terms_of_service: non_empty(self.terms_of_service),
            contact: NameAndUrl { name: non_empty(contact.name), url: non_empty(contact.url) },
            email: non_empty(contact.email),
            license: NameAndUrl { name: non_empty(license.name), url: non_empty(license.url) },
        }
    }
}

/// A string; None for anything else, such as an unquoted version that YAML reads as a number.
fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::to_owned))
}

/// The `paths` of a document, as operations.
#[derive(Default)]
struct Paths(Operations);

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapVisitor;

        impl<'de> Visitor<'de> for MapVisitor {
            type Value = Paths;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of paths")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Paths, A::Error> {
                let mut operations = Operations::new();
                while let Some(path) = map.next_key::<String>()? {
                    let PathItem(members) = map.next_value()?;
                    operations
                        .extend(members.iter().filter_map(|method| normalized_operation(method, &path)));
                }
                Ok(Paths(operations))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Paths, E> {
                Ok(Paths::default())
            }
        }
        deserializer.deserialize_any(MapVisitor)
    }
}

/// The names of the members of a path item.
struct PathItem(Vec<String>);

impl<'de> Deserialize<'de> for PathItem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapVisitor;

        impl<'de> Visitor<'de> for MapVisitor {
            type Value = PathItem;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path of an OpenAPI document")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<PathItem, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    map.next_value::<IgnoredAny>()?;
                    names.push(name);
                }
                Ok(PathItem(names))
            }

            fn visit_unit<E: de::Error>(self) -> Result<PathItem, E> {
                Ok(PathItem(Vec::new()))
            }
        }
        deserializer.deserialize_any(MapVisitor)
    }
}
