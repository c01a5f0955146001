//! Files that a definition imports by the means of its format: schemas of WSDL, messages of Protocol Buffers.
//!
//! They are not bundled, because these formats cannot contain other files.

use super::{Definition, Format, protobuf, wsdl};

/// The distinct files that a definition imports, as it names them, without URLs and the files that come with `protoc`.
#[must_use]
pub fn list_imports(definition: &Definition) -> Vec<String> {
    let imported = match definition.format {
        Format::Wsdl => wsdl::imports(&definition.text),
        Format::Protobuf => protobuf::imports(&definition.text),
        _ => Vec::new(),
    };
    let mut files: Vec<String> = Vec::new();
    for file in imported {
        let is_available = file.is_empty() || file.contains("://") || file.starts_with("google/protobuf/");
        if !is_available && !files.contains(&file) {
            files.push(file);
        }
    }
    files
}

/// Whether a definition can only be imported by others: a `.proto` file or a WSDL document without a service.
#[must_use]
pub fn is_only_imported(definition: &Definition) -> bool {
    match definition.format {
        Format::Protobuf => !protobuf::has_service(&definition.text),
        Format::Wsdl => !wsdl::has_service(&definition.text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports_of(text: &str) -> (Vec<String>, bool) {
        let definition = crate::read(text.as_bytes(), "x").expect("a definition");
        (list_imports(&definition), is_only_imported(&definition))
    }

    #[test]
    fn schemas_and_messages_of_other_files_are_found() {
        let wsdl = r#"<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:x="http://www.w3.org/2001/XMLSchema">
            <w:import namespace="urn:a" location="a.wsdl"/><w:types><x:schema>
            <x:import namespace="urn:b" schemaLocation="../b.xsd"/><x:include schemaLocation="../b.xsd"/>
            <x:import namespace="urn:c"/><x:import schemaLocation="https://c/c.xsd"/></x:schema></w:types></w:definitions>"#;
        assert_eq!(imports_of(wsdl), (vec!["a.wsdl".to_owned(), "../b.xsd".to_owned()], true));
        let wsdl = wsdl.replace("</w:definitions>", "<w:service name=\"S\"/></w:definitions>");
        assert!(!imports_of(&wsdl).1, "a WSDL document with a service is an API");
        let service = "syntax = \"proto3\";\nimport public \"common/m.proto\"; import \"google/protobuf/empty.proto\";\nservice S {}\n";
        assert_eq!(imports_of(service), (vec!["common/m.proto".to_owned()], false));
        assert_eq!(imports_of("syntax = \"proto3\"; message M { string service = 1; }"), (Vec::new(), true));
        assert_eq!(imports_of("openapi: 3.0.0"), (Vec::new(), false));
    }
}
