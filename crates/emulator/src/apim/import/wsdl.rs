//! WSDL 1.1 documents.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::names::UniqueNames;
use super::{Definition, Family};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// Reads one service of a document and one of its ports: those that `selector` names, or the first.
///
/// If `is_soap`, calls are passed through and distinguished by their SOAP action; otherwise each operation becomes a POST
/// with its own path.
pub(super) fn read(text: &str, is_soap: bool, selector: &Value) -> Result<Definition, String> {
    let document = Document::parse(text).map_err(|e| e.to_string())?;
    let root = document.root_element();
    if !root.has_tag_name((WSDL, "definitions")) {
        return Err("The document is not a WSDL 1.1 document.".to_owned());
    }
    let service = find_or_first(children(root, "service"), selector["wsdlServiceName"].as_str(), "service")?;
    let port = find_or_first(children(service, "port"), selector["wsdlEndpointName"].as_str(), "endpoint")?;
    let binding = find_qualified(root, "binding", port.attribute("binding"))
        .ok_or("The endpoint names a binding that does not exist.")?;
    let interface = find_qualified(root, "portType", binding.attribute("type"))
        .ok_or("The binding names a port type that does not exist.")?;

    let mut definition = Definition::new(Family::Wsdl, "xml", text);
    let title = service.attribute("name").unwrap_or("SOAP API");
    definition.properties.insert("displayName".to_owned(), json!(title));
    if let Some(text) = documentation(service).or_else(|| documentation(root)) {
        definition.properties.insert("description".to_owned(), json!(text));
    }
    let address = port.children().find_map(|n| n.attribute("location")).unwrap_or_default();
    // Recorded: a REST API has the server of the address only.
    let service_url = if is_soap { address } else { origin(address) };
    if !service_url.is_empty() {
        definition.properties.insert("serviceUrl".to_owned(), json!(service_url));
    }
    definition.properties.insert("protocols".to_owned(), json!(["https"]));
    definition.properties.insert("type".to_owned(), json!(if is_soap { "soap" } else { "http" }));

    let mut names = UniqueNames::default();
    for operation in children(interface, "operation") {
        let name = operation.attribute("name").unwrap_or_default();
        let action = children(binding, "operation")
            .find(|o| o.attribute("name") == Some(name))
            .and_then(|o| o.children().find_map(|n| n.attribute("soapAction")))
            .unwrap_or_default();
        let template = if is_soap { format!("/?soapAction={action}") } else { format!("/{name}") };
        let mut properties = json!({
            "displayName": name,
            "method": "POST",
            "urlTemplate": template,
            "templateParameters": [],
            "responses": [],
        });
        if let Some(text) = documentation(operation) {
            properties["description"] = json!(text);
        }
        definition.operations.push((names.add(name), properties));
    }
    Ok(definition)
}

fn children<'a, 'i>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i> {
    node.children().filter(move |n| n.has_tag_name((WSDL, name)))
}

fn find_or_first<'a, 'i>(
    mut nodes: impl Iterator<Item = Node<'a, 'i>>,
    name: Option<&str>,
    what: &str,
) -> Result<Node<'a, 'i>, String> {
    match name {
        None => nodes.next().ok_or_else(|| format!("The document has no {what}.")),
        Some(name) => nodes
            .find(|n| n.attribute("name") == Some(name))
            .ok_or_else(|| format!("The document has no {what} '{name}'.")),
    }
}

/// The top-level element with a qualified name; the prefix is ignored.
fn find_qualified<'a, 'i>(
    root: Node<'a, 'i>,
    kind: &'static str,
    name: Option<&str>,
) -> Option<Node<'a, 'i>> {
    let name = name?.rsplit(':').next()?;
    children(root, kind).find(|n| n.attribute("name") == Some(name))
}

/// The scheme and host of a URL.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |index| index + 3);
    url[host..].find('/').map_or(url, |index| &url[..host + index])
}

fn documentation(node: Node) -> Option<String> {
    let text =
        children(node, "documentation").next()?.text()?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
