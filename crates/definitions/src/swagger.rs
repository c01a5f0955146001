//! Swagger 2.0, in which servers are composed of schemes, host and base path.

use super::definition::{Definition, Server};
use super::node::Node;
use super::openapi;
use super::read_error::not_a_definition;
use azr_core::error::Result;

/// The maximum number of schemes; the specification defines four.
const MAX_SCHEMES: usize = 16;

/// Reads a document whose root has the member `swagger` with this version.
pub(super) fn read(root: &Node, version: &str, name: &str) -> Result<Definition> {
    if version != "2" && !version.starts_with("2.") {
        return Err(not_a_definition(name, &format!("Swagger {version} is not supported, only 2.0")));
    }
    let mut definition = openapi::read_common(root, version);
    definition.has_operations = root.has_content("paths");
    definition.servers = read_servers(root);
    Ok(definition)
}

/// Reads one server for each scheme, or the base path alone if there is no host.
///
/// Without schemes, the specification says "the scheme used to access the document", which is unknown for a file: https is
/// assumed.
fn read_servers(root: &Node) -> Vec<Server> {
    let base_path = root.text("basePath").unwrap_or_default();
    let base_path = match base_path.trim() {
        "" | "/" => String::new(),
        path => format!("/{}", path.trim_start_matches('/')),
    };
    let Some(host) = root.text("host") else {
        return if base_path.is_empty() { Vec::new() } else { vec![server(base_path)] };
    };
    let host = host.trim().trim_end_matches('/');
    let mut schemes: Vec<&str> =
        root.list("schemes").iter().filter_map(Node::as_text).map(str::trim).take(MAX_SCHEMES).collect();
    if schemes.is_empty() {
        schemes.push("https");
    }
    schemes.into_iter().map(|scheme| server(format!("{scheme}://{host}{base_path}"))).collect()
}

fn server(url: String) -> Server {
    Server { url, ..Server::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn urls(text: &str) -> Vec<String> {
        let root = json::parse(text).expect("JSON");
        read(&root, "2.0", "x").expect("read").servers.into_iter().map(|s| s.url).collect()
    }

    #[test]
    fn schemes_host_and_base_path_make_the_servers() {
        assert_eq!(
            urls(r#"{"schemes": ["https", "http"], "host": "a.example", "basePath": "/v2"}"#),
            ["https://a.example/v2", "http://a.example/v2"]
        );
        assert_eq!(urls(r#"{"host": "a.example:8080", "basePath": "v2"}"#), ["https://a.example:8080/v2"]);
        assert_eq!(urls(r#"{"host": "a.example", "basePath": "/"}"#), ["https://a.example"]);
        assert_eq!(urls(r#"{"basePath": "/v2", "schemes": ["https"]}"#), ["/v2"]);
        assert!(urls(r#"{"basePath": "/"}"#).is_empty());
    }

    #[test]
    fn other_versions_are_refused() {
        let root = json::parse("{}").expect("JSON");
        let error = read(&root, "1.2", "x").expect_err("1.2").to_string();
        assert!(error.contains("Swagger 1.2"), "{error}");
    }
}
