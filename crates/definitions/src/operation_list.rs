//! The operations of a definition of any format, as a catalog shows them.

use apollo_parser::Parser;
use apollo_parser::cst::{CstNode as _, Definition as Syntax};
use serde::Serialize;
use serde_json::{Map, Value};

use super::definition::{Definition, Format};
use super::operations::{graphql_fields, soap_service, wadl_operations};
use super::parse::parse_document;
use super::parse_limits::MAX_DOCUMENT;
use super::{limits, protobuf, stack};
use azr_core::error::Result;

/// The methods of the operations in a path of `OpenAPI`, in the order in which they are listed.
const METHODS: [&str; 9] = ["get", "query", "post", "put", "patch", "delete", "head", "options", "trace"];

/// The root types of GraphQL and what their fields are.
const ROOT_TYPES: [(&str, &str, &str); 3] = [
    ("Query", "queryType", "query"),
    ("Mutation", "mutationType", "mutation"),
    ("Subscription", "subscriptionType", "subscription"),
];

/// The maximum number of characters of a name and of a summary.
const MAX_NAME: usize = 300;

/// An operation that a definition describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// Its HTTP method in upper case, or what it is in other formats: `query`, `rpc`, `tool`, `send`.
    pub verb: String,
    /// Its path, channel or name.
    pub name: String,
    /// A line that says what it does.
    pub summary: Option<String>,
}

impl Operation {
    fn new(verb: &str, name: &str, summary: Option<&str>) -> Self {
        let summary = summary.map(str::trim).filter(|text| !text.is_empty());
        Self {
            verb: verb.to_owned(),
            name: limits::truncate(name, MAX_NAME).to_owned(),
            summary: summary.map(|text| limits::truncate(text, MAX_NAME).to_owned()),
        }
    }
}

/// Reads the operations of a definition, in the order of its document.
///
/// `name` is used only in errors. Tools of an MCP server (`x-mcp-tools`) count as operations.
pub fn list_operations(definition: &Definition, name: &str) -> Result<Vec<Operation>> {
    let text = &*definition.text;
    Ok(match definition.format {
        Format::OpenApi | Format::AsyncApi => {
            let document = parse(definition, name)?;
            let mut operations = path_operations(&document["paths"]);
            operations.extend(webhooks(&document["webhooks"]));
            operations.extend(tools(&document["x-mcp-tools"]));
            operations.extend(channel_operations(&document));
            operations
        }
        Format::GraphQl if text.trim_start().starts_with('{') => {
            introspected_fields(&parse(definition, name)?)
        }
        Format::GraphQl => root_fields(text),
        Format::Protobuf => procedures(text),
        Format::Wadl => {
            let operations = wadl_operations(text).unwrap_or_default();
            operations.iter().map(|(method, path)| Operation::new(method, path, None)).collect()
        }
        Format::Wsdl => {
            let operations = soap_service(text).operations;
            operations.iter().map(|operation| Operation::new("SOAP", &operation.name, None)).collect()
        }
    })
}

