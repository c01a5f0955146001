//! What an API Management service contained when it was read, as far as an import needs it.
//!
//! Names in the center depend on all APIs of a service, so all of them are read before the first is imported. A service
//! may have ten thousand APIs; only the fields that an import needs are kept in memory.

mod labels;

use serde_json::Value;

pub use labels::ApiLabels;

use super::api_type::ApimApiType;
use super::import_source::ImportSource;
use azr_core::id::ResourceId;
use azr_core::revision::split_revision;

/// The APIs of an API Management service or of one of its workspaces, as they were read.
#[derive(Debug, Clone)]
pub struct ServiceSnapshot {
    /// Where the APIs are: the service itself, or one of its workspaces.
    pub source: ImportSource,
    /// The API version of API Management that they were read with, and that everything else about them is read with.
    pub api_version: &'static str,
    /// The URLs of the gateway without a trailing slash, the default one first.
    pub gateway_urls: Vec<String>,
    /// What is uncertain about the URLs of the gateway; None if nothing is.
    pub gateway_warning: Option<String>,
    /// The version sets.
    pub version_sets: Vec<VersionSet>,
    /// The URL of the developer portal, if the service has one.
    pub developer_portal: Option<String>,
    /// The tags and products of the APIs, as far as the import needs them.
    pub labels: ApiLabels,
    /// The APIs: the current revisions, and the others if they were requested.
    pub apis: Vec<ApimApi>,
}

/// A version set, whose versions API Management represents as separate APIs.
#[derive(Debug, Clone, Default)]
pub struct VersionSet {
    /// The resource name.
    pub name: String,
    /// The display name.
    pub title: String,
    /// The description, if there is one.
    pub description: Option<String>,
    /// Where a request names the version.
    pub scheme: VersioningScheme,
}

/// Where a request names the version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum VersioningScheme {
    /// In the path, after the path of the API.
    #[default]
    Segment,
    /// In the query parameter with this name.
    Query(String),
    /// In a header.
    Header,
}

/// An API of API Management, or one of its revisions.
#[derive(Debug, Clone, Default)]
pub struct ApimApi {
    /// The resource name, with `;rev=N` for a revision that is not current.
    pub name: Box<str>,
    /// The display name.
    pub title: Box<str>,
    /// The description, if there is one.
    pub description: Option<Box<str>>,
    /// The type.
    pub api_type: ApimApiType,
    /// The path below the gateway.
    pub path: Box<str>,
    /// The version, if the API has one.
    pub version: Option<Box<str>>,
    /// The index of its version set in [`ServiceSnapshot::version_sets`].
    pub version_set: Option<u32>,
    /// The safest of the URL schemes it accepts, if it lists any.
    pub protocol: Option<&'static str>,
    /// Whether it has more than one revision.
    pub has_revisions: bool,
    /// Contact, license and terms of service; None if it has none of them, as is usual.
    pub terms: Option<Box<ApiTerms>>,
    /// The paths of an MCP server or A2A agent below its own path; None for other types.
    pub protocol_paths: Option<Box<ProtocolPaths>>,
}

/// The paths of an MCP server or A2A agent below the path of the API; each starts with a slash or is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProtocolPaths {
    /// The path of the endpoint that clients connect to.
    pub endpoint: String,
    /// The path of the card of an agent; empty for a server.
    pub agent_card: String,
}

/// Contact, license and terms of service of an API.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiTerms {
    /// The URL of the terms of service.
    pub terms_of_service: Option<String>,
    /// The contact.
    pub contact: NameAndUrl,
    /// The contact's email address.
    pub email: Option<String>,
    /// The license.
    pub license: NameAndUrl,
}

/// An optional name with an optional URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NameAndUrl {
    /// The name.
    pub name: Option<String>,
    /// The URL.
    pub url: Option<String>,
}

impl ServiceSnapshot {
    /// The resource id of an API.
    #[must_use]
    pub fn api_id(&self, api: &ApimApi) -> ResourceId {
        self.source.api(&api.name)
    }

    /// The API with this name, with `;rev=N` for a revision that is not current.
    #[must_use]
    pub fn api(&self, name: &str) -> Option<&ApimApi> {
        let name = name.to_lowercase();
        self.apis.iter().find(|api| api.name.to_lowercase() == name)
    }

    /// The version set of an API.
    #[must_use]
    pub fn version_set(&self, api: &ApimApi) -> Option<&VersionSet> {
        self.version_sets.get(usize::try_from(api.version_set?).ok()?)
    }
}

/// Reads the URLs of a service's gateway: the default one, then those of its custom host names.
#[must_use]
pub fn gateway_urls(service: &Value) -> Vec<String> {
    let properties = &service["properties"];
    let hosts = properties["hostnameConfigurations"].as_array().into_iter().flatten();
    let hosts = hosts.filter(|host| host["type"] == "Proxy").filter_map(|host| host["hostName"].as_str());
    let mut urls: Vec<String> = Vec::new();
    let default = properties["gatewayUrl"].as_str().map(str::to_owned);
    for url in default.into_iter().chain(hosts.map(|host| format!("https://{host}"))) {
        let url = url.trim_end_matches('/').to_owned();
        if !url.is_empty() && !urls.iter().any(|known| known.eq_ignore_ascii_case(&url)) {
            urls.push(url);
        }
    }
    urls
}

