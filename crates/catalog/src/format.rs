//! The formats of the definitions that an import brings into a center.

use super::api_type::ApimApiType;
use super::export_check::ExportedFormat;

/// The format of an API's definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionFormat {
    /// `OpenAPI` in JSON.
    OpenApi,
    /// WSDL.
    Wsdl,
    /// A GraphQL schema.
    GraphQl,
    /// Protocol Buffers.
    Protobuf,
    /// The tools of an MCP server, in an `OpenAPI` document that azr writes.
    McpTools,
    /// The card of an A2A agent.
    AgentCard,
}

/// How a document is read from API Management.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Retrieval {
    /// An export with this `format`.
    Export(ExportedFormat, &'static str),
    /// The schema of the API whose content type contains this text.
    Schema(ExportedFormat, &'static str),
    /// A document that azr writes about the tools of the API.
    Tools,
    /// A download from the gateway.
    AgentCard,
}

impl DefinitionFormat {
    /// The format that APIs of a type are exported in; None for a type without a definition.
    #[must_use]
    pub(crate) fn for_api_type(api_type: &ApimApiType) -> Option<Self> {
        match api_type {
            ApimApiType::Http | ApimApiType::OData => Some(Self::OpenApi),
            ApimApiType::Soap => Some(Self::Wsdl),
            ApimApiType::GraphQl => Some(Self::GraphQl),
            ApimApiType::Grpc => Some(Self::Protobuf),
            ApimApiType::Mcp => Some(Self::McpTools),
            ApimApiType::A2a => Some(Self::AgentCard),
            ApimApiType::WebSocket | ApimApiType::Other(_) => None,
        }
    }

    /// The format whose definitions azr gives this name.
    fn from_name(name: &str) -> Option<Self> {
        let formats =
            [Self::OpenApi, Self::Wsdl, Self::GraphQl, Self::Protobuf, Self::McpTools, Self::AgentCard];
        formats.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// Whether a definition has the name that azr gives to definitions.
    pub(crate) fn is_name(name: &str) -> bool {
        Self::from_name(name).is_some()
    }

    /// Whether a definition with this name has the title that azr gives it.
    pub(crate) fn is_title(name: &str, title: &str) -> bool {
        Self::from_name(name).is_some_and(|format| format.title() == title)
    }

    /// The name of the definition.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            // The name that Microsoft's extension for Visual Studio Code gives it.
            Self::McpTools => "mcp",
            Self::AgentCard => "agent-card",
            Self::OpenApi => "openapi",
            Self::Wsdl => "wsdl",
            Self::GraphQl => "graphql",
            Self::Protobuf => "grpc",
        }
    }

    /// The name of the specification in the definition.
    #[must_use]
    pub(crate) fn specification_name(self) -> &'static str {
        match self {
            Self::McpTools => "openapi",
            _ => self.name(),
        }
    }

    /// The title of the definition.
    #[must_use]
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::McpTools => "MCP tools",
            Self::AgentCard => "Agent card",
            Self::OpenApi => "OpenAPI",
            Self::Wsdl => "WSDL",
            Self::GraphQl => "GraphQL schema",
            Self::Protobuf => "Protocol Buffers",
        }
    }

    /// How the document is read from API Management.
    pub(crate) fn retrieval(self) -> Retrieval {
        match self {
            Self::OpenApi => Retrieval::Export(ExportedFormat::OpenApiJson, "openapi+json-link"),
            Self::Wsdl => Retrieval::Export(ExportedFormat::Wsdl, "wsdl-link"),
            Self::GraphQl => Retrieval::Schema(ExportedFormat::GraphQl, "graphql.schema"),
            Self::Protobuf => Retrieval::Schema(ExportedFormat::Protobuf, "protobuf"),
            Self::McpTools => Retrieval::Tools,
            Self::AgentCard => Retrieval::AgentCard,
        }
    }

    /// Whether API Management may be unable to return a document that the API has.
    pub(crate) fn may_be_unavailable(self) -> bool {
        matches!(self, Self::Wsdl | Self::AgentCard)
    }
}
