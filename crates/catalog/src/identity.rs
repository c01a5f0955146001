//! Whether an exported document is that of the API that was asked for.
//!
//! API Management is known to answer exports of two versions of one set, or of two revisions of one API, that are
//! made at once with the same document. The answer's id then still is that of the API that was asked for; only what
//! the document says tells: its title and version, and where APIs could be taken for one another its operations.

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

/// The API that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Its name, with its revision where it is not the current one.
    pub api: &'a str,
    /// Its display name.
    pub title: &'a str,
    /// Its version, where it has one.
    pub version: Option<&'a str>,
}

/// The methods that `OpenAPI` has; API Management takes others too, and leaves them out of an export.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Operations as `get /orders/{}`: method, and path without what parameters are called.
pub type Operations = BTreeSet<String>;

/// The operations that API Management's record of an API has.
pub async fn operations(client: &Client, api: &ResourceId) -> Result<Operations> {
    let mut found = Operations::new();
    let at = Target::new(format!("{api}/operations"), APIM);
    let mut take = |item: Value, _| {
        let text = |name: &str| item["properties"][name].as_str().unwrap_or_default();
        found.extend(operation(text("method"), text("urlTemplate")));
    };
    pager::for_each_item(client, &at, 1, &mut take).await?;
    Ok(found)
}

/// Refuses an answer whose id is that of another API.
pub fn check_answer(asked: &Asked<'_>, answer: &Value) -> Result<()> {
    let Some(id) = answer.get("id").and_then(Value::as_str) else { return Ok(()) };
    let name = id.rsplit('/').next().unwrap_or_default();
    // The current revision may be told by its number.
    let is_current = !asked.api.contains(";rev=") && root(name).eq_ignore_ascii_case(asked.api);
    if is_current || name.eq_ignore_ascii_case(asked.api) {
        return Ok(());
    }
    Err(Error::invalid_response(format!("the service exported the API '{name}' instead of '{}'", asked.api)))
}

/// What a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

/// Refuses the `OpenAPI` or Swagger document of another API; returns the version of `OpenAPI` that it says it has.
///
/// `operations` are those of the record, where they are to be compared.
pub fn check_openapi(
    asked: &Asked<'_>,
    bytes: &[u8],
    syntax: Syntax,
    operations: Option<&Operations>,
) -> Result<Option<String>> {
    let Asked { api, title, version } = asked;
    let wrong = |what: &str, e: &dyn std::fmt::Display| {
        Error::invalid_response(format!("the document of {api} is not {what}: {e}"))
    };
    let head: Head = match syntax {
        Syntax::Json => serde_json::from_slice(bytes).map_err(|e| wrong("JSON", &e))?,
        Syntax::Yaml => serde_saphyr::from_slice(bytes).map_err(|e| wrong("YAML", &e))?,
    };
    let info = head.info.unwrap_or_default();
    let own = info.title.unwrap_or_default();
    if own.trim() != title.trim() {
        return Err(Error::invalid_response(format!(
            "the service exported a document with the title '{own}' for '{api}', which is called '{title}'"
        )));
    }
    let Some(operations) = operations else { return Ok(head.openapi) };
    if let Some((own, version)) =
        info.version.as_deref().zip(*version).filter(|(own, version)| own != version)
    {
        return Err(Error::invalid_response(format!(
            "the service exported version '{own}' for '{api}', which is version '{version}'"
        )));
    }
    let found = head.paths.unwrap_or_default().0;
    if let Some(other) = found.symmetric_difference(operations).next() {
        let whose = if operations.contains(other) { "lacks" } else { "has" };
        return Err(Error::invalid_response(format!(
            "the service exported a document for '{api}' that {whose} the operation '{other}', unlike the API"
        )));
    }
    Ok(head.openapi)
}

fn root(name: &str) -> &str {
    name.split(";rev=").next().unwrap_or(name)
}

