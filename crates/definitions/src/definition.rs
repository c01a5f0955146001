//! What a definition says of itself, whatever its format.

use std::fmt;

/// What kind of API it is, in the words of API Center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiKind {
    /// HTTP with resources or operations.
    Rest,
    /// GraphQL.
    Graphql,
    /// gRPC.
    Grpc,
    /// SOAP.
    Soap,
    /// The API calls its consumer.
    Webhook,
    /// Messages over a connection that stays open.
    Websocket,
}

impl ApiKind {
    /// The value of an API's `kind`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Graphql => "graphql",
            Self::Grpc => "grpc",
            Self::Soap => "soap",
            Self::Webhook => "webhook",
            Self::Websocket => "websocket",
        }
    }
}

impl fmt::Display for ApiKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The language a definition is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `OpenAPI` 3.x or Swagger 2.0.
    OpenApi,
    /// `AsyncAPI` 2 or 3.
    AsyncApi,
    /// WSDL 1.1 or 2.0.
    Wsdl,
    /// WADL.
    Wadl,
    /// A GraphQL schema, as SDL or as the answer of an introspection query.
    GraphQl,
    /// Protocol Buffers.
    Protobuf,
}

impl Format {
    /// `specification.name` of an import, and the id azr gives the definition.
    ///
    /// The portal's own names; az knows only `openapi`, for Swagger 2.0 too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OpenApi => "openapi",
            Self::AsyncApi => "asyncapi",
            Self::Wsdl => "wsdl",
            Self::Wadl => "wadl",
            Self::GraphQl => "graphql",
            Self::Protobuf => "grpc",
        }
    }
}

/// An API definition and what it says of itself.
///
/// Members that the document leaves out, or gives as empty text, are `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The language.
    pub format: Format,
    /// The version of the language as written: `3.0.3`, `2.0`.
    pub format_version: Option<String>,
    /// The kind of API.
    pub kind: ApiKind,
    /// The API's title.
    pub title: Option<String>,
    /// The API's version as written: `1.0` stays `1.0`.
    pub version: Option<String>,
    /// One line about the API.
    pub summary: Option<String>,
    /// More about the API.
    pub description: Option<String>,
    /// Where the terms of service are.
    pub terms_of_service: Option<String>,
    /// Whom to ask.
    pub contact: Option<Contact>,
    /// The license of the API.
    pub license: Option<License>,
    /// Further documentation of the whole API.
    pub external_docs: Option<ExternalDocs>,
    /// Where the API runs, in the document's order.
    pub servers: Vec<Server>,
    /// The document as text, without its byte order mark and otherwise untouched.
    pub text: String,
}

impl Definition {
    pub(super) fn new(format: Format, kind: ApiKind) -> Self {
        Self {
            format,
            format_version: None,
            kind,
            title: None,
            version: None,
            summary: None,
            description: None,
            terms_of_service: None,
            contact: None,
            license: None,
            external_docs: None,
            servers: Vec::new(),
            text: String::new(),
        }
    }
}

/// Whom to ask about an API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Person or team.
    pub name: Option<String>,
    /// Their page.
    pub url: Option<String>,
    /// Their address.
    pub email: Option<String>,
}

/// The license of an API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct License {
    /// Its name.
    pub name: Option<String>,
    /// Where its text is.
    pub url: Option<String>,
    /// Its SPDX expression (`OpenAPI` 3.1).
    pub identifier: Option<String>,
}

/// A pointer to documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalDocs {
    /// Where.
    pub url: String,
    /// What one finds there.
    pub description: Option<String>,
}

/// A place where the API runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Server {
    /// The base URL with the defaults of its variables put in; may be relative.
    pub url: String,
    /// Its name (`name` of `OpenAPI` 3.2, `title` as az reads it, the key of an `AsyncAPI` server).
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
}
