//! What API Management holds, as far as an import needs it.

use serde_json::Value;

use crate::arm::id::ResourceId;

/// An API Management service and what was read of it.
#[derive(Debug, Clone)]
pub struct Source {
    /// The service.
    pub id: ResourceId,
    /// The URLs of its gateway, the default one first, without a slash at the end.
    pub gateways: Vec<String>,
    /// Its version sets.
    pub sets: Vec<VersionSet>,
    /// Its APIs, current revisions only.
    pub apis: Vec<SourceApi>,
}

/// A version set: one API whose versions are APIs of their own.
#[derive(Debug, Clone, Default)]
pub struct VersionSet {
    /// Its name.
    pub name: String,
    /// Its display name.
    pub title: String,
    /// Its description.
    pub description: Option<String>,
    /// Where a call says which version it means.
    pub scheme: Scheme,
}

/// Where a call says which version it means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Scheme {
    /// In the path, after the API's.
    #[default]
    Segment,
    /// In a query parameter of this name.
    Query(String),
    /// In a header.
    Header,
}

/// An API of API Management.
#[derive(Debug, Clone, Default)]
pub struct SourceApi {
    /// Its name, without a revision.
    pub name: String,
    /// Its display name.
    pub title: String,
    /// Its properties as they came.
    pub properties: Value,
    /// Its type.
    pub nature: Nature,
    /// The path below the gateway.
    pub path: String,
    /// Its version; None for one without.
    pub version: Option<String>,
    /// The name of its version set.
    pub set: Option<String>,
}

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
    Other(String),
}

impl Nature {
    fn of(properties: &Value) -> Self {
        let text = |name: &str| properties.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
        let Some(given) = text("type").or_else(|| text("apiType")) else { return Self::Http };
        match given.to_ascii_lowercase().as_str() {
            "http" => Self::Http,
            "soap" => Self::Soap,
            "graphql" => Self::GraphQl,
            "websocket" => Self::WebSocket,
            "grpc" => Self::Grpc,
            "odata" => Self::OData,
            _ => Self::Other(given.to_owned()),
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

impl Source {
    /// The version set of an API.
    #[must_use]
    pub fn set_of(&self, api: &SourceApi) -> Option<&VersionSet> {
        let name = api.set.as_deref()?;
        self.sets.iter().find(|set| set.name.eq_ignore_ascii_case(name))
    }
}

/// The URLs of a service's gateway: the default one, then those of its own host names.
#[must_use]
pub fn gateways(service: &Value) -> Vec<String> {
    let properties = &service["properties"];
    let own = properties["hostnameConfigurations"].as_array().into_iter().flatten();
    let own = own.filter(|host| host["type"] == "Proxy").filter_map(|host| host["hostName"].as_str());
    let mut all: Vec<String> = Vec::new();
    let first = properties["gatewayUrl"].as_str().map(str::to_owned);
    for url in first.into_iter().chain(own.map(|host| format!("https://{host}"))) {
        let url = url.trim_end_matches('/').to_owned();
        if !url.is_empty() && !all.iter().any(|there| there.eq_ignore_ascii_case(&url)) {
            all.push(url);
        }
    }
    all
}

impl VersionSet {
    /// Reads one; None for something without a name.
    #[must_use]
    pub fn read(entry: &Value) -> Option<Self> {
        let name = entry["name"].as_str()?.to_owned();
        let properties = &entry["properties"];
        let text = |name: &str| properties[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        let scheme = match (text("versioningScheme").as_deref(), text("versionQueryName")) {
            (Some("Query"), Some(parameter)) => Scheme::Query(parameter),
            (Some("Segment") | None, _) => Scheme::Segment,
            _ => Scheme::Header,
        };
        let title = text("displayName").unwrap_or_else(|| name.clone());
        Some(Self { title, description: text("description"), scheme, name })
    }
}

impl SourceApi {
    /// Reads one; None for a revision that is not the current one, and for something without a name.
    #[must_use]
    pub fn read(entry: &Value) -> Option<Self> {
        let full = entry["name"].as_str()?;
        let name = full.split(";rev=").next().unwrap_or(full).to_owned();
        let properties = entry.get("properties").cloned().unwrap_or_default();
        let current = properties["isCurrent"].as_bool().unwrap_or(!full.contains(";rev="));
        if !current {
            return None;
        }
        let text = |name: &str| properties[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        let set = text("apiVersionSetId").and_then(|id| id.rsplit('/').next().map(str::to_owned));
        Some(Self {
            title: text("displayName").unwrap_or_else(|| name.clone()),
            nature: Nature::of(&properties),
            path: text("path").unwrap_or_default(),
            version: text("apiVersion"),
            set,
            name,
            properties,
        })
    }

    /// A text of its properties; None where it is missing or empty.
    #[must_use]
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.properties.pointer(pointer).and_then(Value::as_str).map(str::trim).filter(|t| !t.is_empty())
    }
}