impl VersionSet {
    /// Reads a version set; None if it has no name.
    #[must_use]
    pub fn read(entry: &Value) -> Option<Self> {
        let name = entry["name"].as_str()?.to_owned();
        let properties = &entry["properties"];
        let text = |name: &str| properties[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        let scheme = match (text("versioningScheme").as_deref(), text("versionQueryName")) {
            (Some("Query"), Some(parameter)) => VersioningScheme::Query(parameter),
            (Some("Segment") | None, _) => VersioningScheme::Segment,
            _ => VersioningScheme::Header,
        };
        let title = text("displayName").unwrap_or_else(|| name.clone());
        Some(Self { title, description: text("description"), scheme, name })
    }
}

/// The name of the version set in the properties of an API.
pub(crate) fn version_set_name(properties: &Value) -> Option<&str> {
    let name = properties["apiVersionSetId"].as_str()?.rsplit('/').next()?;
    (!name.is_empty()).then_some(name)
}

/// The URL schemes that an API may accept, the safest first.
const PROTOCOLS: [&str; 4] = ["https", "wss", "http", "ws"];

impl ApimApi {
    /// Reads an API from a list; None if it has no name.
    ///
    /// In a list the name of a revision that is not current is `name;rev=N`.
    #[must_use]
    pub fn read(entry: &Value, version_sets: &[VersionSet]) -> Option<Self> {
        let name = entry["name"].as_str()?;
        let properties = &entry["properties"];
        let text = |name: &str| properties[name].as_str().filter(|t| !t.is_empty());
        let set_name = version_set_name(properties);
        let set_index =
            set_name.and_then(|name| version_sets.iter().position(|set| set.name.eq_ignore_ascii_case(name)));
        let protocols: Vec<&str> =
            properties["protocols"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let terms = ApiTerms::read(properties);
        let api_type = ApimApiType::from_properties(properties);
        Some(Self {
            title: text("displayName").unwrap_or(name).into(),
            description: text("description").map(str::trim).filter(|t| !t.is_empty()).map(Into::into),
            path: text("path").unwrap_or_default().trim_matches('/').into(),
            version: text("apiVersion").map(Into::into),
            version_set: set_index.and_then(|index| u32::try_from(index).ok()),
            protocol: PROTOCOLS.into_iter().find(|protocol| protocols.contains(protocol)),
            has_revisions: text("apiRevision").is_some_and(|revision| revision != "1"),
            terms: (terms != ApiTerms::default()).then(|| Box::new(terms)),
            protocol_paths: ProtocolPaths::read(&api_type, properties).map(Box::new),
            api_type,
            name: name.into(),
        })
    }

    /// The name without a revision.
    #[must_use]
    pub fn root_name(&self) -> &str {
        split_revision(&self.name).0
    }

    /// The revision in the name; None for the current revision.
    #[must_use]
    pub fn revision(&self) -> Option<&str> {
        split_revision(&self.name).1
    }
}

/// The endpoint of an MCP server that streams over HTTP.
const MCP_ENDPOINT: &str = "/mcp";

/// The path of an agent's card if API Management does not name it: the one that the protocol recommends.
const AGENT_CARD: &str = "/.well-known/agent-card.json";

impl ProtocolPaths {
    /// Reads the paths from the properties of an API of this type.
    ///
    /// The endpoint of an MCP server is the one that streams, whatever endpoints of the older transport the server has:
    /// the service's own synchronization lists `/mcp/messages`, which clients cannot use
    /// (<https://github.com/Azure/api-center/issues/77>).
    fn read(api_type: &ApimApiType, properties: &Value) -> Option<Self> {
        let path = |pointer: &str| {
            let path = properties.pointer(pointer)?.as_str()?.trim().trim_matches('/');
            is_plain_path(path).then(|| format!("/{path}"))
        };
        match api_type {
            ApimApiType::Mcp => {
                let endpoint = path("/mcpProperties/endpoints/mcp/uriTemplate");
                let endpoint = endpoint.filter(|path| !path.ends_with("/messages"));
                let endpoint = endpoint.unwrap_or_else(|| MCP_ENDPOINT.to_owned());
                Some(Self { endpoint, agent_card: String::new() })
            }
            ApimApiType::A2a => Some(Self {
                endpoint: path("/jsonRpcProperties/path").unwrap_or_default(),
                agent_card: path("/a2aProperties/agentCardPath").unwrap_or_else(|| AGENT_CARD.to_owned()),
            }),
            _ => None,
        }
    }
}

/// Whether a path consists of plain segments, so that it can be appended to a URL.
fn is_plain_path(path: &str) -> bool {
    let is_plain = |segment: &str| {
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
        !segment.is_empty() && segment != "." && segment != ".." && segment.chars().all(is_allowed)
    };
    path.split('/').all(is_plain)
}

impl ApiTerms {
    /// Reads the terms from an API's properties.
    pub(crate) fn read(properties: &Value) -> Self {
        let text = |pointer: &str| {
            let text = properties.pointer(pointer).and_then(Value::as_str).map(str::trim);
            text.filter(|t| !t.is_empty()).map(str::to_owned)
        };
        Self {
            terms_of_service: text("/termsOfServiceUrl"),
            contact: NameAndUrl { name: text("/contact/name"), url: text("/contact/url") },
            email: text("/contact/email"),
            license: NameAndUrl { name: text("/license/name"), url: text("/license/url") },
        }
    }
}
