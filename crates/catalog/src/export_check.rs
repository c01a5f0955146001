//! Checks that an exported document belongs to the API that was requested.
//!
//! When two versions of one version set, or two revisions of one API, are exported at the same time, API Management is
//! known to return the same document for both. The id in the response is correct even then, so the document itself is
//! checked: its title and version, and for APIs that have siblings its operations.

use std::collections::BTreeSet;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;

use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::APIM;
use azr_definitions::limits::truncate;

/// The API whose document is expected.
#[derive(Debug, Clone, Copy)]
pub struct ExpectedApi<'a> {
    /// The name, with `;rev=N` for a revision that is not current.
    pub name: &'a str,
    /// The display name.
    pub title: &'a str,
    /// The version, if the API has one.
    pub version: Option<&'a str>,
}

/// How many characters of a document's title or version an error shows.
const MAX_SHOWN_TITLE: usize = 200;

/// The methods that `OpenAPI` knows; API Management accepts others too, and omits them from exports.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Operations as method and path without the names of parameters: `get /orders/{}`.
pub type Operations = BTreeSet<String>;

/// Reads the operations of an API from API Management.
pub async fn read_operations(client: &Client, api: &ResourceId) -> Result<Operations> {
    let mut operations = Operations::new();
    let target = Target::new(format!("{api}/operations"), APIM);
    let mut add = |item: Value, _| {
        let text = |name: &str| item["properties"][name].as_str().unwrap_or_default();
        operations.extend(normalized_operation(text("method"), text("urlTemplate")));
    };
    pager::for_each_item(client, &target, 1, &mut add).await?;
    Ok(operations)
}

/// Returns an error if the response of an export has the id of another API.
pub fn check_response(expected: &ExpectedApi<'_>, response: &Value) -> Result<()> {
    let Some(id) = response.get("id").and_then(Value::as_str) else { return Ok(()) };
    let name = id.rsplit('/').next().unwrap_or_default();
    // The response may give the current revision its number.
    let is_current = !expected.name.contains(";rev=") && root_name(name).eq_ignore_ascii_case(expected.name);
    if is_current || name.eq_ignore_ascii_case(expected.name) {
        return Ok(());
    }
    Err(Error::invalid_response(format!(
        "API Management exported the API '{name}' instead of '{}'",
        expected.name
    )))
}

/// The syntax of an `OpenAPI` document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// Checks that an `OpenAPI` or Swagger document belongs to an API; returns the document's `OpenAPI` version.
///
/// `operations` are those that API Management lists for the API, if they are to be compared.
pub fn check_openapi(
    expected: &ExpectedApi<'_>,
    bytes: &[u8],
    syntax: Syntax,
    operations: Option<&Operations>,
) -> Result<Option<String>> {
    let ExpectedApi { name: api, title, version } = expected;
    let malformed = |syntax: &str, e: &dyn std::fmt::Display| {
        Error::invalid_response(format!("the exported document of {api} is not valid {syntax}: {e}"))
    };
    let head: Head = match syntax {
        Syntax::Json => serde_json::from_slice(bytes).map_err(|e| malformed("JSON", &e))?,
        Syntax::Yaml => serde_saphyr::from_slice(bytes).map_err(|e| malformed("YAML", &e))?,
    };
    let info = head.info.unwrap_or_default();
    let document_title = info.title.unwrap_or_default();
    if document_title.trim() != title.trim() {
        let document_title = truncate(&document_title, MAX_SHOWN_TITLE);
        return Err(Error::invalid_response(format!(
            "API Management exported a document with the title '{document_title}' for '{api}', whose title is '{title}'"
        )));
    }
    let Some(operations) = operations else { return Ok(head.openapi) };
    if let Some((document_version, version)) = info
        .version
        .as_deref()
        .zip(*version)
        .filter(|(document_version, version)| document_version != version)
    {
        let document_version = truncate(document_version, MAX_SHOWN_TITLE);
        return Err(Error::invalid_response(format!(
            "API Management exported version '{document_version}' for '{api}', which is version '{version}'"
        )));
    }
    let exported = head.paths.unwrap_or_default().0;
    if let Some(difference) = exported.symmetric_difference(operations).next() {
        let verb = if operations.contains(difference) { "lacks" } else { "has" };
        return Err(Error::invalid_response(format!(
            "API Management exported a document for '{api}' that {verb} the operation '{difference}', unlike the API"
        )));
    }
    Ok(head.openapi)
}

