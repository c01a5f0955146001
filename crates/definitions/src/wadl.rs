//! WADL, which API Management can export for REST APIs.

use roxmltree::Node;

use super::definition::{ApiKind, Definition, Format, Server};

/// The namespace of WADL.
pub(super) const WADL: &str = "http://wadl.dev.java.net/2009/02";

/// Reads the document with this root; `None` if it is not WADL.
///
/// The title is that of the first `doc` of the application or its resources.
pub(super) fn read(root: Node<'_, '_>) -> Option<Definition> {
    if !root.has_tag_name((WADL, "application")) {
        return None;
    }
    let mut definition = Definition::new(Format::Wadl, ApiKind::Rest);
    let resources = || root.children().filter(|n| n.has_tag_name((WADL, "resources")));
    let doc = std::iter::once(root)
        .chain(resources())
        .find_map(|parent| parent.children().find(|n| n.has_tag_name((WADL, "doc"))));
    if let Some(doc) = doc {
        let non_empty = |text: &str| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        definition.title = doc.attribute("title").and_then(non_empty);
        definition.description = doc.text().and_then(non_empty);
    }
    definition.servers = resources()
        .filter_map(|n| n.attribute("base"))
        .map(str::trim)
        .filter(|base| !base.is_empty())
        .map(|base| Server { url: base.to_owned(), ..Server::default() })
        .collect();
    Some(definition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_and_base_are_read() {
        let text = r#"<application xmlns="http://wadl.dev.java.net/2009/02"><doc title="Orders">All orders</doc><resources base="https://a.example/orders"/></application>"#;
        let document = roxmltree::Document::parse(text).expect("XML");
        let definition = read(document.root_element()).expect("WADL");
        assert_eq!(definition.title.as_deref(), Some("Orders"));
        assert_eq!(definition.description.as_deref(), Some("All orders"));
        assert_eq!(definition.servers[0].url, "https://a.example/orders");
        assert_eq!(definition.kind, ApiKind::Rest);
    }
}
