//! The types of the values in a definition, which determine what a reference may point to.

use crate::{Definition, Format};

/// A version of a format that has references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Swagger2,
    OpenApi30,
    /// 3.1 and later, in which path items can be components.
    OpenApi31,
    AsyncApi2,
    AsyncApi3,
}

impl Dialect {
    /// The dialect of a definition; `None` for formats without references.
    pub(super) fn from_definition(definition: &Definition) -> Option<Self> {
        let version = definition.format_version.as_deref().unwrap_or_default();
        match definition.format {
            Format::OpenApi if version.starts_with('2') => Some(Self::Swagger2),
            Format::OpenApi if version == "3" || version.starts_with("3.0") => Some(Self::OpenApi30),
            Format::OpenApi => Some(Self::OpenApi31),
            Format::AsyncApi if version.starts_with('2') => Some(Self::AsyncApi2),
            Format::AsyncApi => Some(Self::AsyncApi3),
            Format::Wsdl | Format::Wadl | Format::GraphQl | Format::Protobuf => None,
        }
    }
}

/// The kinds of objects, as named in the specifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum ObjectKind {
    Root,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Encoding,
    Example,
    Link,
    Callback,
    SecurityScheme,
    Schema,
    Discriminator,
    Server,
    ServerVariable,
    Channel,
    Message,
    OperationTrait,
    MessageTrait,
    CorrelationId,
    Reply,
    ReplyAddress,
    ServerBindings,
    ChannelBindings,
    OperationBindings,
    MessageBindings,
}

/// A map of the document whose members can be the targets of references, such as `components/schemas`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Its path from the root.
    pub(super) path: &'static [&'static str],
    /// The kind of its members.
    pub(super) kind: ObjectKind,
}

/// The type of a value, determined by its position in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeType {
    /// An object of a kind.
    Object(ObjectKind),
    /// A map from arbitrary names to objects of a kind.
    Map(ObjectKind),
    /// A map whose members can be the targets of references.
    Section(&'static Section),
    /// A list of objects of a kind.
    List(ObjectKind),
    /// The `mapping` of a discriminator, whose values are names or references without `$ref`.
    Mapping,
    /// Data of the API, such as an example, in which `$ref` is not a reference.
    Data,
    /// Anything else; the kind of the target of a reference is unknown.
    Other,
}
