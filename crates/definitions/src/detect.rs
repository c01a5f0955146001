//! Detection of the format of a document by its content.
//!
//! The first character decides between XML, JSON and other formats; Protocol Buffers and GraphQL are recognised by their
//! first statement; anything else is parsed as YAML.

use super::definition::Definition;
use super::node::Node;
use super::read_error::{ReadError, invalid_definition, not_a_definition};
use super::{asyncapi, graphql, json, openapi, protobuf, swagger, syntax_cause, wadl, wsdl, xml, yaml};
use azr_core::error;
use serde_json::Value;

type Result<T> = std::result::Result<T, ReadError>;

/// Detects the format of a document and reads its metadata.
pub(super) fn detect(text: &str, name: &str) -> Result<Definition> {
    let start = text.trim_start();
    match start.bytes().next() {
        None => Err(unknown_document(name, "it is empty")),
        Some(b'<') if syntax_cause::is_conflict_mark(start) => read_yaml(text, name),
        Some(b'<') => read_xml(text, name),
        Some(b'[') => Err(unknown_document(name, "it is a list, not an object")),
        Some(b'{') if is_json_object(start) => read_json(text, name),
        Some(b'/') if is_commented_json(start) => {
            let reason = json::parse(text).err().unwrap_or_default();
            Err(ReadError::Invalid(invalid_definition(name, "JSON", reason)))
        }
        Some(_) => {
            if let Some(definition) = protobuf::read(text) {
                return Ok(definition);
            }
            match graphql::read(text, name) {
                Some(definition) => definition,
                None => read_yaml(text, name),
            }
        }
    }
}

/// Whether a text is a definition in JSON with comments before the object.
fn is_commented_json(start: &str) -> bool {
    let code = remove_leading_comments(start);
    code.starts_with('{') && is_json_object(code) && has_nested_format_key(&protobuf::remove_comments(code))
}

/// Removes whitespace and comments like those of JavaScript from the start of a text.
fn remove_leading_comments(text: &str) -> &str {
    let start = text.trim_start();
    let rest = match (start.strip_prefix("//"), start.strip_prefix("/*")) {
        (Some(comment), _) => comment.split_once('\n').map(|(_, rest)| rest),
        (_, Some(comment)) => comment.split_once("*/").map(|(_, rest)| rest),
        _ => return start,
    };
    rest.map_or("", remove_leading_comments)
}

fn unknown_document(name: &str, actual: &str) -> ReadError {
    ReadError::NotADefinition(not_a_definition(name, actual))
}

/// Whether a text that starts with `{` is JSON: `{"` and `{}` are; `{openapi: 3.0.0}` is YAML in flow style.
///
/// Comments do not make it YAML, although JSON does not allow them.
pub(super) fn is_json_object(start: &str) -> bool {
    matches!(remove_leading_comments(&start[1..]).bytes().next(), None | Some(b'"' | b'}'))
}

fn read_json(text: &str, name: &str) -> Result<Definition> {
    let root = json::parse(text).map_err(|reason| {
        let reason = syntax_cause::find(text).unwrap_or(reason);
        syntax_error(text, invalid_definition(name, "JSON", reason))
    })?;
    if let Some(definition) = read_by_format_key(&root, name) {
        return definition;
    }
    if json::is_introspection(text) {
        return Ok(graphql::introspection());
    }
    Err(unknown_document(name, &format!("it is {}", describe_root(&root, "JSON"))))
}

fn read_yaml(text: &str, name: &str) -> Result<Definition> {
    if let Some(actual) = detect_other_format(text) {
        return Err(unknown_document(name, actual));
    }
    match yaml::parse(text).map_err(|reason| syntax_cause::find(text).unwrap_or(reason)) {
        Ok(root) => read_by_format_key(&root, name).unwrap_or_else(|| {
            let cause = if matches!(root, Node::Text(_)) { syntax_cause::find(text) } else { None };
            let content = cause.unwrap_or_else(|| format!("it is {}", describe_root(&root, "YAML")));
            Err(unknown_document(name, &content))
        }),
        Err(reason) if has_format_key(text) => {
            Err(syntax_error(text, invalid_definition(name, "YAML", reason)))
        }
        Err(reason) => {
            Err(unknown_document(name, &format!("it is neither JSON nor XML nor valid YAML ({reason})")))
        }
    }
}