fn parse(definition: &Definition, name: &str) -> Result<Value> {
    let parsed = stack::with_large_stack(|| parse_document(&definition.text, name, MAX_DOCUMENT));
    parsed.map_err(|reason| azr_core::error::Error::invalid(format!("{name}: {reason}")))?
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// What an operation or a channel says about itself, in one line.
fn summary(object: &Value) -> Option<&str> {
    let first_line = || object["description"].as_str().and_then(|text| text.trim().lines().next());
    object["summary"].as_str().filter(|text| !text.trim().is_empty()).or_else(first_line)
}

/// The operations of `OpenAPI` and Swagger: by path, then by method.
fn path_operations(paths: &Value) -> Vec<Operation> {
    let of_path = |(path, item): (&String, &Value)| {
        let listed = METHODS.map(|method| (method.to_uppercase(), item.get(method)));
        let additional =
            members(&item["additionalOperations"]).map(|(m, operation)| (m.clone(), Some(operation)));
        let operations = listed.into_iter().chain(additional);
        operations
            .filter_map(|(method, operation)| Some((method, operation.filter(|o| o.is_object())?)))
            .map(|(method, operation)| Operation::new(&method, path, summary(operation)))
            .collect::<Vec<_>>()
    };
    members(paths).flat_map(of_path).collect()
}

fn webhooks(webhooks: &Value) -> Vec<Operation> {
    let mut operations = path_operations(webhooks);
    for operation in &mut operations {
        "webhook".clone_into(&mut operation.verb);
    }
    operations
}

/// The tools of an MCP server.
fn tools(tools: &Value) -> Vec<Operation> {
    let tools = tools.as_array().into_iter().flatten();
    tools.filter_map(|tool| Some(Operation::new("tool", tool["name"].as_str()?, summary(tool)))).collect()
}

/// The operations of `AsyncAPI`: those of the channels in version 2, a list of their own in version 3.
fn channel_operations(document: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (channel, item) in members(&document["channels"]) {
        for action in ["publish", "subscribe"] {
            if let Some(operation) = item.get(action) {
                operations.push(Operation::new(action, channel, summary(operation)));
            }
        }
    }
    for (name, operation) in members(&document["operations"]) {
        let action = operation["action"].as_str().unwrap_or_default();
        let reference = operation["channel"]["$ref"].as_str().unwrap_or_default();
        let channel = reference.rsplit('/').next().unwrap_or_default();
        let address = document["channels"][channel]["address"].as_str();
        operations.push(Operation::new(action, address.unwrap_or(name), summary(operation)));
    }
    operations
}

/// The fields of the root types of a GraphQL schema.
fn root_fields(text: &str) -> Vec<Operation> {
    let mut types = ROOT_TYPES.map(|(name, _, verb)| (name.to_owned(), verb));
    for definition in Parser::new(text).parse().document().definitions() {
        let Syntax::SchemaDefinition(schema) = definition else { continue };
        for root in schema.root_operation_type_definitions() {
            let verb = root.operation_type().map(|operation| operation.source_string());
            let name = root.named_type().map(|named| named.source_string());
            let (Some(verb), Some(name)) = (verb, name) else { continue };
            if let Some(root) = types.iter_mut().find(|(_, known)| *known == verb.trim()) {
                name.trim().clone_into(&mut root.0);
            }
        }
    }
    let fields = graphql_fields(text);
    let of_type = |(name, verb): (String, &'static str)| {
        let fields = fields.iter().filter_map(|field| field.split_once('/'));
        let fields = fields.filter(|(owner, _)| *owner == name);
        fields.map(|(_, field)| Operation::new(verb, field, None)).collect::<Vec<_>>()
    };
    types.into_iter().flat_map(of_type).collect()
}

/// The fields of the root types in the response to an introspection query.
fn introspected_fields(response: &Value) -> Vec<Operation> {
    let schema = response.pointer("/data/__schema").unwrap_or(&response["__schema"]);
    let types = || schema["types"].as_array().into_iter().flatten();
    let of_type = |(_, member, verb): (&str, &str, &str)| {
        let root = types()
            .find(|candidate| candidate["name"].is_string() && candidate["name"] == schema[member]["name"]);
        let fields = root.and_then(|root| root["fields"].as_array()).into_iter().flatten();
        let operation = |field: &Value| Some(Operation::new(verb, field["name"].as_str()?, summary(field)));
        fields.filter_map(operation).collect::<Vec<_>>()
    };
    ROOT_TYPES.into_iter().flat_map(of_type).collect()
}

/// The procedures of the services in a `.proto` file, as `Service/Procedure`.
fn procedures(text: &str) -> Vec<Operation> {
    let code = protobuf::remove_comments(text);
    let mut service = "";
    let mut operations = Vec::new();
    for statement in code.split_inclusive([';', '{', '}']).map(str::trim) {
        let mut words = statement.split(|c: char| c.is_whitespace() || matches!(c, '(' | '{' | ';'));
        match (words.next(), words.find(|word| !word.is_empty())) {
            (Some("service"), Some(name)) if statement.ends_with('{') => service = name,
            (Some("rpc"), Some(name)) => {
                operations.push(Operation::new("rpc", &format!("{service}/{name}"), None));
            }
            _ => {}
        }
    }
    operations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let definition = crate::read(text.as_bytes(), "x").expect("a definition");
        let operations = list_operations(&definition, "x").expect("operations");
        let line = |operation: &Operation| {
            let summary = operation.summary.as_ref().map_or_else(String::new, |text| format!(": {text}"));
            format!("{} {}{summary}", operation.verb, operation.name)
        };
        operations.iter().map(line).collect()
    }

    #[test]
    fn paths_have_operations_with_a_summary_or_the_first_line_of_a_description() {
        let yaml = "openapi: 3.1.0\ninfo: {title: T, version: 1}\npaths:\n  /pets:\n    parameters: []\n    post: {description: \"\\nAdd one.\\nReally.\"}\n    get: {summary: List}\n  /pets/{id}:\n    delete: {}\nwebhooks:\n  sold: {post: {}}\n";
        assert_eq!(
            lines(yaml),
            ["GET /pets: List", "POST /pets: Add one.", "DELETE /pets/{id}", "webhook sold"]
        );
        let swagger = r#"{"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {}, "x-y": {}}}}"#;
        assert_eq!(lines(swagger), ["GET /a"]);
        let server = r#"{"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}, "x-mcp-tools": [{"name": "find", "description": "Finds"}]}"#;
        assert_eq!(lines(server), ["tool find: Finds"]);
    }

    #[test]
    fn channels_have_operations_in_both_generations() {
        let two = "asyncapi: 2.6.0\ninfo: {title: T, version: 1}\nchannels:\n  lights:\n    subscribe: {summary: Hear}\n";
        assert_eq!(lines(two), ["subscribe lights: Hear"]);
        let three = "asyncapi: 3.0.0\ninfo: {title: T, version: 1}\nchannels:\n  room: {address: rooms/one}\noperations:\n  say: {action: send, channel: {$ref: '#/channels/room'}}\n";
        assert_eq!(lines(three), ["send rooms/one"]);
    }

    #[test]
    fn root_types_of_graphql_can_have_any_name() {
        assert_eq!(
            lines("type Query { pets: Int }\ntype Pet { name: String }\ntype Mutation { add: Int }"),
            ["query pets", "mutation add"]
        );
        assert_eq!(lines("schema { query: Root }\ntype Root { pets: Int }"), ["query pets"]);
        let introspection = r#"{"data": {"__schema": {"queryType": {"name": "Root"}, "types": [{"name": "Root", "fields": [{"name": "pets", "description": "All"}]}]}}}"#;
        assert_eq!(lines(introspection), ["query pets: All"]);
    }

    #[test]
    fn other_formats_have_procedures_methods_and_soap_operations() {
        let proto = "syntax = \"proto3\"; // rpc No(A)\nservice Pets { rpc Get(A) returns (B); rpc Put (A) returns (B) { option x = 1; } }";
        assert_eq!(lines(proto), ["rpc Pets/Get", "rpc Pets/Put"]);
        let application = r#"<application xmlns="http://wadl.dev.java.net/2009/02"><resources base="https://x"><resource path="pets"><method name="GET"/></resource></resources></application>"#;
        assert_eq!(lines(application), ["GET /pets"]);
        let description = r#"<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" name="N"><portType name="P"><operation name="Get"/></portType></definitions>"#;
        assert_eq!(lines(description), ["SOAP Get"]);
    }
}
