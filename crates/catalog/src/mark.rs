//! The mark that azr leaves on what it brings into a center, so that a later run knows it again.
//!
//! It is custom metadata of the center, named [`NAME`], of APIs and deployments, as versions and definitions have none:
//! an API's mark says from which services azr brought it and what of it azr made, and it is written before what it
//! speaks of; a deployment's says which API of API Management it stands for, and the document that was imported with
//! it. Nothing without a mark is ever removed.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value, json};

use azr_core::id::ResourceId;

/// The name of the metadata.
pub const NAME: &str = "azr-import";

/// What it is assigned to.
pub const ENTITIES: [&str; 2] = ["api", "deployment"];

/// The properties of its schema.
#[must_use]
pub fn schema() -> Value {
    let schema = json!({
        "type": "string",
        "title": "Imported by azr",
        "description": "Where azr imported this from. azr compares and removes by it what it brought, and nothing else.",
    });
    let assigned = ENTITIES.map(|entity| json!({"entity": entity, "required": false, "deprecated": false}));
    json!({"schema": schema.to_string(), "assignedTo": assigned})
}

/// What an API's mark says: `from apim-eu apim-us; made API; versions v1 v2`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiMark {
    /// The API Management services that it comes from, in lower case; such a name is the only one in its cloud.
    pub services: BTreeSet<String>,
    /// Whether azr made the API.
    pub made: bool,
    /// The versions that azr made, by name in lower case.
    pub versions: BTreeSet<String>,
}

impl ApiMark {
    /// The mark of a resource; None where there is none, or one that azr did not write like this.
    #[must_use]
    pub fn of(properties: &Value) -> Option<Self> {
        let text = text_of(properties)?;
        let mut mark = Self::default();
        for part in text.split("; ") {
            let mut words = part.split(' ');
            match words.next()? {
                "from" => mark.services = words.map(str::to_owned).collect(),
                "made" if words.next() == Some("API") => mark.made = true,
                "versions" => mark.versions = words.map(str::to_owned).collect(),
                _ => return None,
            }
        }
        // azr removes by it what it brought, so it must be word for word what azr writes.
        (!mark.services.is_empty() && mark.to_string() == text).then_some(mark)
    }

    /// Whether the API was brought from this service.
    #[must_use]
    pub fn is_from(&self, service: &ResourceId) -> bool {
        self.services.contains(&key(service))
    }

    /// Whether it was brought from this service and no other.
    #[must_use]
    pub fn is_only_from(&self, service: &ResourceId) -> bool {
        self.services.len() == 1 && self.is_from(service)
    }

    /// Adds a service to those that it comes from.
    pub fn add(&mut self, service: &ResourceId) {
        self.services.insert(key(service));
    }
}

impl fmt::Display for ApiMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("from")?;
        self.services.iter().try_for_each(|service| write!(f, " {service}"))?;
        if self.made {
            f.write_str("; made API")?;
        }
        if !self.versions.is_empty() {
            f.write_str("; versions")?;
            self.versions.iter().try_for_each(|version| write!(f, " {version}"))?;
        }
        Ok(())
    }
}

/// What a deployment's mark says: `/subscriptions/…/apis/orders-v1 sha256:9f…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentMark {
    /// The API of API Management, by its resource id.
    pub api: String,
    /// The SHA-256 of the document that was imported with it, in hexadecimal digits; None where the document of the
    /// version is not azr's, or comes from another service.
    pub digest: Option<String>,
}

impl DeploymentMark {
    /// The mark of a resource; None where there is none.
    #[must_use]
    pub fn of(properties: &Value) -> Option<Self> {
        let text = text_of(properties)?;
        let (api, digest) = match text.rsplit_once(" sha256:") {
            Some((api, digest)) => (api, Some(digest.to_owned())),
            None => (text, None),
        };
        api.starts_with('/').then(|| Self { api: api.to_owned(), digest })
    }

    /// Whether the API that it stands for is one of this service.
    #[must_use]
    pub fn is_from(&self, service: &ResourceId) -> bool {
        let service = service.as_str();
        let below = self.api.get(service.len()..).is_some_and(|rest| rest.starts_with("/apis/"));
        below
            && self.api.is_char_boundary(service.len())
            && self.api[..service.len()].eq_ignore_ascii_case(service)
    }