/// Reads the metadata of a document whose text is `text`.
pub(super) fn read_document(document: &Value, text: String, name: &str) -> error::Result<Definition> {
    let root = Node::from_document(document);
    let mut definition = read_by_format_key(&root, name)
        .unwrap_or_else(|| Err(unknown_document(name, "it has lost its version")))
        .map_err(error::Error::from)?;
    definition.tidy();
    definition.text = text;
    Ok(definition)
}

fn read_by_format_key(root: &Node, name: &str) -> Option<Result<Definition>> {
    type Read = fn(&Node, &str, &str) -> error::Result<Definition>;
    let formats: [(&str, Read); 3] =
        [("openapi", openapi::read), ("swagger", swagger::read), ("asyncapi", asyncapi::read)];
    formats.into_iter().find_map(|(key, read)| {
        let version = root.text(key)?;
        // The key identifies the format, so any error means that the definition is invalid.
        Some(read(root, version.trim(), name).map_err(ReadError::Invalid))
    })
}

/// The error for a document that cannot be parsed: it may be a definition with a mistake, or another document.
///
/// Prose that quotes a definition contains its format key as well, but does not start with a key.
pub(super) fn syntax_error(text: &str, error: error::Error) -> ReadError {
    let first = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with('#') && *l != "---");
    let key = first.unwrap_or_default().trim_start_matches(['"', '\'', ' ', '{']);
    let rest = key.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'));
    let is_key = rest.trim_start_matches(['"', '\'', ' ']).starts_with(':');
    // The brace of a JSON object may be on a separate line.
    let starts_with_key = (is_key && rest.len() < key.len()) || key.is_empty();
    let is_definition =
        has_format_key(text) || (text.trim_start().starts_with('{') && has_nested_format_key(text));
    if starts_with_key && is_definition {
        ReadError::Invalid(error)
    } else {
        ReadError::NotADefinition(error)
    }
}

/// Like [`has_format_key`], for JSON that may be all on one line.
fn has_nested_format_key(text: &str) -> bool {
    text.split(['{', ',']).any(has_format_key)
}

/// The keys that identify formats.
const FORMAT_KEYS: [&str; 3] = ["openapi", "swagger", "asyncapi"];

/// Whether a line starts with a key that identifies a format, which means that the document should be a definition.
fn has_format_key(text: &str) -> bool {
    text.lines().any(|line| {
        let key = line.trim_start_matches(['"', '\'', ' ', '{']);
        FORMAT_KEYS.iter().any(|format| {
            key.strip_prefix(format)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
        })
    })
}

/// Documents that are often beside definitions, each by the keys that identify it.
const OTHER_DOCUMENTS: &[(&[&str], &str)] = &[
    (&["swaggerVersion"], "Swagger 1.x, which is too old (convert it to OpenAPI 3)"),
    (&["_postman_id"], "a Postman collection (export it as OpenAPI)"),
    (&["info", "item"], "a Postman collection (export it as OpenAPI)"),
    (&["_postman_variable_scope"], "a Postman environment"),
    (&["_type", "resources"], "an Insomnia export (export it as OpenAPI)"),
    (&["log"], "a HAR file of recorded requests"),
    (&["$Version", "$EntityContainer"], "OData metadata (convert it to OpenAPI)"),
    (&["openrpc"], "OpenRPC"),
    (&["arazzo"], "Arazzo, which describes workflows"),
    (&["overlay"], "an OpenAPI overlay (apply it to its definition)"),
    (&["apiVersion", "kind"], "a Kubernetes resource"),
    (&["$schema"], "a JSON Schema or a document of one"),
    (&["smithy"], "a Smithy model (convert it to OpenAPI)"),
    (&["rootUrl", "resources"], "a Google API discovery document (convert it to OpenAPI)"),
    (&["type", "name", "fields"], "an Avro schema"),
    (&["AWSTemplateFormatVersion"], "an AWS CloudFormation template"),
    (&["mcpServers"], "a list of MCP servers for an editor"),
    (&["url", "skills", "capabilities"], "an A2A agent card"),
    (&["name_for_model", "api"], "a plugin manifest, which links to the definition"),
    (&["data", "errors"], "a GraphQL response with errors instead of a schema"),
];

