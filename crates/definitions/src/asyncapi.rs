//! `AsyncAPI` 2 and 3.

use super::definition::{ApiKind, Definition, Format, Server};
use super::node::Node;
use super::read_error::not_a_definition;
use super::{openapi, variables};
use azr_core::error::Result;

/// Reads a document whose root has the member `asyncapi` with this version.
///
/// API Center has no kind for messaging. The kind is WebSocket if a server uses that protocol, else webhook, which is
/// closest because messages are sent to their subscribers.
pub(super) fn read(root: &Node, version: &str, name: &str) -> Result<Definition> {
    if !["2", "3"].contains(&version.split('.').next().unwrap_or_default()) {
        return Err(not_a_definition(
            name,
            &format!("AsyncAPI {version} is not supported, only 2.x and 3.x"),
        ));
    }
    let mut definition = Definition::new(Format::AsyncApi, ApiKind::Webhook);
    definition.format_version = Some(version.to_owned());
    if let Some(info) = root.get("info") {
        openapi::read_info(info, &mut definition);
        definition.external_docs = info.get("externalDocs").and_then(openapi::read_external_docs);
    }
    if definition.external_docs.is_none() {
        definition.external_docs = root.get("externalDocs").and_then(openapi::read_external_docs);
    }
    definition.has_operations = root.has_content("channels") || root.has_content("operations");
    let servers = root.get("servers").map(Node::members).unwrap_or_default();
    definition.servers = servers.iter().filter_map(|(key, node)| read_server(key, node)).collect();
    let uses_websocket = servers.iter().any(|(_, s)| {
        s.text("protocol")
            .is_some_and(|protocol| matches!(&*protocol.trim().to_ascii_lowercase(), "ws" | "wss"))
    });
    if uses_websocket {
        definition.kind = ApiKind::Websocket;
    }
    Ok(definition)
}

/// Reads a server: version 2 has `url`, with or without a scheme; version 3 has `host` and `pathname`.
fn read_server(key: &str, node: &Node) -> Option<Server> {
    let address = match node.text("url") {
        Some(url) => url,
        None => format!("{}{}", node.text("host")?, node.text("pathname").unwrap_or_default()),
    };
    let address = variables::substitute_variables(address.trim(), node.get("variables"));
    let url = match node.text("protocol") {
        Some(protocol) if !address.contains("://") => format!("{protocol}://{address}"),
        _ => address,
    };
    Some(Server { url, name: Some(key.to_owned()), description: node.text("description") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn read_yaml(text: &str) -> Definition {
        let root = yaml::parse(text).expect("YAML");
        let version = root.text("asyncapi").expect("a version");
        read(&root, &version, "x").expect("read")
    }

    #[test]
    fn both_generations_give_servers_with_their_protocol() {
        let two = read_yaml(
            "asyncapi: 2.6.0\ninfo: {title: Lights, version: 1.0}\nservers:\n  prod: {url: 'broker.example:{port}', protocol: mqtt, variables: {port: {default: 1883}}}\n",
        );
        assert_eq!(two.servers[0].url, "mqtt://broker.example:1883");
        assert_eq!((two.kind, two.version.as_deref()), (ApiKind::Webhook, Some("1.0")));
        let three = read_yaml(
            "asyncapi: 3.0.0\ninfo: {title: Chat, externalDocs: {url: https://d}}\nservers:\n  live: {host: chat.example, pathname: /ws, protocol: wss}\n",
        );
        assert_eq!(three.servers[0].url, "wss://chat.example/ws");
        assert_eq!((three.kind, three.external_docs.is_some()), (ApiKind::Websocket, true));
    }
}
