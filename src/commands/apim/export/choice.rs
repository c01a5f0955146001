//! Which APIs a bulk export takes, which of them have a document of the format, and which must not go at once.

use std::collections::HashMap;

use serde_json::Value;

use super::Format;
use azr_core::glob::{self, Selection};

/// An API as the list of API Management has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// Its name, with `;rev=N` where it is not the current revision.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// Its version; empty for none.
    pub version: String,
    /// Its revision.
    pub revision: String,
    /// `http`, `soap`, `graphql`, `websocket`, `odata` or `grpc`.
    pub kind: String,
    /// The version set it belongs to.
    set: Option<String>,
    current: bool,
}

impl Api {
    /// Reads an item of the list.
    #[must_use]
    pub fn read(item: &Value) -> Self {
        let properties = &item["properties"];
        let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        let name = item["name"].as_str().unwrap_or_default().to_owned();
        let current = properties["isCurrent"].as_bool().unwrap_or(!name.contains(";rev="));
        Self {
            title: text("displayName"),
            version: text("apiVersion"),
            revision: or(text("apiRevision"), "1"),
            // The service leaves the type out where it is http.
            kind: or(text("type"), "http").to_ascii_lowercase(),
            set: Some(text("apiVersionSetId").to_ascii_lowercase()).filter(|set| !set.is_empty()),
            name,
            current,
        }
    }

    /// Whether the service could take another document for its: of another version, or another revision.
    #[must_use]
    pub fn has_siblings(&self) -> bool {
        self.set.is_some() || !self.current || self.revision != "1"
    }

    /// The name without its revision.
    fn root(&self) -> String {
        self.name.split(';').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The name with its revision, which the current one answers to as well.
    fn with_revision(&self) -> String {
        if self.name.contains(";rev=") {
            self.name.clone()
        } else {
            format!("{};rev={}", self.name, self.revision)
        }
    }

    /// Whether a word of `--api-id` means this one: patterns mean current revisions, unless they speak of revisions.
    fn is_meant(&self, word: &str) -> bool {
        if word.contains(';') {
            return glob::matches_glob(word, &self.name) || glob::matches_glob(word, &self.with_revision());
        }
        (self.current || !glob::is_glob(word)) && glob::matches_glob(word, &self.name)
    }
}

/// The APIs that are meant, in the order of the list, and the words that mean none.
#[must_use]
pub fn choose(all: Vec<Api>, selection: &Selection) -> (Vec<Api>, Vec<String>) {
    let unmatched = selection
        .patterns()
        .iter()
        .filter(|word| !all.iter().any(|api| api.is_meant(word)))
        .cloned()
        .collect();
    let chosen = all
        .into_iter()
        .filter(|api| selection.patterns().iter().any(|word| api.is_meant(word)))
        .filter(|api| !selection.excludes(&api.name) && !selection.excludes(&api.with_revision()))
        .collect();
    (chosen, unmatched)
}

/// Why an API has no document of the format; None where it has.
#[must_use]
pub fn misfit(api: &Api, format: &Format) -> Option<String> {
    let wsdl = format.service.starts_with("wsdl");
    let kind = match api.kind.as_str() {
        "http" if !wsdl => return None,
        "soap" if wsdl => return None,
        "http" => "A REST API",
        "soap" => "A SOAP API",
        "graphql" => "A GraphQL API",
        "websocket" => return Some("A WebSocket API has no definition.".to_owned()),
        "odata" => "An OData API",
        "grpc" => "A gRPC API",
        other => return Some(format!("An API of the type '{other}' has no {} definition.", format.family())),
    };
    Some(format!("{kind} has no {} definition.", format.family()))
}

/// APIs by what must be exported one at a time: a version set, or an API with its revisions.
///
/// The service has been seen to answer two such exports at once with one and the same document.
#[must_use]
pub fn groups<T>(apis: Vec<T>, api: impl Fn(&T) -> &Api) -> Vec<Vec<T>> {
    // A revision may be older than the version set that its API is in now.
    let mut sets: HashMap<String, String> = HashMap::new();
    for item in &apis {
        if let Some(set) = &api(item).set {
            sets.insert(api(item).root(), set.clone());
        }
    }
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in apis {
        let root = api(&item).root();
        let key = sets.get(&root).cloned().unwrap_or(root);
        let place = *places.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(item);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn api(name: &str, properties: &Value) -> Api {
        Api::read(&json!({"name": name, "properties": properties}))
    }

    fn all() -> Vec<Api> {
        vec![
            api("orders-v1", &json!({"apiVersion": "v1", "apiVersionSetId": "/s/Set", "apiRevision": "1"})),
            api("orders-v2", &json!({"apiVersion": "v2", "apiVersionSetId": "/s/set", "apiRevision": "1"})),
            api("weather", &json!({"apiRevision": "3", "isCurrent": true})),
            api("weather;rev=2", &json!({"apiRevision": "2", "isCurrent": false})),
            api("ticker", &json!({"type": "websocket"})),
        ]
    }

    fn chosen(words: &[&str]) -> (Vec<String>, Vec<String>) {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        let (apis, unmatched) = choose(all(), &Selection::new(&words));
        (apis.into_iter().map(|api| api.name).collect(), unmatched)
    }

    #[test]
    fn patterns_mean_current_revisions_and_names_what_they_say() {
        assert_eq!(chosen(&["*"]).0, ["orders-v1", "orders-v2", "weather", "ticker"]);
        assert_eq!(chosen(&["*;rev=*"]).0.len(), 5);
        assert_eq!(chosen(&["weather;rev=2", "WEATHER;REV=3"]).0, ["weather", "weather;rev=2"]);
        assert_eq!(chosen(&["orders-*", "!*-v1"]).0, ["orders-v2"]);
        assert_eq!(chosen(&["ticker", "none", "no-*"]).1, ["none", "no-*"]);
    }

    #[test]
    fn versions_of_a_set_and_revisions_of_an_api_go_together() {
        let groups: Vec<usize> = groups(all(), |api| api).iter().map(Vec::len).collect();
        assert_eq!(groups, [2, 2, 1]);
    }

    #[test]
    fn a_kind_without_a_document_says_why() {
        let reason = |kind: &str, format: &str| {
            let format = super::super::find(format).expect("a format");
            misfit(&api("x", &json!({"type": kind})), format)
        };
        assert_eq!(reason("http", "OpenApiJsonFile"), None);
        assert_eq!(reason("soap", "WsdlFile"), None);
        assert!(
            reason("soap", "OpenApiYamlFile")
                .is_some_and(|why| why == "A SOAP API has no OpenAPI definition.")
        );
        for kind in ["graphql", "websocket", "odata", "grpc", "new"] {
            assert!(reason(kind, "OpenApiJsonFile").is_some(), "{kind}");
        }
    }
}