fn describe_root(root: &Node, format: &str) -> String {
    const MAX_KEYS: usize = 5;
    let members = root.members();
    let has = |key: &&str| members.iter().any(|(k, _)| k == key);
    if let Some((_, other)) = OTHER_DOCUMENTS.iter().find(|(keys, _)| keys.iter().all(has)) {
        return (*other).to_owned();
    }
    match root {
        Node::Text(_) => "plain text".to_owned(),
        Node::List(_) => "a list, not an object".to_owned(),
        Node::Map(members) if !members.is_empty() => {
            let is_format = |key: &str| FORMAT_KEYS.contains(&&*key.to_ascii_lowercase());
            if let Some((key, _)) = members.iter().find(|(key, _)| is_format(key)) {
                let lower = key.to_ascii_lowercase();
                if *key == lower {
                    return format!("{format} with the key '{key}', whose value is not a version");
                }
                return format!("{format} with the key '{key}', which must be in lower case: {lower}");
            }
            let keys: Vec<String> =
                members.iter().take(MAX_KEYS).map(|(key, _)| key.chars().take(40).collect()).collect();
            let more = if members.len() > MAX_KEYS { ", …" } else { "" };
            format!("{format} with {}{more}, without openapi, swagger or asyncapi", keys.join(", "))
        }
        _ => format!("empty {format}"),
    }
}

fn detect_other_format(text: &str) -> Option<&'static str> {
    let start = text.trim_start();
    if start.starts_with("#%RAML") {
        Some("it is RAML (convert it to OpenAPI)")
    } else if start.starts_with("FORMAT: 1A") {
        Some("it is API Blueprint (convert it to OpenAPI)")
    } else if start.starts_with("version https://git-lfs.github.com/") {
        Some("it is a Git LFS pointer (run git lfs pull)")
    } else if start.starts_with("$version:") {
        Some("it is a Smithy model (convert it to OpenAPI)")
    } else if start.starts_with("import \"@typespec/") || start.starts_with("using TypeSpec") {
        Some("it is TypeSpec (compile it to OpenAPI)")
    } else if start.starts_with("@0x") {
        Some("it is a Cap'n Proto schema")
    } else {
        None
    }
}

