//! Where in a definition something stands, which says what a reference there must lead to.

use super::{Definition, Format, grammar};

/// A generation of a language that has references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Swagger2,
    OpenApi30,
    /// 3.1 and later: path items can be components.
    OpenApi31,
    AsyncApi2,
    AsyncApi3,
}

impl Dialect {
    /// The dialect of a definition; None for formats without references.
    pub(super) fn of(definition: &Definition) -> Option<Self> {
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

/// A kind of object, in the words of the specifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
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

/// A map of the document whose members can be referred to by their names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// The keys that lead to it from the root.
    pub(super) path: &'static [&'static str],
    /// What its members are.
    pub(super) kind: Kind,
}

/// A place in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// An object of a kind.
    Object(Kind),
    /// Objects of a kind by names that are anybody's choice.
    Map(Kind),
    /// The same, where the document keeps what can be referred to.
    Section(&'static Section),
    /// A list of objects of a kind.
    List(Kind),
    /// The `mapping` of a discriminator: names or references, without `$ref`.
    Mapping,
    /// A value that is data of the API, such as an example: a `$ref` in it is no reference.
    Data,
    /// Anything else; a reference there has no kind.
    Other,
}

impl Place {
    /// The place of the member `key`.
    pub(super) fn member(self, dialect: Dialect, key: &str) -> Self {
        match self {
            Self::Object(_) if key.starts_with("x-") => Self::Other,
            Self::Object(kind) => grammar::member(dialect, kind, key),
            Self::Map(kind) => Self::Object(kind),
            Self::Section(section) => Self::Object(section.kind),
            Self::Data => Self::Data,
            Self::List(_) | Self::Mapping | Self::Other => Self::Other,
        }
    }

    /// The place of an element, where this is a list.
    pub(super) fn element(self) -> Self {
        match self {
            Self::List(kind) | Self::Object(kind) => Self::Object(kind),
            Self::Data => Self::Data,
            _ => Self::Other,
        }
    }

    /// Whether a member `$ref` with a text is a reference.
    pub(super) fn may_refer(self) -> bool {
        !matches!(self, Self::Data | Self::Mapping)
    }

    /// The section for what a reference here leads to; None where it is put in place of the reference.
    pub(super) fn section(self, dialect: Dialect) -> Option<&'static Section> {
        let Self::Object(kind) = self else { return None };
        // A path item, or a channel of AsyncAPI 2, has a $ref of its own that not every tool follows to a component.
        let inlined = kind == Kind::PathItem || (kind == Kind::Channel && dialect == Dialect::AsyncApi2);
        if inlined { None } else { grammar::component(dialect, kind) }
    }

    /// The section for something that contains itself, and so cannot be put in place of a reference.
    pub(super) fn section_of_cycle(self, dialect: Dialect) -> Option<&'static Section> {
        let Self::Object(kind) = self else { return None };
        grammar::component(dialect, kind)
    }
}
