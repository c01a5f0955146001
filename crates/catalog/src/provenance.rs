//! Provenance: where azr imported a resource from, recorded in the center so that later runs recognise it.
//!
//! It is custom metadata named [`METADATA_NAME`] on APIs and deployments; versions and definitions have no custom
//! metadata. The provenance of an API names the services and workspaces it was imported from and what azr created of it, and is
//! written before the resources it describes. The provenance of a deployment names the API of API Management that it
//! stands for, and the document that was imported with it. Nothing without provenance is ever deleted.
//!
//! It also has a short digest of each field that azr wrote, by which azr recognises what people have edited since.
//!
//! Provenance also names the resource it is stored on, so that a copy of a resource is not mistaken for the original.
//! Versions of azr before that wrote it without the name, which is still accepted.

mod field_digests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Value, json};

pub use field_digests::FieldDigests;

use crate::import_source::ImportSource;

/// The name of the metadata.
pub const METADATA_NAME: &str = "azr-import";

/// What precedes an API version in the provenance of a deployment.
const API_VERSION_PREFIX: &str = "api-version:";

/// The entities that the metadata is assigned to.
pub(crate) const ENTITIES: [&str; 2] = ["api", "deployment"];

/// The fields of the metadata schema.
#[must_use]
pub(crate) fn metadata_schema_fields() -> [(&'static str, Value); 2] {
    let schema = json!({
        "type": "string",
        "title": "Imported by azr",
        "description": "Where azr imported this from. azr compares and removes by it what it brought, and nothing else.",
    });
    let assigned = ENTITIES.map(|entity| json!({"entity": entity, "required": false, "deprecated": false}));
    [("schema", json!(schema.to_string())), ("assignedTo", json!(assigned))]
}

/// The provenance of an API, written
/// `of orders; from apim-eu apim-us; made API; versions v1; sources v1:apim-eu/orders-v1; documents v1/openapi:9f…;
/// fields title:0a1b2c3d`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiProvenance {
    /// The name, in lower case, of the API it is stored on; None if an older version of azr wrote it.
    pub resource: Option<String>,
    /// The API Management services and workspaces that it was imported from, in lower case: `SERVICE`, or
    /// `SERVICE@WORKSPACE`. The name of a service is unique in its cloud.
    pub services: BTreeSet<String>,
    /// Whether azr created the API.
    pub created_api: bool,
    /// The names, in lower case, of the versions that azr created.
    pub created_versions: BTreeSet<String>,
    /// The source API of each version that azr created, both in lower case, the source as `SERVICE/API`; so that a
    /// version is recognized whose deployment was not created yet. `SERVICE` may be `SERVICE@WORKSPACE`.
    pub sources: BTreeMap<String, String>,
    /// The SHA-256 of each imported document of the versions without a deployment of azr, by `VERSION/DEFINITION` in lower
    /// case; so that a replaced document is recognized although its deployment is deleted.
    pub documents: BTreeMap<String, String>,
    /// The fields that azr wrote.
    pub fields: FieldDigests,
}

impl ApiProvenance {
    /// Reads the provenance from an API's properties; None if there is none, or if azr did not write it.
    #[must_use]
    pub fn from_properties(properties: &Value) -> Option<Self> {
        let text = text(properties)?;
        let mut provenance = Self::default();
        for part in text.split("; ") {
            let mut words = part.split(' ');
            match words.next()? {
                "of" => provenance.resource = words.next().map(str::to_owned),
                "from" => provenance.services = words.map(decode_spaces).collect(),
                "made" if words.next() == Some("API") => provenance.created_api = true,
                "versions" => provenance.created_versions = words.map(str::to_owned).collect(),
                "sources" => {
                    let parse = |word: &str| {
                        let (version, source) = word.split_once(':')?;
                        Some((version.to_owned(), decode_spaces(source)))
                    };
                    provenance.sources = words.map(parse).collect::<Option<_>>()?;
                }
                "documents" => {
                    let parse = |word: &str| {
                        let (definition, digest) = word.split_once(':')?;
                        Some((definition.to_owned(), digest.to_owned()))
                    };
                    provenance.documents = words.map(parse).collect::<Option<_>>()?;
                }
                "fields" => provenance.fields = FieldDigests::parse(words)?,
                _ => return None,
            }
        }
        // It decides what is deleted, so only what azr itself would write is accepted.
        (!provenance.services.is_empty() && provenance.to_string() == text).then_some(provenance)
    }

    /// Whether it is stored on the API with this name, rather than copied from another API.
    #[must_use]
    pub fn is_stored_on(&self, api: &str) -> bool {
        self.resource.as_ref().is_none_or(|resource| resource.eq_ignore_ascii_case(api))
    }