fn root_name(name: &str) -> &str {
    name.split(";rev=").next().unwrap_or(name)
}

/// Normalizes an operation for comparison; None for a method that `OpenAPI` does not know.
fn normalized_operation(method: &str, path: &str) -> Option<String> {
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
    openapi: Option<String>,
    info: Option<Info>,
    paths: Option<Paths>,
}

#[derive(Deserialize, Default)]
struct Info {
    #[serde(default, deserialize_with = "optional_text")]
    title: Option<String>,
    #[serde(default, deserialize_with = "optional_text")]
    version: Option<String>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ORDERS: ExpectedApi<'_> = ExpectedApi { name: "orders", title: "Orders", version: Some("v1") };

    #[test]
    fn the_response_for_another_api_is_refused() {
        let good = |id: &str| check_response(&ORDERS, &json!({"id": id})).is_ok();
        assert!(good("/x/apis/ORDERS") && good("/x/apis/orders;rev=2") && !good("/x/apis/orders-v2"));
        assert!(check_response(&ORDERS, &json!({})).is_ok());
        let second = ExpectedApi { name: "orders;rev=2", ..ORDERS };
        assert!(check_response(&second, &json!({"id": "/x/apis/orders;rev=2"})).is_ok());
        assert!(check_response(&second, &json!({"id": "/x/apis/orders"})).is_err());
    }

    #[test]
    fn the_document_of_another_api_is_refused() {
        let operations = Operations::from(["get /orders/{}".to_owned(), "post /orders".to_owned()]);
        let document = |version: &str, paths: Value| {
            json!({"openapi": "3.0.1", "info": {"title": "Orders", "version": version}, "paths": paths})
                .to_string()
        };
        let paths = json!({"/orders/{number}": {"get": {}, "parameters": [], "summary": "x"}, "/orders": {"post": {}}});
        let check = |text: &str, with| check_openapi(&ORDERS, text.as_bytes(), Syntax::Json, with);
        let good = document("v1", paths.clone());
        assert_eq!(check(&good, Some(&operations)).expect("the API").as_deref(), Some("3.0.1"));
        for (bad, word) in [
            (document("v2", paths.clone()), "version 'v2'"),
            (document("v1", json!({"/orders": {"post": {}}})), "lacks the operation 'get /orders/{}'"),
            (
                document("v1", json!({"/orders": {"post": {}, "head": {}}, "/orders/{a}": {"get": {}}})),
                "has the operation 'head",
            ),
            (document("v1", json!(null)), "lacks"),
            (good.replace("Orders", "Weather"), "'Weather'"),
            ("<html>".to_owned(), "not valid JSON"),
        ] {
            let error = check(&bad, Some(&operations)).expect_err(word).to_string();
            assert!(error.contains(word), "{error}");
        }
        // Without siblings the title is enough.
        assert!(check(&document("2", json!({})), None).is_ok());
    }

    #[test]
    fn yaml_is_read_as_well() {
        let check =
            |text: &str| check_openapi(&ORDERS, text.as_bytes(), Syntax::Yaml, Some(&Operations::new()));
        let good = "openapi: 3.0.1\ninfo:\n  title: Orders\n  version: v1\npaths: {}\n";
        assert_eq!(check(good).expect("the API").as_deref(), Some("3.0.1"));
        // An unquoted version is a number, whose original spelling is lost.
        assert!(check(&good.replace("v1", "1.0")).is_ok());
        assert!(check(&good.replace("v1", "v2")).is_err());
        assert!(check(&good.replace("{}", "{/a: {get: {}}}")).is_err());
        assert!(check("a: b: c").is_err_and(|error| error.to_string().contains("not valid YAML")));
    }

    #[test]
    fn a_template_is_compared_without_its_query_and_the_names_in_it() {
        assert_eq!(normalized_operation("GET", "/a/{b}/C/?d={e}").as_deref(), Some("get /a/{}/c"));
        assert_eq!(normalized_operation("LOCK", "/a"), None);
    }
}
