//! Which format a document is written in, by what it holds.
//!
//! The first character decides between XML, JSON and the rest; Protocol Buffers and GraphQL are told by their
//! first statement; what is left is YAML.

use super::definition::Definition;
use super::node::Node;
use super::refusal::Refusal;
use super::{asyncapi, broken, graphql, json, openapi, protobuf, swagger, unsupported, wadl, wsdl, yaml};
use azr_core::error;

type Result<T> = std::result::Result<T, Refusal>;

/// How many XML nodes are read: far more than the largest WSDL, and a bound on memory.
const MAX_XML_NODES: u32 = 6_000_000;

/// The most attributes of an XML element; definitions have a handful.
///
/// The parser compares each with all before it, so a megabyte of them in one element would take minutes.
const MAX_ATTRIBUTES: usize = 256;

/// Finds the format of `text` and reads what the document says of itself.
pub(super) fn detect(text: &str, name: &str) -> Result<Definition> {
    let start = text.trim_start();
    match start.bytes().next() {
        None => Err(other(name, "it is empty")),
        Some(b'<') => xml(text, name),
        Some(b'[') => Err(other(name, "it is a list, not an object")),
        Some(b'{') if is_json(start) => from_json(text, name),
        Some(_) => {
            if let Some(definition) = protobuf::read(text) {
                return Ok(definition);
            }
            match graphql::read(text, name) {
                Some(definition) => definition,
                None => from_yaml(text, name),
            }
        }
    }
}

fn other(name: &str, found: &str) -> Refusal {
    Refusal::Other(unsupported(name, found))
}

/// `{"` and `{}` are JSON; `{openapi: 3.0.0}` is YAML's flow style.
pub(super) fn is_json(start: &str) -> bool {
    matches!(start[1..].trim_start().bytes().next(), None | Some(b'"' | b'}'))
}

fn from_json(text: &str, name: &str) -> Result<Definition> {
    let root = json::parse(text).map_err(|why| mistaken(text, broken(name, "JSON", why)))?;
    if let Some(definition) = by_root(&root, name) {
        return definition;
    }
    if json::is_introspection(text) {
        return Ok(graphql::introspection());
    }
    Err(other(name, &format!("it is {}", described(&root, "JSON"))))
}

fn from_yaml(text: &str, name: &str) -> Result<Definition> {
    if let Some(found) = other_text(text) {
        return Err(other(name, found));
    }
    match yaml::parse(text) {
        Ok(root) => by_root(&root, name)
            .unwrap_or_else(|| Err(other(name, &format!("it is {}", described(&root, "YAML"))))),
        Err(why) if names_a_format(text) => Err(mistaken(text, broken(name, "YAML", why))),
        Err(why) => Err(other(name, &format!("it is neither JSON nor XML, and not YAML either ({why})"))),
    }
}

fn by_root(root: &Node, name: &str) -> Option<Result<Definition>> {
    type Read = fn(&Node, &str, &str) -> error::Result<Definition>;
    let formats: [(&str, Read); 3] =
        [("openapi", openapi::read), ("swagger", swagger::read), ("asyncapi", asyncapi::read)];
    formats.into_iter().find_map(|(key, read)| {
        let version = root.text(key)?;
        // It says what it is: one that azr does not know is no other file.
        Some(read(root, version.trim(), name).map_err(Refusal::Broken))
    })
}

/// A document that cannot be parsed: a definition with a mistake, or something else altogether.
///
/// Prose that shows a definition names its format as well, but does not begin with a key.
pub(super) fn mistaken(text: &str, error: error::Error) -> Refusal {
    let first = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with('#') && *l != "---");
    let key = first.unwrap_or_default().trim_start_matches(['"', '\'', ' ', '{']);
    let rest = key.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '$'));
    let is_key = rest.trim_start_matches(['"', '\'', ' ']).starts_with(':');
    // An object of JSON may begin on a line of its own.
    let begins = (is_key && rest.len() < key.len()) || key.is_empty();
    let names = names_a_format(text) || (text.trim_start().starts_with('{') && names_one_inside(text));
    if begins && names { Refusal::Broken(error) } else { Refusal::Other(error) }
}

/// The same as [`names_a_format`] for JSON, which may be all on one line.
fn names_one_inside(text: &str) -> bool {
    text.split(['{', ',']).any(names_a_format)
}

