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
            ApimApiType::WebSocket | ApimApiType::Other(_) => None,
        }
    }

    /// Whether a definition has the name that azr gives to definitions.
    pub(crate) fn is_name(name: &str) -> bool {
        let formats = [Self::OpenApi, Self::Wsdl, Self::GraphQl, Self::Protobuf];
        formats.iter().any(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The name of the definition, and of its specification.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OpenApi => "openapi",
            Self::Wsdl => "wsdl",
            Self::GraphQl => "graphql",
            Self::Protobuf => "grpc",
        }
    }

    /// The title of the definition.
    #[must_use]
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::OpenApi => "OpenAPI",
            Self::Wsdl => "WSDL",
            Self::GraphQl => "GraphQL schema",
            Self::Protobuf => "Protocol Buffers",
        }
    }

    /// The format of the document, for its check.
    pub(crate) fn exported_format(self) -> ExportedFormat {
        match self {
            Self::OpenApi => ExportedFormat::OpenApiJson,
            Self::Wsdl => ExportedFormat::Wsdl,
            Self::GraphQl => ExportedFormat::GraphQl,
            Self::Protobuf => ExportedFormat::Protobuf,
        }
    }

    /// The `format` of API Management's export; None for formats that it stores as a schema.
    pub(crate) fn export_format(self) -> Option<&'static str> {
        match self {
            Self::OpenApi => Some("openapi+json-link"),
            Self::Wsdl => Some("wsdl-link"),
            Self::GraphQl | Self::Protobuf => None,
        }
    }

    /// A part of the content type of API Management's schema in this format.
    pub(crate) fn schema_content_type(self) -> &'static str {
        match self {
            Self::GraphQl => "graphql.schema",
            _ => "protobuf",
        }
    }
}
