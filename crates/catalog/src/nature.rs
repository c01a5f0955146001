//! The types of API Management's APIs, and what each is in a center.

use serde_json::Value;

/// The type of an API, in the words of API Management.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Nature {
    /// A REST API.
    #[default]
    Http,
    /// A SOAP service.
    Soap,
    /// A GraphQL API.
    GraphQl,
    /// A WebSocket.
    WebSocket,
    /// A gRPC service.
    Grpc,
    /// An `OData` service.
    OData,
    /// Something that azr does not know.
    Other(Box<str>),
}

impl Nature {
    /// The type that an API's properties tell; REST where they tell none.
    #[must_use]
    pub fn of(properties: &Value) -> Self {
        let text = |name: &str| properties.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
        let Some(given) = text("type").or_else(|| text("apiType")) else { return Self::Http };
        match given.to_ascii_lowercase().as_str() {
            "http" => Self::Http,
            "soap" => Self::Soap,
            "graphql" => Self::GraphQl,
            "websocket" => Self::WebSocket,
            "grpc" => Self::Grpc,
            "odata" => Self::OData,
            _ => Self::Other(given.into()),
        }
    }

    /// The kind that API Center calls it by; None for what azr does not know.
    #[must_use]
    pub fn kind(&self) -> Option<&'static str> {
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

/// The kinds of API Center.
pub const KINDS: &[&str] = &["rest", "soap", "graphql", "grpc", "webhook", "websocket"];
