//! The operations that a definition describes, to compare them with those of a service.

use std::collections::BTreeSet;

use apollo_parser::Parser;
use apollo_parser::cst::{CstNode as _, Definition as Syntax, FieldsDefinition, Name};
use roxmltree::{Document, Node};

use super::wadl::WADL;
use super::wsdl::{WSDL_1, WSDL_2};

/// An operation of a SOAP service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SoapOperation {
    /// The name.
    pub name: String,
    /// The SOAP actions that its bindings give it.
    pub actions: BTreeSet<String>,
}

/// The operations of a WSDL document, and the names it is known by: those of its services, and its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SoapService {
    /// The names of the services, and of the document.
    pub names: Vec<String>,
    /// The operations of all interfaces, in alphabetical order.
    pub operations: Vec<SoapOperation>,
}

/// Reads the services and operations of a WSDL document; empty for anything else.
#[must_use]
pub fn soap_service(text: &str) -> SoapService {
    let Ok(document) = Document::parse(text.trim_start()) else { return SoapService::default() };
    let root = document.root_element();
    let (namespace, interface) = match (root.tag_name().namespace(), root.tag_name().name()) {
        (Some(WSDL_1), "definitions") => (WSDL_1, "portType"),
        (Some(WSDL_2), "description") => (WSDL_2, "interface"),
        _ => return SoapService::default(),
    };
    let name_of = |node: Node<'_, '_>| node.attribute("name").map(|name| name.trim().to_owned());
    let services = children(root, namespace, "service").filter_map(name_of);
    let mut operations: Vec<SoapOperation> = children(root, namespace, interface)
        .flat_map(|interface| children(interface, namespace, "operation"))
        .filter_map(name_of)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|name| SoapOperation { name, actions: BTreeSet::new() })
        .collect();
    let bindings = children(root, namespace, "binding");
    for bound in bindings.flat_map(|binding| children(binding, namespace, "operation")) {
        let name = bound.attribute("name").or_else(|| bound.attribute("ref")?.rsplit(':').next());
        let Some(operation) = operations.iter_mut().find(|operation| Some(&*operation.name) == name) else {
            continue;
        };
        let elements = bound.children().chain(std::iter::once(bound));
        let attributes = elements.flat_map(|node| node.attributes());
        let actions = attributes.filter(|attribute| matches!(attribute.name(), "soapAction" | "action"));
        operation.actions.extend(actions.map(|action| action.value().trim().to_owned()));
        operation.actions.remove("");
    }
    SoapService { names: services.chain(name_of(root)).collect(), operations }
}

fn children<'a, 'i>(
    node: Node<'a, 'i>,
    namespace: &'static str,
    tag: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| child.has_tag_name((namespace, tag)))
}

/// The operations of a WADL document as method and path: `("GET", "/orders/{id}")`.
///
/// `None` if it defines methods elsewhere and only refers to them.
#[must_use]
pub fn wadl_operations(text: &str) -> Option<Vec<(String, String)>> {
    let document = Document::parse(text.trim_start()).ok()?;
    let is_operation = |node: &Node<'_, '_>| {
        node.has_tag_name((WADL, "method"))
            && node.parent().is_some_and(|parent| parent.has_tag_name((WADL, "resource")))
    };
    let methods = document.descendants().filter(is_operation);
    methods
        .map(|method| {
            let resources = method.ancestors().filter_map(|node| node.attribute("path"));
            let parts: Vec<&str> =
                resources.map(|path| path.trim_matches('/')).filter(|p| !p.is_empty()).collect();
            let path = parts.into_iter().rev().fold(String::new(), |path, part| format!("{path}/{part}"));
            Some((method.attribute("name")?.to_owned(), path))
        })
        .collect()
}

/// The fields of the types and interfaces of a GraphQL schema: `Query/artist`.
#[must_use]
pub fn graphql_fields(text: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    let mut add = |name: Option<Name>, definitions: Option<FieldsDefinition>| {
        let Some(name) = name.map(|name| name.source_string()) else { return };
        for field in definitions.iter().flat_map(FieldsDefinition::field_definitions) {
            fields.extend(
                field.name().map(|field| format!("{}/{}", name.trim(), field.source_string().trim())),
            );
        }
    };
    for definition in Parser::new(text).parse().document().definitions() {
        let (name, definitions) = match definition {
            Syntax::ObjectTypeDefinition(syntax) => (syntax.name(), syntax.fields_definition()),
            Syntax::ObjectTypeExtension(syntax) => (syntax.name(), syntax.fields_definition()),
            Syntax::InterfaceTypeDefinition(syntax) => (syntax.name(), syntax.fields_definition()),
            Syntax::InterfaceTypeExtension(syntax) => (syntax.name(), syntax.fields_definition()),
            _ => continue,
        };
        add(name, definitions);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_of_all_bindings_are_read_once() {
        let service = soap_service(
            r#"<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" name="Impl">
                 <w:portType name="P"><w:operation name="Get"/><w:operation name="Add"/></w:portType>
                 <w:binding name="A"><w:operation name="Get"><s:operation soapAction="urn:get"/></w:operation></w:binding>
                 <w:binding name="B"><w:operation name="Get"><s:operation soapAction="urn:get12"/></w:operation></w:binding>
                 <w:service name="Rates"/>
               </w:definitions>"#,
        );
        assert_eq!(service.names, ["Rates", "Impl"]);
        let operations: Vec<_> = service.operations.iter().map(|o| (&*o.name, o.actions.len())).collect();
        assert_eq!(operations, [("Add", 0), ("Get", 2)]);
    }

    #[test]
    fn wsdl_2_names_operations_of_bindings_by_reference() {
        let service = soap_service(
            r#"<description xmlns="http://www.w3.org/ns/wsdl" xmlns:t="urn:t" xmlns:s="http://www.w3.org/ns/wsdl/soap">
                 <interface name="I"><operation name="Get"/></interface>
                 <binding name="B"><operation ref="t:Get" s:action="urn:get"/></binding>
               </description>"#,
        );
        assert_eq!(service.operations[0].actions, BTreeSet::from(["urn:get".to_owned()]));
        assert_eq!(soap_service("<html/>"), SoapService::default());
    }

    #[test]
    fn paths_of_nested_resources_are_joined() {
        let wadl = |method: &str| {
            format!(
                r#"<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="http://a/">
                   <resource path="/orders"><resource path="{{id}}"><method {method}/></resource></resource></resources></application>"#
            )
        };
        let expected = vec![("GET".to_owned(), "/orders/{id}".to_owned())];
        assert_eq!(wadl_operations(&wadl(r#"name="GET""#)), Some(expected));
        assert_eq!(wadl_operations(&wadl(r##"href="#get""##)), None);
    }

    #[test]
    fn fields_of_types_and_extensions_are_read() {
        let fields = graphql_fields(
            "type Query { \"x\" artist(id: ID!): Artist }\nextend type Query { painting: String }\ninput I { a: Int }",
        );
        assert_eq!(fields, BTreeSet::from(["Query/artist".to_owned(), "Query/painting".to_owned()]));
    }
}
