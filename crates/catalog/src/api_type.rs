//! The API types of API Management and the API kinds of API Center.

use serde_json::Value;

/// The API kinds of API Center.
pub const API_KINDS: &[&str] = &["rest", "soap", "graphql", "grpc", "webhook", "websocket"];

/// The type of an API in API Management.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ApimApiType {
    /// REST.
    #[default]
    Http,
    /// SOAP.
    Soap,
    /// GraphQL.
    GraphQl,
    /// WebSocket.
    WebSocket,
    /// gRPC.
    Grpc,
    /// `OData`.
    OData,
    /// A type that azr does not know.
    Other(Box<str>),
}

impl ApimApiType {
    /// Reads the type from an API's properties; REST if they have none.
    #[must_use]
    pub fn from_properties(properties: &Value) -> Self {
        let text = |name: &str| properties.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
        let Some(name) = text("type").or_else(|| text("apiType")) else { return Self::Http };
        match name.to_ascii_lowercase().as_str() {
            "http" => Self::Http,
            "soap" => Self::Soap,
            "graphql" => Self::GraphQl,
            "websocket" => Self::WebSocket,
            "grpc" => Self::Grpc,
            "odata" => Self::OData,
            _ => Self::Other(name.into()),
        }
    }

    /// The name of the type in API Management.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Http => "http",
            Self::Soap => "soap",
            Self::GraphQl => "graphql",
            Self::WebSocket => "websocket",
            Self::Grpc => "grpc",
            Self::OData => "odata",
            Self::Other(name) => name,
        }
    }

    /// The corresponding kind of API Center; None for an unknown type.
    #[must_use]
    pub fn center_kind(&self) -> Option<&'static str> {
        match self {
            Self::Http | Self::OData => Some("rest"),
            Self::Soap => Some("soap"),
            Self::GraphQl => Some("graphql"),
            Self::WebSocket => Some("websocket"),
            Self::Grpc => Some("grpc"),
            Self::Other(_) => None,
        }
    }
}
