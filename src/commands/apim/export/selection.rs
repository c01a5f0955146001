//! The APIs of a bulk export: which are selected, which have a definition, and which are exported one at a time.

use std::collections::HashMap;

use serde_json::Value;

use super::format::ExportFormat;
use azr_core::glob::{self, Selection};
use azr_core::revision::split_revision;

/// An API as API Management lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedApi {
    /// Its name, with `;rev=N` where it is not the current revision.
    pub name: String,
    /// Its display name.
    pub title: String,
    /// Its version; empty for none.
    pub version: String,
    /// Its revision.
    pub revision: String,
    /// `http`, `soap`, `graphql`, `websocket`, `odata` or `grpc`.
    pub kind: String,
    /// The version set it belongs to.
    version_set: Option<String>,
    is_current: bool,
}

impl ListedApi {
    /// Reads an item of the list.
    #[must_use]
    pub(super) fn read(item: &Value) -> Self {
        let properties = &item["properties"];
        let text = |name: &str| properties[name].as_str().unwrap_or_default().to_owned();
        let or_default =
            |text: String, default: &str| if text.is_empty() { default.to_owned() } else { text };
        let name = item["name"].as_str().unwrap_or_default().to_owned();
        let is_current =
            properties["isCurrent"].as_bool().unwrap_or_else(|| split_revision(&name).1.is_none());
        Self {
            title: text("displayName"),
            version: text("apiVersion"),
            revision: or_default(text("apiRevision"), "1"),
            // The service omits the type of a REST API.
            kind: or_default(text("type"), "http").to_ascii_lowercase(),
            version_set: Some(text("apiVersionSetId")).filter(|set| !set.is_empty()),
            name,
            is_current,
        }
    }

    /// Whether the service could return the document of another version or revision instead of its own.
    #[must_use]
    pub(super) fn has_siblings(&self) -> bool {
        self.version_set.is_some() || !self.is_current || self.revision != "1"
    }

    /// The name of its version set.
    pub(super) fn version_set_name(&self) -> Option<&str> {
        self.version_set.as_deref()?.rsplit('/').next()
    }

