//! What is where in `OpenAPI`, Swagger and `AsyncAPI`, as far as references are concerned.
//!
//! From the specifications of Swagger 2.0, `OpenAPI` 3.0.4, 3.1.1 and 3.2.0, `AsyncAPI` 2.6.0 and 3.0.0.

use super::place::{Dialect, Kind, Place, Section};

macro_rules! sections {
    ($($($key:literal)/+ => $kind:ident),+ $(,)?) => {
        &[$(Section { path: &[$($key),+], kind: Kind::$kind }),+]
    };
}

const SWAGGER2: &[Section] =
    sections!["definitions" => Schema, "parameters" => Parameter, "responses" => Response];

const OPENAPI30: &[Section] = sections![
    "components"/"schemas" => Schema,
    "components"/"responses" => Response,
    "components"/"parameters" => Parameter,
    "components"/"examples" => Example,
    "components"/"requestBodies" => RequestBody,
    "components"/"headers" => Header,
    "components"/"securitySchemes" => SecurityScheme,
    "components"/"links" => Link,
    "components"/"callbacks" => Callback,
];

const OPENAPI31: &[Section] = sections![
    "components"/"schemas" => Schema,
    "components"/"responses" => Response,
    "components"/"parameters" => Parameter,
    "components"/"examples" => Example,
    "components"/"requestBodies" => RequestBody,
    "components"/"headers" => Header,
    "components"/"securitySchemes" => SecurityScheme,
    "components"/"links" => Link,
    "components"/"callbacks" => Callback,
    "components"/"pathItems" => PathItem,
];

const ASYNCAPI2: &[Section] = sections![
    "servers" => Server,
    "components"/"schemas" => Schema,
    "components"/"servers" => Server,
    "components"/"serverVariables" => ServerVariable,
    "components"/"channels" => Channel,
    "components"/"messages" => Message,
    "components"/"securitySchemes" => SecurityScheme,
    "components"/"parameters" => Parameter,
    "components"/"correlationIds" => CorrelationId,
    "components"/"operationTraits" => OperationTrait,
    "components"/"messageTraits" => MessageTrait,
    "components"/"serverBindings" => ServerBindings,
    "components"/"channelBindings" => ChannelBindings,
    "components"/"operationBindings" => OperationBindings,
    "components"/"messageBindings" => MessageBindings,
];

const ASYNCAPI3: &[Section] = sections![
    "servers" => Server,
    "channels" => Channel,
    "operations" => Operation,
    "components"/"schemas" => Schema,
    "components"/"servers" => Server,
    "components"/"serverVariables" => ServerVariable,
    "components"/"channels" => Channel,
    "components"/"operations" => Operation,
    "components"/"messages" => Message,
    "components"/"securitySchemes" => SecurityScheme,
    "components"/"parameters" => Parameter,
    "components"/"correlationIds" => CorrelationId,
    "components"/"replies" => Reply,
    "components"/"replyAddresses" => ReplyAddress,
    "components"/"operationTraits" => OperationTrait,
    "components"/"messageTraits" => MessageTrait,
    "components"/"serverBindings" => ServerBindings,
    "components"/"channelBindings" => ChannelBindings,
    "components"/"operationBindings" => OperationBindings,
    "components"/"messageBindings" => MessageBindings,
];

/// Every section of a document.
pub(super) fn sections(dialect: Dialect) -> &'static [Section] {
    match dialect {
        Dialect::Swagger2 => SWAGGER2,
        Dialect::OpenApi30 => OPENAPI30,
        Dialect::OpenApi31 => OPENAPI31,
        Dialect::AsyncApi2 => ASYNCAPI2,
        Dialect::AsyncApi3 => ASYNCAPI3,
    }
}

/// The section that is there only to be referred to, for things of a kind.
pub(super) fn component(dialect: Dialect, kind: Kind) -> Option<&'static Section> {
    let only = |section: &&Section| dialect == Dialect::Swagger2 || section.path[0] == "components";
    sections(dialect).iter().filter(only).find(|section| section.kind == kind)
}

