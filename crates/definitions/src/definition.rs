//! A definition of any format.

use std::fmt;

/// The kind of an API, as in API Center.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiKind {
    /// HTTP with resources and operations.
    Rest,
    /// GraphQL.
    Graphql,
    /// gRPC.
    Grpc,
    /// SOAP.
    Soap,
    /// Requests from the API to its consumer.
    Webhook,
    /// Messages over WebSocket.
    Websocket,
}

impl ApiKind {
    /// The value of `kind` in API Center.
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

/// The format of a definition.
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
    /// A GraphQL schema: SDL, or the response to an introspection query.
    GraphQl,
    /// Protocol Buffers.
    Protobuf,
}

impl Format {
    /// `specification.name` of an import, and the default id of the definition.
    ///
    /// These are the names that the portal uses; az uses only `openapi`, also for Swagger 2.0.
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

/// An API definition with its metadata.
///
/// Metadata that is missing or empty in the document is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// The format.
    pub format: Format,
    /// The version of the format, as written: `3.0.3`, `2.0`.
    pub format_version: Option<String>,
    /// The kind of API.
    pub kind: ApiKind,
    /// The title of the API.
    pub title: Option<String>,
    /// The version of the API, as written: `1.0` stays `1.0`.
    pub version: Option<String>,
    /// A short summary of the API.
    pub summary: Option<String>,
    /// The description of the API.
    pub description: Option<String>,
    /// The URL of the terms of service.
    pub terms_of_service: Option<String>,
    /// The contact for the API.
    pub contact: Option<Contact>,
    /// The license of the API.
    pub license: Option<License>,
    /// A link to further documentation.
    pub external_docs: Option<ExternalDocs>,
    /// The servers of the API, in the order of the document.
    pub servers: Vec<Server>,
    /// Whether it describes operations, webhooks or channels; documents without any may only contain parts of others.
    pub has_operations: bool,
    /// The text of the document, unchanged except for the byte order mark.
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
            has_operations: true,
            text: String::new(),
        }
    }

    /// Makes the title and the version a single line, and removes blank ones.
    pub(super) fn tidy(&mut self) {
        for text in [&mut self.title, &mut self.version] {
            *text = text.take().map(|text| single_line(&text)).filter(|text| !text.is_empty());
        }
    }
}

/// A text without control characters and surrounding space; a line break becomes a space.
fn single_line(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.trim().to_owned();
    }
    let words = text.split(|c: char| c.is_control()).map(str::trim).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_a_single_line() {
        for (text, line) in
            [("a\r\n b\n", "a b"), (" a  b ", "a  b"), ("\u{7}", ""), ("tab\there", "tab here")]
        {
            assert_eq!(single_line(text), line);
        }
    }
}

/// The contact for an API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// The name of a person or team.
    pub name: Option<String>,
    /// The URL of their website.
    pub url: Option<String>,
    /// Their email address.
    pub email: Option<String>,
}

/// The license of an API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct License {
    /// The name of the license.
    pub name: Option<String>,
    /// The URL of its text.
    pub url: Option<String>,
    /// The SPDX expression (`OpenAPI` 3.1).
    pub identifier: Option<String>,
}

/// A link to documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalDocs {
    /// The URL.
    pub url: String,
    /// A description of the documentation.
    pub description: Option<String>,
}

/// A server of an API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Server {
    /// The base URL with its variables replaced by their defaults; it may be relative.
    pub url: String,
    /// The name: `name` (`OpenAPI` 3.2), `title` (as az reads it) or the key of an `AsyncAPI` server.
    pub name: Option<String>,
    /// A description of the server.
    pub description: Option<String>,
}