fn read_xml(text: &str, name: &str) -> Result<Definition> {
    if xml::is_html(text) {
        return Err(unknown_document(
            name,
            "it is an HTML page (if it is a URL, it must be the raw document, readable without signing in)",
        ));
    }
    let document = xml::parse(text).map_err(|reason| {
        let is_definition = [wsdl::WSDL_1, wsdl::WSDL_2, wadl::WADL].iter().any(|space| text.contains(space));
        let error = invalid_definition(name, "XML", reason);
        if is_definition { ReadError::Invalid(error) } else { ReadError::NotADefinition(error) }
    })?;
    let root = document.root_element();
    wsdl::read(root).or_else(|| wadl::read(root)).ok_or_else(|| {
        let tag = root.tag_name();
        if tag.name() == "Edmx" {
            return unknown_document(name, "it is OData metadata (convert it to OpenAPI)");
        }
        let namespace = tag.namespace().map(|n| format!(" of {n}")).unwrap_or_default();
        unknown_document(name, &format!("it is XML with the root <{}>{namespace}", tag.name()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ApiKind, Format};

    #[test]
    fn the_format_is_found_by_content() {
        for (text, format, kind) in [
            ("{\"openapi\": \"3.0.0\"}", Format::OpenApi, ApiKind::Rest),
            ("  \n{openapi: 3.0.0}", Format::OpenApi, ApiKind::Rest),
            ("---\n# c\ninfo: {}\nopenapi: 3.1\n", Format::OpenApi, ApiKind::Rest),
            ("swagger: 2.0", Format::OpenApi, ApiKind::Rest),
            ("\"swagger\": '2.0'", Format::OpenApi, ApiKind::Rest),
            ("asyncapi: 3.0.0", Format::AsyncApi, ApiKind::Webhook),
            ("type Query { a: Int }", Format::GraphQl, ApiKind::Graphql),
            ("{\"data\": {\"__schema\": {}}}", Format::GraphQl, ApiKind::Graphql),
            ("syntax = \"proto3\";", Format::Protobuf, ApiKind::Grpc),
            (
                "\n<?xml version=\"1.0\"?><definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\"/>",
                Format::Wsdl,
                ApiKind::Soap,
            ),
            ("<application xmlns=\"http://wadl.dev.java.net/2009/02\"/>", Format::Wadl, ApiKind::Rest),
        ] {
            let definition = detect(text, "x").expect(text);
            assert_eq!((definition.format, definition.kind), (format, kind), "{text}");
        }
    }

    #[test]
    fn what_is_no_definition_is_described() {
        for (text, words) in [
            ("", "empty"),
            ("[]", "a list"),
            ("- a\n- b", "a list"),
            ("hello world", "plain text"),
            ("{\"a\": 1, \"b\": 2}", "JSON with a, b, without openapi"),
            ("{\"openapi\": \"3.0.0\",}", "not valid JSON"),
            ("openapi: 3.0.0\ninfo: {title: a: b}\n\tx", "not valid YAML"),
            ("a: b: c", "neither JSON nor XML"),
            ("<!DOCTYPE html><html>", "an HTML page"),
            ("<a xmlns=\"urn:x\"/>", "root <a> of urn:x"),
            ("<a>", "not valid XML"),
            ("#%RAML 1.0\ntitle: x", "RAML"),
            ("{\"info\": {}, \"item\": []}", "Postman"),
            ("{\"swaggerVersion\": \"1.2\"}", "Swagger 1.x"),
            ("{\"log\": {\"entries\": []}}", "a HAR file"),
            ("apiVersion: v1\nkind: Service\n", "a Kubernetes resource"),
            ("{\"$schema\": \"x\", \"type\": \"object\"}", "a JSON Schema"),
            ("<e:Edmx xmlns:e=\"http://docs.oasis-open.org/odata/ns/edmx\"/>", "OData metadata"),
            ("{ // c\n \"compilerOptions\": {}}", "JSON does not allow comments"),
            ("swagger: 1.2", "Swagger 1.2"),
            (
                "OpenAPI: 3.0.0\ninfo: {}\n",
                "YAML with the key 'OpenAPI', which must be in lower case: openapi",
            ),
            ("{\"Swagger\": \"2.0\"}", "which must be in lower case: swagger"),
            ("openapi:\ninfo: {}\n", "YAML with the key 'openapi', whose value is not a version"),
            ("{\"swagger\": [2]}", "JSON with the key 'swagger', whose value is not a version"),
            ("<<<<<<< HEAD\n{\"openapi\": \"3.0.0\"}\n=======\n", "it has a merge conflict"),
            ("{\"smithy\": \"2.0\"}", "a Smithy model"),
            ("$version: \"2\"\nnamespace a\n", "a Smithy model"),
            ("import \"@typespec/http\";\n", "TypeSpec"),
            ("@0xdbb9ad1f14bf0b36;\n", "Cap'n Proto"),
            (
                "{\"kind\": \"discovery#restDescription\", \"rootUrl\": \"x\", \"resources\": {}}",
                "a Google API discovery",
            ),
            ("{\"type\": \"record\", \"name\": \"X\", \"fields\": []}", "an Avro schema"),
            ("AWSTemplateFormatVersion: '2010-09-09'\n", "CloudFormation"),
            ("{\"mcpServers\": {}}", "MCP servers"),
            ("{\"name\": \"A\", \"url\": \"x\", \"skills\": [], \"capabilities\": {}}", "an A2A agent card"),
            ("{\"schema_version\": \"v1\", \"name_for_model\": \"x\", \"api\": {}}", "a plugin manifest"),
            ("{\"errors\": [], \"data\": null}", "a GraphQL response with errors"),
            ("openapi: 3.0.0\n<<<<<<< HEAD\n", "not valid YAML: it has a merge conflict"),
            ("<<<<<<< HEAD\nopenapi: 3.0.0\n=======\n", "merge conflict that is not resolved (line 1)"),
            ("{\"openapi\": \"3.0.0\",\n<<<<<<< HEAD\n}", "not valid JSON: it has a merge conflict"),
            ("openapi: 3.0.0\ninfo:\n  title: {{ .x }}\n", "it is a template"),
            (
                "{\"openapi\":\"3.0.0\",\"info\":{\"version\":\"1\",},\"paths\":{}}",
                "there is a comma after the last value",
            ),
            ("null", "empty YAML"),
        ] {
            let error = error::Error::from(detect(text, "file.txt").expect_err(text)).to_string();
            assert!(error.contains(words) && error.starts_with("file.txt"), "{text}: {error}");
        }
    }

    #[test]
    fn a_definition_with_a_mistake_is_told_from_what_is_none() {
        for text in [
            "openapi: 3.0.0\ninfo: {title: a: b}\n",
            "# ours\n---\ninfo: {title: a: b}\nopenapi: 3.0.0\n",
            "{\n  \"openapi\": \"3.0.0\",\n}",
            "{\n  // ours\n  \"openapi\": \"3.0.0\"\n}",
            "/* ours */ { /* too */ \"info\": {}, \"openapi\": \"3.0.0\"\n}",
            "{\"openapi\": \"4.0.0\"}",
            "{\"info\": {}, \"openapi\": \"3.0.0\",}",
            "swagger: 1.2",
            "type Query {\n a: \n}",
            "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\">",
        ] {
            assert!(matches!(detect(text, "x"), Err(ReadError::Invalid(_))), "{text}");
        }
        for text in [
            "",
            "# Our API\n\nThis is it: see\n\n```yaml\nopenapi: 3.0.0\ninfo: {title: a: b}\n```\n",
            "{\"a\": 1,}",
            "{\"scripts\": {\"openapi\": \"x\"}}",
            "type: object\nproperties: {}\n",
            "query Q { a }",
            "<a>",
        ] {
            assert!(matches!(detect(text, "x"), Err(ReadError::NotADefinition(_))), "{text}");
        }
    }

    #[test]
    fn hostile_nesting_ends_in_an_answer() {
        let xml = format!("{}{}", "<a>".repeat(50_000), "</a>".repeat(50_000));
        assert!(detect(&xml, "x").is_err());
        let graphql =
            format!("type Query {{ a(x: Int = {}1{}): Int }}", "[".repeat(50_000), "]".repeat(50_000));
        assert!(detect(&graphql, "x").is_err());
        let bomb = "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        assert!(detect(bomb, "x").is_err());
        let crowded: String = (0..100_000).fold(String::new(), |all, n| all + &format!(" a{n}='>'"));
        let with = |attributes: &str| {
            let text = format!(
                "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\"{attributes}>''</definitions>"
            );
            detect(&text, "x").map_err(error::Error::from)
        };
        assert!(with(&crowded).expect_err("crowded").to_string().contains("more than 256 attributes"));
        assert!(with(" a='>' b=\"'\"").is_ok());
        assert!(detect(&format!("/*{}", "/*".repeat(50_000)), "x").is_err());
    }
}
