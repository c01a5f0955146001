//! The API types of API Management and the API kinds of API Center.
//!
//! Both are open: the services may add values that azr does not know, and azr passes these on with a warning.

use std::borrow::Cow;

use serde_json::Value;

use azr_core::resource::APIM_MCP;

/// The API kinds of API Center that azr knows.
pub const API_KINDS: &[&str] = &["rest", "soap", "graphql", "grpc", "webhook", "websocket", "mcp"];

/// The longest kind that is passed on, in characters.
const MAX_KIND: usize = 64;

/// Whether azr knows a kind of API Center, whatever the case of its letters.
#[must_use]
pub fn is_known_kind(kind: &str) -> bool {
    API_KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

/// Whether a text may be a kind of API Center, known or not.
#[must_use]
pub fn is_kind(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=MAX_KIND).contains(&text.len()) && text.chars().all(is_allowed)
}

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
    /// A server of the Model Context Protocol.
    Mcp,
    /// An agent that speaks A2A, the protocol between agents.
    A2a,
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
            "mcp" => Self::Mcp,
            "a2a" => Self::A2a,
            _ => Self::Other(name.into()),
        }
    }

    /// The name of the type in API Management, in lower case.
    #[must_use]
    pub fn name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Http => "http",
            Self::Soap => "soap",
            Self::GraphQl => "graphql",
            Self::WebSocket => "websocket",
            Self::Grpc => "grpc",
            Self::OData => "odata",
            Self::Mcp => "mcp",
            Self::A2a => "a2a",
            Self::Other(name) => return Cow::Owned(name.to_ascii_lowercase()),
        })
    }

    /// The corresponding kind of API Center; None if the type cannot be a kind.
    ///
    /// Whether the service has a kind for agents is not published. They are JSON-RPC over HTTP, and REST is the kind that
    /// every center accepts. A type that azr does not know is a kind of the same name.
    #[must_use]
    pub fn center_kind(&self) -> Option<Cow<'static, str>> {
        match self {
            Self::Http | Self::OData | Self::A2a => Some(Cow::Borrowed("rest")),
            Self::Soap | Self::GraphQl | Self::WebSocket | Self::Grpc | Self::Mcp => Some(self.name()),
            Self::Other(name) => is_kind(name).then(|| self.name()),
        }
    }

    /// The first API version of API Management that is known to show APIs of the type; None if all do.
    #[must_use]
    pub(crate) fn first_api_version(&self) -> Option<&'static str> {
        matches!(self, Self::Mcp | Self::A2a | Self::Other(_)).then_some(APIM_MCP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_type_is_a_kind_of_the_same_name() {
        let kind = |name: &str| ApimApiType::Other(name.into()).center_kind();
        assert_eq!(kind("Event"), Some(Cow::Borrowed("event")));
        for hostile in ["", "a b", "x\u{1b}[31m", "é", &"k".repeat(65)] {
            assert_eq!(kind(hostile), None, "{hostile:?}");
        }
        assert_eq!(ApimApiType::A2a.center_kind(), Some(Cow::Borrowed("rest")));
        assert!(is_known_kind("MCP") && !is_known_kind("a2a") && is_kind("a2a"));
    }
}