    /// The name of the API that it stands for.
    #[must_use]
    pub fn name(&self) -> &str {
        self.api.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for DeploymentMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.api)?;
        self.digest.as_ref().map_or(Ok(()), |digest| write!(f, " sha256:{digest}"))
    }
}

/// Puts a mark beside the custom metadata that is there.
#[must_use]
pub fn with(mut custom: Map<String, Value>, mark: &impl fmt::Display) -> Map<String, Value> {
    custom.insert(NAME.to_owned(), Value::String(mark.to_string()));
    custom
}

fn key(service: &ResourceId) -> String {
    service.name().to_ascii_lowercase()
}

fn text_of(properties: &Value) -> Option<&str> {
    properties.get("customProperties")?.get(NAME)?.as_str()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use azr_core::resource::APIM_SERVICE;

    fn service(name: &str) -> ResourceId {
        APIM_SERVICE.id(&ResourceId::resource_group("s", "g"), &[name])
    }

    fn marked(mark: &impl fmt::Display) -> Value {
        json!({"customProperties": with(Map::new(), mark)})
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut mark = ApiMark::default();
        mark.add(&service("Apim-EU"));
        assert_eq!(mark.to_string(), "from apim-eu");
        assert_eq!(ApiMark::of(&marked(&mark)), Some(mark.clone()));
        mark.made = true;
        mark.versions.extend(["v1".to_owned(), "api".to_owned()]);
        mark.add(&service("other"));
        assert_eq!(mark.to_string(), "from apim-eu other; made API; versions api v1");
        let read = ApiMark::of(&marked(&mark)).expect("a mark");
        assert_eq!(read, mark);
        assert!(read.is_from(&service("APIM-eu")) && !read.is_only_from(&service("apim-eu")));

        let mut mark = DeploymentMark { api: format!("{}/apis/a-1", service("m")), digest: None };
        assert_eq!(DeploymentMark::of(&marked(&mark)), Some(mark.clone()));
        mark.digest = Some("abc".to_owned());
        let read = DeploymentMark::of(&marked(&mark)).expect("a mark");
        assert_eq!((read.name(), &read), ("a-1", &mark));
        assert!(read.is_from(&service("M")) && !read.is_from(&service("mm")) && !read.is_from(&service("x")));
    }

    #[test]
    fn what_others_wrote_is_no_mark() {
        for text in
            ["", "from", "by me", "from a; owned by b", "made API", "from a; from b", "from b a", "from a; "]
        {
            assert_eq!(ApiMark::of(&marked(&text)), None, "{text}");
        }
        assert_eq!(ApiMark::of(&json!({"customProperties": {NAME: 1}})), None);
        assert_eq!(ApiMark::of(&json!({})), None);
        assert_eq!(DeploymentMark::of(&marked(&"someone")), None);
    }

    proptest! {
        #[test]
        fn any_mark_is_read_again(
            services in prop::collection::btree_set("[a-z][a-z0-9-]{0,12}", 1..4),
            made in any::<bool>(),
            versions in prop::collection::btree_set("[a-z0-9-]{1,12}", 0..4),
            digest in prop::option::of("[0-9a-f]{64}"),
        ) {
            let api = services.first().map_or_else(String::new, |name| format!("{}/apis/a", service(name)));
            let mark = ApiMark { services, made, versions };
            prop_assert_eq!(ApiMark::of(&marked(&mark)), Some(mark));
            let mark = DeploymentMark { api, digest };
            prop_assert_eq!(DeploymentMark::of(&marked(&mark)), Some(mark));
        }

        #[test]
        fn any_text_is_a_mark_that_is_read_again_or_none(text in "(from|made|API|versions|/|[a-c]|[; ]| sha256:){0,12}") {
            if let Some(mark) = ApiMark::of(&marked(&text)) {
                prop_assert_eq!(ApiMark::of(&marked(&mark)), Some(mark));
            }
            if let Some(mark) = DeploymentMark::of(&marked(&text)) {
                prop_assert_eq!(DeploymentMark::of(&marked(&mark)), Some(mark));
            }
        }
    }
}