/// An operation in the form that is compared; None for a method that `OpenAPI` does not have.
fn operation(method: &str, path: &str) -> Option<String> {
    let method = method.to_ascii_lowercase();
    if !METHODS.contains(&method.as_str()) {
        return None;
    }
    // A template may have parameters of the query behind its path; a document has them elsewhere.
    let path = path.split('?').next().unwrap_or_default().trim_matches('/');
    let mut text = format!("{method} /");
    let mut inside = false;
    for char in path.chars() {
        match char {
            '{' => {
                inside = true;
                text.push_str("{}");
            }
            '}' => inside = false,
            _ if inside => {}
            other => text.extend(other.to_lowercase()),
        }
    }
    Some(text)
}

/// What an `OpenAPI` document says of itself; the rest is skipped.
#[derive(Deserialize)]
struct Head {
    openapi: Option<String>,
    info: Option<Info>,
    paths: Option<Paths>,
}

#[derive(Deserialize, Default)]
struct Info {
    #[serde(default, deserialize_with = "text")]
    title: Option<String>,
    #[serde(default, deserialize_with = "text")]
    version: Option<String>,
}

/// A text; None for anything else, such as the number that YAML makes of an unquoted version.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.as_str().map(str::to_owned))
}

/// The operations of a document.
#[derive(Default)]
struct Paths(Operations);

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Paths;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of paths")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Paths, A::Error> {
                let mut found = Operations::new();
                while let Some(path) = map.next_key::<String>()? {
                    let Item(methods) = map.next_value()?;
                    found.extend(methods.iter().filter_map(|method| operation(method, &path)));
                }
                Ok(Paths(found))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Paths, E> {
                Ok(Paths::default())
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// The members of a path.
struct Item(Vec<String>);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Item;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a path of an OpenAPI document")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Item, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_key::<String>()? {
                    map.next_value::<IgnoredAny>()?;
                    names.push(name);
                }
                Ok(Item(names))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Item, E> {
                Ok(Item(Vec::new()))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ORDERS: Asked<'_> = Asked { api: "orders", title: "Orders", version: Some("v1") };

    #[test]
    fn the_answer_for_another_api_is_not_let_through() {
        let good = |id: &str| check_answer(&ORDERS, &json!({"id": id})).is_ok();
        assert!(good("/x/apis/ORDERS") && good("/x/apis/orders;rev=2") && !good("/x/apis/orders-v2"));
        assert!(check_answer(&ORDERS, &json!({})).is_ok());
        let second = Asked { api: "orders;rev=2", ..ORDERS };
        assert!(check_answer(&second, &json!({"id": "/x/apis/orders;rev=2"})).is_ok());
        assert!(check_answer(&second, &json!({"id": "/x/apis/orders"})).is_err());
    }

    #[test]
    fn the_document_of_another_api_is_not_let_through() {
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
            ("<html>".to_owned(), "not JSON"),
        ] {
            let error = check(&bad, Some(&operations)).expect_err(word).to_string();
            assert!(error.contains(word), "{error}");
        }
        // Where nothing could be taken for it, the title is enough.
        assert!(check(&document("2", json!({})), None).is_ok());
    }

    #[test]
    fn yaml_is_read_as_well() {
        let check =
            |text: &str| check_openapi(&ORDERS, text.as_bytes(), Syntax::Yaml, Some(&Operations::new()));
        let good = "openapi: 3.0.1\ninfo:\n  title: Orders\n  version: v1\npaths: {}\n";
        assert_eq!(check(good).expect("the API").as_deref(), Some("3.0.1"));
        // An unquoted version is a number, which has lost how it was written.
        assert!(check(&good.replace("v1", "1.0")).is_ok());
        assert!(check(&good.replace("v1", "v2")).is_err());
        assert!(check(&good.replace("{}", "{/a: {get: {}}}")).is_err());
        assert!(check("a: b: c").is_err_and(|error| error.to_string().contains("not YAML")));
    }

    #[test]
    fn a_template_is_compared_without_its_query_and_the_names_in_it() {
        assert_eq!(operation("GET", "/a/{b}/C/?d={e}").as_deref(), Some("get /a/{}/c"));
        assert_eq!(operation("LOCK", "/a"), None);
    }
}
