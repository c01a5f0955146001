//! The structure of `OpenAPI`, Swagger and `AsyncAPI` documents, as far as it matters for references.
//!
//! It follows the specifications of Swagger 2.0, `OpenAPI` 3.0.4, 3.1.1 and 3.2.0, `AsyncAPI` 2.6.0 and 3.0.0.

use super::node_type::{Dialect, NodeType, ObjectKind, Section};

macro_rules! sections {
    ($($($key:literal)/+ => $kind:ident),+ $(,)?) => {
        &[$(Section { path: &[$($key),+], kind: ObjectKind::$kind }),+]
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

/// All sections of a document.
pub(super) fn sections(dialect: Dialect) -> &'static [Section] {
    match dialect {
        Dialect::Swagger2 => SWAGGER2,
        Dialect::OpenApi30 => OPENAPI30,
        Dialect::OpenApi31 => OPENAPI31,
        Dialect::AsyncApi2 => ASYNCAPI2,
        Dialect::AsyncApi3 => ASYNCAPI3,
    }
}

/// The section of reusable components of a kind.
fn component_section(dialect: Dialect, kind: ObjectKind) -> Option<&'static Section> {
    let is_component_section =
        |section: &&Section| dialect == Dialect::Swagger2 || section.path[0] == "components";
    sections(dialect).iter().filter(is_component_section).find(|section| section.kind == kind)
}

impl NodeType {
    /// The type of the member `key`.
    pub(super) fn member(self, dialect: Dialect, key: &str) -> Self {
        match self {
            Self::Object(_) if key.starts_with("x-") => Self::Other,
            Self::Object(kind) => member_of_object(dialect, kind, key),
            Self::Map(kind) => Self::Object(kind),
            Self::Section(section) => Self::Object(section.kind),
            Self::Data => Self::Data,
            Self::List(_) | Self::Mapping | Self::Other => Self::Other,
        }
    }

    /// The type of an element of a list.
    pub(super) fn element(self) -> Self {
        match self {
            Self::List(kind) | Self::Object(kind) => Self::Object(kind),
            Self::Data => Self::Data,
            _ => Self::Other,
        }
    }

    /// Whether a `$ref` is a reference here.
    pub(super) fn allows_references(self) -> bool {
        !matches!(self, Self::Data | Self::Mapping)
    }

    /// The section for the target of a reference here; `None` if the target replaces the reference.
    pub(super) fn target_section(self, dialect: Dialect) -> Option<&'static Section> {
        let Self::Object(kind) = self else { return None };
        // Not every tool follows the `$ref` of a path item, or of a channel in AsyncAPI 2, to a component.
        let is_inlined =
            kind == ObjectKind::PathItem || (kind == ObjectKind::Channel && dialect == Dialect::AsyncApi2);
        if is_inlined { None } else { component_section(dialect, kind) }
    }

    /// The section for a target that contains itself, and so cannot replace a reference.
    pub(super) fn cycle_section(self, dialect: Dialect) -> Option<&'static Section> {
        let Self::Object(kind) = self else { return None };
        component_section(dialect, kind)
    }
}

