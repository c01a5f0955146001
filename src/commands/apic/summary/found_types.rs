//! How many APIs of each type an import found in API Management.

use std::fmt;

use serde_json::{Value, json};

use azr_catalog::found_apis::FoundApis;
use azr_output::counted;

/// The types in the order of the sentence, each with its label.
const LABELS: [(&str, &str); 8] = [
    ("http", "REST"),
    ("soap", "SOAP"),
    ("graphql", "GraphQL"),
    ("websocket", "WebSocket"),
    ("grpc", "gRPC"),
    ("odata", "OData"),
    ("mcp", "MCP"),
    ("a2a", "A2A"),
];

/// The numbers of APIs by type, to print.
#[derive(Clone, Copy)]
pub(crate) struct FoundTypes<'a>(pub(crate) &'a FoundApis);

impl FoundTypes<'_> {
    /// Adds the numbers to the value that is printed.
    pub(crate) fn add_to(self, value: &mut Value) {
        value["found"] = json!(self.0.by_type);
    }
}

impl fmt::Display for FoundTypes<'_> {
    /// The sentences: `Found 11 APIs: 6 REST, 1 SOAP, 4 MCP.` and, in the next line, how many APIs of a center they become.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(FoundApis { by_type: types, further_versions }) = self;
        let total: usize = types.values().sum();
        if total == 0 {
            return write!(f, "Found no APIs to import.");
        }
        let known = LABELS.iter().filter_map(|(name, label)| Some((*label, *types.get(*name)?)));
        let is_unknown = |name: &str| LABELS.iter().all(|(known, _)| *known != name);
        let unknown = types.iter().filter(|(name, _)| is_unknown(name)).map(|(name, n)| (name.as_str(), *n));
        let parts: Vec<String> = known.chain(unknown).map(|(label, n)| format!("{n} {label}")).collect();
        write!(f, "Found {}: {}.", counted(total, "API"), parts.join(", "))?;
        if *further_versions > 0 {
            let apis = counted(total - further_versions, "API");
            write!(f, "\nVersion sets combine them into {apis} with versions.")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_has_every_type() {
        let found = [("http", 6), ("mcp", 2), ("event", 1), ("a2a", 1)];
        let by_type = found.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect();
        let mut found = FoundApis { by_type, further_versions: 0 };
        assert_eq!(FoundTypes(&found).to_string(), "Found 10 APIs: 6 REST, 2 MCP, 1 A2A, 1 event.");
        found.further_versions = 3;
        let sentence = "Found 10 APIs: 6 REST, 2 MCP, 1 A2A, 1 event.\nVersion sets combine them into 7 APIs with versions.";
        assert_eq!(FoundTypes(&found).to_string(), sentence);
        assert_eq!(FoundTypes(&FoundApis::default()).to_string(), "Found no APIs to import.");
    }
}
