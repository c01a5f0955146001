//! Provenance: where azr imported a resource from, recorded in the center so that later runs recognise it.
//!
//! It is custom metadata named [`METADATA_NAME`] on APIs and deployments; versions and definitions have no custom
//! metadata. The provenance of an API names the services it was imported from and what azr created of it, and is
//! written before the resources it describes. The provenance of a deployment names the API of API Management that it
//! stands for, and the document that was imported with it. Nothing without provenance is ever deleted.
//!
//! Provenance also names the resource it is stored on, so that a copy of a resource is not mistaken for the original.
//! Versions of azr before that wrote it without the name, which is still accepted.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value, json};

use azr_core::id::ResourceId;

/// The name of the metadata.
pub const METADATA_NAME: &str = "azr-import";

/// The entities that the metadata is assigned to.
pub(crate) const ENTITIES: [&str; 2] = ["api", "deployment"];

/// The properties of the metadata schema.
#[must_use]
pub(crate) fn metadata_schema_properties() -> Value {
    let schema = json!({
        "type": "string",
        "title": "Imported by azr",
        "description": "Where azr imported this from. azr compares and removes by it what it brought, and nothing else.",
    });
    let assigned = ENTITIES.map(|entity| json!({"entity": entity, "required": false, "deprecated": false}));
    json!({"schema": schema.to_string(), "assignedTo": assigned})
}

/// The provenance of an API, written `of orders; from apim-eu apim-us; made API; versions v1 v2`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiProvenance {
    /// The name, in lower case, of the API it is stored on; None if an older version of azr wrote it.
    pub resource: Option<String>,
    /// The names, in lower case, of the API Management services; such a name is unique in its cloud.
    pub services: BTreeSet<String>,
    /// Whether azr created the API.
    pub created_api: bool,
    /// The names, in lower case, of the versions that azr created.
    pub created_versions: BTreeSet<String>,
}

impl ApiProvenance {
    /// Reads the provenance from an API's properties; None if there is none, or if azr did not write it.
    #[must_use]
    pub fn from_properties(properties: &Value) -> Option<Self> {
        let text = metadata_text(properties)?;
        let mut provenance = Self::default();
        for part in text.split("; ") {
            let mut words = part.split(' ');
            match words.next()? {
                "of" => provenance.resource = words.next().map(str::to_owned),
                "from" => provenance.services = words.map(str::to_owned).collect(),
                "made" if words.next() == Some("API") => provenance.created_api = true,
                "versions" => provenance.created_versions = words.map(str::to_owned).collect(),
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

    /// Whether the API was imported from this service.
    #[must_use]
    pub fn is_from(&self, service: &ResourceId) -> bool {
        self.services.contains(&service_key(service))
    }

    /// Whether the API was imported from this service only.
    #[must_use]
    pub fn is_only_from(&self, service: &ResourceId) -> bool {
        self.services.len() == 1 && self.is_from(service)
    }

    /// Adds a service that the API is imported from.
    pub fn add_service(&mut self, service: &ResourceId) {
        self.services.insert(service_key(service));
    }

    /// Removes a service that the API is no longer imported from.
    pub fn remove_service(&mut self, service: &ResourceId) {
        self.services.remove(&service_key(service));
    }
}

impl fmt::Display for ApiProvenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(resource) = &self.resource {
            write!(f, "of {resource}; ")?;
        }
        f.write_str("from")?;
        self.services.iter().try_for_each(|service| write!(f, " {service}"))?;
        if self.created_api {
            f.write_str("; made API")?;
        }
        if !self.created_versions.is_empty() {
            f.write_str("; versions")?;
            self.created_versions.iter().try_for_each(|version| write!(f, " {version}"))?;
        }
        Ok(())
    }
}

/// The provenance of a deployment, written `/subscriptions/…/apis/orders-v1 for orders/apim-v1 sha256:9f…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentProvenance {
    /// The resource id of the API in API Management.
    pub source_api: String,
    /// The names, in lower case, of the API and the deployment it is stored on, as `API/DEPLOYMENT`; None if an older
    /// version of azr wrote it.
    pub resource: Option<String>,
    /// The SHA-256 of the document that was imported with the deployment, in hexadecimal digits; None if azr did not
    /// import the version's document, or imported it from another service.
    pub digest: Option<String>,
    /// Whether the document is being replaced, so that its digest is not known until that has succeeded.
    pub is_pending: bool,
}

impl DeploymentProvenance {
    /// The provenance of a deployment without a document.
    #[must_use]
    pub fn new(source_api: String, api: &str, deployment: &str) -> Self {
        Self { source_api, resource: Some(deployment_key(api, deployment)), digest: None, is_pending: false }
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
        let text = metadata_text(properties)?;
        let mut words = text.split(' ').peekable();
        let source_api = words.next().filter(|word| word.starts_with('/'))?.to_owned();
        let mut provenance = Self { source_api, resource: None, digest: None, is_pending: false };
        if words.next_if_eq(&"for").is_some() {
            provenance.resource = words.next().map(str::to_owned);
        }
        match words.next() {
            None => {}
            Some("pending") => provenance.is_pending = true,
            Some(word) => provenance.digest = Some(word.strip_prefix("sha256:")?.to_owned()),
        }
        (provenance.to_string() == text).then_some(provenance)
    }

    /// Whether azr imported, or is about to import, the document of the version.
    #[must_use]
    pub fn has_document(&self) -> bool {
        self.digest.is_some() || self.is_pending
    }

    /// Whether the source API belongs to this service.
    #[must_use]
    pub fn is_from(&self, service: &ResourceId) -> bool {
        let service = service.as_str();
        let is_api = self.source_api.get(service.len()..).is_some_and(|rest| rest.starts_with("/apis/"));
        is_api
            && self.source_api.is_char_boundary(service.len())
            && self.source_api[..service.len()].eq_ignore_ascii_case(service)
    }

