//! WSDL 1.1 documents.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::names::{self, UniqueNames};
use super::{Definition, Family, ImportError};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";
const XSD_CONTENT_TYPE: &str = "application/vnd.ms-azure-apim.xsd+xml";

/// Reads one service of a document and one of its ports: those that `selector` names, or the only ones.
///
/// If `is_soap`, calls are passed through and distinguished by their SOAP action; otherwise each operation becomes a POST
/// with its own path.
pub(super) fn read(text: &str, is_soap: bool, selector: &Value) -> Result<Definition, ImportError> {
    let document = Document::parse(text).map_err(|e| ImportError::Parsing(e.to_string()))?;
    let root = document.root_element();
    if !root.has_tag_name((WSDL, "definitions")) {
        return Err("The document is not a WSDL 1.1 document.".into());
    }
    let (service, port) = find_port(root, selector)?;
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

    definition.schemas = read_types(root, text);
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

/// The service and the port to import; refuses a document that leaves a choice.
fn find_port<'a, 'i>(
    root: Node<'a, 'i>,
    selector: &Value,
) -> Result<(Node<'a, 'i>, Node<'a, 'i>), ImportError> {
    let selected = |node: &Node<'_, '_>, member: &str| {
        selector[member].as_str().is_none_or(|name| node.attribute("name") == Some(name))
    };
    let missing = |what: &str, member: &str| match selector[member].as_str() {
        Some(name) => ImportError::Parsing(format!("The document has no {what} '{name}'.")),
        None => ImportError::Parsing(format!("The document has no {what}.")),
    };
    let services: Vec<_> =
        children(root, "service").filter(|service| selected(service, "wsdlServiceName")).collect();
    if services.is_empty() {
        return Err(missing("service", "wsdlServiceName"));
    }
    let ports = services.iter().flat_map(|service| children(*service, "port").map(|port| (*service, port)));
    let ports: Vec<_> = ports.filter(|(_, port)| selected(port, "wsdlEndpointName")).collect();
    match ports[..] {
        [] => Err(missing("endpoint", "wsdlEndpointName")),
        [port] => Ok(port),
        _ => {
            let message = "Multiple service endpoints available, only one can be imported at a time";
            Err(ImportError::Content(message.to_owned()))
        }
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

/// The XML schemas of the document, each of which becomes a schema of the API.
fn read_types(root: Node, text: &str) -> Vec<(String, Value)> {
    let schemas = children(root, "types").flat_map(|types| types.children());
    let schemas = schemas.filter(|node| node.has_tag_name((XSD, "schema")));
    let resources = schemas.enumerate().map(|(index, schema)| {
        let target = schema.attribute("targetNamespace").unwrap_or_default();
        let properties =
            json!({"contentType": XSD_CONTENT_TYPE, "document": {"value": standalone(schema, text)}});
        (names::guid_name(&format!("schema {index} of {target}")), properties)
    });
    resources.collect()
}

/// The text of an element, with the namespaces that elements around it declare.
fn standalone(node: Node, text: &str) -> String {
    let text = &text[node.range()];
    let tag = &text[..text.find('>').unwrap_or(text.len())];
    let name = tag.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(tag.len());
    let mut standalone = text[..name].to_owned();
    for namespace in node.namespaces() {
        let attribute =
            namespace.name().map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        let is_declared =
            [' ', '\n', '\t', '\r'].iter().any(|space| tag.contains(&format!("{space}{attribute}=")));
        if !is_declared && attribute != "xmlns:xml" {
            standalone.extend([" ", &attribute, "=\"", namespace.uri(), "\""]);
        }
    }
    standalone.push_str(&text[name..]);
    standalone
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
