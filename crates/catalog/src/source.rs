//! What API Management holds, as far as an import needs it.
//!
//! A service may have ten thousand APIs, and all of them are looked at before the first is written, as names are
//! settled over all of them: of each only what an import needs is kept.

use serde_json::Value;

use super::nature::Nature;
use azr_core::id::ResourceId;

/// An API Management service and what was read of it.
#[derive(Debug, Clone)]
pub struct Source {
    /// The service.
    pub id: ResourceId,
    /// The URLs of its gateway, the default one first, without a slash at the end.
    pub gateways: Vec<String>,
    /// Its version sets.
    pub sets: Vec<VersionSet>,
    /// Its APIs: the current revisions, and the others where they are wanted.
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

/// An API of API Management, or a revision of one.
#[derive(Debug, Clone, Default)]
pub struct SourceApi {
    /// Its name; with `;rev=N` for a revision that is not the current one.
    pub name: Box<str>,
    /// Its display name.
    pub title: Box<str>,
    /// Its description; None for none.
    pub description: Option<Box<str>>,
    /// Its type.
    pub nature: Nature,
    /// The path below the gateway.
    pub path: Box<str>,
    /// Its version; None for one without.
    pub version: Option<Box<str>>,
    /// The version set that it is in, as its place in [`Source::sets`].
    pub set: Option<u32>,
    /// The scheme of its URLs that is the safest of those it speaks; None where it does not say.
    pub protocol: Option<&'static str>,
    /// Whether it has more than one revision.
    pub has_revisions: bool,
    /// Whom to ask and under which terms; None for an API that says nothing of that, as most do.
    pub terms: Option<Box<Terms>>,
}

/// Whom to ask about an API, and under which terms it is used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Where the terms of service are.
    pub of_service: Option<String>,
    /// The contact.
    pub contact: Named,
    /// The contact's address.
    pub email: Option<String>,
    /// The licence.
    pub license: Named,
}

/// Something with a name and a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: Option<String>,
    /// Its page.
    pub url: Option<String>,
}

impl Source {
    /// The version set of an API.
    #[must_use]
    pub fn set_of(&self, api: &SourceApi) -> Option<&VersionSet> {
        self.sets.get(usize::try_from(api.set?).ok()?)
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

/// The protocols an API may speak, the safest first.
const PROTOCOLS: [&str; 4] = ["https", "wss", "http", "ws"];

impl SourceApi {
    /// Reads one; None for something without a name.
    ///
    /// A list names a revision that is not current `name;rev=N`.
    #[must_use]
    pub fn read(entry: &Value, sets: &[VersionSet]) -> Option<Self> {
        let name = entry["name"].as_str()?;
        let properties = &entry["properties"];
        let text = |name: &str| properties[name].as_str().filter(|t| !t.is_empty());
        let set = text("apiVersionSetId").and_then(|id| id.rsplit('/').next());
        let set = set.and_then(|name| sets.iter().position(|set| set.name.eq_ignore_ascii_case(name)));
        let spoken: Vec<&str> =
            properties["protocols"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let terms = Terms::read(properties);
        Some(Self {
            title: text("displayName").unwrap_or(name).into(),
            description: text("description").map(str::trim).filter(|t| !t.is_empty()).map(Into::into),
            nature: Nature::of(properties),
            path: text("path").unwrap_or_default().trim_matches('/').into(),
            version: text("apiVersion").map(Into::into),
            set: set.and_then(|at| u32::try_from(at).ok()),
            protocol: PROTOCOLS.into_iter().find(|protocol| spoken.contains(protocol)),
            has_revisions: text("apiRevision").is_some_and(|revision| revision != "1"),
            terms: (terms != Terms::default()).then(|| Box::new(terms)),
            name: name.into(),
        })
    }

    /// Its name without a revision.
    #[must_use]
    pub fn root(&self) -> &str {
        self.name.split(";rev=").next().unwrap_or(&self.name)
    }

    /// The revision that its name tells; None for the current one.
    #[must_use]
    pub fn revision(&self) -> Option<&str> {
        self.name.split_once(";rev=").map(|(_, revision)| revision)
    }
}

impl Terms {
    fn read(properties: &Value) -> Self {
        let text = |pointer: &str| {
            let text = properties.pointer(pointer).and_then(Value::as_str).map(str::trim);
            text.filter(|t| !t.is_empty()).map(str::to_owned)
        };
        Self {
            of_service: text("/termsOfServiceUrl"),
            contact: Named { name: text("/contact/name"), url: text("/contact/url") },
            email: text("/contact/email"),
            license: Named { name: text("/license/name"), url: text("/license/url") },
        }
    }
}