    /// Whether the API was imported from this source.
    #[must_use]
    pub fn is_from(&self, source: &ImportSource) -> bool {
        self.services.contains(&source.key())
    }

    /// Whether the API was imported from this source only.
    #[must_use]
    pub fn is_only_from(&self, source: &ImportSource) -> bool {
        self.services.len() == 1 && self.is_from(source)
    }

    /// Adds a source that the API is imported from.
    pub fn add_import_source(&mut self, source: &ImportSource) {
        self.services.insert(source.key());
    }

    /// Records the API of a source that a version is created from.
    pub fn add_source(&mut self, source: &ImportSource, version: &str, api: &str) {
        let source = format!("{}/{}", source.key(), api.to_lowercase());
        self.sources.insert(version.to_ascii_lowercase(), source);
    }

    /// The versions, in lower case, that were created from APIs of a source, each with the name of its API.
    pub fn sources_of(&self, source: &ImportSource) -> impl Iterator<Item = (&str, &str)> {
        let key = source.key();
        self.sources.iter().filter_map(move |(version, source)| {
            let (name, api) = source.split_once('/')?;
            (name == key).then_some((version.as_str(), api))
        })
    }

    /// Whether a version was created from this API of a source.
    #[must_use]
    pub fn is_source_of(&self, source: &ImportSource, version: &str, api: &str) -> bool {
        self.sources_of(source).any(|(key, name)| key == version && name.eq_ignore_ascii_case(api))
    }

    /// Removes a source that the API is no longer imported from.
    pub fn remove_import_source(&mut self, source: &ImportSource) {
        let key = source.key();
        self.sources.retain(|_, source| source.split('/').next() != Some(&key));
        self.documents.retain(|document, _| {
            document.split('/').next().is_some_and(|version| self.sources.contains_key(version))
        });
        self.services.remove(&key);
    }

    /// Replaces a service, and with it its workspaces, by another one; both are named as in `services`.
    pub(crate) fn rename_service(&mut self, old: &str, new: &str) {
        let rename = |source: &str| {
            let rest =
                source.strip_prefix(old).filter(|rest| rest.is_empty() || rest.starts_with(['@', '/']));
            rest.map_or_else(|| source.to_owned(), |rest| format!("{new}{rest}"))
        };
        self.services = self.services.iter().map(|service| rename(service)).collect();
        self.sources.values_mut().for_each(|source| *source = rename(source));
    }

    /// Removes a version that azr created and has deleted, or that people have taken over.
    pub fn remove_version(&mut self, version: &str) {
        self.created_versions.remove(version);
        self.sources.remove(version);
        self.remove_documents(version);
    }

    /// Records the imported documents of a version, each the name of its definition and its SHA-256, instead of those
    /// recorded before.
    pub fn set_documents<'d>(&mut self, version: &str, documents: impl Iterator<Item = (&'d str, &'d str)>) {
        self.remove_documents(version);
        let documents = documents.map(|(definition, digest)| {
            (format!("{version}/{definition}").to_ascii_lowercase(), digest.to_owned())
        });
        self.documents.extend(documents);
    }

    /// The recorded documents of a version, each the name of its definition in lower case and its SHA-256.
    pub fn documents_of(&self, version: &str) -> impl Iterator<Item = (&str, &str)> {
        self.documents.iter().filter_map(move |(key, digest)| {
            let (name, definition) = key.split_once('/')?;
            (name == version).then_some((definition, digest.as_str()))
        })
    }

    /// Forgets the documents of a version, which has a deployment again or is no longer azr's.
    pub fn remove_documents(&mut self, version: &str) {
        self.documents.retain(|key, _| key.split('/').next() != Some(version));
    }
}

impl fmt::Display for ApiProvenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(resource) = &self.resource {
            write!(f, "of {resource}; ")?;
        }
        f.write_str("from")?;
        self.services.iter().try_for_each(|service| write!(f, " {}", encode_spaces(service)))?;
        if self.created_api {
            f.write_str("; made API")?;
        }
        if !self.created_versions.is_empty() {
            f.write_str("; versions")?;
            self.created_versions.iter().try_for_each(|version| write!(f, " {version}"))?;
        }
        if !self.sources.is_empty() {
            f.write_str("; sources")?;
            let mut sources = self.sources.iter();
            sources.try_for_each(|(version, api)| write!(f, " {version}:{}", encode_spaces(api)))?;
        }
        if !self.documents.is_empty() {
            f.write_str("; documents")?;
            let mut documents = self.documents.iter();
            documents.try_for_each(|(definition, digest)| write!(f, " {definition}:{digest}"))?;
        }
        if !self.fields.is_empty() {
            write!(f, "; fields {}", self.fields)?;
        }
        Ok(())
    }
}