/// The place of the member `key` of an object.
pub(super) fn member(dialect: Dialect, kind: Kind, key: &str) -> Place {
    use Place::{List, Map, Object};
    let section = |path: &[&str]| sections(dialect).iter().find(|section| section.path == path);
    let asynchronous = matches!(dialect, Dialect::AsyncApi2 | Dialect::AsyncApi3);
    match (kind, key) {
        (Kind::Root, "components") if dialect != Dialect::Swagger2 => Object(Kind::Components),
        (Kind::Root, "paths" | "webhooks") if !asynchronous => Map(Kind::PathItem),
        (Kind::Root, "channels") if dialect == Dialect::AsyncApi2 => Map(Kind::Channel),
        (Kind::Root, key) => section(&[key]).map_or(Place::Other, Place::Section),
        (Kind::Components, key) => section(&["components", key]).map_or(Place::Other, Place::Section),
        (Kind::Schema, key) => of_schema(key),
        (Kind::Discriminator, "mapping") => Place::Mapping,
        (kind, key) if asynchronous => of_messaging(kind, key),
        (Kind::PathItem | Kind::Operation, "parameters") => List(Kind::Parameter),
        (Kind::PathItem, "additionalOperations") => Map(Kind::Operation),
        (
            Kind::PathItem,
            "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query",
        ) => Object(Kind::Operation),
        (Kind::Operation, "requestBody") => Object(Kind::RequestBody),
        (Kind::Operation, "responses") => Map(Kind::Response),
        (Kind::Operation, "callbacks") => Map(Kind::Callback),
        (Kind::Callback, _) => Object(Kind::PathItem),
        (Kind::Parameter | Kind::Header | Kind::MediaType | Kind::Response, "schema")
        | (Kind::MediaType, "itemSchema") => Object(Kind::Schema),
        (Kind::Parameter | Kind::Header | Kind::RequestBody | Kind::Response, "content") => {
            Map(Kind::MediaType)
        }
        (Kind::Response, "examples")
        | (Kind::Parameter | Kind::Header | Kind::MediaType, "example")
        | (Kind::Example, "value" | "dataValue")
        | (Kind::Link, "parameters" | "requestBody") => Place::Data,
        (Kind::Parameter | Kind::Header | Kind::MediaType, "examples") => Map(Kind::Example),
        (Kind::Response | Kind::Encoding, "headers") => Map(Kind::Header),
        (Kind::Response, "links") => Map(Kind::Link),
        (Kind::MediaType, "encoding") => Map(Kind::Encoding),
        _ => Place::Other,
    }
}

/// A member of a schema, in any draft of JSON Schema that the formats build on.
fn of_schema(key: &str) -> Place {
    match key {
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
        | "dependencies" => Place::Map(Kind::Schema),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Place::List(Kind::Schema),
        "items"
        | "additionalItems"
        | "unevaluatedItems"
        | "contains"
        | "additionalProperties"
        | "unevaluatedProperties"
        | "propertyNames"
        | "contentSchema"
        | "not"
        | "if"
        | "then"
        | "else" => Place::Object(Kind::Schema),
        "discriminator" => Place::Object(Kind::Discriminator),
        "default" | "example" | "examples" | "enum" | "const" => Place::Data,
        _ => Place::Other,
    }
}

/// A member of an object that only `AsyncAPI` has, or has in its own way.
fn of_messaging(kind: Kind, key: &str) -> Place {
    use Place::{List, Map, Object};
    match (kind, key) {
        (Kind::Server, "variables") => Map(Kind::ServerVariable),
        (Kind::Server, "bindings") => Object(Kind::ServerBindings),
        (Kind::Channel, "subscribe" | "publish") => Object(Kind::Operation),
        (Kind::Channel, "parameters") => Map(Kind::Parameter),
        (Kind::Channel, "messages") => Map(Kind::Message),
        (Kind::Channel, "servers") => List(Kind::Server),
        (Kind::Channel, "bindings") => Object(Kind::ChannelBindings),
        (Kind::Operation, "message") => Object(Kind::Message),
        (Kind::Operation | Kind::Reply, "messages") | (Kind::Message, "oneOf") => List(Kind::Message),
        (Kind::Operation, "traits") => List(Kind::OperationTrait),
        (Kind::Operation | Kind::Reply, "channel") => Object(Kind::Channel),
        (Kind::Operation, "reply") => Object(Kind::Reply),
        (Kind::Operation | Kind::OperationTrait, "bindings") => Object(Kind::OperationBindings),
        (Kind::Reply, "address") => Object(Kind::ReplyAddress),
        (Kind::Message | Kind::MessageTrait, "headers")
        | (Kind::Message, "payload")
        | (Kind::Parameter, "schema") => Object(Kind::Schema),
        (Kind::Message | Kind::MessageTrait, "correlationId") => Object(Kind::CorrelationId),
        (Kind::Message | Kind::MessageTrait, "bindings") => Object(Kind::MessageBindings),
        (Kind::Message | Kind::MessageTrait, "examples") => Place::Data,
        (Kind::Message, "traits") => List(Kind::MessageTrait),
        _ => Place::Other,
    }
}
