//! WADL documents.

use roxmltree::{Document, Node};
use serde_json::{Value, json};

use super::names::{self, UniqueNames};
use super::{Definition, Family};

/// The maximum depth of nested resources, so that no document exhausts the stack.
const MAX_DEPTH: usize = 50;

/// Reads the methods of a document, with the paths and parameters of the resources that they are in.
pub(super) fn read(text: &str) -> Result<Definition, String> {
    let document = Document::parse(text).map_err(|e| e.to_string())?;
    let root = document.root_element();
    if root.tag_name().name() != "application" {
        return Err("The document is not a WADL document.".to_owned());
    }
    let mut definition = Definition::new(Family::Wadl, "xml", text);
    if let Some(title) = children(root, "doc").find_map(|d| d.attribute("title")) {
        definition.properties.insert("displayName".to_owned(), json!(title));
    }
    let resources = children(root, "resources").next().ok_or("The document has no resources.")?;
    if let Some(base) = resources.attribute("base").filter(|b| !b.is_empty()) {
        definition.properties.insert("serviceUrl".to_owned(), json!(base.trim_end_matches('/')));
    }
    definition.properties.insert("type".to_owned(), json!("http"));
    let mut names = UniqueNames::default();
    for resource in children(resources, "resource") {
        read_resource(resource, "", &[], &mut names, &mut definition.operations, 0);
    }
    Ok(definition)
}

fn children<'a, 'i>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> + use<'a, 'i> {
    node.children().filter(move |n| n.is_element() && n.tag_name().name() == name)
}

fn read_resource(
    resource: Node,
    above: &str,
    inherited: &[Value],
    names: &mut UniqueNames,
    operations: &mut Vec<(String, Value)>,
    depth: usize,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let own = resource.attribute("path").unwrap_or_default().trim_matches('/');
    let path = if own.is_empty() { above.to_owned() } else { format!("{above}/{own}") };
    let mut template = inherited.to_vec();
    template.extend(parameters(resource, "template"));
    for method in children(resource, "method") {
        let verb = method.attribute("name").unwrap_or("GET").to_uppercase();
        let template_path = if path.is_empty() { "/" } else { &path };
        let id =
            method.attribute("id").map_or_else(|| names::operation_name(&verb, template_path), str::to_owned);
        let title = children(method, "doc").find_map(|d| d.attribute("title")).unwrap_or(&id);
        let mut request = json!({});
        if let Some(node) = children(method, "request").next() {
            for (member, style) in [("queryParameters", "query"), ("headers", "header")] {
                let values = parameters(node, style);
                if !values.is_empty() {
                    request[member] = json!(values);
                }
            }
        }
        let responses: Vec<Value> = children(method, "response")
            .filter_map(|r| r.attribute("status").and_then(|s| s.parse::<u16>().ok()))
            .map(|status| json!({"statusCode": status, "representations": [], "headers": []}))
            .collect();
        let properties = json!({
            "displayName": title,
            "method": verb,
            "urlTemplate": template_path,
            "templateParameters": template,
            "request": request,
            "responses": responses,
        });
        operations.push((names.add(&id), properties));
    }
    for inner in children(resource, "resource") {
        read_resource(inner, &path, &template, names, operations, depth + 1);
    }
}

fn parameters(node: Node, style: &str) -> Vec<Value> {
    children(node, "param")
        .filter(|p| p.attribute("style") == Some(style))
        .map(|p| {
            let kind =
                p.attribute("type").unwrap_or("string").rsplit(':').next().unwrap_or("string").to_owned();
            let required = style == "template" || p.attribute("required") == Some("true");
            json!({
                "name": p.attribute("name").unwrap_or_default(),
                "type": kind,
                "required": required,
                "values": [],
            })
        })
        .collect()
}