/// The provenance of a deployment, written
/// `/subscriptions/…/apis/orders-v1 for orders/apim-v1 sha256:9f… title:0a1b2c3d`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentProvenance {
    /// The resource id of the API in API Management.
    pub source_api: String,
    /// The names, in lower case, of the API and the deployment it is stored on, as `API/DEPLOYMENT`; None if an older
    /// version of azr wrote it.
    pub resource: Option<String>,
    /// The first API version of API Management that shows the source API; None if all do.
    pub api_version: Option<String>,
    /// The SHA-256 of the document that was imported with the deployment, in hexadecimal digits; None if azr did not
    /// import the version's document, or imported it from another service.
    pub digest: Option<String>,
    /// Whether the document is being replaced, so that its digest is not known until that has succeeded.
    pub is_pending: bool,
    /// The fields of the deployment that azr wrote, and the title of its version as `version`.
    pub fields: FieldDigests,
}

impl DeploymentProvenance {
    /// The provenance of a deployment without a document.
    #[must_use]
    pub fn new(source_api: String, api: &str, deployment: &str) -> Self {
        Self {
            source_api,
            resource: Some(deployment_key(api, deployment)),
            api_version: None,
            digest: None,
            is_pending: false,
            fields: FieldDigests::default(),
        }
    }

    /// Reads the provenance of the deployment with this name; None if there is none, or a copied one.
    #[must_use]
    pub fn of_deployment(api: &str, deployment: &str, properties: &Value) -> Option<Self> {
        let key = deployment_key(api, deployment);
        Self::from_properties(properties).filter(|p| p.resource.as_ref().is_none_or(|name| *name == key))
    }

    /// Reads the provenance from a deployment's properties; None if there is none, or if azr did not write it.
    #[must_use]
    pub fn from_properties(properties: &Value) -> Option<Self> {
        let text = text(properties)?;
        let mut words = text.split(' ').peekable();
        let source_api = words.next().filter(|word| word.starts_with('/')).map(decode_spaces)?;
        let mut provenance = Self {
            source_api,
            resource: None,
            api_version: None,
            digest: None,
            is_pending: false,
            fields: FieldDigests::default(),
        };
        if words.next_if_eq(&"for").is_some() {
            provenance.resource = words.next().map(str::to_owned);
        }
        if let Some(version) = words.peek().and_then(|word| word.strip_prefix(API_VERSION_PREFIX)) {
            provenance.api_version = Some(version.to_owned());
            words.next();
        }
        if words.next_if_eq(&"pending").is_some() {
            provenance.is_pending = true;
        } else if let Some(digest) = words.peek().and_then(|word| word.strip_prefix("sha256:")) {
            provenance.digest = Some(digest.to_owned());
            words.next();
        }
        provenance.fields = FieldDigests::parse(words)?;
        (provenance.to_string() == text).then_some(provenance)
    }

    /// Whether azr imported, or is about to import, the document of the version.
    #[must_use]
    pub fn has_document(&self) -> bool {
        self.digest.is_some() || self.is_pending
    }

    /// Whether the source API belongs to this source.
    #[must_use]
    pub fn is_from(&self, source: &ImportSource) -> bool {
        let id = source.id().as_str();
        let is_api = self.source_api.get(id.len()..).is_some_and(|rest| {
            rest.get(.."/apis/".len()).is_some_and(|start| start.eq_ignore_ascii_case("/apis/"))
        });
        is_api && self.source_api.get(..id.len()).is_some_and(|start| start.eq_ignore_ascii_case(id))
    }

    /// The name of the source API.
    #[must_use]
    pub fn source_name(&self) -> &str {
        self.source_api.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for DeploymentProvenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode_spaces(&self.source_api))?;
        if let Some(resource) = &self.resource {
            write!(f, " for {resource}")?;
        }
        if let Some(version) = &self.api_version {
            write!(f, " {API_VERSION_PREFIX}{version}")?;
        }
        if self.is_pending {
            f.write_str(" pending")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, " sha256:{digest}"))?;
        if self.fields.is_empty() { Ok(()) } else { write!(f, " {}", self.fields) }
    }
}

fn deployment_key(api: &str, deployment: &str) -> String {
    format!("{api}/{deployment}").to_ascii_lowercase()
}

/// A name as one word of provenance; names in API Management may contain spaces.
fn encode_spaces(name: &str) -> String {
    name.replace('%', "%25").replace(' ', "%20")
}

fn decode_spaces(word: &str) -> String {
    word.replace("%20", " ").replace("%25", "%")
}

/// The text of the provenance in a resource's properties, whoever wrote it.
#[must_use]
pub(crate) fn text(properties: &Value) -> Option<&str> {
    properties.get("customProperties")?.get(METADATA_NAME)?.as_str()
}

#[cfg(test)]
mod tests;