    /// The name without a revision, in lower case.
    fn root(&self) -> String {
        self.name.split(';').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The name with its revision, which also identifies the current revision.
    fn with_revision(&self) -> String {
        if split_revision(&self.name).1.is_some() {
            self.name.clone()
        } else {
            format!("{};rev={}", self.name, self.revision)
        }
    }

    /// Whether a word of `--api-id` selects this API.
    ///
    /// A pattern selects current revisions only, unless it contains `;`.
    fn is_selected_by(&self, word: &str) -> bool {
        if word.contains(';') {
            return glob::matches_glob(word, &self.name) || glob::matches_glob(word, &self.with_revision());
        }
        (self.is_current || !glob::is_glob(word)) && glob::matches_glob(word, &self.name)
    }
}

/// The selected APIs in the order of the list, and the words that match no API.
#[must_use]
pub(super) fn select(listed: Vec<ListedApi>, selection: &Selection) -> (Vec<ListedApi>, Vec<String>) {
    let unmatched = selection
        .patterns()
        .iter()
        .filter(|word| !listed.iter().any(|api| api.is_selected_by(word)))
        .cloned()
        .collect();
    let selected = listed
        .into_iter()
        .filter(|api| selection.patterns().iter().any(|word| api.is_selected_by(word)))
        .filter(|api| !selection.excludes(&api.name) && !selection.excludes(&api.with_revision()))
        .collect();
    (selected, unmatched)
}

/// Why an API has no definition in the format; None if it has one.
#[must_use]
pub(super) fn reason_to_skip(api: &ListedApi, format: ExportFormat) -> Option<String> {
    let is_wsdl = format.is_wsdl();
    let kind = match api.kind.as_str() {
        "http" if !is_wsdl => return None,
        "soap" if is_wsdl => return None,
        "http" => "A REST API",
        "soap" => "A SOAP API",
        "graphql" => "A GraphQL API",
        "websocket" => return Some("A WebSocket API has no definition.".to_owned()),
        "odata" => "An OData API",
        "grpc" => "A gRPC API",
        other => {
            return Some(format!(
                "An API of the type '{other}' has no {} definition.",
                format.language_name()
            ));
        }
    };
    Some(format!("{kind} has no {} definition.", format.language_name()))
}

/// Groups APIs that must be exported one at a time: those of a version set, and the revisions of an API.
///
/// The service was observed to answer two concurrent exports of such APIs with the same document.
#[must_use]
pub(super) fn group_by_version_set<T>(items: Vec<T>, api: impl Fn(&T) -> &ListedApi) -> Vec<Vec<T>> {
    // A revision may have been created before its API was put into the version set.
    let mut sets: HashMap<String, String> = HashMap::new();
    for item in &items {
        if let Some(set) = &api(item).version_set {
            sets.insert(api(item).root(), set.to_ascii_lowercase());
        }
    }
    let mut indexes: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<T>> = Vec::new();
    for item in items {
        let root = api(&item).root();
        let key = sets.get(&root).cloned().unwrap_or(root);
        let index = *indexes.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[index].push(item);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;
    use serde_json::json;

    fn api(name: &str, properties: &Value) -> ListedApi {
        ListedApi::read(&json!({"name": name, "properties": properties}))
    }

    fn listed() -> Vec<ListedApi> {
        vec![
            api("orders-v1", &json!({"apiVersion": "v1", "apiVersionSetId": "/s/Set", "apiRevision": "1"})),
            api("orders-v2", &json!({"apiVersion": "v2", "apiVersionSetId": "/s/set", "apiRevision": "1"})),
            api("weather", &json!({"apiRevision": "3", "isCurrent": true})),
            api("weather;rev=2", &json!({"apiRevision": "2", "isCurrent": false})),
            api("ticker", &json!({"type": "websocket"})),
        ]
    }

    fn selected(words: &[&str]) -> (Vec<String>, Vec<String>) {
        let words: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        let (apis, unmatched) = select(listed(), &Selection::new(&words));
        (apis.into_iter().map(|api| api.name).collect(), unmatched)
    }

    #[test]
    fn patterns_select_current_revisions_and_names_select_what_they_name() {
        assert_eq!(selected(&["*"]).0, ["orders-v1", "orders-v2", "weather", "ticker"]);
        assert_eq!(selected(&["*;rev=*"]).0.len(), 5);
        assert_eq!(selected(&["weather;rev=2", "WEATHER;REV=3"]).0, ["weather", "weather;rev=2"]);
        assert_eq!(selected(&["orders-*", "!*-v1"]).0, ["orders-v2"]);
        assert_eq!(selected(&["ticker", "none", "no-*"]).1, ["none", "no-*"]);
    }

    #[test]
    fn versions_of_a_set_and_revisions_of_an_api_are_grouped() {
        let groups: Vec<usize> = group_by_version_set(listed(), |api| api).iter().map(Vec::len).collect();
        assert_eq!(groups, [2, 2, 1]);
    }

    #[test]
    fn a_kind_without_a_document_says_why() {
        let reason = |kind: &str, format: &str| {
            let format = ExportFormat::from_str(format, false).expect("a format");
            reason_to_skip(&api("x", &json!({"type": kind})), format)
        };
        assert_eq!(reason("http", "OpenApiJsonFile"), None);
        assert_eq!(reason("soap", "WsdlFile"), None);
        assert!(
            reason("soap", "OpenApiYamlFile")
                .is_some_and(|reason| reason == "A SOAP API has no OpenAPI definition.")
        );
        for kind in ["graphql", "websocket", "odata", "grpc", "new"] {
            assert!(reason(kind, "OpenApiJsonFile").is_some(), "{kind}");
        }
    }
}
