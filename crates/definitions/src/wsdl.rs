//! WSDL 1.1 and 2.0.

use roxmltree::Node;

use super::definition::{ApiKind, Definition, Format, Server};
use super::xml;

/// The namespace of WSDL 1.1.
pub(super) const WSDL_1: &str = "http://schemas.xmlsoap.org/wsdl/";
/// The namespace of WSDL 2.0.
pub(super) const WSDL_2: &str = "http://www.w3.org/ns/wsdl";

/// Reads the document with this root; `None` if it is not WSDL.
///
/// The title is the name of the first service; `definitions/@name` is often missing or the name of a class.
pub(super) fn read(root: Node<'_, '_>) -> Option<Definition> {
    let (namespace, version, endpoint_tag) = match (root.tag_name().namespace(), root.tag_name().name()) {
        (Some(WSDL_1), "definitions") => (WSDL_1, "1.1", "port"),
        (Some(WSDL_2), "description") => (WSDL_2, "2.0", "endpoint"),
        _ => return None,
    };
    let children = |parent: Node<'_, '_>, tag: &'static str| -> Vec<_> {
        parent.children().filter(|n| n.has_tag_name((namespace, tag))).map(|n| n.id()).collect()
    };
    let document = root.document();
    let node = |id| document.get_node(id);
    let services: Vec<_> = children(root, "service").into_iter().filter_map(node).collect();

    let mut definition = Definition::new(Format::Wsdl, ApiKind::Soap);
    definition.format_version = Some(version.to_owned());
    let service_name =
        services.iter().find_map(|service| service.attribute("name").filter(|name| !name.trim().is_empty()));
    definition.title = service_name.or_else(|| root.attribute("name")).map(str::to_owned);
    definition.description = std::iter::once(root)
        .chain(services.iter().copied())
        .flat_map(|parent| children(parent, "documentation"))
        .filter_map(node)
        .map(|n| n.descendants().filter_map(|t| t.is_text().then(|| t.text()).flatten()).collect::<String>())
        .map(|text| text.trim().to_owned())
        .find(|text| !text.is_empty());
    for endpoint in services.iter().flat_map(|service| children(*service, endpoint_tag)).filter_map(node) {
        let address = endpoint.attribute("address").or_else(|| {
            endpoint
                .children()
                .filter(|n| n.tag_name().name() == "address")
                .find_map(|n| n.attribute("location"))
        });
        if let Some(url) = address.map(str::trim).filter(|url| !url.is_empty()) {
            let name = endpoint.attribute("name").map(str::to_owned);
            definition.servers.push(Server { url: url.to_owned(), name, description: None });
        }
    }
    Some(definition)
}

/// Whether a WSDL document has a service, rather than only parts for others to import.
pub(super) fn has_service(text: &str) -> bool {
    xml::parse(text).is_ok_and(|document| {
        let is_service = |node: Node<'_, '_>| {
            node.has_tag_name((WSDL_1, "service")) || node.has_tag_name((WSDL_2, "service"))
        };
        document.root_element().children().any(is_service)
    })
}

/// The locations that a WSDL document and its schemas import or include.
pub(super) fn imports(text: &str) -> Vec<String> {
    let Ok(document) = xml::parse(text) else { return Vec::new() };
    let tags = ["import", "include", "redefine"];
    let elements = document.descendants().filter(|node| tags.contains(&node.tag_name().name()));
    elements
        .filter_map(|node| node.attribute("schemaLocation").or_else(|| node.attribute("location")))
        .map(|location| location.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_xml(text: &str) -> Option<Definition> {
        read(roxmltree::Document::parse(text).expect("XML").root_element())
    }

    #[test]
    fn both_versions_give_service_documentation_and_addresses() {
        let one = read_xml(
            r#"<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" name="Impl">
                 <w:documentation> Rates <b>daily</b> </w:documentation>
                 <w:service name="Rates"><w:port name="P" binding="x"><s:address location="https://a.example/rates"/></w:port></w:service>
               </w:definitions>"#,
        )
        .expect("WSDL 1.1");
        assert_eq!((one.title.as_deref(), one.format_version.as_deref()), (Some("Rates"), Some("1.1")));
        assert_eq!(one.description.as_deref(), Some("Rates daily"));
        assert_eq!(one.servers[0].url, "https://a.example/rates");
        let two = read_xml(
            r#"<description xmlns="http://www.w3.org/ns/wsdl"><service name="S"><endpoint name="E" address="http://a/"/></service></description>"#,
        )
        .expect("WSDL 2.0");
        assert_eq!((two.kind, two.servers.len()), (ApiKind::Soap, 1));
        assert!(read_xml("<definitions/>").is_none());
    }
}