/// The type of the member `key` of an object.
fn member_of_object(dialect: Dialect, kind: ObjectKind, key: &str) -> NodeType {
    use NodeType::{List, Map, Object};
    let section = |path: &[&str]| sections(dialect).iter().find(|section| section.path == path);
    let is_asyncapi = matches!(dialect, Dialect::AsyncApi2 | Dialect::AsyncApi3);
    match (kind, key) {
        (ObjectKind::Root, "components") if dialect != Dialect::Swagger2 => Object(ObjectKind::Components),
        (ObjectKind::Root, "paths" | "webhooks") if !is_asyncapi => Map(ObjectKind::PathItem),
        (ObjectKind::Root, "channels") if dialect == Dialect::AsyncApi2 => Map(ObjectKind::Channel),
        (ObjectKind::Root, key) => section(&[key]).map_or(NodeType::Other, NodeType::Section),
        (ObjectKind::Components, key) => {
            section(&["components", key]).map_or(NodeType::Other, NodeType::Section)
        }
        (ObjectKind::Schema, key) => schema_member(key),
        (ObjectKind::Discriminator, "mapping") => NodeType::Mapping,
        (kind, key) if is_asyncapi => asyncapi_member(kind, key),
        (ObjectKind::PathItem | ObjectKind::Operation, "parameters") => List(ObjectKind::Parameter),
        (ObjectKind::PathItem, "additionalOperations") => Map(ObjectKind::Operation),
        (
            ObjectKind::PathItem,
            "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace" | "query",
        ) => Object(ObjectKind::Operation),
        (ObjectKind::Operation, "requestBody") => Object(ObjectKind::RequestBody),
        (ObjectKind::Operation, "responses") => Map(ObjectKind::Response),
        (ObjectKind::Operation, "callbacks") => Map(ObjectKind::Callback),
        (ObjectKind::Callback, _) => Object(ObjectKind::PathItem),
        (
            ObjectKind::Parameter | ObjectKind::Header | ObjectKind::MediaType | ObjectKind::Response,
            "schema",
        )
        | (ObjectKind::MediaType, "itemSchema") => Object(ObjectKind::Schema),
        (
            ObjectKind::Parameter | ObjectKind::Header | ObjectKind::RequestBody | ObjectKind::Response,
            "content",
        ) => Map(ObjectKind::MediaType),
        (ObjectKind::Response, "examples")
        | (ObjectKind::Parameter | ObjectKind::Header | ObjectKind::MediaType, "example")
        | (ObjectKind::Example, "value" | "dataValue")
        | (ObjectKind::Link, "parameters" | "requestBody") => NodeType::Data,
        (ObjectKind::Parameter | ObjectKind::Header | ObjectKind::MediaType, "examples") => {
            Map(ObjectKind::Example)
        }
        (ObjectKind::Response | ObjectKind::Encoding, "headers") => Map(ObjectKind::Header),
        (ObjectKind::Response, "links") => Map(ObjectKind::Link),
        (ObjectKind::MediaType, "encoding") => Map(ObjectKind::Encoding),
        _ => NodeType::Other,
    }
}

/// The type of a member of a schema, in the drafts of JSON Schema that the formats use.
fn schema_member(key: &str) -> NodeType {
    match key {
        "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
        | "dependencies" => NodeType::Map(ObjectKind::Schema),
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => NodeType::List(ObjectKind::Schema),
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
        | "else" => NodeType::Object(ObjectKind::Schema),
        "discriminator" => NodeType::Object(ObjectKind::Discriminator),
        "default" | "example" | "examples" | "enum" | "const" => NodeType::Data,
        _ => NodeType::Other,
    }
}

/// The type of a member of an object of `AsyncAPI`.
fn asyncapi_member(kind: ObjectKind, key: &str) -> NodeType {
    use NodeType::{List, Map, Object};
    match (kind, key) {
        (ObjectKind::Server, "variables") => Map(ObjectKind::ServerVariable),
        (ObjectKind::Server, "bindings") => Object(ObjectKind::ServerBindings),
        (ObjectKind::Channel, "subscribe" | "publish") => Object(ObjectKind::Operation),
        (ObjectKind::Channel, "parameters") => Map(ObjectKind::Parameter),
        (ObjectKind::Channel, "messages") => Map(ObjectKind::Message),
        (ObjectKind::Channel, "servers") => List(ObjectKind::Server),
        (ObjectKind::Channel, "bindings") => Object(ObjectKind::ChannelBindings),
        (ObjectKind::Operation, "message") => Object(ObjectKind::Message),
        (ObjectKind::Operation | ObjectKind::Reply, "messages") | (ObjectKind::Message, "oneOf") => {
            List(ObjectKind::Message)
        }
        (ObjectKind::Operation, "traits") => List(ObjectKind::OperationTrait),
        (ObjectKind::Operation | ObjectKind::Reply, "channel") => Object(ObjectKind::Channel),
        (ObjectKind::Operation, "reply") => Object(ObjectKind::Reply),
        (ObjectKind::Operation | ObjectKind::OperationTrait, "bindings") => {
            Object(ObjectKind::OperationBindings)
        }
        (ObjectKind::Reply, "address") => Object(ObjectKind::ReplyAddress),
        (ObjectKind::Message | ObjectKind::MessageTrait, "headers")
        | (ObjectKind::Message, "payload")
        | (ObjectKind::Parameter, "schema") => Object(ObjectKind::Schema),
        (ObjectKind::Message | ObjectKind::MessageTrait, "correlationId") => {
            Object(ObjectKind::CorrelationId)
        }
        (ObjectKind::Message | ObjectKind::MessageTrait, "bindings") => Object(ObjectKind::MessageBindings),
        (ObjectKind::Message | ObjectKind::MessageTrait, "examples") => NodeType::Data,
        (ObjectKind::Message, "traits") => List(ObjectKind::MessageTrait),
        _ => NodeType::Other,
    }
}