/// Whether a line starts with one of the keys that name a format: then it is meant as a definition.
fn names_a_format(text: &str) -> bool {
    text.lines().any(|line| {
        let key = line.trim_start_matches(['"', '\'', ' ', '{']);
        ["openapi", "swagger", "asyncapi"].iter().any(|format| {
            key.strip_prefix(format)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
        })
    })
}

fn described(root: &Node, format: &str) -> String {
    const SHOWN: usize = 5;
    let members = root.members();
    let has = |key: &str| members.iter().any(|(k, _)| k == key);
    if has("swaggerVersion") {
        return "Swagger 1.x, which is too old (convert it to OpenAPI 3)".to_owned();
    }
    if has("_postman_id") || (has("info") && has("item")) {
        return "a Postman collection (export it as OpenAPI)".to_owned();
    }
    match root {
        Node::Text(_) => "plain text".to_owned(),
        Node::List(_) => "a list, not an object".to_owned(),
        Node::Map(members) if !members.is_empty() => {
            let keys: Vec<String> =
                members.iter().take(SHOWN).map(|(key, _)| key.chars().take(40).collect()).collect();
            let more = if members.len() > SHOWN { ", …" } else { "" };
            format!("{format} with {}{more}, without openapi, swagger or asyncapi", keys.join(", "))
        }
        _ => format!("empty {format}"),
    }
}

fn other_text(text: &str) -> Option<&'static str> {
    let start = text.trim_start();
    if start.starts_with("#%RAML") {
        Some("it is RAML (convert it to OpenAPI)")
    } else if start.starts_with("FORMAT: 1A") {
        Some("it is API Blueprint (convert it to OpenAPI)")
    } else if start.starts_with("version https://git-lfs.github.com/") {
        Some("it is a pointer of Git LFS (run git lfs pull)")
    } else {
        None
    }
}

fn xml(text: &str, name: &str) -> Result<Definition> {
    let opening = text.trim_start();
    let is_html = ["<!doctype html", "<html"]
        .iter()
        .any(|tag| opening.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag)));
    if is_html {
        return Err(other(
            name,
            "it is an HTML page (for a URL: is it the raw document, readable without signing in?)",
        ));
    }
    if opening.split('<').any(|tag| attributes(tag) > MAX_ATTRIBUTES) {
        return Err(other(
            name,
            &format!("it is XML with more than {MAX_ATTRIBUTES} attributes in one element"),
        ));
    }
    // roxmltree wants the declaration at the very start, where people leave blank lines.
    let options = roxmltree::ParsingOptions { nodes_limit: MAX_XML_NODES, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(opening, options).map_err(|why| {
        let meant = [wsdl::WSDL_1, wsdl::WSDL_2, wadl::WADL].iter().any(|space| text.contains(space));
        let error = broken(name, "XML", why);
        if meant { Refusal::Broken(error) } else { Refusal::Other(error) }
    })?;
    let root = document.root_element();
    wsdl::read(root).or_else(|| wadl::read(root)).ok_or_else(|| {
        let tag = root.tag_name();
        let namespace = tag.namespace().map(|n| format!(" of {n}")).unwrap_or_default();
        other(name, &format!("it is XML with the root <{}>{namespace}", tag.name()))
    })
}

/// How many quoted values stand in a tag, given without its `<`, before it ends; a value may hold `>` but no `<`.
fn attributes(tag: &str) -> usize {
    let mut count = 0;
    let mut quote = None;
    for byte in tag.bytes() {
        match (quote, byte) {
            (Some(open), _) if open == byte => {
                quote = None;
                count += 1;
            }
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => break,
            _ => {}
        }
    }
    count
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
            ("swagger: 1.2", "Swagger 1.2"),
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
            "{\"openapi\": \"4.0.0\"}",
            "{\"info\": {}, \"openapi\": \"3.0.0\",}",
            "swagger: 1.2",
            "type Query {\n a: \n}",
            "<definitions xmlns=\"http://schemas.xmlsoap.org/wsdl/\">",
        ] {
            assert!(matches!(detect(text, "x"), Err(Refusal::Broken(_))), "{text}");
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
            assert!(matches!(detect(text, "x"), Err(Refusal::Other(_))), "{text}");
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
