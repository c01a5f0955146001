//! WSDL 1.1 documents.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::names::Names;
use super::{Definition, Family};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";

/// Reads a document: one service and one of its ports, chosen by `selector` or the first.
///
/// With `soap` calls are passed through, told apart by their SOAP action; else each operation becomes a POST of
/// its own.
pub fn read(text: &str, soap: bool, selector: &Value) -> Result<Definition, String> {
    let document = Document::parse(text).map_err(|e| e.to_string())?;
    let root = document.root_element();
    if !root.has_tag_name((WSDL, "definitions")) {
        return Err("The document is not a WSDL 1.1 document.".to_owned());
    }
    let service = pick(children(root, "service"), selector["wsdlServiceName"].as_str(), "service")?;
    let port = pick(children(service, "port"), selector["wsdlEndpointName"].as_str(), "endpoint")?;
    let binding = named(root, "binding", port.attribute("binding"))
        .ok_or("The endpoint names a binding that is not there.")?;
    let interface = named(root, "portType", binding.attribute("type"))
        .ok_or("The binding names a port type that is not there.")?;

    let mut definition = Definition::new(Family::Wsdl, "xml", text);
    let title = service.attribute("name").unwrap_or("SOAP API");
    definition.properties.insert("displayName".to_owned(), json!(title));
    if let Some(words) = words(service).or_else(|| words(root)) {
        definition.properties.insert("description".to_owned(), json!(words));
    }
    let address = port.children().find_map(|n| n.attribute("location")).unwrap_or_default();
    if !address.is_empty() {
        definition.properties.insert("serviceUrl".to_owned(), json!(address));
    }
    definition.properties.insert("protocols".to_owned(), json!(["https"]));
    definition.properties.insert("type".to_owned(), json!(if soap { "soap" } else { "http" }));

    let mut names = Names::default();
    for operation in children(interface, "operation") {
        let called = operation.attribute("name").unwrap_or_default();
        let action = children(binding, "operation")
            .find(|o| o.attribute("name") == Some(called))
            .and_then(|o| o.children().find_map(|n| n.attribute("soapAction")))
            .unwrap_or_default();
        let template = if soap { format!("/?soapAction={action}") } else { format!("/{called}") };
        let mut properties = json!({
            "displayName": called,
            "method": "POST",
            "urlTemplate": template,
            "templateParameters": [],
            "responses": [],
        });
        if let Some(words) = words(operation) {
            properties["description"] = json!(words);
        }
        definition.operations.push((names.unique(called), properties));
    }
    Ok(definition)
}

fn children<'a, 'i>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i> {
    node.children().filter(move |n| n.has_tag_name((WSDL, name)))
}

fn pick<'a, 'i>(
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

/// The top-level element that a qualified name means, whatever its prefix.
fn named<'a, 'i>(root: Node<'a, 'i>, kind: &'static str, name: Option<&str>) -> Option<Node<'a, 'i>> {
    let name = name?.rsplit(':').next()?;
    children(root, kind).find(|n| n.attribute("name") == Some(name))
}

fn words(node: Node) -> Option<String> {
    let text =
        children(node, "documentation").next()?.text()?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