    /// The name of the source API.
    #[must_use]
    pub fn source_name(&self) -> &str {
        self.source_api.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for DeploymentProvenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source_api)?;
        if let Some(resource) = &self.resource {
            write!(f, " for {resource}")?;
        }
        if self.is_pending {
            f.write_str(" pending")?;
        }
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, " sha256:{digest}"))
    }
}

/// Adds provenance to custom properties.
#[must_use]
pub fn add_to(
    mut custom_properties: Map<String, Value>,
    provenance: &impl fmt::Display,
) -> Map<String, Value> {
    custom_properties.insert(METADATA_NAME.to_owned(), Value::String(provenance.to_string()));
    custom_properties
}

fn deployment_key(api: &str, deployment: &str) -> String {
    format!("{api}/{deployment}").to_ascii_lowercase()
}

fn service_key(service: &ResourceId) -> String {
    service.name().to_ascii_lowercase()
}

fn metadata_text(properties: &Value) -> Option<&str> {
    properties.get("customProperties")?.get(METADATA_NAME)?.as_str()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use azr_core::resource::APIM_SERVICE;

    fn service(name: &str) -> ResourceId {
        APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &[name])
    }

    fn properties_with(provenance: &impl fmt::Display) -> Value {
        json!({"customProperties": add_to(Map::new(), provenance)})
    }

    #[test]
    fn written_provenance_is_read_again() {
        let mut provenance = ApiProvenance::default();
        provenance.add_service(&service("Apim-EU"));
        assert_eq!(provenance.to_string(), "from apim-eu");
        assert_eq!(ApiProvenance::from_properties(&properties_with(&provenance)), Some(provenance.clone()));
        provenance.created_api = true;
        provenance.created_versions.extend(["v1".to_owned(), "api".to_owned()]);
        provenance.add_service(&service("other"));
        assert_eq!(provenance.to_string(), "from apim-eu other; made API; versions api v1");
        let read = ApiProvenance::from_properties(&properties_with(&provenance)).expect("provenance");
        assert_eq!(read, provenance);
        assert!(read.is_from(&service("APIM-eu")) && !read.is_only_from(&service("apim-eu")));

        let mut provenance = DeploymentProvenance {
            source_api: format!("{}/apis/a-1", service("m")),
            resource: None,
            digest: None,
            is_pending: false,
        };
        assert_eq!(
            DeploymentProvenance::from_properties(&properties_with(&provenance)),
            Some(provenance.clone())
        );
        provenance.digest = Some("abc".to_owned());
        let read = DeploymentProvenance::from_properties(&properties_with(&provenance)).expect("provenance");
        assert_eq!((read.source_name(), &read), ("a-1", &provenance));
        assert!(read.is_from(&service("M")) && !read.is_from(&service("mm")) && !read.is_from(&service("x")));
    }

    #[test]
    fn text_that_azr_did_not_write_is_not_provenance() {
        for text in
            ["", "from", "by me", "from a; owned by b", "made API", "from a; from b", "from b a", "from a; "]
        {
            assert_eq!(ApiProvenance::from_properties(&properties_with(&text)), None, "{text}");
        }
        assert_eq!(ApiProvenance::from_properties(&json!({"customProperties": {METADATA_NAME: 1}})), None);
        assert_eq!(ApiProvenance::from_properties(&json!({})), None);
        assert_eq!(DeploymentProvenance::from_properties(&properties_with(&"someone")), None);
    }

    #[test]
    fn a_copy_is_not_the_original() {
        let text = "of museum; from m; made API";
        let provenance = ApiProvenance::from_properties(&properties_with(&text)).expect("provenance");
        assert!(provenance.is_stored_on("Museum") && !provenance.is_stored_on("our-museum"));
        let source_api = format!("{}/apis/museum", service("m"));
        let properties = properties_with(&DeploymentProvenance::new(source_api, "Museum", "m-original"));
        assert!(DeploymentProvenance::of_deployment("museum", "M-Original", &properties).is_some());
        assert!(DeploymentProvenance::of_deployment("our-museum", "m-original", &properties).is_none());
        assert!(DeploymentProvenance::of_deployment("museum", "other", &properties).is_none());
    }

    proptest! {
        #[test]
        fn any_provenance_is_read_again(
            resource in prop::option::of("[a-z0-9-]{1,12}"),
            services in prop::collection::btree_set("[a-z][a-z0-9-]{0,12}", 1..4),
            created_api in any::<bool>(),
            created_versions in prop::collection::btree_set("[a-z0-9-]{1,12}", 0..4),
            digest in prop::option::of("[0-9a-f]{64}"),
        ) {
            let source_api = services.first().map_or_else(String::new, |name| format!("{}/apis/a", service(name)));
            let provenance = ApiProvenance { resource: resource.clone(), services, created_api, created_versions };
            prop_assert_eq!(ApiProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
            let resource = resource.map(|name| format!("{name}/{name}"));
            let is_pending = digest.is_none() && created_api;
            let provenance = DeploymentProvenance { source_api, resource, digest, is_pending };
            prop_assert_eq!(DeploymentProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
        }

        #[test]
        fn any_text_is_read_again_or_not_provenance(text in "(of|for|from|made|API|versions|pending|/|[a-c]|[; ]| sha256:){0,12}") {
            if let Some(provenance) = ApiProvenance::from_properties(&properties_with(&text)) {
                prop_assert_eq!(ApiProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
            }
            if let Some(provenance) = DeploymentProvenance::from_properties(&properties_with(&text)) {
                prop_assert_eq!(DeploymentProvenance::from_properties(&properties_with(&provenance)), Some(provenance));
            }
        }
    }
}
